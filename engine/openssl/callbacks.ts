/**
 * The C callbacks. One of each kind per process, made when first needed and
 * never closed (a call after `close()` would be a crash); they find their
 * session by the address of its SSL.
 *
 * Every trampoline catches: C must never see a JavaScript exception as "0",
 * which for some of these callbacks means "accept". The session keeps the
 * cause and the trampoline returns its own fatal value. A callback may use
 * other connections, so the error queue is marked and restored around it.
 *
 * @module
 */

import type { Library } from "./library.ts";
import { textOf } from "./memory.ts";

/** SSL_TLSEXT_ERR_*. */
export const TLSEXT = { OK: 0, ALERT_WARNING: 1, ALERT_FATAL: 2, NOACK: 3 } as const;

/** What a session offers to the trampolines. Each may throw. */
export interface CallbackTarget {
  /** X509_STORE_CTX: 1 accepts, 0 refuses. */
  onVerify(storeCtx: Deno.PointerValue): number;
  /** The SNI name arrived. */
  onServerName(): number;
  /** Chooses the ALPN protocol among those in wire format; undefined refuses. */
  onAlpn(offered: Uint8Array): string | undefined;
  /** A line of the key log. */
  onKeylog(line: string): void;
  /** Keeps the cause of a failure inside a callback. */
  fail(error: unknown): void;
}

/** The callbacks of one loaded library. */
export class Callbacks {
  readonly #library: Library;
  readonly #targets = new Map<bigint, WeakRef<CallbackTarget>>();
  readonly #made = new Map<string, Deno.PointerObject>();

  /** For one library. */
  constructor(library: Library) {
    this.#library = library;
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

  #target(ssl: Deno.PointerValue): CallbackTarget | undefined {
    return ssl === null
      ? undefined
      : this.#targets.get(BigInt(Deno.UnsafePointer.value(ssl)))?.deref();
  }

  #guard(ssl: Deno.PointerValue, fatal: number, body: (target: CallbackTarget) => number): number {
    const target = this.#target(ssl);
    if (target === undefined) return fatal;
    const { c } = this.#library;
    c.ERR_set_mark();
    try {
      return body(target);
    } catch (error) {
      target.fail(error);
      return fatal;
    } finally {
      c.ERR_pop_to_mark();
    }
  }

  #once(name: string, make: () => Deno.PointerObject): Deno.PointerObject {
    let pointer = this.#made.get(name);
    if (pointer === undefined) this.#made.set(name, pointer = make());
    return pointer;
  }

  /** int (*)(X509_STORE_CTX *, void *arg) */
  get verify(): Deno.PointerObject {
    const { c } = this.#library;
    const index = c.SSL_get_ex_data_X509_STORE_CTX_idx();
    return this.#once("verify", () =>
      new Deno.UnsafeCallback(
        { parameters: ["pointer", "pointer"], result: "i32" },
        (store: Deno.PointerValue) =>
          this.#guard(c.X509_STORE_CTX_get_ex_data(store, index), 0, (t) => t.onVerify(store)),
      ).pointer);
  }

  /** int (*)(SSL *, int *al, void *arg) */
  get serverName(): Deno.PointerObject {
    return this.#once("serverName", () =>
      new Deno.UnsafeCallback(
        { parameters: ["pointer", "pointer", "pointer"], result: "i32" },
        (ssl: Deno.PointerValue) => this.#guard(ssl, TLSEXT.ALERT_FATAL, (t) => t.onServerName()),
      ).pointer);
  }

  /** int (*)(SSL *, const unsigned char **out, unsigned char *outlen, const unsigned char *in, unsigned int inlen, void *arg) */
  get alpnSelect(): Deno.PointerObject {
    const { c } = this.#library;
    return this.#once("alpnSelect", () =>
      new Deno.UnsafeCallback(
        {
          parameters: ["pointer", "pointer", "pointer", "pointer", "u32", "pointer"],
          result: "i32",
        },
        (
          ssl: Deno.PointerValue,
          out: Deno.PointerValue,
          outLength: Deno.PointerValue,
          list: Deno.PointerValue,
          length: number,
        ) =>
          this.#guard(ssl, TLSEXT.ALERT_FATAL, (t) => {
            const offered = new Uint8Array(length);
            c.memcpy(offered, list, BigInt(length));
            const chosen = t.onAlpn(offered);
            if (chosen === undefined) return TLSEXT.ALERT_FATAL;
            const at = findProtocol(offered, chosen);
            if (at < 0) return TLSEXT.ALERT_FATAL;
            // The answer points into the client's own list, which outlives the call.
            const address = BigInt(Deno.UnsafePointer.value(list)) + BigInt(at + 1);
            c.memcpyTo(out, new Uint8Array(BigUint64Array.of(address).buffer), 8n);
            c.memcpyTo(outLength, offered.subarray(at, at + 1), 1n);
            return TLSEXT.OK;
          }),
      ).pointer);
  }

  /** void (*)(const SSL *, const char *line) */
  get keylog(): Deno.PointerObject {
    const { c } = this.#library;
    return this.#once("keylog", () =>
      new Deno.UnsafeCallback(
        { parameters: ["pointer", "pointer"], result: "void" },
        (ssl: Deno.PointerValue, line: Deno.PointerValue) => {
          this.#guard(ssl, 0, (t) => (t.onKeylog(textOf(c, line)), 0));
        },
      ).pointer);
  }
}

/** Protocol names are bytes; as text, each byte is one character. */
function nameAt(list: Uint8Array, at: number): string {
  return String.fromCharCode(...list.subarray(at + 1, at + 1 + list[at]!));
}

/** The protocols of an ALPN list in wire format (RFC 7301 3.1). */
export function alpnNames(list: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 0; at < list.length; at += 1 + list[at]!) names.push(nameAt(list, at));
  return names;
}

function findProtocol(list: Uint8Array, name: string): number {
  for (let at = 0; at < list.length; at += 1 + list[at]!) if (nameAt(list, at) === name) return at;
  return -1;
}

/** Protocol names in wire format (RFC 7301 3.1). */
export function alpnWire(names: readonly string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(names.flatMap((name) => {
    const bytes = Array.from(name, (char) => char.codePointAt(0)!);
    if (bytes.length < 1 || bytes.length > 255 || bytes.some((b) => b > 255)) {
      throw new TypeError(
        `Cannot use ALPN protocol: it must have 1 to 255 bytes: received ${JSON.stringify(name)}`,
      );
    }
    return [bytes.length, ...bytes];
  }));
}
