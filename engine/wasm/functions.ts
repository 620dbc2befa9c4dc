/**
 * C functions of an instance as FFI has them: pointers are offsets in its memory, buffers are copied.
 *
 * @module
 */

import type { CFunction, Instance } from "./instance.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The functions whose `i64` and `u64` have 64 bits here, too; the others' are a `long`, of 32. */
export const WIDE: ReadonlySet<string> = new Set([
  "ASN1_TIME_set",
  "OPENSSL_init_crypto",
  "OPENSSL_init_ssl",
  "SSL_CTX_get_options",
  "SSL_CTX_set_options",
  "SSL_get_options",
  "SSL_set_options",
  "X509_VERIFY_PARAM_set_time",
]);

/** How an argument becomes a number; undefined where WebAssembly does it, as for null. */
function argument(type: unknown, wide: boolean): ((value: unknown) => unknown) | undefined {
  if (type === "usize") return Number;
  if ((type !== "i64" && type !== "u64") || wide) return undefined;
  return (value) => Number(BigInt.asIntN(32, value as bigint));
}

/** How a result of C becomes what the table says. */
function result(type: unknown, wide: boolean): ((value: unknown) => unknown) | undefined {
  switch (type) {
    case "pointer":
      return (value) => value === 0 ? null : (value as number) >>> 0;
    case "u32":
      return (value) => (value as number) >>> 0;
    case "u64":
    case "usize":
      return wide
        ? (value) => BigInt.asUintN(64, value as bigint)
        : (value) => BigInt((value as number) >>> 0);
    default:
      return undefined;
  }
}

/** A function with the arguments and the result of its row, but for buffers. */
function withNumbers(call: CFunction, name: string, row: Deno.ForeignFunction): CFunction {
  const wide = WIDE.has(name);
  const into = row.parameters.map((type) => argument(type, wide));
  const out = result(row.result, wide);
  if (into.every((each) => each === undefined)) {
    if (out === undefined) return call;
    return (a, b, c, d, e, f, g, h, i) => out(call(a, b, c, d, e, f, g, h, i));
  }
  return (...args) => {
    const value = call(...args.map((arg, i) => into[i] === undefined ? arg : into[i](arg)));
    return out === undefined ? value : out(value);
  };
}

/** Bytes that a caller gave, of whatever type: as FFI does, nothing else is taken for bytes. */
function checkBytes(value: unknown): asserts value is Bytes {
  if (value instanceof Uint8Array) return;
  throw new TypeError("Cannot pass a buffer to OpenSSL: it must be a Uint8Array");
}

/** A function whose buffers are copied in before the call, and back after it. */
function withBuffers(instance: Instance, call: CFunction, row: Deno.ForeignFunction): CFunction {
  const places = row.parameters.flatMap((type, i) => type === "buffer" ? [i] : []);
  if (places.length === 0) return call;
  return (...given) => {
    const args = [...given];
    const taken: { readonly at: number; readonly bytes: Bytes }[] = [];
    try {
      for (const i of places) {
        const bytes = args[i];
        if (bytes === null || bytes === undefined) continue;
        checkBytes(bytes);
        if ((args[i] = instance.placeOf(bytes)) !== undefined) continue;
        const at = instance.take(bytes.length);
        taken.push({ at, bytes });
        instance.write(at, bytes);
        args[i] = at;
      }
      const value = call(...args);
      for (const { at, bytes } of taken) instance.read(at, bytes);
      return value;
    } finally {
      for (const { at, bytes } of taken.reverse()) instance.give(at, bytes.length);
    }
  };
}

/** SSL_write, BIO_write: bytes go in. */
const writing = (instance: Instance, call: CFunction) => (to: unknown, from: Bytes, n: number) => {
  checkBytes(from);
  const fixed = instance.placeOf(from);
  if (fixed !== undefined) return call(to, fixed, n);
  const at = instance.take(n);
  try {
    instance.write(at, from, n);
    return call(to, at, n);
  } finally {
    instance.give(at, n);
  }
};

/** SSL_read, SSL_peek, BIO_read: bytes come out, and no more than `most` in one call. */
const reading =
  (instance: Instance, call: CFunction, most: number) =>
  (from: unknown, to: Bytes, wanted: number) => {
    checkBytes(to);
    const n = Math.min(wanted, most);
    const at = instance.take(n);
    let used = 0;
    try {
      const count = call(from, at, n) as number;
      used = Math.max(0, count);
      if (used > 0) instance.read(at, to, used);
      return count;
    } finally {
      instance.give(at, used);
    }
  };

const WRITING = new Set(["BIO_write", "SSL_write"]);
/** OpenSSL reads one record at most. */
const RECORD = 16_384;
const READING = new Map([["BIO_read", Infinity], ["SSL_peek", RECORD], ["SSL_read", RECORD]]);

/** Gives a function that takes numbers the arguments and the result of its row, but for buffers. */
export type Convert = (call: CFunction, name: string, row: Deno.ForeignFunction) => CFunction;

/** A C function as its row has it; undefined if the file lacks it. */
export function functionOf(
  instance: Instance,
  { name, row, convert = withNumbers, remedy }: {
    name: string;
    row: Deno.ForeignFunction;
    convert?: Convert;
    remedy?: string;
  },
): CFunction | undefined {
  const found = instance.function(name, remedy);
  if (found === undefined) return undefined;
  const call = convert(found, name, row);
  const most = READING.get(name);
  if (WRITING.has(name)) return writing(instance, call) as CFunction;
  if (most !== undefined) return reading(instance, call, most) as CFunction;
  return withBuffers(instance, call, row);
}

/** What a callback gets for a number of C. */
export function callbackArgument(type: unknown): (value: number) => unknown {
  switch (type) {
    case "pointer":
      return (value) => value === 0 ? null : value >>> 0;
    case "u32":
      return (value) => value >>> 0;
    case "usize":
      return (value) => BigInt(value >>> 0);
    default:
      return (value) => value;
  }
}
