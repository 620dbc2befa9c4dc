/**
 * The error queue of the low-level functions. OpenSSL's own belongs to the thread, and every
 * call of the engine clears it; so each call here takes the errors out at once and keeps them.
 *
 * Source: https://docs.openssl.org/3.0/man3/ERR_get_error/
 *
 * @module
 */

import { type CFunction, cFunction, isOpenSsl1, lazy } from "./c_function.ts";
import { writtenText } from "./c_memory.ts";

let peekInC: CFunction | undefined;

/** Asked twice in every call, so without the wrapper of lazy(), which the compiler does not see through. */
function peek(): number {
  if (peekInC === undefined) {
    peekInC = cFunction("ERR_peek_error", { parameters: [], result: "u32" })!;
  }
  return peekInC();
}

const peekLast = lazy("ERR_peek_last_error", [], "u32");
const get = lazy("ERR_get_error", [], "u32");
const clear = lazy("ERR_clear_error", [], "void");
const setMark = lazy("ERR_set_mark", [], "i32");
const popToMark = lazy("ERR_pop_to_mark", [], "i32");
const errorString = lazy("ERR_error_string_n", ["u64", "buffer", "usize"], "void");

/** As many as OpenSSL keeps (ERR_NUM_ERRORS). */
const CAPACITY = 16;

const queue: number[] = [];

/**
 * Whether a callback runs inside a call of C that has failed already: the errors of that call stay in
 * OpenSSL's queue, where SSL_get_error() looks for them.
 */
let holding = false;

/** The last error of OpenSSL's queue before a call, while it holds those of another call. */
let before = 0;

/** Takes the errors of the call that has just returned out of OpenSSL's queue. */
export function collectErrors(): void {
  if (holding) {
    const last: number = peekLast();
    if (last !== before) pushError(before = last);
    return;
  }
  while (peek() !== 0) pushError(get());
}

/** Forgets what others left in OpenSSL's queue, before a call. */
export function forgetForeignErrors(): void {
  if (holding) before = peekLast();
  else if (peek() !== 0) clear();
}

/** Adds an error; beyond the capacity the oldest goes. */
export function pushError(code: number): void {
  queue.push(code);
  if (queue.length > CAPACITY) queue.shift();
}

/** ERR_LIB_SYS: the reason is the system's own number. */
const SYSTEM = 2;

/** The number of an error, as this OpenSSL has it (ERR_PACK). */
export function packError(library: number, func: number, reason: number): number {
  if (isOpenSsl1()) {
    return ((library & 0xff) << 24 | (func & 0xfff) << 12 | reason & 0xfff) >>> 0;
  }
  if (library === SYSTEM) return (0x80000000 | reason) >>> 0;
  return ((library & 0xff) << 23 | reason & 0x7fffff) >>> 0;
}

/** Whether an error has this reason, of the reasons of this library. */
export function hasReason(code: number, library: number, reason: number): boolean {
  const anyFunction = isOpenSsl1() ? 0xfff << 12 : 0;
  return (code & ~anyFunction) >>> 0 === packError(library, 0, reason);
}

/** The oldest error, taken out; 0 if the queue is empty. */
export function takeError(): number {
  return queue.shift() ?? 0;
}

/** The oldest error; 0 if the queue is empty. */
export function peekError(): number {
  return queue[0] ?? 0;
}

/** Forgets every error. */
export function clearErrors(): void {
  queue.length = 0;
}

/** What an error is called: `error:0A000086:SSL routines::certificate verify failed`. */
export function describeError(code: number): string {
  const text = new Uint8Array(256);
  errorString(BigInt(code), text, 256n);
  return writtenText(text);
}

/**
 * Runs a callback of ours inside a C call; errors that it causes do not reach that call, and those
 * that the call has caused do not go away.
 */
export function apart<T>(callback: () => T): T {
  const outer = holding;
  setMark();
  holding = peek() !== 0;
  try {
    return callback();
  } finally {
    holding = outer;
    popToMark();
  }
}
