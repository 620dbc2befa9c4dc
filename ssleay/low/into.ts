/**
 * What the functions that are more than one C function have in common: handles to objects, and
 * what happens after each call of C.
 *
 * @module
 */

import { adoptable, mayUse } from "./adoption.ts";
import { collectErrors, forgetForeignErrors } from "./error_queue.ts";
import { open } from "./handle.ts";
import type { Kind } from "./kinds.ts";
import type { CObject } from "./c_object.ts";
import { rethrow } from "./thrown.ts";

/** The object of an argument. @throws {TypeError} If it is not a handle of this kind, or not alive. */
export function objectOf(value: unknown, kind: Kind, name: string): CObject {
  const native = open(adoptable(value, kind), kind, `${name}()`);
  mayUse(native, name);
  return native;
}

/** The pointer of an argument. */
export function pointerOf(value: unknown, kind: Kind, name: string): Deno.PointerObject {
  return objectOf(value, kind, name).pointer;
}

/** The pointer of an argument that may be null. */
export function optionalPointer(value: unknown, kind: Kind, name: string): Deno.PointerValue {
  return value === null || value === undefined ? null : pointerOf(value, kind, name);
}

/** Calls C: its errors go into our queue, and what a callback threw is thrown. */
export function calling<T>(call: () => T): T {
  forgetForeignErrors();
  const result = call();
  collectErrors();
  rethrow();
  return result;
}
