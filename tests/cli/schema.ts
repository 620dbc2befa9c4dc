/**
 * A validator for the JSON Schemas that the command line writes. It knows the keywords that they use,
 * and refuses any other, so that none is ignored.
 */

type Json = Readonly<Record<string, unknown>>;

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  array: Array.isArray,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

const isObject = (value: unknown): value is Json => TYPES.object!(value);

/** The places where a value does not keep to a schema, one line each. */
export function violations(root: Json, value: unknown, schema: Json = root, at = "$"): string[] {
  const found: string[] = [];
  const inside = (part: unknown, of: unknown, where: string) =>
    found.push(...violations(root, part, of as Json, where));
  const needs: Readonly<Record<string, (rule: unknown) => boolean>> = {
    type: (rule) => [rule].flat().some((type) => TYPES[type as string]!(value)),
    const: (rule) => JSON.stringify(value) === JSON.stringify(rule),
    enum: (rule) => (rule as unknown[]).includes(value),
    pattern: (rule) => typeof value !== "string" || new RegExp(rule as string, "u").test(value),
    format: (rule) =>
      rule === "date-time" &&
      (typeof value !== "string" || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)),
    minimum: (rule) => typeof value !== "number" || value >= (rule as number),
    maximum: (rule) => typeof value !== "number" || value <= (rule as number),
    minItems: (rule) => !Array.isArray(value) || value.length >= (rule as number),
    maxItems: (rule) => !Array.isArray(value) || value.length <= (rule as number),
    required: (rule) =>
      !isObject(value) || (rule as string[]).every((name) => Object.hasOwn(value, name)),
    anyOf: (rule) =>
      (rule as Json[]).some((each) => violations(root, value, each, at).length === 0),
    $ref: (rule) => {
      inside(value, refer(root, rule as string), at);
      return true;
    },
    items: (rule) => {
      if (Array.isArray(value)) value.forEach((each, i) => inside(each, rule, `${at}[${i}]`));
      return true;
    },
    properties: (rule) => {
      for (const [name, of] of Object.entries(rule as Json)) {
        if (isObject(value) && Object.hasOwn(value, name)) inside(value[name], of, `${at}.${name}`);
      }
      return true;
    },
    additionalProperties: (rule) => {
      if (!isObject(value)) return true;
      const others = Object.keys(value).filter((name) =>
        !Object.hasOwn(schema.properties as Json ?? {}, name)
      );
      if (rule === false) return others.length === 0;
      for (const name of others) inside(value[name], rule, `${at}.${name}`);
      return true;
    },
    $schema: () => true,
    $id: () => true,
    $defs: () => true,
    title: () => true,
    description: () => true,
  };
  for (const [keyword, rule] of Object.entries(schema)) {
    const check = needs[keyword];
    if (check === undefined) throw new TypeError(`the validator does not know ${keyword}`);
    if (!check(rule)) {
      const shown = JSON.stringify(value)?.slice(0, 200);
      found.push(`${at}: ${keyword} ${JSON.stringify(rule).slice(0, 200)}: ${shown}`);
    }
  }
  return found;
}

/** What a reference inside the document means. */
function refer(root: Json, reference: string): Json {
  return reference.slice(2).split("/").map(decodeURIComponent)
    .reduce((at: Json, name) => at[name] as Json, root);
}
