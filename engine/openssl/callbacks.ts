/**
 * The C callbacks. One of each kind per process, made when first needed and
 * never closed (a call after `close()` would be a crash); they find their
 * session by the address of its SSL.
 *
 * Every one is guarded: C must never see a JavaScript exception as "0", which
 * for some of these callbacks means "accept". The session keeps the cause and
 * the guard returns that callback's own fatal value. A callback may use other
 * connections, so the error queue is marked and restored around it.
 *
 * @module
 */

import type { OpenSslSymbols } from "./symbols.ts";
import type { Library } from "./binder.ts";
import { addressOf } from "./memory.ts";
import type { CallbackTarget, Guard } from "./callback_target.ts";
import { type CallbackKind, TRAMPOLINES } from "./trampolines.ts";

/** The callbacks of one loaded library. */
export class Callbacks {
  readonly #library: Library;
  readonly #c: OpenSslSymbols;
  readonly #targets = new Map<bigint, WeakRef<CallbackTarget>>();
  readonly #made = new Map<CallbackKind, Deno.PointerObject>();
  #running = 0;

  constructor(library: Library) {
    this.#library = library;
    this.#c = library.c;
  }

  /** Whether one of them runs, so that OpenSSL is in the midst of a call. */
  get running(): boolean {
    return this.#running > 0;
  }

  /** Lets the callbacks find a session by its SSL; gives the key for {@linkcode forget}. */
  register(ssl: Deno.PointerObject, target: CallbackTarget): bigint {
    const key = addressOf(this.#c, ssl);
    this.#targets.set(key, new WeakRef(target));
    return key;
  }

  /** The session is gone. */
  forget(key: bigint): void {
    this.#targets.delete(key);
  }

  /** The C function for a kind of callback. */
  pointer(kind: CallbackKind): Deno.PointerObject {
    const made = this.#made.get(kind);
    if (made !== undefined) return made;
    const pointer = TRAMPOLINES[kind](this.#library, this.#guard);
    this.#made.set(kind, pointer);
    return pointer;
  }

  readonly #guard: Guard = (ssl, fatal, body) => {
    const target = ssl === null ? undefined : this.#targets.get(addressOf(this.#c, ssl))?.deref();
    if (target === undefined) return fatal;
    const c = this.#c;
    c.ERR_set_mark();
    this.#running++;
    try {
      return body(target);
    } catch (error) {
      target.fail(error);
      return fatal;
    } finally {
      this.#running--;
      c.ERR_pop_to_mark();
    }
  };
}
