/**
 * What moves bytes: handshakes, reads, writes and the end. Over memory BIOs each call is
 * synchronous; over a connection that set_fd() was given it is a promise.
 *
 * Source: https://docs.openssl.org/3.0/man3/SSL_get_error/
 *
 * @module
 */

import { type NamesOf, ownOptions } from "../../internal/own_options.ts";
import { lazy } from "./c_function.ts";
import { forC, numberCell, pin, toBytes } from "./c_memory.ts";
import { toInteger } from "./integer.ts";
import type { Taken } from "./declared_types.ts";
import { collectErrors, forgetForeignErrors } from "./error_queue.ts";
import type { Opaque } from "./handle.ts";
import { calling, objectOf, pointerOf } from "./into.ts";
import type { CObject } from "./c_object.ts";
import { rethrow } from "./thrown.ts";
import { SSL_ERROR, Wire, type WireSink, type WireSource, type WireTransport } from "./wire.ts";

const P = "pointer", I = "i32", B = "buffer";
const getError = lazy("SSL_get_error", [P, I], I);
const step = {
  accept: lazy("SSL_accept", [P], I),
  connect: lazy("SSL_connect", [P], I),
  do_handshake: lazy("SSL_do_handshake", [P], I),
  renegotiate: lazy("SSL_renegotiate", [P], I),
  shutdown: lazy("SSL_shutdown", [P], I),
};
const reading = {
  read: lazy("SSL_read", [P, B, I], I),
  peek: lazy("SSL_peek", [P, B, I], I),
  read_ex: lazy("SSL_read_ex", [P, B, "usize", B], I),
  peek_ex: lazy("SSL_peek_ex", [P, B, "usize", B], I),
};
const sslWrite = lazy("SSL_write", [P, B, I], I);
const sslWriteEx = lazy("SSL_write_ex", [P, B, "usize", B], I);
const bioRead = lazy("BIO_read", [P, B, I], I);

/** What a call gives: at once over memory BIOs, later over a connection. */
export type Eventual<T> = T | Promise<T>;

const wires = new WeakMap<CObject, Wire>();

/** What SSL_get_error() said right after the last call: after an await the thread's queue is another's. */
const lastErrors = new WeakMap<CObject, number>();

/** Calls C once. The errors are read and put into our queue before anything else can happen. */
function once(native: CObject, call: () => number): { result: number; error: number } {
  forgetForeignErrors();
  const result = call();
  const error: number = result > 0 ? SSL_ERROR.NONE : getError(native.pointer, result);
  collectErrors();
  lastErrors.set(native, error);
  rethrow();
  return { result, error };
}

function run<T>(native: CObject, call: () => number, finish: (result: number) => T): Eventual<T> {
  const wire = wires.get(native);
  if (wire === undefined) return finish(once(native, call).result);
  return wire.run(() => once(native, call)).then((result) => {
    lastErrors.set(native, wire.lastError);
    return finish(result);
  });
}

function advance(name: keyof typeof step, ssl: unknown): Eventual<number> {
  const native = objectOf(ssl, "SSL", name);
  return run(native, () => step[name](native.pointer), (result) => result);
}

/** The handshake of a server: 1 when it is done. Perl: `Net::SSLeay::accept` */
export function accept(ssl: Taken<"SSL">): Eventual<number> {
  return advance("accept", ssl);
}
/** The handshake of a client: 1 when it is done. Perl: `Net::SSLeay::connect` */
export function connect(ssl: Taken<"SSL">): Eventual<number> {
  return advance("connect", ssl);
}
/** The handshake, by set_connect_state or set_accept_state: 1 when it is done. Perl: `Net::SSLeay::do_handshake` */
export function do_handshake(ssl: Taken<"SSL">): Eventual<number> {
  return advance("do_handshake", ssl);
}
/** Asks for another handshake (TLS 1.2). Perl: `Net::SSLeay::renegotiate` */
export function renegotiate(ssl: Taken<"SSL">): Eventual<number> {
  return advance("renegotiate", ssl);
}
/** Sends close_notify: 0, and 1 when the peer's has come. Perl: `Net::SSLeay::shutdown` */
export function shutdown(ssl: Taken<"SSL">): Eventual<number> {
  const native = objectOf(ssl, "SSL", "shutdown");
  const wire = wires.get(native);
  if (wire === undefined) return once(native, () => step.shutdown(native.pointer)).result;
  // The first call says 0 when ours is sent, which is not an error.
  return wire.run(() => {
    const outcome = once(native, () => step.shutdown(native.pointer));
    return outcome.result === 0 ? { result: 0, error: SSL_ERROR.NONE } : outcome;
  });
}

/** How a read answers. */
export interface ReadOptions {
  /** Both values of Perl's list context: the bytes, and what SSL_read() returned. */
  readonly list?: boolean;
}

const READ_OPTIONS: NamesOf<ReadOptions> = { list: true };

const DEFAULT_MAX = 32_768;
const MAX_READ = 1 << 26;

function bufferFor(max: unknown, where: string): Uint8Array<ArrayBuffer> {
  const size = toInteger(max ?? DEFAULT_MAX, "int", where) as number;
  if (size < 1 || size > MAX_READ) {
    throw new RangeError(
      `Cannot call ${where}: the size must be from 1 to ${MAX_READ}: received ${max}`,
    );
  }
  return new Uint8Array(size);
}

type Got = Uint8Array | undefined;

function receive(
  name: "read" | "peek",
  ssl: unknown,
  max: unknown,
  options: ReadOptions | undefined,
): Eventual<Got | [Got, number]> {
  const native = objectOf(ssl, "SSL", name);
  const { list } = ownOptions(options, { operation: `call ${name}()`, names: READ_OPTIONS });
  const buffer = bufferFor(max, `${name}()`);
  return run(native, () => reading[name](native.pointer, buffer, buffer.length), (result) => {
    const closed = result <= 0 && lastErrors.get(native) === SSL_ERROR.ZERO_RETURN;
    const bytes = result > 0 ? buffer.subarray(0, result) : closed ? new Uint8Array() : undefined;
    return list ? [bytes, result] : bytes;
  });
}

/**
 * Reads what is there, at least a byte: empty after close_notify, `undefined` for an error, of
 * which get_error() says what it is.
 *
 * Perl: `Net::SSLeay::read`
 *
 * @param max How many bytes at most; 32,768 by default.
 */
export function read(ssl: Taken<"SSL">, max?: number): Eventual<Got>;
/** As {@linkcode read}, with both values of Perl's list context. */
export function read(
  ssl: Taken<"SSL">,
  max: number | undefined,
  options: { readonly list: true },
): Eventual<[Got, number]>;
export function read(
  ssl: Taken<"SSL">,
  max?: number,
  options?: ReadOptions,
): Eventual<Got | [Got, number]> {
  return receive("read", ssl, max, options);
}

/** As {@linkcode read}; the bytes stay to be read. Perl: `Net::SSLeay::peek` */
export function peek(ssl: Taken<"SSL">, max?: number): Eventual<Got>;
/** As {@linkcode peek}, with both values of Perl's list context. */
export function peek(
  ssl: Taken<"SSL">,
  max: number | undefined,
  options: { readonly list: true },
): Eventual<[Got, number]>;
export function peek(
  ssl: Taken<"SSL">,
  max?: number,
  options?: ReadOptions,
): Eventual<Got | [Got, number]> {
  return receive("peek", ssl, max, options);
}

function receiveEx(
  name: "read_ex" | "peek_ex",
  ssl: unknown,
  max: unknown,
): Eventual<[Got, number]> {
  const native = objectOf(ssl, "SSL", name);
  const buffer = bufferFor(max, `${name}()`), length = numberCell();
  const call = () => reading[name](native.pointer, buffer, BigInt(buffer.length), length.bytes);
  return run(
    native,
    call,
    (result) => [result > 0 ? buffer.subarray(0, length.read()) : undefined, result],
  );
}

/** Reads: the bytes, and 1; or `undefined` and 0. Perl: `Net::SSLeay::read_ex` */
export function read_ex(ssl: Taken<"SSL">, max?: number): Eventual<[Got, number]> {
  return receiveEx("read_ex", ssl, max);
}
/** As read_ex; the bytes stay to be read. Perl: `Net::SSLeay::peek_ex` */
export function peek_ex(ssl: Taken<"SSL">, max?: number): Eventual<[Got, number]> {
  return receiveEx("peek_ex", ssl, max);
}

/** Runs a write: when it goes on later, OpenSSL wants the bytes at the same address. */
function pinned<T>(bytes: Uint8Array<ArrayBuffer>, write: () => Eventual<T>): Eventual<T> {
  const unpin = pin(bytes);
  let going: Eventual<T> | undefined;
  try {
    going = write();
    return going instanceof Promise ? going.finally(unpin) : going;
  } finally {
    if (!(going instanceof Promise)) unpin();
  }
}

function send(native: CObject, bytes: Uint8Array): Eventual<number> {
  // A copy, since C may read it again when it waits.
  const held = forC(bytes.slice());
  return pinned(
    held,
    () => run(native, () => sslWrite(native.pointer, held, bytes.length), (result) => result),
  );
}

/** Writes; how many bytes, or 0 and less for an error. Perl: `Net::SSLeay::write` */
export function write(ssl: Taken<"SSL">, data: string | Uint8Array): Eventual<number> {
  return send(objectOf(ssl, "SSL", "write"), toBytes(data, "write()"));
}

/** Writes `count` bytes of `data` from an offset. Perl: `Net::SSLeay::write_partial` */
export function write_partial(
  ssl: Taken<"SSL">,
  from: number,
  count: number,
  data: string | Uint8Array,
): Eventual<number> {
  const where = "write_partial()";
  const native = objectOf(ssl, "SSL", "write_partial");
  const bytes = toBytes(data, where);
  const start = toInteger(from, "int", where) as number,
    length = toInteger(count, "int", where) as number;
  if (start < 0 || start > bytes.length || length < 0) {
    throw new RangeError(
      `Cannot call ${where}: from beyond end of buffer: ${start} of ${bytes.length}`,
    );
  }
  return send(native, bytes.subarray(start, start + length));
}

/** Writes: how many bytes, and 1; or 0 and 0. Perl: `Net::SSLeay::write_ex` */
export function write_ex(ssl: Taken<"SSL">, data: string | Uint8Array): Eventual<[number, number]> {
  const native = objectOf(ssl, "SSL", "write_ex");
  const bytes = toBytes(data, "write_ex()");
  const held = forC(bytes.slice()), written = numberCell();
  const call = () => sslWriteEx(native.pointer, held, BigInt(bytes.length), written.bytes);
  return pinned(
    held,
    () => run(native, call, (result) => [result > 0 ? written.read() : 0, result]),
  );
}

/**
 * What the result of the last call on this connection means: SSL_ERROR_*.
 *
 * Perl: `Net::SSLeay::get_error`
 */
export function get_error(ssl: Taken<"SSL">, result: number): number {
  const native = objectOf(ssl, "SSL", "get_error");
  const number = toInteger(result, "int", "get_error()") as number;
  if (number > 0) return SSL_ERROR.NONE;
  const last = lastErrors.get(native);
  return last === undefined || last === SSL_ERROR.NONE ? getError(native.pointer, number) : last;
}

/** What each direction needs: a method, or the stream of that name; and how an error puts it. */
const NEEDS = {
  read: { method: "read", stream: "readable" },
  write: { method: "write", stream: "writable" },
} as const;

type Direction = keyof typeof NEEDS;

function attach(
  { name, expected, directions }: { name: string; expected: string; directions: Direction[] },
  ssl: unknown,
  transport: unknown,
): number {
  const native = objectOf(ssl, "SSL", name);
  const given = transport as Partial<Record<string, unknown>> | null | undefined;
  const fits = directions.every((direction) => {
    const { method, stream } = NEEDS[direction];
    return typeof given?.[method] === "function" ||
      (typeof given?.[stream] === "object" && given[stream] !== null);
  });
  if (!fits) {
    throw new TypeError(
      `Cannot call ${name}(): expected ${expected}: received ${
        transport === null ? "null" : typeof transport
      }: Deno has no file descriptors of connections`,
    );
  }
  let wire = wires.get(native);
  if (wire === undefined) wires.set(native, wire = new Wire(native));
  if (directions.includes("read")) wire.readFrom(transport as WireSource);
  if (directions.includes("write")) wire.writeTo(transport as WireSink);
  return 1;
}

const SET_FD = {
  name: "set_fd",
  expected: "a Deno.Conn or { readable, writable }",
  directions: ["read", "write"] as Direction[],
};
const SET_RFD = {
  name: "set_rfd",
  expected: "a Deno.Conn, Deno.stdin or { readable }",
  directions: ["read"] as Direction[],
};
const SET_WFD = {
  name: "set_wfd",
  expected: "a Deno.Conn, Deno.stdout or { writable }",
  directions: ["write"] as Direction[],
};

/**
 * Uses a connection of Deno. From then on what waits for the peer gives a promise.
 *
 * Perl: `Net::SSLeay::set_fd`
 */
export function set_fd(ssl: Taken<"SSL">, conn: WireTransport): number {
  return attach(SET_FD, ssl, conn);
}
/** As set_fd, for reading alone: `Deno.stdin` will do. Perl: `Net::SSLeay::set_rfd` */
export function set_rfd(ssl: Taken<"SSL">, source: WireSource): number {
  return attach(SET_RFD, ssl, source);
}
/** As set_fd, for writing alone: `Deno.stdout` will do. Perl: `Net::SSLeay::set_wfd` */
export function set_wfd(ssl: Taken<"SSL">, sink: WireSink): number {
  return attach(SET_WFD, ssl, sink);
}

/** Reads what a BIO has; `undefined` if it has nothing. Perl: `Net::SSLeay::BIO_read` */
export function BIO_read(bio: Opaque<"BIO">, max?: number): Got {
  const pointer = pointerOf(bio, "BIO", "BIO_read");
  const buffer = bufferFor(max, "BIO_read()");
  const count: number = calling(() => bioRead(pointer, buffer, buffer.length));
  return count < 0 ? undefined : buffer.subarray(0, count);
}
