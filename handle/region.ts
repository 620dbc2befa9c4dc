/**
 * Perl's LENGTH and OFFSET over byte arrays: a scalar of Perl grows and shrinks with what is read
 * into it, and a gap in front of the data is filled with zeros. A `Uint8Array` over a resizable
 * `ArrayBuffer` does the same here; any other has the size it has.
 *
 * @module
 */

import { describe, quote } from "../internal/quote.ts";

/** Where a read puts its bytes. */
interface Region {
  /** The part to fill. */
  readonly bytes: Uint8Array;
  /** Says how many bytes came: an array that can change its size ends there, as in Perl. */
  done(count: number): void;
}

function wholeNumber(operation: string, name: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw new RangeError(
      `Cannot ${operation}: ${name} must be an integer: received ${quote(value)}`,
    );
  }
  return value;
}

/** A length, which is not negative. */
export function checkLength(operation: string, name: string, value: unknown): number {
  const n = wholeNumber(operation, name, value);
  if (n >= 0) return n;
  throw new RangeError(`Cannot ${operation}: ${name} must not be negative: received ${n}`);
}

/** An offset: a negative one counts from the end. */
function start(operation: string, offset: unknown, length: number): number {
  const n = wholeNumber(operation, "offset", offset ?? 0);
  const at = n < 0 ? length + n : n;
  if (at >= 0) return at;
  throw new RangeError(
    `Cannot ${operation}: offset is outside of the buffer of ${length} bytes: received ${n}`,
  );
}

/** The array over a resizable buffer that follows its size. */
function grow(buffer: Uint8Array, to: number): boolean {
  const memory = buffer.buffer;
  if (!(memory instanceof ArrayBuffer) || !memory.resizable) return false;
  const [before, size] = [buffer.length, memory.byteLength];
  const wanted = buffer.byteOffset + to;
  if (buffer.byteOffset + before !== size || wanted > memory.maxByteLength) return false;
  memory.resize(wanted); // what is added is zero
  if (buffer.length !== before) return true;
  memory.resize(size);
  return false;
}

/**
 * The part of `buffer` that a read may fill.
 *
 * @throws {TypeError} If `buffer` is not a `Uint8Array`.
 * @throws {RangeError} If the part is outside of the buffer and the buffer cannot grow.
 */
export function readRegion(
  operation: string,
  buffer: Uint8Array,
  length?: number,
  offset?: number,
): Region {
  if (!(buffer instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot ${operation}: the buffer must be a Uint8Array: received ${describe(buffer)}`,
    );
  }
  const at = start(operation, offset, buffer.length);
  const count = length === undefined
    ? Math.max(0, buffer.length - at)
    : checkLength(operation, "length", length);
  const grown = at + count > buffer.length && grow(buffer, at + count);
  if (at + count > buffer.length) {
    throw new RangeError(
      `Cannot ${operation}: the buffer has ${buffer.length} bytes: ` +
        `received length ${count} at offset ${at}`,
    );
  }
  return {
    bytes: buffer.subarray(at, at + count),
    done(n: number): void {
      if (grown && n < count) (buffer.buffer as ArrayBuffer).resize(buffer.byteOffset + at + n);
    },
  };
}

/**
 * The part of `bytes` that a write takes. A length beyond the end means up to
 * the end, as in Perl.
 *
 * @throws {RangeError} If the offset is outside of the data.
 */
export function writeRegion(
  operation: string,
  bytes: Uint8Array,
  length?: number,
  offset?: number,
): Uint8Array {
  const at = start(operation, offset, bytes.length);
  if (at > bytes.length) {
    throw new RangeError(
      `Cannot ${operation}: offset is beyond the data of ${bytes.length} bytes: received ${
        quote(at)
      }`,
    );
  }
  const count = checkLength(operation, "length", length ?? bytes.length);
  return bytes.subarray(at, Math.min(bytes.length, at + count));
}
