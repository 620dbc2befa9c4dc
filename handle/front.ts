/**
 * What a handle can be over, made into one shape: sockets, connections and
 * files, which have `read` and `write`, and web streams. And what stands in
 * front of a handle's machine, which the first call loads.
 *
 * @module
 */

import { memberOf, NO_OPTIONS } from "../internal/own_options.ts";
import { quote, quoteAll } from "../internal/quote.ts";
import type { WaitOptions } from "../engine/engine.ts";
import { SslError, SslUnsupportedError, type Want } from "../errors.ts";
import type { CloseOptions } from "../socket/socket.ts";
import type { Transport } from "../socket/transport.ts";
import type { HandleMachine } from "./machine.ts";
import type { HandleSettings } from "./settings.ts";

/**
 * A connection or file: `SslSocket`, `Deno.Conn`, `Deno.FsFile`, what
 * `stopSsl` gave. One that only reads or only writes will do.
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

/** Web streams of bytes: either one, or both. */
export interface HandleStreams {
  /** What is read. */
  readonly readable?: ReadableStream<Uint8Array>;
  /** Where writes go. */
  readonly writable?: WritableStream<Uint8Array>;
}

/** What a `Handle` can be made over. */
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
    this.#writer?.closed.catch(() => {}); // told by the write or the close that fails
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
      return await fail(cause);
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
    // It broke already: a write that was lost has been told, a peer that is gone is no error.
    if (this.#writer.desiredSize === null) return;
    if (!options.noShutdown) return await this.#closeWrite();
    this.#writeEnded = true;
    await this.#writer.abort(new Error("The handle was closed without an end"));
  }
}

/** What the streams of others fail with, as the streams of this package do. */
async function fail(cause: unknown): Promise<never> {
  const { streamFailure } = await import("../engine/transport.ts");
  throw streamFailure(cause);
}

/** A connection as a transport for TLS. */
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

/** Refuses to read where nothing can be read. */
export function mustRead(operation: string, conn: HandleConn): void {
  if (typeof conn.read === "function") return;
  throw new TypeError(`Cannot ${operation}: the handle is open for writing only`);
}

/** An operation on a closed handle, or one that was closed while it ran. */
export function closedError(operation: string, cause?: unknown): SslError {
  return new SslError(`Cannot ${operation}: the handle is closed`, {
    code: "ECLOSED",
    reason: "the handle is closed",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** An operation on a handle whose connection went to a socket. */
export function givenError(operation: string): SslError {
  return new SslError(
    `Cannot ${operation}: the connection of this handle was given to a socket: use that`,
    { code: "ECLOSED", reason: "the connection was given away" },
  );
}

type MachineModule = typeof import("./machine.ts");

let loading: Promise<MachineModule> | undefined;
let loaded: MachineModule | undefined;

/** Loads what works inside of handles. Those that are made from then on have it at once. */
export function loadMachine(): Promise<MachineModule> {
  return loading ??= import("./machine.ts").then((module) => loaded = module);
}

/**
 * What a handle is as long as nothing has been asked of it: a connection and settings. The first
 * call loads the machine, and those behind it wait for that in their order.
 */
export class Front {
  /** How the handle reads and writes; the machine looks here, too. */
  readonly settings: HandleSettings;
  /** What does the work, once it is there. */
  machine: HandleMachine | undefined;
  readonly #conn: HandleConn;
  #waiting = 0;
  #closing = false;
  #given = false;

  /** Over a connection. */
  constructor(conn: HandleConn, settings: HandleSettings) {
    this.settings = settings;
    this.#conn = conn;
    if (loaded !== undefined) this.#make(loaded);
  }

  #make(module: MachineModule): HandleMachine {
    return this.machine ??= new module.HandleMachine(this.#conn, this.settings, this.#given);
  }

  /** The connection as it is now. */
  get conn(): HandleConn {
    return this.machine?.conn ?? this.#conn;
  }

  /** Whether it can be used. */
  get open(): boolean {
    return this.machine?.open ?? !(this.#closing || this.#given);
  }

  /**
   * Makes a call that came before the machine: with the settings of its own time, and behind the
   * calls before it. All of them wait for one promise, and each is made in the very turn in which
   * its wait ends: none can get in between.
   */
  later<T>(
    call: (machine: HandleMachine, settings: HandleSettings) => Promise<T>,
  ): Promise<T> {
    const settings = { ...this.settings };
    this.#waiting++;
    return loadMachine().then((module) => {
      this.#waiting--;
      return call(this.#make(module), settings);
    });
  }

  /** Loads the machine; what becomes of that is for the next call. */
  load(): void {
    loadMachine().then((module) => this.#make(module)).catch(() => {});
  }

  /** Refuses what cannot wait, where there is no connection for it, before the machine is there. */
  #check(operation: string): void {
    if (this.#given) throw givenError(operation);
    if (this.#closing) throw closedError(operation);
  }

  /** Refuses to read, before the machine is there. */
  mustRead(operation: string): void {
    this.#check(operation);
    mustRead(operation, this.#conn);
  }

  /** How many bytes can be read without waiting. Before the machine is there none was read ahead. */
  pending(): number {
    if (this.machine) return this.machine.pending();
    this.#check("pending");
    return this.#conn.pending?.() ?? 0;
  }

  /** Closes the connection, behind the calls that wait. */
  close(options?: CloseOptions): Promise<void> {
    if (this.machine) return this.machine.close(options);
    this.#closing = true;
    return this.later((machine) => machine.close(options));
  }

  /** The connection and what was read ahead of it. Nothing can be done with the handle afterwards. */
  give(): { transport: Transport; buffered: Uint8Array } {
    const operation = "give away the connection";
    const transport = asTransport(this.conn);
    if (this.machine) return this.machine.give(operation, transport);
    this.#check(operation);
    if (this.#waiting > 0) {
      throw new TypeError(`Cannot ${operation}: calls of the handle have yet to run: await them`);
    }
    this.#given = true;
    return { transport, buffered: new Uint8Array(0) };
  }
}
