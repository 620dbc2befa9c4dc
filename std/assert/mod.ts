/**
 * Stand-in for JSR's `@std/assert` where JSR is out of reach: the part of its
 * API that this project uses, thin over `node:assert/strict`. deno.json links
 * to it; users of the package get the real one.
 *
 * @module
 */

import { AssertionError, deepStrictEqual, notDeepStrictEqual } from "node:assert/strict";

export { AssertionError };

/** A constructor of errors. */
// deno-lint-ignore no-explicit-any
export type ErrorConstructorLike = abstract new (...args: any[]) => Error;

function raise(message: string, msg: string | undefined): never {
  throw new AssertionError({ message: msg ? `${message}: ${msg}` : message });
}

const show = (value: unknown): string => Deno.inspect(value, { depth: 4 });

/** Asserts that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError({ message: msg || "Assertion failed" });
}

/** Asserts that `expr` is falsy. */
export function assertFalse(expr: unknown, msg?: string): void {
  if (expr) raise(`Expected ${show(expr)} to be falsy`, msg);
}

/** Asserts that two values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  deepStrictEqual(actual, expected, msg);
}

/** Asserts that two values are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  notDeepStrictEqual(actual, expected, msg);
}

/** Asserts that two values are the same by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): void {
  if (!Object.is(actual, expected)) {
    raise(`Values are not strictly equal: ${show(actual)} and ${show(expected)}`, msg);
  }
}

/** Asserts that a value is neither null nor undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) raise(`Expected a value, got ${actual}`, msg);
}

/** Asserts that `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T>(
  actual: unknown,
  // deno-lint-ignore no-explicit-any
  expectedType: abstract new (...args: any[]) => T,
  msg = "",
): asserts actual is T {
  if (!(actual instanceof expectedType)) {
    raise(`Expected an instance of ${expectedType.name}, got ${show(actual)}`, msg);
  }
}

/** Asserts that `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    raise(`Expected ${show(actual)} to contain ${show(expected)}`, msg);
  }
}

/** Asserts that `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) raise(`Expected ${show(actual)} to match ${expected}`, msg);
}

/** Asserts that `actual` is greater than `expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) raise(`Expected ${show(actual)} > ${show(expected)}`, msg);
}

/** Asserts that `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) raise(`Expected ${show(actual)} < ${show(expected)}`, msg);
}

/** Fails. */
export function fail(msg?: string): never {
  raise("Failed assertion", msg);
}

function checkError<E extends Error>(
  error: unknown,
  ErrorClass: (abstract new (...args: never[]) => E) | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): void {
  if (!(error instanceof Error)) raise(`A non-Error object was thrown: ${show(error)}`, msg);
  if (ErrorClass && !(error instanceof ErrorClass)) {
    raise(`Expected error to be instance of "${ErrorClass.name}", but was ${show(error)}`, msg);
  }
  if (msgIncludes !== undefined && !error.message.includes(msgIncludes)) {
    raise(`Expected error message to include "${msgIncludes}", but got "${error.message}"`, msg);
  }
}

/** Asserts that `fn` throws, optionally an error of a class with a text in its message. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  // deno-lint-ignore no-explicit-any
  ErrorClass?: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): E {
  try {
    fn();
  } catch (error) {
    checkError(error, ErrorClass, msgIncludes, msg);
    return error as E;
  }
  raise("Expected function to throw", msg);
}

/** Asserts that `fn` rejects, optionally with an error of a class with a text in its message. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any
  ErrorClass?: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    checkError(error, ErrorClass, msgIncludes, msg);
    return error as E;
  }
  raise("Expected function to reject", msg);
}
