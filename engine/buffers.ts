/**
 * Pooled I/O buffers in a few sizes. A connection gets a larger read buffer while it fills them, so
 * idle connections stay small and a bulk transfer makes few system calls.
 *
 * @module
 */

/** The most that one `write` of a session takes, in bytes: four full records. */
export const MAX_WRITE = 65536;

const SIZES = [1024, 4096, 16384, 65536 + 4096, 131072] as const;
const POOLED = [64, 64, 32, 16, 8] as const;
const pools: Uint8Array<ArrayBuffer>[][] = SIZES.map(() => []);

/** A buffer of at least `size` bytes, or of the largest size there is. */
export function takeBuffer(size: number): Uint8Array<ArrayBuffer> {
  let i = 0;
  while (i < SIZES.length - 1 && SIZES[i]! < size) i++;
  return pools[i]!.pop() ?? new Uint8Array(SIZES[i]!);
}

/** Gives a buffer back. It must no longer be in anyone's hands. */
export function giveBuffer(buffer: Uint8Array<ArrayBuffer>): void {
  for (let i = 0; i < SIZES.length; i++) {
    if (SIZES[i] === buffer.length && pools[i]!.length < POOLED[i]!) pools[i]!.push(buffer);
  }
}

/** Messages up to this length, in bytes, are worth a buffer of exactly their size. */
const SHORT = 2048;
/** How often in a row a message must have had the same length before the next one is expected to. */
const REPEATED = 3;
/** How many reads of other connections there may be between two of one that expects its length. */
const FEW = 8;

/** How many reads have begun in this process. */
let reads = 0;

/**
 * The buffers of one connection's reads, sized by what came so far. A read that does not fill its
 * buffer costs a call of epoll_wait more. So after some equal short answers to a write the next one
 * is read into a buffer of exactly their length; but not among many connections, because who is not
 * sent through epoll_wait is served before those that are.
 */
export class ReadBuffers {
  #i = 1;
  #length = 0;
  #repeated = 0;
  #written = false;
  #last = 0;
  #exact: Uint8Array<ArrayBuffer> | undefined;

  /** Something was written: what is read next is the answer. */
  wrote(): void {
    this.#written = true;
  }

  /** A buffer for the next read. */
  take(): Uint8Array<ArrayBuffer> {
    const answer = this.#written;
    this.#written = false;
    const others = reads - this.#last;
    this.#last = ++reads;
    if (!answer || others > FEW) this.#repeated = 0;
    if (this.#repeated < REPEATED) return takeBuffer(SIZES[this.#i]!);
    if (this.#exact?.length !== this.#length) this.#exact = new Uint8Array(this.#length);
    return this.#exact;
  }

  /** Learns from a read of `n` bytes: a full buffer asks for more, a nearly empty one for less. */
  got(buffer: Uint8Array, n: number): void {
    this.#repeated = n === this.#length && n <= SHORT ? this.#repeated + 1 : 1;
    this.#length = n;
    if (buffer === this.#exact) return;
    if (n === SIZES[this.#i]!) this.#i = Math.min(this.#i + 1, SIZES.length - 1);
    else if (this.#i > 0 && n < SIZES[this.#i - 1]! / 4) this.#i--;
  }
}
