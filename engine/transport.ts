/**
 * Transports made of other things: bytes that were read ahead put back in
 * front of a transport, and a pair of web streams.
 *
 * @module
 */

import { concat } from "../internal/bytes.ts";
import type { ByteTransport } from "./engine.ts";

/** The key under which a transport shows the bytes that it has read ahead of its reader. */
const held: unique symbol = Symbol("held");

/**
 * The bytes that were read from a connection and lie in the transports around it, in the
 * order of reading. They stay there.
 */
export function heldBy(transport: object): Uint8Array {
  return (transport as { [held]?: Uint8Array })[held] ?? new Uint8Array();
}

/**
 * Lets reads that are still in flight in the transports around a connection bring what has come.
 */
export async function settle(transport: object): Promise<void> {
  if (transport instanceof BufferedTransport) await transport.settle();
}

/**
 * A transport with bytes in front of it that were read ahead: those first,
 * then what a read still in flight brings, then the transport itself.
 */
export class BufferedTransport implements ByteTransport {
  readonly inner: ByteTransport;
  #ahead: Uint8Array;
  #inFlight: Promise<Uint8Array | null> | undefined;
  #closed = false;

  /** Puts `ahead`, and what `inFlight` will bring, in front of `inner`. */
  constructor(inner: ByteTransport, ahead: Uint8Array, inFlight?: Promise<Uint8Array | null>) {
    this.inner = inner;
    this.#ahead = ahead;
    this.#inFlight = inFlight;
    inFlight?.then((chunk) => {
      if (this.#inFlight !== inFlight || chunk === null) return;
      this.#inFlight = undefined;
      this.#ahead = this.#ahead.length === 0 ? chunk : concat([this.#ahead, chunk]);
    }, () => {}); // its failure belongs to the read that meets it
  }

  get localAddr(): Deno.Addr | undefined {
    return this.inner.localAddr;
  }

  get remoteAddr(): Deno.Addr | undefined {
    return this.inner.remoteAddr;
  }

  /** The bytes read ahead that are still here, or in a transport beneath. */
  get [held](): Uint8Array {
    const below = heldBy(this.inner);
    return below.length === 0 ? this.#ahead : concat([this.#ahead, below]);
  }

  /** Lets a read that is still in flight bring what has come by now. */
  async settle(): Promise<void> {
    if (this.#inFlight !== undefined) await new Promise<void>((resolve) => setTimeout(resolve));
    await settle(this.inner);
  }

  /** The transport beneath, when nothing is in front of it any more; otherwise this one. */
  get bare(): ByteTransport {
    if (this.#ahead.length > 0 || this.#inFlight !== undefined) return this;
    return this.inner instanceof BufferedTransport ? this.inner.bare : this.inner;
  }

  async read(p: Uint8Array): Promise<number | null> {
    if (this.#ahead.length === 0 && this.#inFlight !== undefined) {
      const inFlight = this.#inFlight;
      const chunk = await inFlight;
      if (this.#inFlight === inFlight) this.#inFlight = undefined;
      if (chunk === null) return null;
    }
    if (this.#ahead.length === 0) return await this.inner.read(p);
    const n = Math.min(p.length, this.#ahead.length);
    p.set(this.#ahead.subarray(0, n));
    this.#ahead = this.#ahead.subarray(n);
    return n;
  }

  write(p: Uint8Array): Promise<number> {
    return this.inner.write(p);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.inner.close();
  }

  async closeWrite(): Promise<void> {
    await this.inner.closeWrite?.();
  }

  setNoDelay(noDelay?: boolean): void {
    this.inner.setNoDelay?.(noDelay);
  }

  setKeepAlive(keepAlive?: boolean): void {
    this.inner.setKeepAlive?.(keepAlive);
  }

  ref(): void {
    this.inner.ref?.();
  }

  unref(): void {
    this.inner.unref?.();
  }
}

/** What one write of a transport took. One that takes nothing, again and again, would stop all timers. */
export function mustTake(n: number): number {
  if (n <= 0) throw new TypeError(`Cannot write: the connection took ${n} bytes`);
  return n;
}

/** The error where a read of a transport brought nothing, or more than it can. */
export function wrongCount(n: number, room: number): TypeError {
  return new TypeError(`Cannot read: the connection gave ${n} bytes for a buffer of ${room}`);
}

/**
 * A pair of web byte streams.
 *
 * @category Sockets
 */
export interface StreamPair {
  /** From the peer. */
  readonly readable: ReadableStream<Uint8Array>;
  /** To the peer. */
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * What a stream failed with, as an error: code that cancels or aborts a stream need not give a
 * reason.
 */
export function streamFailure(cause: unknown): Error {
  if (cause instanceof Error) return cause;
  return Object.assign(new Error("The stream was given up by its other end", { cause }), {
    code: "EPIPE",
  });
}

/**
 * A transport over a pair of web streams. `close` cancels the one and aborts
 * the other; `closeWrite` closes the writable in good order.
 */
export function streamTransport(pair: StreamPair): ByteTransport {
  if (pair.writable.locked) pair.writable.getWriter(); // throws
  const reader = pair.readable.getReader();
  const writer = pair.writable.getWriter();
  writer.closed.catch(() => {}); // the write that fails reports it
  let rest: Uint8Array = new Uint8Array();
  let closed = false;
  let ended = false;
  const transport: ByteTransport & { readonly [held]: Uint8Array } = {
    get [held](): Uint8Array {
      return rest;
    },
    async read(p: Uint8Array): Promise<number | null> {
      while (rest.length === 0) {
        const { value, done } = await reader.read().catch((cause) => {
          throw streamFailure(cause);
        });
        if (closed) throw new Deno.errors.BadResource("The stream is closed");
        if (done) return null;
        if (!(value instanceof Uint8Array)) throw new TypeError("it must yield Uint8Array");
        rest = value;
      }
      const n = Math.min(p.length, rest.length);
      p.set(rest.subarray(0, n));
      rest = rest.subarray(n);
      return n;
    },
    async write(p: Uint8Array): Promise<number> {
      await writer.ready.catch((cause) => {
        throw streamFailure(cause);
      });
      // Not awaited: a pair without buffers would make each end wait for the other to read. A
      // failure comes out of the next write, or of closeWrite. The copy: the caller reuses p.
      writer.write(p.slice()).catch(() => {});
      return p.length;
    },
    close(): void {
      if (closed) return;
      closed = true;
      reader.cancel().catch(() => {});
      (ended ? Promise.resolve() : writer.close()).catch(() => {});
    },
    async closeWrite(): Promise<void> {
      if (ended) return;
      ended = true;
      await writer.close().catch((cause) => {
        throw streamFailure(cause);
      });
    },
  };
  return transport;
}
