/**
 * Numbers for C.
 *
 * @module
 */

import type { Integer } from "./row.ts";

const RANGES: Readonly<Record<Integer, readonly [number, number]>> = {
  int: [-0x80000000, 0xffffffff],
  uint: [0, 0xffffffff],
  long: Deno.build.os === "windows" ? [-0x80000000, 0xffffffff] : [-(2 ** 63), 2 ** 63 - 1024],
  ulong: [0, Deno.build.os === "windows" ? 0xffffffff : 2 ** 64 - 2048],
  u64: [0, 2 ** 64 - 2048],
  size: [0, 2 ** 53 - 1],
};

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
  const [low, high] = RANGES[type];
  if (number < low || number > high) {
    throw new RangeError(
      `Cannot call ${where}: a number of type ${type} is out of range: ${number}`,
    );
  }
  if (type === "int") return number | 0;
  return Number.isSafeInteger(number) ? number : BigInt(value as number | bigint);
}
