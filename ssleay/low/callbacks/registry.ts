/**
 * Which JavaScript function answers which callback of C. There is one C function a kind of
 * callback in a process; it finds the JavaScript function by the address of the SSL, or of its
 * SSL_CTX.
 *
 * @module
 */

import { cCallback, mustAllowCallbacks } from "./c_callback.ts";
import { backend, lazy } from "../c_function.ts";
import { addressOf } from "../c_memory.ts";
import { apart } from "../error_queue.ts";
import { handleAt, type Opaque, scoped } from "../handle.ts";
import type { CObject } from "../c_object.ts";
import { calling, objectOf } from "../into.ts";
import { atOnce, guarded } from "../thrown.ts";

/** A function of the program, and what else it is called with. */
export interface Answer {
  // deno-lint-ignore no-explicit-any
  readonly run: (...args: any[]) => unknown;
  readonly data: unknown;
}

const answers = new Map<bigint, Map<string, Answer>>();

/** What these give is not looked at, so that they may be async. */
const OBSERVERS: ReadonlySet<string> = new Set(["info", "msg", "keylog", "sess_remove"]);

/** Sets or removes the function for a kind of callback of an SSL or SSL_CTX. */
export function setAnswer(native: CObject, kind: string, given: Answer | undefined): void {
  const answer = given === undefined || OBSERVERS.has(kind)
    ? given
    : { ...given, run: (...args: unknown[]) => atOnce(given.run(...args), kind) };
  mustAllowCallbacks();
  let own = answers.get(native.address);
  if (own === undefined) {
    if (answer === undefined) return;
    answers.set(native.address, own = new Map());
    const kept = own;
    native.onDeath(() => {
      if (answers.get(native.address) === kept) answers.delete(native.address);
    });
  }
  if (answer === undefined) own.delete(kind);
  else own.set(kind, answer);
}

/** The function at an address. */
export function answerAt(address: bigint, kind: string): Answer | undefined {
  return answers.get(address)?.get(kind);
}

const sslCtx = lazy("SSL_get_SSL_CTX", ["pointer"], "pointer");

/** The function of an SSL; else that of its SSL_CTX. */
export function answerOf(ssl: Deno.PointerValue, kind: string): Answer | undefined {
  return answerAt(addressOf(ssl), kind) ?? answerAt(addressOf(sslCtx(ssl)), kind);
}

/** The handle that the program has of an SSL; for one that nobody holds any more, one of its own. */
export function withSsl<T>(ssl: Deno.PointerObject, use: (handle: Opaque<"SSL">) => T): T {
  const known = handleAt("SSL", addressOf(ssl));
  return known === undefined ? scoped("SSL", ssl, use) : use(known);
}

/** As {@linkcode withSsl}, for an SSL_CTX. */
export function withCtx<T>(ctx: Deno.PointerObject, use: (handle: Opaque<"SSL_CTX">) => T): T {
  const known = handleAt("SSL_CTX", addressOf(ctx));
  return known === undefined ? scoped("SSL_CTX", ctx, use) : use(known);
}

const pointers = new Map<string, Deno.PointerObject>();

/** The C function of a kind of callback, made at its first use; it lives as long as the process. */
export function lasting(
  kind: string,
  parameters: Deno.NativeType[],
  result: Deno.NativeResultType,
  // deno-lint-ignore no-explicit-any
  run: (...args: any[]) => unknown,
): Deno.PointerObject {
  let pointer = pointers.get(kind);
  if (pointer === undefined || backend?.isLost(pointer)) {
    pointers.set(kind, pointer = cCallback(parameters, result, run).pointer);
  }
  return pointer;
}

/**
 * Runs a function of the program inside a call of C. Errors that it causes in OpenSSL's queue go
 * away; what it throws comes out of the call of C, which gets `fatal`.
 */
export function answering<T>(fatal: T, run: () => T): T {
  return apart(() => guarded(fatal, run));
}

/** A function of the program, or `undefined` to remove it. @throws {TypeError} For anything else. */
export function functionOf(callback: unknown, name: string): Answer["run"] | undefined {
  if (callback === undefined || callback === null) return undefined;
  if (typeof callback !== "function") {
    throw new TypeError(`Cannot call ${name}(): expected a function: received ${typeof callback}`);
  }
  return callback as Answer["run"];
}

/** A setter of Net::SSLeay: its name, what it is called on, and the kind of callback. */
export interface Setter {
  readonly name: string;
  readonly on: "SSL" | "SSL_CTX";
  readonly kind: string;
}

/**
 * Sets a function of the program, or removes it, and tells C.
 *
 * @param tell Is called with the pointer, and with whether there is a function now.
 */
export function setCallback(
  { name, on, kind }: Setter,
  [target, callback, data]: readonly unknown[],
  tell: (pointer: Deno.PointerObject, isSet: boolean) => unknown,
): void {
  const native = objectOf(target, on, name);
  const run = functionOf(callback, name);
  setAnswer(native, kind, run && { run, data });
  calling(() => tell(native.pointer, run !== undefined));
}
