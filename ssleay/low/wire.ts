/**
 * An SSL over a connection of Deno: two memory BIOs, and a loop that carries their bytes.
 *
 * @module
 */

import { lazy } from "./c_function.ts";
import type { CObject } from "./c_object.ts";

const P = "pointer", I = "i32", B = "buffer", L = "i64";
const bioNew = lazy("BIO_new", [P], P);
const bioMem = lazy("BIO_s_mem", [], P);
const bioCtrl = lazy("BIO_ctrl", [P, I, L, P], L);
const bioPending = lazy("BIO_ctrl_pending", [P], "u32");
const bioRead = lazy("BIO_read", [P, B, I], I);
const bioWrite = lazy("BIO_write", [P, B, I], I);
const setBio = lazy("SSL_set_bio", [P, P, P], "void");

/** BIO_C_SET_BUF_MEM_EOF_RETURN: what a memory BIO gives when it is empty. */
const MEM_EOF_RETURN = 130;

/** SSL_ERROR_* (SSL_get_error). */
export const SSL_ERROR = {
  NONE: 0,
  SSL: 1,
  WANT_READ: 2,
  WANT_WRITE: 3,
  SYSCALL: 5,
  ZERO_RETURN: 6,
} as const;

/** What set_rfd() takes: where bytes come from, as a connection, `Deno.stdin` or a stream. */
export type WireSource =
  | {
    /** Reads; `null` at the end. */
    read(p: Uint8Array): Promise<number | null>;
  }
  | {
    /** Where bytes come from. */
    readonly readable: ReadableStream<Uint8Array>;
  };

/** What set_wfd() takes: where bytes go to, as a connection, `Deno.stdout` or a stream. */
export type WireSink =
  | {
    /** Writes; how many bytes went. */
    write(p: Uint8Array): Promise<number>;
  }
  | {
    /** Where bytes go to. */
    readonly writable: WritableStream<Uint8Array>;
  };

/** What set_fd() takes: a Deno.Conn, or a pair of streams. */
export type WireTransport = WireSource & WireSink;

type Read = (p: Uint8Array) => Promise<number | null>;
type Write = (p: Uint8Array) => Promise<number>;

function readFrom(source: WireSource): Read {
  if ("read" in source) return (p) => source.read(p);
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let rest = new Uint8Array();
  return async (p) => {
    reader ??= source.readable.getReader();
    while (rest.length === 0) {
      const { value, done } = await reader.read();
      if (done) return null;
      rest = new Uint8Array(value);
    }
    const count = Math.min(p.length, rest.length);
    p.set(rest.subarray(0, count));
    rest = rest.subarray(count);
    return count;
  };
}

function writeTo(sink: WireSink): Write {
  if ("write" in sink) return (p) => sink.write(p);
  let writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  return async (p) => {
    writer ??= sink.writable.getWriter();
    await writer.write(p.slice());
    return p.length;
  };
}

const BUFFER = 32 * 1024;

/** Carries the bytes of one SSL. */
export class Wire {
  /** What SSL_get_error() said of the last operation. */
  lastError: number = SSL_ERROR.NONE;
  readonly #ssl: CObject;
  readonly #rbio: Deno.PointerValue;
  readonly #wbio: Deno.PointerValue;
  #read: Read | undefined;
  #write: Write | undefined;
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #filling: Promise<boolean> | undefined;
  #flushing: Promise<boolean> | undefined;
  #ended = false;

  /** The BIOs belong to the SSL. */
  constructor(ssl: CObject) {
    this.#ssl = ssl;
    [this.#rbio, this.#wbio] = [bioNew(bioMem()), bioNew(bioMem())];
    for (const bio of [this.#rbio, this.#wbio]) bioCtrl(bio, MEM_EOF_RETURN, -1n, null);
    setBio(ssl.pointer, this.#rbio, this.#wbio);
  }

  /** Takes what to read from. */
  readFrom(source: WireSource): void {
    this.#read = readFrom(source);
    this.#ended = false;
  }

  /** Takes what to write to. */
  writeTo(sink: WireSink): void {
    this.#write = writeTo(sink);
  }

  /**
   * Runs a C call again and again until it has what it needs. The result is C's own.
   *
   * @param call Calls C, and says what SSL_get_error() makes of the result.
   */
  async run(call: () => { result: number; error: number }): Promise<number> {
    this.#ssl.retain(); // free() meanwhile takes effect afterwards
    try {
      for (;;) {
        const { result, error } = call();
        this.lastError = error;
        if (!await this.#flush()) return this.#failed(result);
        if (error !== SSL_ERROR.WANT_READ && error !== SSL_ERROR.WANT_WRITE) return result;
        if (error === SSL_ERROR.WANT_READ && !await this.#fill()) return this.#failed(result);
      }
    } finally {
      this.#ssl.release();
    }
  }

  #failed(result: number): number {
    this.lastError = SSL_ERROR.SYSCALL;
    return result > 0 ? -1 : result;
  }

  /** Reads once; whether to go on. Operations that wait at the same time share the read. */
  #fill(): Promise<boolean> {
    return this.#filling ??= this.#readOnce().finally(() => this.#filling = undefined);
  }

  async #readOnce(): Promise<boolean> {
    if (this.#ended || this.#read === undefined) return false;
    const buffer = this.#buffer ??= new Uint8Array(BUFFER);
    const count = await this.#read(buffer).catch(() => undefined);
    if (count === undefined) return false; // the transport failed
    if (count === null) {
      this.#ended = true;
      bioCtrl(this.#rbio, MEM_EOF_RETURN, 0n, null); // OpenSSL itself says what this end is
    } else if (count > 0) bioWrite(this.#rbio, buffer, count);
    else return false; // a transport that gives nothing would be asked for ever
    return true;
  }

  /** Sends everything that OpenSSL wrote; whether that worked. */
  #flush(): Promise<boolean> {
    if (this.#flushing === undefined && bioPending(this.#wbio) === 0) return Promise.resolve(true);
    return this.#flushing ??= this.#writeAll().finally(() => this.#flushing = undefined);
  }

  async #writeAll(): Promise<boolean> {
    for (let count: number; (count = bioPending(this.#wbio)) > 0;) {
      if (this.#write === undefined) return false;
      const bytes = new Uint8Array(count);
      bioRead(this.#wbio, bytes, count);
      try {
        for (let at = 0; at < count;) {
          const sent = await this.#write(bytes.subarray(at));
          if (!(sent > 0)) return false;
          at += sent;
        }
      } catch {
        return false;
      }
    }
    return true;
  }
}
