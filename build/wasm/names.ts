/**
 * Which functions of OpenSSL the module exports: those whose names the code uses. There is no list
 * of them: a public function of OpenSSL that is a word of one of these files is exported.
 *
 * @module
 */

/** The folders whose files call OpenSSL. */
const CALLERS = ["engine/openssl/", "engine/wasm/", "ssleay/low/"];

/** The public functions in one of OpenSSL's lists, `util/libcrypto.num` and `util/libssl.num`. */
export function publicFunctions(list: string): string[] {
  // name, ordinal, version, EXIST:platforms:FUNCTION:features
  return list.split("\n").flatMap((line) => {
    const [name = "", , , facts = ""] = line.split(/\s+/);
    const [exists, , kind] = facts.split(":");
    return exists === "EXIST" && kind === "FUNCTION" ? [name] : [];
  });
}

/** Those of the names that are words of the texts, in alphabetical order. */
export function usedNames(texts: Iterable<string>, names: ReadonlySet<string>): string[] {
  const used = new Set<string>();
  for (const text of texts) {
    for (const [word] of text.matchAll(/\w+/g)) if (names.has(word)) used.add(word);
  }
  return [...used].sort();
}

function* codeBelow(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* codeBelow(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield Deno.readTextFileSync(new URL(name, folder));
  }
}

/** Every file of the project whose words count. */
export function* callers(root: URL): Generator<string> {
  for (const folder of CALLERS) yield* codeBelow(new URL(folder, root));
}
