/**
 * Calls of rows that take numbers, texts and handles, and change none of them: the most of all, so
 * they do no more than they must.
 *
 * @module
 */

import { adoptable, mayUse } from "./adoption.ts";
import type { CFunction } from "./c_function.ts";
import { toCString } from "./c_memory.ts";
import { collectErrors, forgetForeignErrors } from "./error_queue.ts";
import { open } from "./handle.ts";
import { toInteger } from "./integer.ts";
import { type Argument, isWide, type Row } from "./row.ts";
import { rethrow } from "./thrown.ts";

type Given = readonly unknown[];
type Reader = (given: Given) => unknown;

/** What reads one argument for C, from the place `at` of what the caller gave; `undefined` for a row that is not plain. */
function readerOf(arg: Argument, at: number, name: string): Reader | undefined {
  const where = `${name}()`;
  switch (arg.form) {
    case "fixed": {
      const value = isWide(arg.type) ? BigInt(arg.value) : arg.value;
      return () => value;
    }
    case "null":
      return () => null;
    case "integer": {
      const { preset, type } = arg;
      const read = (given: Given) =>
        toInteger(given[at] === undefined ? preset : given[at], type, where);
      return isWide(type) ? (given) => BigInt(read(given)) : read;
    }
    case "str":
      return (given) => toCString(given[at], where);
    case "handle": {
      if (arg.own !== "") return undefined;
      const { kind, nullable } = arg;
      return (given) => {
        const value = given[at];
        // 0 is Perl's null.
        if (nullable && (value === null || value === undefined || value === 0)) return null;
        const native = open(adoptable(value, kind), kind, where);
        mayUse(native, name);
        return native.pointer;
      };
    }
  }
  return undefined;
}

/** The readers of all arguments of C. */
function readersOf(row: Row, name: string): Reader[] | undefined {
  const readers: Reader[] = [];
  let at = 0;
  for (const arg of row.args) {
    const reader = readerOf(arg, at, name);
    if (reader === undefined) return undefined;
    readers.push(reader);
    if (arg.form !== "fixed" && arg.form !== "null") at++;
  }
  return readers;
}

/** Calls C with as many arguments as there are readers. A spread would cost more than the call. */
function callerOf(readers: readonly Reader[]): (c: CFunction, given: Given) => unknown {
  const [r0, r1, r2, r3] = readers as [Reader, Reader, Reader, Reader];
  switch (readers.length) {
    case 0:
      return (c) => c();
    case 1:
      return (c, given) => c(r0(given));
    case 2:
      return (c, given) => c(r0(given), r1(given));
    case 3:
      return (c, given) => c(r0(given), r1(given), r2(given));
    case 4:
      return (c, given) => c(r0(given), r1(given), r2(given), r3(given));
  }
  return (c, given) => c(...readers.map((read) => read(given)));
}

/** After so many calls a compiled function pays. */
const OFTEN = 100;

/**
 * The call of a row; `undefined` if the row is not plain.
 *
 * @param bind Finds the C function, at the first call with arguments that are good.
 * @param compile Finds it compiled, when it is called often; `undefined` if that is not possible.
 */
export function plainCall(
  name: string,
  row: Row,
  { bind, compile }: { bind: () => CFunction; compile: () => CFunction | undefined },
): ((given: Given) => unknown) | undefined {
  if (row.result.form === "handle" || row.result.form === "self") return undefined;
  const readers = readersOf(row, name);
  if (readers === undefined) return undefined;
  const call = callerOf(readers);
  let c: CFunction | undefined;
  let count = 0;
  return (given) => {
    if (c === undefined) {
      for (const read of readers) read(given);
      c = bind();
    } else if (count < OFTEN && ++count === OFTEN) c = compile() ?? c;
    forgetForeignErrors();
    const raw = call(c, given);
    collectErrors();
    rethrow();
    return raw;
  };
}
