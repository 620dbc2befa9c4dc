/**
 * Bytes and text, to C and back.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { backend, isNarrow, lazy } from "./c_function.ts";

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
    'Cannot use an address of OpenSSL\'s memory: --allow-ffi=<path> rules addresses out: use --allow-ffi, or useBackend("wasm")',
  );
}

/**
 * The pointer to an address.
 *
 * @throws {SslUnsupportedError} Under `--allow-ffi=<path>`.
 */
export function pointerFrom(address: bigint): Deno.PointerValue {
  if (backend !== undefined) return address === 0n ? null : backend.pointerTo(address);
  needAddresses();
  return Deno.UnsafePointer.create(address);
}

/**
 * The address of a pointer.
 *
 * @throws {SslUnsupportedError} Under `--allow-ffi=<path>`.
 */
export function addressOf(pointer: Deno.PointerValue): bigint {
  if (backend !== undefined) return pointer === null ? 0n : backend.addressOf(pointer);
  needAddresses();
  return pointer === null ? 0n : BigInt(Deno.UnsafePointer.value(pointer));
}

/** Whether two pointers point to the same place. */
export function samePointer(a: Deno.PointerObject, b: Deno.PointerObject): boolean {
  return backend === undefined ? Deno.UnsafePointer.equals(a, b) : a === b;
}

/**
 * The address of bytes, which C may keep and read as long as they are referred to. They must not
 * change any more: C may have a copy of them.
 */
export function addressOfBytes(bytes: Uint8Array<ArrayBuffer>): bigint {
  if (backend !== undefined) return backend.keep(bytes);
  needAddresses();
  return addressOf(Deno.UnsafePointer.of(bytes));
}

/** Runs `use` with the address of bytes, which C may read and write meanwhile. */
export function withAddress<T>(
  bytes: Uint8Array<ArrayBuffer>,
  use: (address: bigint) => T,
): T {
  return backend === undefined ? use(addressOfBytes(bytes)) : backend.withBytes(bytes, use);
}

/**
 * Lets C see bytes at one address in several calls, which some functions insist on.
 *
 * @returns What ends that.
 */
export function pin(bytes: Uint8Array<ArrayBuffer>): () => void {
  if (backend === undefined) return () => {}; // they stay where they are
  const { drop } = backend;
  backend.keep(bytes);
  return () => drop(bytes);
}

/** A place for a pointer, for C to write to, or with an address for C to read. */
export function pointerCell(value = 0n): { bytes: Uint8Array<ArrayBuffer>; read(): bigint } {
  if (backend === undefined) {
    const cell = BigUint64Array.of(value);
    return { bytes: new Uint8Array(cell.buffer), read: () => cell[0]! };
  }
  const { fromMemory } = backend;
  const cell = Uint32Array.of(backend.inMemory(value));
  return { bytes: new Uint8Array(cell.buffer), read: () => fromMemory(cell[0]!) };
}

/** Stores an address where C wants a pointer. */
export function storeAddress(to: Deno.PointerValue, address: bigint): void {
  bytesTo(to, pointerCell(address).bytes);
}

/** Stores a size_t of C. */
export function storeSize(to: Deno.PointerValue, size: number): void {
  const value = backend === undefined ? BigUint64Array.of(BigInt(size)) : Uint32Array.of(size);
  bytesTo(to, new Uint8Array(value.buffer));
}

/** The pointer at a place in C: of an array or a structure of pointers, the one at `index`. */
export function pointerAt(from: Deno.PointerValue, index: number): Deno.PointerValue {
  const cell = pointerCell(0n);
  const { length } = cell.bytes;
  cell.bytes.set(bytesAt(addressOf(from) + BigInt(index * length), length));
  return pointerFrom(cell.read());
}

/** Stores an int of C. */
export function storeInt(to: Deno.PointerValue, value: number): void {
  bytesTo(to, new Uint8Array(Int32Array.of(value).buffer));
}

const NO_BYTES = new Uint8Array(1);

/** Bytes for C, which does not get the null pointer that Deno makes of none: their length says 0. */
export function forC(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return (bytes.length > 0 ? bytes : NO_BYTES) as Uint8Array<ArrayBuffer>;
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

/** The text of a C string that C wrote into bytes of ours. */
export function writtenText(bytes: Uint8Array): string {
  return decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
}

/** UTF-8 as text. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
