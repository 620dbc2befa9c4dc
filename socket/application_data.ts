/**
 * Application data of a connection: reading and writing, over TLS or in plain text.
 *
 * The path of a byte must stay short: with TLS in place `read` and `write` are
 * the engine's promise with one `then` on it, nothing else.
 *
 * @module
 */

import type { TlsStream, WaitOptions } from "../engine/engine.ts";
import { isWant, SSL_WANT_READ, SslError, SslTruncatedError, type Want } from "../errors.ts";
import { fromCaller } from "../internal/caller.ts";
import { ownRecord } from "../internal/own_options.ts";
import { describe, quote } from "../internal/quote.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { isEstablished } from "./phases.ts";
import { closedError, toSslError } from "./socket_errors.ts";

/** Refuses what is not bytes before an engine sees it: each would fail in its own way, or wait for ever. */
function checkBuffer(operation: "read from" | "write to", peer: string, p: unknown): void {
  if (p instanceof Uint8Array) return;
  const text = typeof p === "string";
  const wrap = ArrayBuffer.isView(p) || p instanceof ArrayBuffer;
  const [what, advice] = operation === "write to"
    ? ["the data", text ? ": encode it with TextEncoder, or print it with a Handle" : ""]
    : ["the buffer", typeof p === "number" ? `: give new Uint8Array(${p})` : ""];
  throw fromCaller(
    new TypeError(
      `Cannot ${operation} ${peer}: ${what} must be a Uint8Array: received ${describe(p)}${
        wrap ? ": wrap its bytes in a Uint8Array" : advice
      }`,
    ),
  );
}

/** Reads and writes. */
export class ApplicationData {
  readonly #life: Lifecycle;

  constructor(life: Lifecycle) {
    this.#life = life;
  }

  readonly #onReadError = (error: unknown): null => this.#readFailed(error);
  readonly #onWriteError = (error: unknown): never => {
    throw this.#life.failure("write to", error);
  };

  /** Reads up to `p.length` bytes. */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    const { phase } = this.#life;
    const tls = phase.name === "open" || phase.name === "half closed" && !phase.answered
      ? phase.onPeerEnd === undefined ? phase.tls : undefined
      : undefined;
    if (tls === undefined || !(p?.length > 0) || !(p instanceof Uint8Array)) {
      return this.#readSlow(p, options);
    }
    const signal = options?.signal;
    return tls.read(p, options).then(
      undefined,
      signal ? (error) => this.#readFailed(error, signal) : this.#onReadError,
    );
  }

  async #readSlow(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    checkBuffer("read from", this.#life.peer, p);
    const plain = this.#life.plainFor("read from");
    if (p.length === 0) return 0;
    if (plain === undefined) return await this.#readWatched(this.#life.open!, p, options);
    try {
      return await plain.read(p, options);
    } catch (error) {
      throw this.#life.failure("read from", error, options?.signal);
    }
  }

  /** As `read`, where the peer's close_notify means a call of `onPeerEnd`. */
  async #readWatched(
    tls: TlsStream,
    p: Uint8Array,
    options?: WaitOptions,
  ): Promise<number | null> {
    let n: number | null;
    try {
      n = await tls.read(p, options);
    } catch (error) {
      return this.#readFailed(error, options?.signal);
    }
    return n === null ? await this.#tellPeerEnd(p.length) : n;
  }

  /** Answers the peer's close_notify at once. A peer that is gone does not need the answer. */
  answerEnd(tls: TlsStream): null {
    const life = this.#life;
    const sent = life.phase.name !== "open";
    life.endWriting(true);
    if (sent) return null;
    tls.shutdown(ownRecord({ fast: true })).catch((error) => {
      if (!life.closing) life.record(toSslError("answer the end of", life.peer, error));
    });
    return null;
  }

  #tellPeerEnd(length: number): number | null | Promise<number | null> {
    const { phase, face } = this.#life;
    if (!isEstablished(phase)) return null;
    const tell = phase.onPeerEnd;
    phase.onPeerEnd = undefined;
    const answer = tell?.(face);
    const check = (value: number | null | void): number | null => {
      if (value === undefined || value === null) return null;
      if (Number.isInteger(value) && value >= 0 && value <= length) return value;
      throw new RangeError(
        `Cannot use what onPeerShutdown gave: it must be null or a number of bytes from 0 to ` +
          `${length}: received ${quote(value)}`,
      );
    };
    return answer instanceof Promise ? answer.then(check) : check(answer);
  }

  #readFailed(error: unknown, signal?: AbortSignal): null {
    const life = this.#life;
    life.ended(error);
    if (error instanceof SslTruncatedError && !life.closing && life.options.allowTruncation) {
      return null;
    }
    throw life.failure("read from", error, signal);
  }

  async peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    checkBuffer("read from", this.#life.peer, p);
    const plain = this.#life.plainFor("read from");
    if (p.length === 0) return 0;
    try {
      return await (plain ?? this.#life.open!).peek(p, options);
    } catch (error) {
      if (plain === undefined) return this.#readFailed(error, options?.signal);
      throw this.#life.failure("read from", error, options?.signal);
    }
  }

  pending(): number {
    return (this.#life.open ?? this.#life.stream)?.pending() ?? 0;
  }

  tryPeek(p: Uint8Array): number | null | Want {
    return this.#try(p, (from) => from.tryPeek(p)).result;
  }

  tryRead(p: Uint8Array): number | null | Want {
    const life = this.#life;
    const { result, overTls } = this.#try(p, (from) => from.tryRead(p));
    const watched = isEstablished(life.phase) && life.phase.onPeerEnd !== undefined;
    if (result !== null || !overTls || !watched) return result;
    const answer = this.#tellPeerEnd(p.length);
    if (!(answer instanceof Promise)) return answer;
    answer.catch((error) => life.record(toSslError("read from", life.peer, error)));
    return null; // this call does not wait
  }

  #try(
    p: Uint8Array,
    call: (from: Pick<TlsStream, "tryRead" | "tryPeek">) => number | null | Want,
  ): { result: number | null | Want; overTls: boolean } {
    const life = this.#life;
    checkBuffer("read from", life.peer, p);
    const plain = life.plainFor("read from");
    const overTls = plain === undefined;
    if (p.length === 0) return { result: 0, overTls };
    try {
      const result = call(plain ?? life.open!);
      if (typeof result === "object" && result !== null) life.lastWant = result;
      return { result, overTls };
    } catch (error) {
      if (overTls) return { result: this.#readFailed(error), overTls: false };
      throw life.failure("read from", error);
    }
  }

  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    const { phase } = this.#life;
    if (phase.name !== "open" || !(p instanceof Uint8Array)) return this.#writeSlow(p, options);
    const signal = options?.signal;
    return phase.tls.write(p, options).then(
      undefined,
      signal
        ? (error) => Promise.reject(this.#life.failure("write to", error, signal))
        : this.#onWriteError,
    );
  }

  async #writeSlow(p: Uint8Array, options?: WaitOptions): Promise<number> {
    const life = this.#life;
    checkBuffer("write to", life.peer, p);
    const plain = life.plainFor("write to");
    this.#mustBeWritable();
    try {
      return await (plain ?? life.open!).write(p, options);
    } catch (error) {
      throw life.failure("write to", error, options?.signal);
    }
  }

  #mustBeWritable(): void {
    const life = this.#life;
    if (life.phase.name !== "half closed") return;
    if (life.closing) throw fromCaller(life.record(closedError("write to", life.peer)));
    const why = "close_notify was sent, the writing direction has ended";
    const error = new SslError(`Cannot write to ${life.peer}: ${why}`, { code: "EPIPE" });
    throw fromCaller(life.record(error));
  }

  tryWrite(p: Uint8Array): number | Want {
    const life = this.#life;
    checkBuffer("write to", life.peer, p);
    const plain = life.plainFor("write to");
    this.#mustBeWritable();
    try {
      const r = (plain ?? life.open!).tryWrite(p);
      if (typeof r === "object") life.lastWant = r;
      return r;
    } catch (error) {
      throw life.failure("write to", error);
    }
  }

  async ready(want: Want | undefined, options?: WaitOptions): Promise<void> {
    const life = this.#life;
    if (want !== undefined && !isWant(want)) {
      throw new TypeError(
        `Cannot wait: it waits for SSL_WANT_READ or SSL_WANT_WRITE: received ${describe(want)}`,
      );
    }
    const direction = want ?? life.lastWant ?? SSL_WANT_READ;
    const { name } = life.phase;
    if (name === "closed" || name === "failed") return; // the next call says why
    await (life.tls ?? life.stream)?.ready(direction, options);
  }
}
