/**
 * Calls the functions of a table, or those that are more than one C function: each handle replaced
 * by what is not one, and then with fresh objects. Prints a line of JSON before and after each
 * function; a crash of OpenSSL ends the output.
 */

import { SSLeay } from "../../../ssleay/low/mod.ts";
import type { Kind } from "../../../ssleay/low/kinds.ts";
import { type Argument, readRow } from "../../../ssleay/low/row.ts";
import { rowsOf, TABLE } from "../../../ssleay/low/table/all.ts";
import { MISSING } from "./backend.ts";
import { FREE, HandleArgument, MAKERS } from "./objects.ts";

/** What came of a function. */
export interface Outcome {
  readonly name: string;
  /** What was taken for a handle and is not one, or was refused in another way than by a TypeError. */
  readonly wrong: string[];
  /** Whether it was called with valid arguments. */
  called: boolean;
  /** The error of that call. */
  error?: string;
}

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

/** A valid argument of a row; `undefined` for what the caller does not give. */
function argumentOf(arg: Argument): { given: unknown } | undefined {
  switch (arg.form) {
    case "integer":
      return { given: NUMBERS[arg.name] ?? arg.preset ?? 0 };
    case "str":
      return { given: arg.name === "name" || arg.name === "s" ? "commonName" : "x" };
    case "bytes":
    case "der":
      return { given: new Uint8Array([1, 2]) };
    case "none":
    case "unused":
      return { given: null };
    case "handle":
      return { given: new HandleArgument(arg.kind, arg.nullable, MAKERS[arg.kind]) };
  }
  return undefined;
}

type Calls = Iterable<readonly [name: string, args: readonly unknown[]]>;

function* callsOf(area: string): Calls {
  for (const [name, text] of rowsOf(TABLE[area as keyof typeof TABLE])) {
    const args = readRow(text).args.map(argumentOf).filter((arg) => arg !== undefined);
    yield [name, args.map(({ given }) => given)];
  }
}

function freed(kind: Kind): unknown {
  const handle = MAKERS[kind]!();
  functions[FREE[kind]!]!(handle);
  return handle;
}

/** What must not reach C in the place of a handle. */
function* wrongs({ kind, nullable }: HandleArgument): Iterable<[string, unknown]> {
  if (!nullable) yield* [["null", null], ["undefined", undefined]] as [string, unknown][];
  yield ["a number", 12345];
  yield ["a text", "12345"];
  yield ["an object", {}];
  yield ["a function", () => 1];
  const genuine = MAKERS[kind]?.() ?? MAKERS.BIO!();
  yield ["a look-alike", Object.create(Object.getPrototypeOf(genuine), { kind: { value: kind } })];
  yield ["a proxy", new Proxy(genuine, {})];
  yield ["an object like ours", { kind, pointer: Deno.UnsafePointer.create(1n) }];
  yield ["another kind", kind === "BIO" ? MAKERS.X509!() : MAKERS.BIO!()];
  if (FREE[kind] !== undefined && MAKERS[kind] !== undefined) yield ["a freed one", freed(kind)];
}

const made = (args: readonly unknown[]) =>
  args.map((arg) => arg instanceof HandleArgument ? arg.make?.() ?? null : arg);

/** Whether each handle before this place can be made: else the refusal would be of that one. */
const reaches = (args: readonly unknown[], at: number) =>
  args.slice(0, at).every((arg) => !(arg instanceof HandleArgument) || arg.make !== undefined);

const isMissing = (error: unknown) => error instanceof Error && MISSING.test(error.message);

function refusals(name: string, args: readonly unknown[]): string[] {
  const wrong: string[] = [];
  for (const [at, arg] of args.entries()) {
    if (!(arg instanceof HandleArgument) || !reaches(args, at)) continue;
    for (const [what, value] of wrongs(arg)) {
      try {
        functions[name]!(...made(args).with(at, value));
        wrong.push(`${what} as argument ${at + 1} was taken`);
      } catch (error) {
        const refused = error instanceof TypeError &&
          error.message.startsWith(`Cannot call ${name}(): `) && !isMissing(error);
        if (!refused) wrong.push(`${what} as argument ${at + 1}: ${error}`);
      }
    }
  }
  return wrong;
}

function attempt(name: string, args: readonly unknown[]): Outcome {
  const outcome: Outcome = { name, wrong: refusals(name, args), called: false };
  const complete = args.every((arg) =>
    !(arg instanceof HandleArgument) || arg.nullable || arg.make !== undefined
  );
  if (!complete) return outcome;
  try {
    outcome.called = true;
    functions[name]!(...made(args));
  } catch (error) {
    outcome.error = `${(error as Error).name}: ${(error as Error).message}`;
    if (isMissing(error)) outcome.called = false;
  }
  return outcome;
}

function callAll(calls: Calls): void {
  for (const [name, args] of calls) {
    console.log(JSON.stringify({ calls: name }));
    console.log(JSON.stringify(attempt(name, args)));
    SSLeay.ERR_clear_error();
  }
}

if (import.meta.main) {
  const [area] = Deno.args;
  if (area === "COMPOSED") {
    const { COMPOSED_CALLS, removeFiles } = await import("./composed_calls.ts");
    callAll(COMPOSED_CALLS);
    removeFiles();
  } else callAll(callsOf(area!));
}
