/**
 * The first bytes of a connection, kept until TLS has made something of them:
 * a peer that does not speak TLS gets its bytes read as plain text, none lost.
 *
 * @module
 */

/** A record header: with fewer bytes OpenSSL has decided nothing. */
const RECORD_HEADER = 5;

/** Keeps bytes while {@linkcode FirstBytes.open}. */
export class FirstBytes {
  #chunks: Uint8Array[] = [];
  #length = 0;
  #open = true;

  /** Whether bytes are still kept. */
  get open(): boolean {
    return this.#open;
  }

  /** Keeps a copy. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk.slice());
    this.#length += chunk.length;
  }

  /** OpenSSL took a step without an error: past a record header the peer does speak TLS. */
  progressed(): void {
    if (this.#length < RECORD_HEADER) return;
    this.#open = false;
    this.#chunks = [];
  }

  /** All bytes so far. */
  all(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}
