/**
 * The reading direction of a Deno TLS connection.
 *
 * Deno's reads cannot be aborted. So when an operation stops waiting for its read, the read goes on
 * into a buffer, and the next operation gets what it brings. The runtime is asked to read only for
 * an operation that needs it. Without a signal a large read, and the answer to a write, goes straight
 * into the caller's buffer.
 *
 * @module
 */

import { SSL_WANT_READ, SslError, type Want } from "../../errors.ts";
import { giveBuffer, takeBuffer } from "../buffers.ts";
import { MAX_KEPT, PATIENCE } from "../last_words.ts";
import { ignore, orAborted } from "../../internal/waiting.ts";
import type { Operation } from "../wire_errors.ts";

/** The size of the buffer, and from which size on a read does without it: one TLS record. */
const BUFFER_SIZE = 16384;

/** The connection that both directions share. */
export interface Link {
  /** Whether it was closed. */
  readonly closed: boolean;
  /** The connection. */
  readonly conn: Deno.TlsConn;
  /** Throws the error that keeps data from flowing, if there is one. */
  checkOpen(): void;
  /** An error of the runtime; one that breaks the connection is what later calls meet. */
  failed(operation: Operation, cause: unknown): unknown;
  /** As `failed`, for a write: what the peer said before it was gone is the error. */
  whyGone(operation: Operation, cause: unknown): Promise<unknown>;
}

/** Reads, and what has been read ahead. */
export class DenoReading {
  readonly #link: Link;
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #start = 0;
  #end = 0;
  /** Data that comes before what is in the buffer; see {@linkcode DenoReading.hear}. */
  #earlier: Uint8Array[] = [];
  /** A read of the runtime into the buffer; never rejects. */
  #filling: Promise<void> | undefined;
  /** A read of the runtime into a caller's buffer. */
  #direct: Promise<number | null> | undefined;
  #reading = false;
  #written = false;
  #error: unknown;
  #received = false;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Whether the peer's close_notify has come. */
  get received(): boolean {
    return this.#received;
  }

  /** Decrypted bytes that can be read without waiting. */
  get pending(): number {
    return this.#link.closed ? 0 : this.#there;
  }

  get #there(): number {
    return this.#earlier.reduce((sum, part) => sum + part.length, this.#end - this.#start);
  }

  /** Something goes to the peer: what is read next is its answer. */
  wrote(): void {
    this.#written = true;
  }

  /** Reads, or looks at what is there. */
  read(
    p: Uint8Array,
    signal: AbortSignal | undefined,
    peek: boolean,
  ): Promise<number | null> {
    const answer = this.#written;
    this.#written = false;
    const empty = this.#end === this.#start && this.#filling === undefined && !this.#reading &&
      this.#earlier.length === 0 && this.#error === undefined && !this.#received;
    const direct = (answer || p.length >= BUFFER_SIZE) && p.length > 0 && !signal && !peek;
    return empty && direct ? this.#readDirect(p) : this.#readBuffered(p, signal, peek);
  }

  async #readBuffered(
    p: Uint8Array,
    signal: AbortSignal | undefined,
    peek: boolean,
  ): Promise<number | null> {
    this.#checkReader();
    this.#reading = true;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const r = this.#take(p, peek);
        if (r !== undefined) return r;
        await orAborted(this.#fill(), signal);
      }
    } finally {
      this.#reading = false;
    }
  }

  /** Reads what is there. If there is nothing, a read of the runtime is under way from then on. */
  tryRead(p: Uint8Array, peek: boolean): number | null | Want {
    this.#checkReader();
    const r = this.#take(p, peek);
    if (r !== undefined) return r;
    this.#fill();
    return SSL_WANT_READ;
  }

  /** Resolves when there is data, an end or an error. */
  async ready(signal: AbortSignal | undefined): Promise<void> {
    const told = this.#there > 0 || this.#received || this.#error !== undefined;
    if (!told) await orAborted(this.#fill(), signal);
  }

  /** Throws away what comes until the peer's close_notify. */
  async drain(signal: AbortSignal | undefined): Promise<void> {
    while (!this.#received) {
      if (this.#error !== undefined) throw this.#error;
      this.#link.checkOpen();
      if (this.#there > 0) {
        if (this.#reading) await Promise.resolve(); // another operation waits for those bytes
        else this.#discard();
      } else await orAborted(this.#fill(), signal);
    }
  }

  #discard(): void {
    this.#earlier = [];
    if (this.#end > this.#start) this.#consume(this.#end - this.#start);
  }

  /**
   * Reads what a peer that is gone has left: its alert, and the data before it, which is kept for
   * the next read. Never rejects.
   */
  async hear(): Promise<void> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE);
    try {
      while (!this.#link.closed && !this.#received && this.#error === undefined) {
        if (this.#end > this.#start && !this.#reading) {
          this.#earlier.push(this.#buffer!.slice(this.#start, this.#end));
          this.#consume(this.#end - this.#start);
        }
        if (this.#there >= MAX_KEPT) return;
        await orAborted(this.#fill(), abort.signal);
        // A read of the application goes first.
        if (this.#reading) await new Promise((resolve) => setTimeout(resolve));
      }
    } catch {
      // The time is up.
    } finally {
      clearTimeout(timer);
    }
  }

  /** Forgets what was read ahead. */
  close(): void {
    this.#earlier = [];
    this.#start = this.#end = 0;
    this.#dropBuffer();
  }

  #checkReader(): void {
    if (this.#reading) {
      throw new SslError("Cannot read: another read is in flight: await it first", {
        code: "ERR_CONCURRENT_READ",
      });
    }
  }

  /** The result that is known without waiting, if there is one. */
  #take(p: Uint8Array, peek: boolean): number | null | undefined {
    const { closed } = this.#link;
    const earlier = this.#earlier[0];
    if (earlier !== undefined && !closed) {
      const n = Math.min(p.length, earlier.length);
      p.set(earlier.subarray(0, n));
      if (peek) return n;
      if (n < earlier.length) this.#earlier[0] = earlier.subarray(n);
      else this.#earlier.shift();
      return n;
    }
    const there = this.#end - this.#start;
    if (there > 0 && !closed) {
      const n = Math.min(p.length, there);
      p.set(this.#buffer!.subarray(this.#start, this.#start + n));
      if (!peek) this.#consume(n);
      return n;
    }
    if (this.#error !== undefined && !closed) throw this.#error;
    if (this.#received && !closed) return null;
    this.#link.checkOpen();
    return p.length === 0 ? 0 : undefined;
  }

  #consume(n: number): void {
    this.#start += n;
    if (this.#start < this.#end) return;
    this.#start = this.#end = 0;
    this.#dropBuffer();
  }

  #dropBuffer(): void {
    if (this.#buffer === undefined || this.#filling !== undefined) return;
    giveBuffer(this.#buffer);
    this.#buffer = undefined;
  }

  /** Reads into the empty buffer. Never rejects: the outcome is in the fields. */
  #fill(): Promise<void> {
    if (this.#direct !== undefined) return this.#direct.then(ignore, ignore);
    return this.#filling ??= this.#readBuffer();
  }

  async #readBuffer(): Promise<void> {
    const buffer = this.#buffer ??= takeBuffer(BUFFER_SIZE);
    try {
      const n = await this.#link.conn.read(buffer);
      if (n === null) this.#received = true;
      else this.#end = n;
    } catch (cause) {
      this.#error = this.#link.failed("read", cause);
    }
    this.#filling = undefined;
    if (this.#end === 0) this.#dropBuffer();
  }

  /** Reads past the buffer, which is empty. */
  async #readDirect(p: Uint8Array): Promise<number | null> {
    this.#link.checkOpen();
    this.#reading = true;
    try {
      const n = await (this.#direct = this.#link.conn.read(p));
      if (n === null) this.#received = true;
      return n;
    } catch (cause) {
      throw this.#error = this.#link.failed("read", cause);
    } finally {
      this.#direct = undefined;
      this.#reading = false;
    }
  }
}
