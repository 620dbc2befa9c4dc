/**
 * The life of one connection: its phase, how it goes from one to the next, and its last error.
 *
 * @module
 */

import type { ConnectionState } from "../context/connection.ts";
import type { SslContext } from "../context/context.ts";
import { recordOf } from "../context/context_record.ts";
import { laidOver } from "../context/resolved_options.ts";
import type { Checked, Resolved } from "../context/validate.ts";
import type { ByteTransport, EngineContext, Role, TlsStream } from "../engine/engine.ts";
import { insideError } from "../internal/waiting.ts";
import { SslError, SslPeerError, SslTruncatedError, type Want } from "../errors.ts";
import { fromCaller } from "../internal/caller.ts";
import { learn } from "../internal/facts.ts";
import type { SocketOptions, Timings } from "./options.ts";
import {
  type Ends,
  type Handshaking,
  isEstablished,
  mayMove,
  type Phase,
  type Plain,
} from "./phases.ts";
import { PlainStream } from "./plain_stream.ts";
import { closedError, toSslError } from "./socket_errors.ts";

/** What a connection is made from. */
export interface ConnectionSettings {
  /** The options it was made with. */
  readonly options: Resolved<SocketOptions>;
  /** Our side. */
  readonly role: Role;
  /** The context that TLS is started with. */
  readonly context: SslContext;
  /** The same, ready in the engine. */
  readonly engineContext: EngineContext;
  /** The peer, for messages. */
  readonly peer: string;
  /** The host that was asked for: where the names to send and to verify default from. */
  readonly hostname?: string | undefined;
  /** What the sessions of a client are kept under, unless `sessionKey` says otherwise. */
  readonly sessionPeer?: string | undefined;
  /** Whether the transport outlives a failed handshake. */
  readonly keepTransport: boolean;
}

/**
 * Which connection answers for a transport. `stopSsl` hands one out while the socket can still use
 * it; when another socket starts TLS on it, closing the first must leave it alone.
 */
const owners = new WeakMap<object, Lifecycle>();

/** The connection whose TLS runs over a transport, if one does. */
export function ownerOf(transport: object): Lifecycle | undefined {
  const owner = owners.get(transport);
  if (owner === undefined) return undefined;
  return owner.phase.name === "handshaking" || isEstablished(owner.phase) ? owner : undefined;
}

/** The phase of a connection, and what outlives the phases. */
export class Lifecycle {
  readonly #owned = new Set<object>();
  /** Where it is, and what it has there. */
  phase: Phase;
  /** What it was made from. */
  settings: ConnectionSettings;
  /** The last error. */
  error: SslError | undefined;
  /** What the verification of the peer found. */
  outcome: ConnectionState | undefined;
  /** Which direction the last call that did not wait needs. */
  lastWant: Want | undefined;
  /** The end of `close()`, once it was called. */
  closing: Promise<void> | undefined;
  /** Called once, when nothing is left of the connection. */
  onClose: (() => void) | undefined;
  /** The socket that the application has, for its callbacks. */
  face: object | undefined;
  /** How long the parts of its beginning took. */
  readonly timings: { -readonly [Part in keyof Timings]?: Timings[Part] } = {};
  /** Where the connection begins. */
  localAddr: Deno.Addr | undefined;
  /** Where it ends. */
  remoteAddr: Deno.Addr | undefined;

  /** A life that begins over a plain transport, or with TLS whose handshake has yet to be done. */
  constructor(settings: ConnectionSettings, begin: Plain | Handshaking) {
    this.settings = settings;
    this.phase = begin;
    if (begin.name === "plain") this.setTransport(begin.stream.transport);
    else {
      this.localAddr = begin.tls?.localAddr;
      this.remoteAddr = begin.tls?.remoteAddr;
    }
  }

  /** Answers for a transport from now on, until it is closed. */
  own(transport: object): void {
    owners.set(transport, this);
    this.#owned.add(transport);
  }

  /** What is closed is let go at once: a WeakMap keeps it until the next full collection. */
  #disown(): void {
    for (const transport of this.#owned) {
      if (owners.get(transport) === this) owners.delete(transport);
    }
  }

  /** Goes on over another plain transport, which has the bytes that were read ahead. */
  setTransport(transport: ByteTransport): PlainStream {
    const { phase } = this;
    this.own(transport);
    const stream = new PlainStream(transport);
    if (!isEstablished(phase) && phase.name !== "closed") phase.stream = stream;
    if (phase.name === "handshaking") phase.transport = transport;
    this.localAddr ??= transport.localAddr;
    this.remoteAddr ??= transport.remoteAddr;
    return stream;
  }

  /** The transport beneath. */
  get transport(): ByteTransport | undefined {
    const { phase } = this;
    if (phase.name === "closed") return undefined;
    if (isEstablished(phase)) return phase.transport;
    return (phase.name === "handshaking" ? phase.transport : undefined) ?? phase.stream?.transport;
  }

  /** The plain stream, where there is one. */
  get stream(): PlainStream | undefined {
    const { phase } = this;
    return isEstablished(phase) || phase.name === "closed" ? undefined : phase.stream;
  }

  /** TLS, from the start of the handshake until it is closed or stopped. */
  get tls(): TlsStream | undefined {
    const { phase } = this;
    return isEstablished(phase) || phase.name === "handshaking" ? phase.tls : undefined;
  }

  /** TLS, once the handshake is complete. */
  get established(): TlsStream | undefined {
    return isEstablished(this.phase) ? this.phase.tls : undefined;
  }

  /** TLS, while reads and writes may use it. */
  get open(): TlsStream | undefined {
    const { phase } = this;
    if (phase.name === "open") return phase.tls;
    return phase.name === "half closed" && !phase.answered ? phase.tls : undefined;
  }

  /** The context: by its server name a client may have chosen another than the socket was made with. */
  get context(): SslContext {
    return (this.outcome?.context as SslContext | undefined) ?? this.settings.context;
  }

  /** The peer, for messages. */
  get peer(): string {
    return this.settings.peer;
  }

  /** The options it was made with. */
  get options(): Resolved<SocketOptions> {
    return this.settings.options;
  }

  /** Whether the last plain read gave `null` for the end of TLS, which plain text follows. */
  get resumes(): boolean {
    return this.phase.name === "plain" && this.phase.stream.resumes;
  }

  /** Whether our direction outlives the peer's. */
  get halfClose(): boolean {
    return this.options.halfClose ?? recordOf(this.context).options.halfClose ?? true;
  }

  /** Which directions have ended. */
  get ends(): Ends {
    const shutdown = this.tls?.shutdownState;
    return {
      sent: this.phase.name === "half closed" || (shutdown?.sent ?? false),
      received: shutdown?.received ?? false,
      truncated: isEstablished(this.phase) && this.phase.truncated,
    };
  }

  /** Options for TLS that is started later: those given then, over those of the socket. */
  later(given: Checked<SocketOptions>, role: Role): Resolved<SocketOptions> {
    return laidOver(this.options, given, role);
  }

  // ---- from phase to phase

  /** Goes to another phase, if it may. */
  moveTo(next: Phase): void {
    if (!mayMove(this.phase.name, next.name)) return;
    this.phase = next;
    if (next.name !== "closed") return;
    this.#disown();
    this.onClose?.();
  }

  /** Back to where a handshake was to begin: no byte was sent, so it may be tried again. */
  backOut(stream: PlainStream, refusal: unknown): void {
    if (this.phase.name === "handshaking") this.phase = { name: "plain", stream, refusal };
  }

  /** We send close_notify now. `answered`: at once, where the peer's came. */
  endWriting(answered = false): void {
    const { phase } = this;
    if (!isEstablished(phase)) return;
    const over = answered || phase.name === "half closed" && phase.answered;
    this.phase = { ...phase, name: "half closed", answered: over };
  }

  /** Frees TLS whose handshake failed; the transport, where the engine gives it back. */
  releaseTls(): ByteTransport | undefined {
    const { tls, stream } = this;
    if (this.phase.name === "handshaking") {
      this.phase.tls = this.phase.stream = this.phase.transport = undefined;
    }
    try {
      return tls?.release() ?? stream?.take();
    } catch {
      tls?.close(); // the Deno engine consumes its transport
      return undefined;
    }
  }

  /** Closes TLS and the transport, once. */
  drop(): void {
    if (this.phase.name === "closed") return;
    const { tls, transport } = this;
    const owned = tls === undefined && transport && owners.get(transport) === this;
    tls?.close();
    this.moveTo({ name: "closed" });
    if (!owned) return;
    try {
      const closed: unknown = transport.close();
      if (closed instanceof Promise) closed.catch(() => {});
    } catch {
      // It was closed beneath us: that is what was wanted.
    }
  }

  // ---- errors

  /** Remembers an error that a caller gets. */
  record(error: unknown): unknown {
    if (error instanceof SslError) {
      this.error = error;
      learn(error, { role: this.settings.role });
    }
    return error;
  }

  /** The error of an operation, as its caller gets it. */
  failure(operation: string, error: unknown, signal?: AbortSignal): unknown {
    if (this.closing) return fromCaller(closedError(operation, this.peer, error));
    // What OpenSSL failed ended with a fatal alert: its session is not to be used again (RFC 5246 7.2.2).
    if (error instanceof SslError && error.library !== undefined) this.outcome?.failed();
    return fromCaller(this.record(toSslError(operation, this.peer, error, signal)));
  }

  /** Nothing more can be read after a truncation, nor after what the peer did wrong or failed with. */
  ended(error: unknown): void {
    const final = error instanceof SslTruncatedError || error instanceof SslPeerError;
    if (final && !this.closing && isEstablished(this.phase)) this.phase.truncated = true;
  }

  /** Inside a callback that the engine makes for this connection nothing can be done that cannot wait. */
  mustBeIdle(operation: string): void {
    if (this.tls?.idle) throw this.record(insideError(`${operation} ${this.peer}`));
  }

  /**
   * The plain stream if data goes there now; `undefined` with TLS.
   *
   * @throws {SslError} Where there is neither, and while a start of TLS that failed stands in the way.
   */
  plainFor(operation: string): PlainStream | undefined {
    if (this.open !== undefined) return undefined;
    const { phase } = this;
    if (phase.name === "plain" && phase.refusal === undefined) return phase.stream;
    const refuse = (
      why: string,
      init: { code: string; errno?: number; cause?: unknown },
    ): never => {
      throw fromCaller(this.record(new SslError(`Cannot ${operation} ${this.peer}: ${why}`, init)));
    };
    if (phase.name === "plain") {
      // What is unread is still to be read, and stands in the way of a start.
      const { refusal } = phase;
      const unread = refusal instanceof SslError && refusal.code === "ERR_UNREAD";
      if (unread && operation === "read from") return phase.stream;
      const reason = "starting TLS has failed";
      const refused = { code: "ERR_START_TLS", reason, cause: refusal };
      return refuse(`${reason}: start it again, or close it`, refused);
    }
    if (phase.name === "closed" || this.closing) {
      throw fromCaller(this.record(closedError(operation, this.peer)));
    }
    if (isEstablished(phase)) {
      const reason = "the peer has ended TLS, and was answered (halfClose: false)";
      const over = { code: "ERR_TLS_ENDED", errno: 1, reason };
      return refuse(`${reason}: call stopSsl() or close()`, over);
    }
    const failed = phase.name === "failed";
    return refuse(failed ? "the handshake failed" : "the handshake is not complete", {
      code: "ENOTCONN",
    });
  }
}
