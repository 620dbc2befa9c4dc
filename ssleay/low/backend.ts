/**
 * C functions in JavaScript, and what stands in for FFI.
 *
 * @module
 */

/** A C function. */
// deno-lint-ignore no-explicit-any
export type CFunction = (...args: any[]) => any;

/** A signature in Deno's FFI. */
export interface Signature {
  readonly parameters: readonly Deno.NativeType[];
  readonly result: Deno.NativeResultType;
}

/** A C function that calls JavaScript. */
export interface CCallback {
  /** Its address. */
  readonly pointer: Deno.PointerObject;
  /** Frees it. C must not call it any more. */
  close(): void;
}

/** What stands in for FFI. Addresses are of 32 bits in memory, and so is a `long`. */
export interface Backend {
  /** What has the memory of its objects. */
  readonly memory: object;
  /** A C function; `undefined` if it does not have it. */
  function(name: string, signature: Signature): CFunction | undefined;
  /** What it was built without, to which a C function belongs, and what to do instead. */
  lacks(name: string): string;
  /** The address of a C function. */
  functionPointer(name: string): Deno.PointerObject;
  /** Makes a C function. */
  callback(signature: Signature, run: CFunction): CCallback;
  /** The pointer of this backend for one that an engine on the same library gave. */
  adopt(pointer: unknown): Deno.PointerObject;
  /** Whether what a pointer points to is gone, with the memory that a call did not return from. */
  isLost(pointer: Deno.PointerObject): boolean;
  /** The address of a pointer. */
  addressOf(pointer: Deno.PointerObject): bigint;
  /** The pointer to an address. */
  pointerTo(address: bigint): Deno.PointerObject;
  /** An address as it stands in memory. */
  inMemory(address: bigint): number;
  /** An address that stood in memory. */
  fromMemory(value: number): bigint;
  /** The address of a copy of bytes, which stays as long as they do, or until it is dropped. */
  keep(bytes: Uint8Array<ArrayBuffer>): bigint;
  /** Frees that copy. */
  drop(bytes: Uint8Array<ArrayBuffer>): void;
  /** Runs `use` with the address of bytes, which C may write. */
  withBytes<T>(bytes: Uint8Array<ArrayBuffer>, use: (address: bigint) => T): T;
}
