/**
 * A socket's transport while there is no TLS on it: before the handshake and
 * after `stopSsl`. Adds what a bare connection lacks (peek, pending and calls
 * that do not wait) and gives the transport back with every byte it holds.
 *
 * @module
 */

import { concat } from "../internal/bytes.ts";
import { BufferedTransport, heldBy, mustTake } from "../engine/transport.ts";
import type { ByteTransport, WaitOptions } from "../engine/engine.ts";
import { orAborted } from "../internal/waiting.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE, type Want } from "../errors.ts";
import { FastStopped } from "./fast_stopped.ts";

/** Read at once on behalf of `peek`, `ready` and `tryRead`, in bytes. */
const READ_AHEAD = 16384;
/** What `tryWrite` takes beyond what the transport took, in bytes. */
const SEND_BUFFER = 65536;

const EMPTY = new Uint8Array();

/** Plain reads and writes over a transport. */
export class PlainStream {
  readonly #transport: ByteTransport;
  #ahead: Uint8Array = EMPTY;
  #inFlight: Promise<Uint8Array | null> | undefined;
  #ended = false;
  /** Reads that go straight into a caller's buffer. */
  #direct = 0;
  #readError: { error: unknown } | undefined;
  #unsent = 0;
  #sending: Promise<void> = Promise.resolve();
  #sendError: { error: unknown } | undefined;

  constructor(transport: ByteTransport) {
    this.#transport = transport;
  }

  /** Gives the transport back, with the bytes that were read ahead in front. */
  take(): ByteTransport {
    const ahead = this.#ahead;
    const inFlight = this.#inFlight;
    this.#ahead = EMPTY;
    this.#inFlight = undefined;
    if (ahead.length === 0 && inFlight === undefined) return this.#transport;
    return new BufferedTransport(this.#transport, ahead, inFlight);
  }

  get transport(): ByteTransport {
    return this.#transport;
  }

  /** Whether the last read gave `null` for the end of TLS, which plain text follows. */
  get resumes(): boolean {
    return !this.#ended && this.#transport instanceof FastStopped && this.#transport.resumes;
  }

  /** Whether a read is in flight whose bytes its caller will get. */
  get reading(): boolean {
    return this.#direct > 0;
  }

  /** Bytes that can be read without waiting. */
  pending(): number {
    return this.held().length;
  }

  /** These bytes. */
  held(): Uint8Array {
    const below = heldBy(this.#transport);
    return below.length === 0 ? this.#ahead : concat([this.#ahead, below]);
  }

  /** Reads plain bytes. */
  async read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    // Straight into the caller's buffer, unless an aborted wait must be able to leave the bytes here.
    const idle = this.#inFlight === undefined && this.#ahead.length === 0 && !this.#ended;
    if (signal === undefined && idle) {
      this.#direct++;
      try {
        return await this.#transport.read(p);
      } finally {
        this.#direct--;
      }
    }
    await this.#fill(signal);
    return this.#consume(p);
  }

  /** Reads plain bytes without consuming them. */
  async peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    await this.#fill(options?.signal);
    return this.#ahead.length === 0 ? null : this.#copy(p);
  }

  /** Reads what is there. */
  tryRead(p: Uint8Array): number | null | Want {
    if (this.#ahead.length > 0 || this.#ended) return this.#consume(p);
    if (this.#readError) throw this.#takeReadError();
    return SSL_WANT_READ;
  }

  /** Looks at what is there. */
  tryPeek(p: Uint8Array): number | null | Want {
    if (this.#ahead.length > 0) return this.#copy(p);
    if (this.#ended) return null;
    if (this.#readError) throw this.#readError.error;
    return SSL_WANT_READ;
  }

  #copy(p: Uint8Array): number {
    const n = Math.min(p.length, this.#ahead.length);
    p.set(this.#ahead.subarray(0, n));
    return n;
  }

  #consume(p: Uint8Array): number | null {
    if (this.#ahead.length === 0) {
      // The end of TLS is read once; that of a connection again and again.
      if (this.#transport instanceof FastStopped && this.#transport.resumes) this.#ended = false;
      return null;
    }
    const n = Math.min(p.length, this.#ahead.length);
    p.set(this.#ahead.subarray(0, n));
    this.#ahead = n === this.#ahead.length ? EMPTY : this.#ahead.subarray(n);
    return n;
  }

  /** Has at least one byte ahead, or the end, afterwards. */
  async #fill(signal: AbortSignal | undefined): Promise<void> {
    if (this.#ahead.length > 0 || this.#ended) return;
    const inFlight = this.#inFlight ??= this.#beginFill();
    await orAborted(inFlight, signal).catch((error) => {
      if (this.#inFlight === inFlight && !signal?.aborted) this.#inFlight = undefined;
      throw error;
    });
  }

  /** What it brings is here at once, waited for or not: `pending` and an upgrade must know. */
  #beginFill(): Promise<Uint8Array | null> {
    const reading = this.#readAhead();
    reading.then((chunk) => {
      if (this.#inFlight !== reading) return; // it went with the transport
      this.#inFlight = undefined;
      if (chunk === null) this.#ended = true;
      else this.#ahead = chunk;
    }, () => {}); // told by the wait, or by the next one
    return reading;
  }

  async #readAhead(): Promise<Uint8Array | null> {
    const buffer = new Uint8Array(READ_AHEAD);
    const n = await this.#transport.read(buffer);
    return n === null ? null : buffer.subarray(0, n);
  }

  #takeReadError(): unknown {
    const { error } = this.#readError!;
    this.#readError = undefined;
    return error;
  }

  /** Writes some of `p`, after what `tryWrite` took. */
  async write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    if (this.#unsent > 0) await orAborted(this.#sending, options?.signal);
    if (this.#sendError) throw this.#takeSendError();
    options?.signal?.throwIfAborted();
    for (let at = 0; at < p.length;) at += mustTake(await this.#transport.write(p.subarray(at)));
    return p.length;
  }

  /** Takes what fits into the send buffer and sends it aside. */
  tryWrite(p: Uint8Array): number | Want {
    if (this.#sendError) throw this.#takeSendError();
    const room = SEND_BUFFER - this.#unsent;
    if (room <= 0 && p.length > 0) return SSL_WANT_WRITE;
    const part = p.slice(0, room);
    this.#unsent += part.length;
    this.#sending = this.#sending.then(async () => {
      try {
        for (let at = 0; at < part.length;) {
          at += mustTake(await this.#transport.write(part.subarray(at)));
        }
      } catch (error) {
        this.#sendError ??= { error };
      }
      this.#unsent -= part.length;
    });
    return part.length;
  }

  #takeSendError(): unknown {
    const { error } = this.#sendError!;
    this.#sendError = undefined;
    return error;
  }

  /** Bytes that `tryWrite` took and that have not gone. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Resolves when everything that `tryWrite` took has been sent. */
  get sent(): Promise<void> {
    return this.#sending;
  }

  /** Resolves when the direction may progress. An error comes out of the next call. */
  async ready(want: Want, options?: WaitOptions): Promise<void> {
    const signal = options?.signal;
    if (want === SSL_WANT_WRITE) return await orAborted(this.#sending, signal);
    try {
      await this.#fill(signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      this.#readError = { error };
    }
  }
}
