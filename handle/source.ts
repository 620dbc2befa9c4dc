/**
 * What a handle can be over: sockets, connections and files, which have `read` and `write`, and web
 * streams, which become a connection here.
 *
 * @module
 */

import { memberOf, NO_OPTIONS } from "../internal/own_options.ts";
import { quote, quoteAll } from "../internal/quote.ts";
import type { WaitOptions } from "../engine/engine.ts";
import { streamFailure } from "../engine/transport.ts";
import { SslUnsupportedError, type Want } from "../errors.ts";
import type { CloseOptions } from "../socket/options.ts";
import type { Transport } from "../socket/transport.ts";

/**
 * A connection or file: `SslSocket`, `Deno.Conn`, `Deno.FsFile`, what
 * `stopSsl` gave. One that only reads or only writes will do.
 *
 * @category Text
 */
export interface HandleConn {
  /** Reads up to `p.length` bytes; `null` at the end. */
  read?(p: Uint8Array, options?: WaitOptions): Promise<number | null>;
  /** Writes some of `p`. */
  write?(p: Uint8Array, options?: WaitOptions): Promise<number>;
  /** Closes it. */
  close?(options?: CloseOptions): void | Promise<void>;
  /** Ends our direction. */
  closeWrite?(): Promise<void>;
  /** Reads without waiting. */
  tryRead?(p: Uint8Array): number | null | Want;
  /** Waits for a direction. */
  ready?(want?: Want, options?: WaitOptions): Promise<void>;
  /** How many bytes can be read without waiting. */
  pending?(): number;
  /** 1 while TLS is on. */
  opened?(): 0 | 1 | -1;
  /** Ends TLS. */
  stopSsl?(options?: CloseOptions): Promise<Transport>;
}

/**
 * Web streams of bytes: either one, or both.
 *
 * @category Text
 */
export interface HandleStreams {
  /** What is read. */
  readonly readable?: ReadableStream<Uint8Array>;
  /** Where writes go. */
  readonly writable?: WritableStream<Uint8Array>;
}

/**
 * What a `Handle` can be made over.
 *
 * @category Text
 */
export type HandleSource = HandleConn | HandleStreams;

/**
 * Makes a source into a connection. The streams are locked from now on.
 *
 * @throws {TypeError} If it can be neither read nor written, or a stream is locked.
 */
export function toConn(source: HandleSource): HandleConn {
  if (source !== null && typeof source === "object") {
    const conn = source as HandleConn;
    if (typeof conn.read === "function" || typeof conn.write === "function") return conn;
    const streams = source as HandleStreams;
    const [readable, writable] = [memberOf(streams, "readable"), memberOf(streams, "writable")];
    if (readable instanceof ReadableStream || writable instanceof WritableStream) {
      return new StreamConn(readable, writable);
    }
  }
  throw new TypeError(
    "Cannot create Handle: it needs a connection with read or write, or { readable, writable }: " +
      `received ${
        source === null || typeof source !== "object"
          ? quote(source)
          : `an object with ${quoteAll(Object.keys(source)) || "no members"}`
      }`,
  );
}

/** A connection over web streams. */
export class StreamConn implements HandleConn {
  readonly read?: (p: Uint8Array) => Promise<number | null>;
  readonly write?: (p: Uint8Array) => Promise<number>;
  readonly closeWrite?: () => Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  #writeEnded = false;

  constructor(
    readable: ReadableStream<Uint8Array> | undefined,
    writable: WritableStream<Uint8Array> | undefined,
  ) {
    this.#reader = readable?.getReader();
    try {
      this.#writer = writable?.getWriter();
    } catch (error) {
      this.#reader?.releaseLock();
      throw error;
    }
    this.#writer?.closed.catch(() => {}); // the write or the close that fails reports it
    if (this.#reader) this.read = (p) => this.#read(this.#reader!, p);
    if (this.#writer) {
      this.write = (p) => this.#write(this.#writer!, p);
      this.closeWrite = () => this.#closeWrite();
    }
  }

  pending(): number {
    return this.#rest.length;
  }

  /** Gives away what is left of a chunk. */
  takeRest(): Uint8Array {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return rest;
  }

  async #read(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    p: Uint8Array,
  ): Promise<number | null> {
    if (p.length === 0) return 0;
    while (this.#rest.length === 0) {
      const { value, done } = await reader.read().catch(fail);
      if (done) return null;
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(
          `Cannot read from the stream: it must yield Uint8Array: received ${typeof value}`,
        );
      }
      this.#rest = value;
    }
    const n = Math.min(p.length, this.#rest.length);
    p.set(this.#rest.subarray(0, n));
    this.#rest = this.#rest.subarray(n);
    return n;
  }

  async #write(
    writer: WritableStreamDefaultWriter<Uint8Array>,
    p: Uint8Array,
  ): Promise<number> {
    try {
      await writer.ready;
      await writer.write(p.slice()); // the stream may hold on to it, and the caller may reuse it
    } catch (cause) {
      return fail(cause);
    }
    return p.length;
  }

  async #closeWrite(): Promise<void> {
    if (this.#writeEnded) return;
    this.#writeEnded = true;
    await this.#writer!.close();
  }

  /** With `noShutdown` the writable is aborted, so that its reader sees no proper end. */
  async close(options: CloseOptions = NO_OPTIONS): Promise<void> {
    this.#reader?.cancel().catch(() => {}); // what was not read is given up
    if (!this.#writer || this.#writeEnded) return;
    // It broke already: the lost write has failed, and a peer that is gone is not an error.
    if (this.#writer.desiredSize === null) return;
    if (!options.noShutdown) return await this.#closeWrite();
    this.#writeEnded = true;
    await this.#writer.abort(new Error("The handle was closed without an end"));
  }
}

/** Fails as the streams of this package do. */
function fail(cause: unknown): never {
  throw streamFailure(cause);
}

/**
 * A connection as a transport for TLS.
 *
 * @throws {SslUnsupportedError} If it is not open in both directions.
 */
export function asTransport(conn: HandleConn): Transport {
  if (typeof conn.read === "function" && typeof conn.write === "function") {
    return conn as Transport;
  }
  throw new SslUnsupportedError(
    `Cannot start TLS: the handle is open for ${
      conn.read ? "reading" : "writing"
    } only: make it over both a readable and a writable`,
    { code: "EINVAL", errno: 22, reason: "not open in both directions" },
  );
}
