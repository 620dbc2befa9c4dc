/**
 * Calls every row of a table: with fresh objects, and with each handle replaced by what is not
 * one. Prints a line of JSON for each function; a crash of OpenSSL ends the output.
 */

import { SSLeay } from "../../../ssleay/low/mod.ts";
import { type Argument, readRow } from "../../../ssleay/low/row.ts";
import { TABLE } from "../../../ssleay/low/table/all.ts";
import { FREE, MAKERS } from "./objects.ts";

type AnyFunction = (...args: unknown[]) => unknown;
const functions = SSLeay as unknown as Record<string, AnyFunction>;

const NUMBERS: Record<string, number> = {
  type: 1,
  loc: -1,
  cmd: 33,
  nid: 13,
  index: 0,
  i: 0,
  n: 0,
  retain_fallbacks: 1,
};

/** What an argument may be; `undefined` for a kind that nothing makes. */
function valid(arg: Argument): { value: unknown } | undefined {
  switch (arg.form) {
    case "integer":
      return { value: NUMBERS[arg.name] ?? arg.preset ?? 0 };
    case "str":
      return { value: arg.name === "name" || arg.name === "s" ? "commonName" : "x" };
    case "bytes":
    case "der":
      return { value: new Uint8Array([1, 2]) };
    case "none":
    case "unused":
      return { value: null };
    case "handle": {
      const make = MAKERS[arg.kind];
      return make === undefined ? arg.nullable ? { value: null } : undefined : { value: make() };
    }
  }
  return undefined;
}

const hidden = (arg: Argument) =>
  arg.form === "written" || arg.form === "fixed" || arg.form === "null";

function freed(kind: keyof typeof FREE): unknown {
  const handle = MAKERS[kind]!();
  functions[FREE[kind]!]!(handle);
  return handle;
}

/** What must not reach C in the place of a handle. */
function* wrongs(kind: keyof typeof MAKERS, nullable: boolean): Generator<[string, unknown]> {
  if (!nullable) yield ["null", null];
  if (!nullable) yield ["undefined", undefined];
  yield ["a number", 12345];
  yield ["an object", {}];
  yield ["a look-alike", Object.create(Object.getPrototypeOf(MAKERS[kind]?.() ?? MAKERS.BIO!()))];
  yield ["another kind", kind === "BIO" ? MAKERS.X509!() : MAKERS.BIO!()];
  if (FREE[kind] !== undefined) yield ["a freed one", freed(kind)];
}

const [area] = Deno.args;
for (
  const [name, text] of Object.entries(TABLE[area as keyof typeof TABLE] as Record<string, string>)
) {
  console.log(JSON.stringify({ calls: name }));
  const row = readRow(text);
  const args = row.args.filter((arg) => !hidden(arg));
  const outcome: Record<string, unknown> = { name, wrong: [] as string[] };
  for (const [at, arg] of args.entries()) {
    if (arg.form !== "handle") continue;
    for (const [what, value] of wrongs(arg.kind, arg.nullable)) {
      const given = args.map((each, i) => i === at ? { value } : valid(each) ?? { value: null });
      // Without an object for an argument before this one the refusal would be of that one.
      if (given.slice(0, at).some((each, i) => args[i]!.form === "handle" && each.value === null)) {
        break;
      }
      try {
        functions[name]!(...given.map((each) => each.value));
        (outcome.wrong as string[]).push(`${what} as ${arg.name} was taken`);
      } catch (error) {
        if (!(error instanceof TypeError) || !error.message.startsWith(`Cannot call ${name}(): `)) {
          (outcome.wrong as string[]).push(`${what} as ${arg.name}: ${error}`);
        }
      }
    }
  }
  const given = args.map(valid);
  if (given.some((each) => each === undefined)) outcome.result = "nothing makes its objects";
  else {
    try {
      const result = functions[name]!(...given.map((each) => each!.value));
      outcome.result = result === null
        ? "null"
        : typeof result === "object"
        ? String(result).slice(0, 20)
        : typeof result;
    } catch (error) {
      outcome.result = `${(error as Error).name}: ${(error as Error).message}`;
    }
  }
  while (SSLeay.ERR_get_error() !== 0);
  console.log(JSON.stringify(outcome));
}
