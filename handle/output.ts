/**
 * The writing half of a handle: writes go out whole and in the order in which
 * they were made, awaited or not. After one that failed nobody knows how much
 * of it the peer has, so the ones behind it fail too: the peer never gets a
 * stream with a hole.
 *
 * @module
 */

import type { WaitOptions } from "../engine/engine.ts";
import { fromCaller } from "../internal/caller.ts";
import { closedError, type HandleConn } from "./front.ts";

/** Output that is collected goes out when there is this much, in bytes. */
const BUFFER = 8192;

/** The writing half of one connection. */
export class Output {
  readonly #conn: HandleConn;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #collected: Uint8Array[] = [];
  #size = 0;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  /** Writes to a connection. */
  constructor(conn: HandleConn) {
    this.#conn = conn;
  }

  /** Bytes that were collected and have yet to be sent. */
  get collected(): number {
    return this.#size;
  }

  /** How many writes have yet to be done. */
  get waiting(): number {
    return this.#waiting;
  }

  /** What a write has failed with, which its caller has been told. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Refuses an operation that cannot begin now. */
  check(operation: string): void {
    if (this.#closed) throw closedError(operation);
    if (typeof this.#conn.write !== "function") {
      throw new TypeError(`Cannot ${operation}: the handle is open for reading only`);
    }
  }

  async #run<T>(body: () => Promise<T>): Promise<T> {
    const before = this.#queue;
    const done = (async () => {
      if (this.#waiting > 0) await before;
      if (this.#failure) throw this.#failure.error;
      try {
        return await body();
      } catch (error) {
        this.#failure ??= { error };
        throw error;
      }
    })();
    this.#queue = done.catch(() => {});
    this.#waiting++;
    try {
      return await done;
    } catch (error) {
      throw fromCaller(error);
    } finally {
      this.#waiting--;
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      if (this.#closed) throw closedError("write");
      const n = await this.#conn.write!(at === 0 ? bytes : bytes.subarray(at));
      // A connection that takes nothing, again and again, would keep us here for ever.
      if (!(n > 0)) throw new TypeError(`Cannot write: the connection took ${n} bytes`);
      at += n;
    }
  }

  /** Writes all of it, after what was collected. */
  async write(bytes: Uint8Array): Promise<void> {
    this.check("write");
    if (this.#size > 0) {
      this.#collect(bytes);
      return await this.flush();
    }
    if (bytes.length > 0) await this.#run(() => this.#writeAll(bytes));
  }

  /** Keeps it until there is enough. */
  async print(bytes: Uint8Array): Promise<void> {
    this.check("print");
    if (this.#failure) throw this.#failure.error;
    this.#collect(bytes.slice());
    if (this.#size >= BUFFER) await this.flush();
  }

  #collect(bytes: Uint8Array): void {
    this.#collected.push(bytes);
    this.#size += bytes.length;
  }

  /** Sends what was collected, and waits for the writes before it. */
  async flush(): Promise<void> {
    const parts = this.#collected;
    if (parts.length === 0) {
      if (this.#failure) throw this.#failure.error;
      if (this.#waiting > 0) await this.#run(async () => {});
      return;
    }
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    this.#collected = [];
    this.#size = 0;
    await this.#run(() => this.#writeAll(all));
  }

  /** One write of the connection: it may take a part. */
  async writeSome(bytes: Uint8Array, options?: WaitOptions): Promise<number> {
    this.check("syswrite");
    if (bytes.length === 0) return 0;
    if (this.#size > 0) await this.flush();
    return await this.#run(() => this.#conn.write!(bytes, options));
  }

  /** Nothing more goes out. */
  close(): void {
    this.#closed = true;
  }
}
