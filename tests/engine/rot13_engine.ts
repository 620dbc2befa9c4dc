/**
 * A third engine, small enough to be read: a "tunnel" that adds 13 to every
 * byte and hides nothing. What it has in common with TLS is what the layers
 * above rely on: a handshake in which the server shows a certificate and the
 * client judges it before it answers, records, an alert, and a close_notify
 * of each direction. See docs/writing-an-engine.md.
 */

import { SSL_WANT_READ, SslError, SslPeerError, SslTruncatedError } from "../../errors.ts";
import { SslUnsupportedError, type Want } from "../../errors.ts";
import { dialTcp, TcpListener } from "../../engine/dial.ts";
import type { Feature, FeatureSet } from "../../engine/features.ts";
import { Pump } from "../../engine/pump.ts";
import type { SansIoSession } from "../../engine/sans_io.ts";
import type {
  ByteTransport,
  ContextConfig,
  DialTarget,
  Engine,
  EngineContext,
  EngineInfo,
  EngineListener,
  EngineName,
  ListenTarget,
  Role,
  SessionParams,
  TlsStream,
  WaitOptions,
} from "../../engine/engine.ts";
import type { KeyExchange, Negotiated, ShutdownState } from "../../engine/connection_facts.ts";

const FRAME = { hello: 1, certificate: 2, finished: 3, alert: 4, data: 5, close: 6 } as const;
const HEADER = 3;
const MAX_PAYLOAD = 0xffff;
const DEPTH_ZERO_SELF_SIGNED_CERT = 18;

interface Frame {
  readonly type: number;
  readonly payload: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const turn = (bytes: Uint8Array, by: number): Uint8Array => bytes.map((b) => b + by);

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** The sans-IO session: `feed` and `drain` are the wire, the rest turns one into the other. */
class Rot13Session implements SansIoSession {
  readonly role: Role;
  readonly #config: ContextConfig;
  readonly #params: SessionParams;
  #input: Uint8Array = new Uint8Array();
  #output: Uint8Array = new Uint8Array();
  #data: Uint8Array = new Uint8Array();
  #dry = true;
  #helloSent = false;
  #established = false;
  #sent = false;
  #received = false;
  #peer: Uint8Array | undefined;
  #name: string | undefined;

  constructor(config: ContextConfig, params: SessionParams) {
    this.role = config.role;
    this.#config = config;
    this.#params = params;
  }

  get established(): boolean {
    return this.#established;
  }

  get shutdownState(): ShutdownState {
    return { sent: this.#sent, received: this.#received };
  }

  get fed(): boolean {
    return !this.#dry;
  }

  get output(): number {
    return this.#output.length;
  }

  feed(chunk: Uint8Array, n: number): void {
    this.#input = concat(this.#input, chunk.subarray(0, n));
    this.#dry = false;
  }

  drain(buffer: Uint8Array): number {
    const n = Math.min(buffer.length, this.#output.length);
    buffer.set(this.#output.subarray(0, n));
    this.#output = this.#output.slice(n);
    return n;
  }

  #send(type: number, payload: Uint8Array): void {
    const header = Uint8Array.of(type, payload.length >> 8, payload.length & 0xff);
    this.#output = concat(this.#output, concat(header, turn(payload, 13)));
  }

  /** The next frame; what follows it stays where it is, so that plain bytes can follow the tunnel. */
  #next(): Frame | undefined {
    this.#dry = true;
    if (this.#input.length < HEADER) return undefined;
    const type = this.#input[0]!;
    if (type < FRAME.hello || type > FRAME.close) {
      throw this.#refuse(
        new SslPeerError(`The peer does not speak rot13: its first byte is ${type}`),
      );
    }
    const length = HEADER + (this.#input[1]! << 8) + this.#input[2]!;
    if (this.#input.length < length) return undefined;
    const payload = turn(this.#input.subarray(HEADER, length), -13);
    this.#input = this.#input.slice(length);
    this.#dry = this.#input.length === 0;
    if (type === FRAME.alert) {
      throw new SslPeerError(`The peer refused: ${decoder.decode(payload)}`, { alert: "refused" });
    }
    return { type, payload };
  }

  /** Leaves an alert to be drained and gives the error back, to be thrown. */
  #refuse(error: Error): Error {
    this.#send(FRAME.alert, encoder.encode(error.message).subarray(0, MAX_PAYLOAD));
    return error;
  }

  #expect(type: number): Uint8Array | undefined {
    const frame = this.#next();
    if (frame === undefined) return undefined;
    if (frame.type === type) return frame.payload;
    throw this.#refuse(new SslPeerError(`Expected frame ${type}: received ${frame.type}`));
  }

  handshake(): true | Want {
    if (this.#established) return true;
    return this.role === "client" ? this.#connect() : this.#accept();
  }

  #connect(): true | Want {
    if (!this.#helloSent) {
      this.#helloSent = true;
      this.#send(FRAME.hello, encoder.encode(this.#params.serverName ?? ""));
    }
    const leaf = this.#expect(FRAME.certificate);
    if (leaf === undefined) return SSL_WANT_READ;
    this.#peer = leaf;
    const { trust, hooks, verifyMode } = this.#config;
    const known = [...trust.anchors ?? [], ...trust.extra].some((anchor) => equal(anchor, leaf));
    // The judgement is that of the layer above, and comes before the answer.
    const refusal = verifyMode === 0 ? undefined : hooks.verify?.({
      chain: known ? [leaf] : [],
      presented: [leaf],
      error: known ? 0 : DEPTH_ZERO_SELF_SIGNED_CERT,
      errorDepth: 0,
      errorText: known ? "ok" : "self-signed certificate",
      resumed: false,
    }, this.#params.user);
    if (refusal !== undefined) throw this.#refuse(refusal);
    this.#send(FRAME.finished, new Uint8Array());
    return this.#established = true;
  }

  #accept(): true | Want {
    if (this.#name === undefined) {
      const name = this.#expect(FRAME.hello);
      if (name === undefined) return SSL_WANT_READ;
      this.#name = decoder.decode(name);
      this.#send(FRAME.certificate, this.ownCertificate()!);
    }
    if (this.#expect(FRAME.finished) === undefined) return SSL_WANT_READ;
    return this.#established = true;
  }

  /** Takes in frames until there is data, the end, or nothing more. */
  #take(): boolean {
    while (this.#data.length === 0 && !this.#received) {
      const frame = this.#next();
      if (frame === undefined) return false;
      if (frame.type === FRAME.close) this.#received = true;
      else if (frame.type === FRAME.data) this.#data = frame.payload;
      else throw this.#refuse(new SslPeerError(`Unexpected frame: received ${frame.type}`));
    }
    return true;
  }

  peek(p: Uint8Array): number | null | Want {
    if (!this.#established) throw new SslError("The handshake is not complete");
    if (!this.#take()) return SSL_WANT_READ;
    if (this.#data.length === 0) return null;
    const n = Math.min(p.length, this.#data.length);
    p.set(this.#data.subarray(0, n));
    return n;
  }

  read(p: Uint8Array): number | null | Want {
    const n = this.peek(p);
    if (typeof n === "number") this.#data = this.#data.slice(n);
    return n;
  }

  pending(): number {
    if (this.#established && !this.#dry) this.#take();
    return this.#data.length;
  }

  write(p: Uint8Array): void {
    for (let at = 0; at < p.length; at += MAX_PAYLOAD) {
      this.#send(FRAME.data, p.subarray(at, at + MAX_PAYLOAD));
    }
  }

  closeNotify(): void {
    if (this.#sent || !this.#established) return;
    this.#sent = true;
    this.#send(FRAME.close, new Uint8Array());
  }

  takeInput(): Uint8Array {
    return this.#input;
  }

  endOfInput(cause?: unknown): Error {
    return this.#established
      ? new SslTruncatedError("The stream ended without close_notify", { cause })
      : new SslPeerError("The stream ended inside the handshake", { cause });
  }

  free(): void {
    this.#input = this.#output = this.#data = new Uint8Array();
  }

  negotiated(): Negotiated {
    const serverName = this.role === "client" ? this.#params.serverName : this.#name;
    const unknown = { version: undefined, versionInt: undefined, cipher: undefined };
    return { ...unknown, serverName, alpn: undefined, npn: undefined, reused: undefined };
  }

  keyExchange(): KeyExchange {
    return { group: undefined, peerSignature: undefined };
  }
  peerChain(): readonly Uint8Array[] {
    return this.#peer === undefined ? [] : [this.#peer];
  }

  ownCertificate(): Uint8Array | undefined {
    return this.#config.credentials[0]?.chain[0];
  }

  exportKeyingMaterial(): Uint8Array {
    throw new SslUnsupportedError("Cannot export keys: this engine has no keys");
  }

  finished(): Uint8Array {
    throw new SslUnsupportedError(
      "Cannot give the Finished message: this engine sends no such message",
    );
  }
}

/** A context: the session does the work, the pump makes the stream. */
class Rot13Context implements EngineContext {
  readonly role: Role;
  readonly #config: ContextConfig;

  constructor(config: ContextConfig) {
    this.role = config.role;
    this.#config = config;
  }

  async dial(target: DialTarget, params: SessionParams, options?: WaitOptions): Promise<TlsStream> {
    return this.start(await dialTcp(target, options), params);
  }

  start(transport: ByteTransport, params: SessionParams): TlsStream {
    return new Pump(new Rot13Session(this.#config, params), transport);
  }

  close(): void {
    // Nothing is held outside of memory.
  }
}

/** What it can do; the layers above refuse everything else by name. */
const FEATURES: readonly Feature[] = [
  "client",
  "server",
  "startClient",
  "startServer",
  "stopTls",
  "noShutdown",
  "keepSocket",
  "anyTransport",
  "ownAnchors",
  "extraAnchors",
  "verifyNone",
  "peerCertificate",
  "hostnameSchemes",
  "fingerprint",
  "sniClient",
  "noSni",
  "hotSwap",
  "halfClose",
  "acceptPlain",
];

/** The engine. */
export class Rot13Engine implements Engine {
  readonly name = "rot13" as EngineName;
  readonly features: FeatureSet = new Set(FEATURES);

  info(): EngineInfo {
    return { name: this.name, version: "rot13 1.0", path: undefined, features: this.features };
  }

  createContext(config: ContextConfig): Promise<EngineContext> {
    return Promise.resolve(new Rot13Context(config));
  }

  listen(target: ListenTarget): EngineListener {
    return new TcpListener(target);
  }
}
