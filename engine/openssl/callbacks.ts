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

import type { Library, OpenSslSymbols } from "./symbols.ts";
import { type CallbackKind, TRAMPOLINES } from "./trampolines.ts";

/** What a session offers to the callbacks. Each may throw. */
export interface CallbackTarget {
  /** X509_STORE_CTX: 1 accepts, 0 refuses. */
  onVerify(store: Deno.PointerValue): number;
  /** One certificate of the chain: 1 accepts, 0 refuses. */
  onVerifyEach(ok: boolean, store: Deno.PointerValue): number;
  /** Chooses the ALPN protocol among those offered; undefined refuses. */
  onAlpn(offered: readonly string[]): string | undefined;
  /** The NPN protocols that a server advertises, in wire format, pinned for the life of the context. */
  onNpnAdvertise(): Uint8Array<ArrayBuffer>;
  /** Chooses the NPN protocol among those advertised. */
  onNpnSelect(advertised: readonly string[]): string;
  /** A line of the key log. */
  onKeylog(line: string): void;
  /** A session that can be resumed. */
  onNewSession(session: Deno.PointerValue): void;
  /** Server: whether the session in a ticket that came may be resumed. */
  onTicketUse(session: Deno.PointerValue): boolean;
  /** The ticket key for a new ticket, or by name. */
  onTicketKey(name: Uint8Array | undefined): TicketKeyAnswer | undefined;
  /** Client: the server's flight is in; 1 goes on, 0 refuses. Server: SSL_TLSEXT_ERR_*. */
  onStatus(): number;
  /** The pre-shared key for a hint or an identity. */
  onPsk(name: Uint8Array | undefined): { identity: Uint8Array; key: Uint8Array } | undefined;
  /** A protocol message. */
  onMessage(write: boolean, version: number, contentType: number, bytes: Uint8Array): void;
  /** Keeps the cause of a failure inside a callback. */
  fail(error: unknown): void;
}

/** A ticket key, split for its two uses. */
export interface TicketKeyAnswer {
  /** 16 bytes. */
  readonly name: Uint8Array<ArrayBuffer>;
  /** AES-256 key. */
  readonly cipherKey: Uint8Array<ArrayBuffer>;
  /** HMAC-SHA256 key. */
  readonly macKey: Uint8Array<ArrayBuffer>;
  /** Answer with a new ticket. */
  readonly renew: boolean;
}

/** Runs `body` for the session of an SSL; `fatal` is what C gets when it is gone or throws. */
export type Guard = (
  ssl: Deno.PointerValue,
  fatal: number,
  body: (target: CallbackTarget) => number,
) => number;

/** The callbacks of one loaded library. */
export class Callbacks {
  readonly #c: OpenSslSymbols;
  readonly #targets = new Map<bigint, WeakRef<CallbackTarget>>();
  readonly #made = new Map<CallbackKind, Deno.PointerObject>();
  #running = 0;

  /** For one library. */
  constructor(library: Library) {
    this.#c = library.c;
  }

  /** Whether one of them runs, so that OpenSSL is in the midst of a call. */
  get running(): boolean {
    return this.#running > 0;
  }

  /** Lets the callbacks find a session by its SSL; gives the key for {@linkcode forget}. */
  register(ssl: Deno.PointerObject, target: CallbackTarget): bigint {
    const key = BigInt(Deno.UnsafePointer.value(ssl));
    this.#targets.set(key, new WeakRef(target));
    return key;
  }

  /** The session is gone. */
  forget(key: bigint): void {
    this.#targets.delete(key);
  }

  /** The C function for a kind of callback. */
  pointer(kind: CallbackKind): Deno.PointerObject {
    let pointer = this.#made.get(kind);
    if (pointer === undefined) {
      pointer = TRAMPOLINES[kind](this.#c, this.#guard);
      this.#made.set(kind, pointer);
    }
    return pointer;
  }

  readonly #guard: Guard = (ssl, fatal, body) => {
    const target = ssl === null
      ? undefined
      : this.#targets.get(BigInt(Deno.UnsafePointer.value(ssl)))?.deref();
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
