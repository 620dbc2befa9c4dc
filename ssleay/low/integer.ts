/**
 * Numbers for C.
 *
 * @module
 */

import { backend } from "./c_function.ts";
import type { Integer } from "./row.ts";

type Ranges = Readonly<Record<Integer, readonly [number, number]>>;

const WIDE: Ranges = {
  int: [-0x80000000, 0xffffffff],
  uint: [0, 0xffffffff],
  long: [-(2 ** 63), 2 ** 63 - 1024],
  ulong: [0, 2 ** 64 - 2048],
  u64: [0, 2 ** 64 - 2048],
  time: [-(2 ** 63), 2 ** 63 - 1024],
  size: [0, 2 ** 53 - 1],
};

/** Where a `long` has 32 bits. More would be another number. */
const SHORT: Ranges = { ...WIDE, long: [-0x80000000, 0x7fffffff], ulong: [0, 0xffffffff] };

/** Where everything has 32 bits that is not said to have 64. */
const WEB_ASSEMBLY: Ranges = { ...SHORT, size: [0, 0xffffffff] };

const FFI = Deno.build.os === "windows" ? SHORT : WIDE;

/** A number for C. Booleans count as 1 and 0, as in Perl. */
export function toInteger(value: unknown, type: Integer, where: string): number | bigint {
  const number = typeof value === "boolean" || typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) {
    const what = typeof number === "number"
      ? String(number)
      : value === null
      ? "null"
      : typeof value;
    throw new TypeError(`Cannot call ${where}: expected a whole number: received ${what}`);
  }
  const [low, high] = (backend === undefined ? FFI : WEB_ASSEMBLY)[type];
  if (number < low || number > high) {
    throw new RangeError(
      `Cannot call ${where}: a number of type ${type} is out of range: ${number}`,
    );
  }
  if (type === "int") return number | 0;
  return Number.isSafeInteger(number) ? number : BigInt(value as number | bigint);
}
