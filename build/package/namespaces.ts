/**
 * What `import * as all` gives in a compiled file: a plain object of the values.
 *
 * esbuild makes an object with a function for each name, because a value may change. Ours do not,
 * and hundreds of functions cost a start a millisecond.
 *
 * @module
 */

/** The empty object of a module, and the functions that give its values. */
const NAMESPACE = /^var (\w+) = \{\};\n__export\(\1, \{\n(.*?)^\}\);\n/gms;
const VALUE = /^ {2}(\w+): \(\) => (\w+),?$/gm;

/** An export that may be assigned again. */
const VARIABLE = /^export (?:let|var|\{)/m;

/** Where the code of each module of a compiled file begins. */
const MODULES = /^(?=\/\/ \S+\.ts\n)/m;

const fileOf = (section: string): string => section.slice("// ".length, section.indexOf("\n"));

/** The same object, made when the module has run. */
function objectOf(name: string, values: string): string {
  const all = Array.from(values.matchAll(VALUE), ([, key, value]) => {
    return key === value ? `  ${key}` : `  ${key}: ${value}`;
  });
  if (all.length !== values.trimEnd().split("\n").length) {
    throw new Error(`The compiler wrote the values of ${name} in another form`);
  }
  return `var ${name} = {\n${all.join(",\n")}\n};\n`;
}

/**
 * A compiled file with plain objects.
 *
 * @param read The text of a source file.
 */
export function withPlainNamespaces(text: string, read: (file: string) => string): string {
  const sections = text.split(MODULES);
  const last = new Map(sections.map((section, at) => [fileOf(section), at]));
  const objects = new Map<number, string>();
  const left = sections.map((section) =>
    section.replace(NAMESPACE, (_, name: string, values: string) => {
      const file = fileOf(section);
      if (VARIABLE.test(read(file))) {
        throw new Error(`${file} is imported as a whole, and exports what may be a variable`);
      }
      objects.set(last.get(file)!, objectOf(name, values));
      return "";
    })
  );
  return left.map((section, at) => {
    const object = objects.get(at);
    return object === undefined ? section : `${section.trimEnd()}\n${object}\n`;
  }).join("");
}
