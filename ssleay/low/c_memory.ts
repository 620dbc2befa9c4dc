/**
 * Bytes and text, to C and back.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { isNarrow, lazy } from "./c_function.ts";

const P = "pointer", B = "buffer";

const memcpy = lazy("memcpy", [B, P, "usize"], P);
const memcpyAt = lazy("memcpy", [B, "u64", "usize"], P);
const memcpyTo = lazy("memcpy", [P, B, "usize"], P);
const strlen = lazy("strlen", [P], "u32");
const cryptoFree = lazy("CRYPTO_free", [P, P, "i32"], "void");

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Copies bytes from C. */
export function bytesFrom(from: Deno.PointerValue, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  if (length > 0 && from !== null) memcpy(bytes, from, BigInt(length));
  return bytes;
}

/** Copies bytes from an address in C. */
export function bytesAt(from: bigint, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  if (length > 0 && from !== 0n) memcpyAt(bytes, from, BigInt(length));
  return bytes;
}

/** Copies bytes to C. */
export function bytesTo(to: Deno.PointerValue, bytes: Uint8Array): void {
  if (bytes.length > 0) memcpyTo(to, bytes, BigInt(bytes.length));
}

/** The bytes of a C string; `undefined` for NULL. */
export function stringBytes(from: Deno.PointerValue): Uint8Array<ArrayBuffer> | undefined {
  return from === null ? undefined : bytesFrom(from, strlen(from));
}

/** The text of a C string; `undefined` for NULL. */
export function textFrom(from: Deno.PointerValue): string | undefined {
  return from === null ? undefined : decoder.decode(bytesFrom(from, strlen(from)));
}

/** The text of a C string that C gave away: it is freed. */
export function takeText(from: Deno.PointerValue): string | undefined {
  const text = textFrom(from);
  if (from !== null) cryptoFree(from, null, 0);
  return text;
}

/** Frees what C allocated and gave away, at an address. */
export const freeAt: (address: bigint) => void = (address) => {
  if (address !== 0n) cryptoFree(pointerFrom(address), null, 0);
};

/** Addresses as numbers need the whole permission. */
function needAddresses(): void {
  if (!isNarrow()) return;
  throw new SslUnsupportedError(
    "Cannot use an address of OpenSSL's memory: --allow-ffi=<path> rules addresses out: use --allow-ffi",
  );
}

/**
 * The pointer to an address.
 *
 * @throws {SslUnsupportedError} Under `--allow-ffi=<path>`.
 */
export function pointerFrom(address: bigint): Deno.PointerValue {
  needAddresses();
  return Deno.UnsafePointer.create(address);
}

/**
 * The address of a pointer.
 *
 * @throws {SslUnsupportedError} Under `--allow-ffi=<path>`.
 */
export function addressOf(pointer: Deno.PointerValue): bigint {
  needAddresses();
  return pointer === null ? 0n : BigInt(Deno.UnsafePointer.value(pointer));
}

/** Whether two pointers point to the same place. */
export function samePointer(a: Deno.PointerObject, b: Deno.PointerObject): boolean {
  return Deno.UnsafePointer.equals(a, b);
}

/** The address of bytes that stay where they are while C works on them. */
export function addressOfBytes(bytes: Uint8Array<ArrayBuffer>): bigint {
  needAddresses();
  return addressOf(Deno.UnsafePointer.of(bytes));
}

/** Stores an address where C wants a pointer. */
export function storeAddress(to: Deno.PointerValue, address: bigint): void {
  bytesTo(to, new Uint8Array(BigUint64Array.of(address).buffer));
}

/** Stores an int of C. */
export function storeInt(to: Deno.PointerValue, value: number): void {
  bytesTo(to, new Uint8Array(Int32Array.of(value).buffer));
}

const NO_BYTES = new Uint8Array(1);

/** Bytes for C, which does not get the null pointer that Deno makes of none: their length says 0. */
export function forC(bytes: Uint8Array): Uint8Array {
  return bytes.length > 0 ? bytes : NO_BYTES;
}

/** A pointer-sized place for C to write to, or with an address for C to read. */
export function pointerCell(value = 0n): { bytes: Uint8Array<ArrayBuffer>; read(): bigint } {
  const cell = BigUint64Array.of(value);
  return { bytes: new Uint8Array(cell.buffer), read: () => cell[0]! };
}

/** A place for a number of C that is up to 64 bits wide, of which the low 32 count. */
export function numberCell(): { bytes: Uint8Array<ArrayBuffer>; read(): number } {
  const bytes = new Uint8Array(8);
  return { bytes, read: () => new Uint32Array(bytes.buffer)[0]! };
}

/** Text or bytes as bytes. */
export function toBytes(value: unknown, where: string): Uint8Array<ArrayBuffer> {
  if (typeof value === "string") return encoder.encode(value);
  if (value instanceof Uint8Array) return value as Uint8Array<ArrayBuffer>;
  throw new TypeError(
    `Cannot call ${where}: expected text or bytes: received ${
      value === null ? "null" : typeof value
    }`,
  );
}

/** Text or bytes as a C string. */
export function toCString(value: unknown, where: string): Uint8Array<ArrayBuffer> {
  const bytes = toBytes(value, where);
  if (bytes.includes(0)) {
    throw new TypeError(`Cannot call ${where}: a C string cannot have a NUL byte`);
  }
  const terminated = new Uint8Array(bytes.length + 1);
  terminated.set(bytes);
  return terminated;
}

/** UTF-8 as text. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
