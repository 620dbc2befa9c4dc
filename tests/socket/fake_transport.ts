/** A transport in memory whose every step a test decides. */

import type { ByteTransport } from "../../engine/engine.ts";

/** Text to bytes. */
export const bytes = (s: string): Uint8Array => new TextEncoder().encode(s);
/** Bytes to text. */
export const text = (b: Uint8Array): string => new TextDecoder().decode(b);

export class FakeTransport implements ByteTransport {
  #chunks: Uint8Array[] = [];
  #ended = false;
  #error: Error | undefined;
  #writeError: Error | undefined;
  #wake: (() => void) | undefined;
  closed = false;
  written: Uint8Array = new Uint8Array();

  arrive(data: string | Uint8Array): void {
    this.#chunks.push(typeof data === "string" ? bytes(data) : data);
    this.#wake?.();
  }
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }
  fail(error: Error): void {
    this.#error = error;
    this.#wake?.();
  }
  failWrites(error: Error): void {
    this.#writeError = error;
  }

  async read(p: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.#error) throw this.#error;
      if (this.closed) throw new Deno.errors.BadResource("closed");
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const chunk = this.#chunks[0]!;
    const n = Math.min(p.length, chunk.length);
    p.set(chunk.subarray(0, n));
    if (n === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(n);
    return n;
  }

  write(p: Uint8Array): Promise<number> {
    if (this.#writeError) return Promise.reject(this.#writeError);
    const all = new Uint8Array(this.written.length + p.length);
    all.set(this.written);
    all.set(p, this.written.length);
    this.written = all;
    return Promise.resolve(p.length);
  }

  close(): void {
    this.closed = true;
    this.#wake?.();
  }
}
