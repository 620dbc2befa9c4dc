/**
 * Bytes that have arrived and have yet to be consumed, in one piece.
 *
 * @module
 */

/** A queue of bytes that a read can fill in place. */
export class ByteQueue {
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** How many bytes are here. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** The bytes, in place: valid until the next {@linkcode ByteQueue.reserve}. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Room for at least `min` bytes after the others, to be filled and then committed. */
  reserve(min: number): Uint8Array<ArrayBuffer> {
    const length = this.#end - this.#start;
    if (this.#buffer.length - this.#end < min) {
      // Moving is worth it where it frees as much as it copies.
      if (this.#start >= length && this.#buffer.length - length >= min) {
        this.#buffer.copyWithin(0, this.#start, this.#end);
      } else {
        const size = Math.max(length + min, Math.min(length * 2, length + (1 << 24)));
        const buffer = new Uint8Array(size);
        buffer.set(this.view());
        this.#buffer = buffer;
      }
      this.#start = 0;
      this.#end = length;
    }
    return this.#buffer.subarray(this.#end);
  }

  /** Takes in the first `n` bytes of what was reserved. */
  commit(n: number): void {
    this.#end += n;
  }

  /** Copies bytes in. */
  push(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes);
    this.#end += bytes.length;
  }

  /** Drops the first `n` bytes. */
  consume(n: number): void {
    this.#start += n;
  }

  /** Takes back the last `n` consumed bytes; nothing may have been reserved since. */
  restore(n: number): void {
    this.#start -= n;
  }

  /** Gives back an empty buffer beyond `keep` bytes; nothing reserved may be in use. */
  trim(keep: number): void {
    if (this.#start === this.#end && this.#buffer.length > keep) {
      this.#buffer = new Uint8Array(0);
      this.#start = this.#end = 0;
    }
  }
}
