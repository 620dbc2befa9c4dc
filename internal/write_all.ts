/**
 * Writes all bytes where one write may take a part of them.
 *
 * @module
 */

/** Writes all of `p`. */
export async function writeAll(
  to: { write(p: Uint8Array): Promise<number> },
  p: Uint8Array,
): Promise<void> {
  for (let rest = p; rest.length > 0;) rest = rest.subarray(await to.write(rest));
}
