/**
 * The first bytes of a connection, kept until TLS has made something of them:
 * a peer that does not speak TLS gets its bytes read as plain text, none lost.
 *
 * @module
 */

/** A record header: with fewer bytes OpenSSL has decided nothing. */
const RECORD_HEADER = 5;

/** Keeps bytes while {@linkcode FirstBytes.open}: in one piece, or a peer that sends them one by one fills the memory. */
export class FirstBytes {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
  #length = 0;
  #open = true;

  /** Whether bytes are still kept. */
  get open(): boolean {
    return this.#open;
  }

  /** Keeps a copy. */
  push(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
  }

  /** OpenSSL took a step without an error: past a record header the peer does speak TLS. */
  progressed(): void {
    if (this.#length < RECORD_HEADER) return;
    this.#open = false;
    this.#bytes = new Uint8Array();
    this.#length = 0;
  }

  /** All bytes so far. */
  all(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}
