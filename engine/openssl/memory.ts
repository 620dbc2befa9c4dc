/**
 * Bytes, strings and addresses to C and back, by C functions alone; and the
 * ownership of C objects: freed explicitly, once, with a FinalizationRegistry as
 * the net for those that were forgotten.
 *
 * @module
 */

import { quote } from "../../internal/quote.ts";
import type { OpenSslSymbols } from "./symbols.ts";

const encoder = new TextEncoder();

/** A C string; throws TypeError for a NUL inside, which C would cut at. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new TypeError(`Cannot pass a string with a NUL byte: received ${quote(text)}`);
  }
  return encoder.encode(text + "\0");
}

/** The address of a C object; 0 for NULL. */
export function addressOf(c: OpenSslSymbols, pointer: Deno.PointerValue): bigint {
  return pointer === null ? 0n : c.addressOf(pointer, pointer, 0n);
}

/** The address of bytes, valid as long as they are referred to. */
export function addressOfBytes(c: OpenSslSymbols, bytes: Uint8Array<ArrayBuffer>): bigint {
  return c.addressOfBytes(bytes, bytes, 0n);
}

/** Copies `length` bytes from an address. */
export function bytesAt(
  c: OpenSslSymbols,
  address: bigint,
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  if (length > 0) c.memcpyAt(bytes, address, BigInt(length));
  return bytes;
}

/** What BIO_s_mem() gives, for each library. */
const methods = new WeakMap<OpenSslSymbols, Deno.PointerValue>();

/** A new memory BIO. */
export function memoryBio(c: OpenSslSymbols): Deno.PointerValue {
  let method = methods.get(c);
  if (method === undefined) methods.set(c, method = c.BIO_s_mem());
  return c.BIO_new(method);
}

/** Runs `use` with a memory BIO that holds `bytes`. */
export function withBio<T>(
  c: OpenSslSymbols,
  bytes: Uint8Array,
  use: (bio: Deno.PointerValue) => T,
): T {
  const bio = memoryBio(c);
  try {
    if (bytes.length > 0) c.BIO_write(bio, bytes as Uint8Array<ArrayBuffer>, bytes.length);
    return use(bio);
  } finally {
    c.BIO_free(bio);
  }
}

/** All that lies in a BIO. */
export function drainBio(c: OpenSslSymbols, bio: Deno.PointerValue): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(c.BIO_ctrl_pending(bio));
  if (bytes.length > 0) c.BIO_read(bio, bytes, bytes.length);
  return bytes;
}

/** An X509 in DER. */
export function derOf(c: OpenSslSymbols, x509: Deno.PointerValue): Uint8Array<ArrayBuffer> {
  return derOfAll(c, [x509])[0]!;
}

function derOfAll(
  c: OpenSslSymbols,
  all: readonly Deno.PointerValue[],
): Uint8Array<ArrayBuffer>[] {
  if (all.length === 0) return [];
  return withBio(c, new Uint8Array(), (bio) => {
    const ends = all.map((x509) => {
      c.i2d_X509_bio(bio, x509);
      return c.BIO_ctrl_pending(bio);
    });
    const bytes = drainBio(c, bio);
    return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
  });
}

function x509sOf(c: OpenSslSymbols, stack: Deno.PointerValue): Deno.PointerValue[] {
  const x509s: Deno.PointerValue[] = [];
  const count = stack === null ? 0 : c.OPENSSL_sk_num(stack);
  for (let i = 0; i < count; i++) x509s.push(c.OPENSSL_sk_value(stack, i));
  return x509s;
}

/** The certificates of a STACK_OF(X509) in DER. */
export function derStack(c: OpenSslSymbols, stack: Deno.PointerValue): Uint8Array[] {
  return derOfAll(c, x509sOf(c, stack));
}

/** The certificates of two of them. */
export function derStacks(
  c: OpenSslSymbols,
  first: Deno.PointerValue,
  second: Deno.PointerValue,
): readonly [Uint8Array[], Uint8Array[]] {
  const all = x509sOf(c, first);
  const count = all.length;
  const ders = derOfAll(c, [...all, ...x509sOf(c, second)]);
  return [ders.slice(0, count), ders.slice(count)];
}

let open = 0;
let collected = 0;

/** How many C objects are allocated and not yet freed; for tests of leaks. */
export function openHandles(): number {
  return open;
}

/** How many C objects nobody freed, so that the garbage collector had to; for tests of leaks. */
export function collectedHandles(): number {
  return collected;
}

interface Held {
  readonly ptr: Deno.PointerValue;
  readonly free: (ptr: Deno.PointerValue) => void;
}

function release(held: Held): void {
  open--;
  held.free(held.ptr);
}

const net = new FinalizationRegistry<Held>((held) => {
  collected++;
  release(held);
});

/** One C object with its free function. `free` must not reach the owner, or it never dies. */
export class NativeHandle {
  #held: Held | undefined;

  constructor(ptr: Deno.PointerObject, free: (ptr: Deno.PointerValue) => void) {
    this.#held = { ptr, free };
    open++;
    net.register(this, this.#held, this);
  }

  /**
   * The pointer, or null after {@linkcode free}, which every C function that we call tolerates, or
   * we check for it.
   */
  get ptr(): Deno.PointerValue {
    return this.#held === undefined ? null : this.#held.ptr;
  }

  /** Whether it was freed. */
  get freed(): boolean {
    return this.#held === undefined;
  }

  /** Frees the C object. Idempotent. */
  free(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    net.unregister(this);
    release(held);
  }
}
