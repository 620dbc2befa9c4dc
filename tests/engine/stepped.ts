/** A session that encrypts nothing, and a transport whose every step a test decides. */

import { SSL_WANT_READ, SslTruncatedError, type Want } from "../../errors.ts";
import type { ByteTransport, Role } from "../../engine/engine.ts";
import type { KeyExchange, Negotiated, ShutdownState } from "../../engine/connection_facts.ts";
import type { SansIoSession } from "../../engine/sans_io.ts";
import { concat } from "../../internal/bytes.ts";

/** Lets every promise that can go on do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Lets promises go on, but no timer: what waits for a while only is not over, however busy the machine. */
export async function ticks(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

const UNKNOWN: Negotiated = {
  version: undefined,
  versionInt: undefined,
  cipher: undefined,
  serverName: undefined,
  alpn: undefined,
  npn: undefined,
  reused: undefined,
};

/** What is written goes out as it is; what is fed is read as it is. */
export class SteppedSession implements SansIoSession {
  role: Role = "client";
  established = true;
  busy = false;
  shutdownState: ShutdownState = { sent: false, received: false };
  /** What is to be drained. */
  out: Uint8Array = new Uint8Array();
  /** The most that one `drain` gives: one record. */
  record = Infinity;
  /** What was fed and not read. */
  input: Uint8Array = new Uint8Array();
  /** How often bytes were fed. */
  feeds = 0;
  freed = false;
  /** Called first in `read`, `peek` and `write`: may throw. */
  onCall: (name: string) => void = () => {};
  /** What `read` gives where nothing was fed. */
  atEnd: null | Want = SSL_WANT_READ;
  /** What `handshake` gives, in turn; then `true`. An error is thrown. */
  steps: (true | Want | PromiseLike<void> | Error)[] = [];

  handshake(): true | Want | PromiseLike<void> {
    this.onCall("handshake");
    const step = this.steps.shift() ?? true;
    if (step instanceof Error) throw step;
    if (step === true) this.established = true;
    return step;
  }
  read(p: Uint8Array): number | null | Want {
    const n = this.peek(p);
    if (typeof n === "number") this.input = this.input.subarray(n);
    return n;
  }
  peek(p: Uint8Array): number | null | Want {
    this.onCall("read");
    const n = Math.min(p.length, this.input.length);
    if (n === 0) return this.atEnd;
    p.set(this.input.subarray(0, n));
    return n;
  }
  write(p: Uint8Array): void {
    this.onCall("write");
    this.out = concat([this.out, p]);
  }
  closeNotify(): void {
    this.onCall("closeNotify");
    if (this.shutdownState.sent) return;
    this.shutdownState = { ...this.shutdownState, sent: true };
    this.out = concat([this.out, Uint8Array.of(0)]);
  }
  pending(): number {
    return this.input.length;
  }
  get fed(): boolean {
    return this.input.length > 0;
  }
  get output(): number {
    return this.out.length;
  }
  feed(chunk: Uint8Array, n: number): void {
    this.feeds++;
    this.input = concat([this.input, chunk.subarray(0, n)]);
  }
  drain(buffer: Uint8Array): number {
    const n = Math.min(buffer.length, this.out.length, this.record);
    buffer.set(this.out.subarray(0, n));
    this.out = this.out.subarray(n);
    return n;
  }
  takeInput(): Uint8Array {
    const input = this.input;
    this.input = new Uint8Array();
    return input;
  }
  endOfInput(cause?: unknown): Error {
    return new SslTruncatedError("Cannot read: truncated", { code: "ERR_SSL_TRUNCATED", cause });
  }
  free(): void {
    this.freed = true;
  }
  negotiated(): Negotiated {
    return UNKNOWN;
  }
  keyExchange(): KeyExchange {
    return { group: undefined, peerSignature: undefined };
  }
  peerChain(): readonly Uint8Array[] {
    return [];
  }
  ownCertificate(): Uint8Array | undefined {
    return undefined;
  }
  exportKeyingMaterial(): Uint8Array {
    return new Uint8Array();
  }
  finished(): Uint8Array {
    return new Uint8Array();
  }
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** Reads and writes wait until the test lets them go on. */
export class SteppedTransport implements ByteTransport {
  /** Every write, as it came. */
  readonly writes: Uint8Array[] = [];
  reads = 0;
  closed = false;
  /** Called inside each write. */
  onWrite: () => void = () => {};
  #write: Waiting<number> | undefined;
  #read: (Waiting<number | null> & { readonly into: Uint8Array }) | undefined;

  read(into: Uint8Array): Promise<number | null> {
    this.reads++;
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    this.#read = { resolve, reject, into };
    return promise;
  }
  write(p: Uint8Array): Promise<number> {
    this.writes.push(p.slice());
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#write = { resolve, reject };
    this.onWrite();
    return promise;
  }
  close(): void {
    this.closed = true;
  }

  /** The size of the buffer of the read in flight. */
  get room(): number {
    return this.#read?.into.length ?? 0;
  }
  /** The write in flight takes `n` bytes, all that it was given unless told. */
  take(n?: number): void {
    this.#write!.resolve(n ?? this.writes.at(-1)!.length);
  }
  /** The write in flight fails. */
  refuse(error: unknown): void {
    this.#write!.reject(error);
  }
  /** The read in flight brings these bytes. */
  bring(bytes: Uint8Array): void {
    this.#read!.into.set(bytes);
    this.count(bytes.length);
  }
  /** The read in flight gives this count, whether it is true or not; `null` at the end. */
  count(n: number | null): void {
    this.#read!.resolve(n);
  }
  /** The read in flight fails. */
  failRead(error: unknown): void {
    this.#read!.reject(error);
  }
}
