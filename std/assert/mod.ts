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

/** A value in which records without a prototype are plain ones: the real module takes them for the same. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(plain);
    return items.every((item, i) => Object.is(item, value[i])) ? value : items;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, plain(item)] as const);
  const same = entries.every(([name, item]) =>
    Object.is(item, (value as Record<string, unknown>)[name])
  );
  return prototype !== null && same ? value : Object.fromEntries(entries);
}

/** Asserts that two values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  deepStrictEqual(plain(actual), plain(expected), msg!);
}

/** Asserts that two values are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  notDeepStrictEqual(plain(actual), plain(expected), msg!);
}

/** Asserts that two values are the same by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
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

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error = any> = abstract new (...args: any[]) => E;

/** Asserts that `fn` throws, whatever it is. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Asserts that `fn` throws an error of a class, optionally with a text in its message. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  try {
    fn();
  } catch (error) {
    if (typeof classOrMsg === "function") checkError(error, classOrMsg, msgIncludes, msg);
    return error;
  }
  raise("Expected function to throw", typeof classOrMsg === "string" ? classOrMsg : msg);
}

/** Asserts that `fn` rejects, whatever with. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Asserts that `fn` rejects with an error of a class, optionally with a text in its message. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const about = typeof classOrMsg === "string" ? classOrMsg : msg;
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    raise("Function throws when expected to reject", about);
  }
  try {
    await promise;
  } catch (error) {
    if (typeof classOrMsg === "function") checkError(error, classOrMsg, msgIncludes, msg);
    return error;
  }
  raise("Expected function to reject", about);
}
