/**
 * Watches the C functions of OpenSSL: which of them are called for an SSL, or for one of its BIOs,
 * while another call for the same SSL has not returned. No such call is allowed, but for the questions
 * that the library's own callbacks are there for.
 */

import { openLibrary } from "../../engine/openssl/binder.ts";
import { SslError } from "../../errors.ts";

type Call = (...args: unknown[]) => unknown;
type Pointer = Deno.PointerValue;

/** What the library's own callbacks ask the SSL that called them. */
const ASKED = new Set([
  "SSL_ctrl",
  "SSL_ctrlPtr",
  "SSL_get_certificate",
  "SSL_session_reused",
  "SSL_get_current_cipher",
  "SSL_version",
]);

/** A pointer is a number where OpenSSL is WebAssembly. */
const isPointer = (value: unknown): boolean =>
  typeof value === "object" || typeof value === "number";

const key = (pointer: unknown): bigint =>
  typeof pointer === "number"
    ? BigInt(pointer)
    : pointer === null
    ? 0n
    : BigInt(Deno.UnsafePointer.value(pointer as Pointer));

/** Watches until it is disposed of. */
export class NestedCalls implements Disposable {
  /** The calls that came inside another one, as `SSL_read inside SSL_write`. */
  readonly found: string[] = [];
  /** How many calls were watched. */
  watched = 0;
  readonly #c = openLibrary().c as unknown as Record<string, Call>;
  readonly #real = new Map<string, Call>();
  readonly #running = new Map<bigint, string>();
  readonly #owner = new Map<bigint, bigint>();

  constructor() {
    for (const name of Object.keys(this.#c)) {
      const watch = /^SSL_(?!CTX|CIPHER|SESSION|new)/.test(name) && !ASKED.has(name) ||
        ["BIO_read", "BIO_write", "BIO_ctrl", "BIO_ctrl_pending"].includes(name);
      const real = this.#c[name];
      if (!watch || typeof real !== "function") continue;
      this.#real.set(name, real);
      this.#c[name] = (...args) => this.#call(name, real, args);
    }
  }

  #call(name: string, real: Call, args: unknown[]): unknown {
    if (!isPointer(args[0])) return real(...args);
    const first = key(args[0]);
    const ssl = name.startsWith("BIO_") ? this.#owner.get(first) : first;
    if (ssl === undefined) return real(...args);
    this.watched++;
    const outer = this.#running.get(ssl);
    if (outer !== undefined) this.found.push(`${name} inside ${outer}`);
    else this.#running.set(ssl, name);
    if (name === "SSL_set_bio") { for (const bio of args.slice(1)) this.#owner.set(key(bio), ssl); }
    try {
      return real(...args);
    } finally {
      if (outer === undefined) this.#running.delete(ssl);
      if (name === "SSL_free") {
        for (const [bio, owner] of this.#owner) if (owner === ssl) this.#owner.delete(bio);
      }
    }
  }

  /** Leaves the functions as they were. */
  [Symbol.dispose](): void {
    for (const [name, real] of this.#real) this.#c[name] = real;
  }
}

/** Waits no longer than a test may. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} has not ended`)), 10_000);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** What a call came to: its value, or the code of its error; a promise is waited for. */
export function outcomeOf(call: () => unknown): unknown | Promise<unknown> {
  const codeOf = (error: unknown) => error instanceof SslError ? error.code : error;
  try {
    const value = call();
    return value instanceof Promise ? value.then((v) => v, codeOf) : value;
  } catch (error) {
    return codeOf(error);
  }
}
