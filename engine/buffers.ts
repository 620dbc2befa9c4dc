/**
 * Pooled I/O buffers in a few sizes. A connection begins with a small read
 * buffer and gets a larger one while it fills them, so ten thousand idle
 * connections stay small and a bulk transfer makes few system calls.
 *
 * @module
 */

/** The most that one `write` of a session takes, in bytes: four full records. */
export const MAX_WRITE = 65536;

const SIZES = [4096, 16384, 65536 + 4096, 131072] as const;
const POOLED = [64, 32, 16, 8] as const;
const pools: Uint8Array<ArrayBuffer>[][] = SIZES.map(() => []);

/** A buffer of at least `size` bytes, or of the largest size there is. */
export function takeBuffer(size: number): Uint8Array<ArrayBuffer> {
  let i = SIZES.findIndex((s) => s >= size);
  if (i < 0) i = SIZES.length - 1;
  return pools[i]!.pop() ?? new Uint8Array(SIZES[i]!);
}

/** Gives a buffer back. It must no longer be in anyone's hands. */
export function giveBuffer(buffer: Uint8Array<ArrayBuffer>): void {
  const i = SIZES.findIndex((s) => s === buffer.length);
  if (i >= 0 && pools[i]!.length < POOLED[i]!) pools[i]!.push(buffer);
}

/** How much the next read of one connection asks for. */
export class ReadSize {
  #i = 0;

  /** The size of the next read, in bytes. */
  get next(): number {
    return SIZES[this.#i]!;
  }

  /** Learns from a read: a full buffer asks for more, a nearly empty one for less. */
  got(n: number): void {
    if (n === SIZES[this.#i]!) this.#i = Math.min(this.#i + 1, SIZES.length - 1);
    else if (this.#i > 0 && n < SIZES[this.#i - 1]! / 4) this.#i--;
  }
}
