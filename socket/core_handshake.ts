/**
 * The machine inside a socket, second part: from plain text to TLS.
 *
 * @module
 */

import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { contextFor } from "../context/operation_context.ts";
import { engineContext } from "../context/engine_contexts.ts";
import { newConnection } from "../context/new_connection.ts";
import { ownOffer } from "../context/offer.ts";
import type { StartOptions } from "./options.ts";
import { checkNames } from "../context/validate.ts";
import { BufferedTransport, heldBy } from "../engine/transport.ts";
import type { ByteTransport, Role, TlsStream } from "../engine/engine.ts";
import {
  isWant,
  SSL_WANT_WRITE,
  SslError,
  SslPeerError,
  SslVerifyError,
  type Want,
} from "../errors.ts";
import { adopt, inFront, injected, refuseInjection } from "./adopt.ts";
import { CoreData } from "./core_data.ts";
import type { Connection } from "./core_types.ts";
import type { SocketOptions } from "./options.ts";
import { closedError, named, toSslError } from "./errors.ts";
import { FastStopped, unreadError } from "./fast_stopped.ts";
import type { PlainStream } from "./plain_stream.ts";
import { type Ahead, yieldAhead } from "./readers.ts";
import { Deadline, DEFAULT_TIMEOUT } from "./timeouts.ts";

/** The options of an upgrade that concern only how long it may take. */
const TIMING = new Set(["timeout", "handshakeTimeout", "signal"]);

function hasOthers(options: object): boolean {
  return Object.entries(options).some(([k, v]) => v !== undefined && !TIMING.has(k));
}

/** Handshakes. */
export abstract class CoreHandshake extends CoreData {
  #trap: Promise<void> | undefined;

  // ---- the handshake

  /**
   * Starts TLS on a plain socket, with options laid over its own, and completes the handshake. With
   * `keep` a failed one leaves the transport open, unless an option says otherwise.
   */
  async upgrade(role: Role, given: StartOptions = NO_OPTIONS, keep = false): Promise<void> {
    if (this.#isDone(role, given)) return;
    this.#mustBePlain(role);
    let more: SocketOptions;
    try {
      // The process-wide defaults are in the socket's own options already, for its own side.
      more = checkNames(given, "start");
      this.#mustBeSide(role, more);
      this.#mustNotRead();
    } catch (error) {
      this.refusal = error;
      throw error;
    }
    this.moveTo("handshaking");
    using deadline = this.#deadline(role, ownRecord({ ...this.init.options, ...more }));
    let connection: Connection;
    const before = this.init;
    try {
      await deadline.race(this.#finishStopped());
      if (hasOthers(more) || role !== this.init.role) await this.#layOver(role, more, deadline);
      const keepTransport = this.options.keepSocketOnError ?? (keep || this.init.keepTransport);
      this.init = { ...this.init, keepTransport };
      connection = this.#newConnection();
    } catch (error) {
      if (this.closing) throw closedError("start TLS with", this.peer, error);
      this.init = before; // what was refused is not what the next attempt asks for
      if (this.phase === "handshaking") this.phase = "plain"; // not a byte has gone: it may be tried again
      this.refusal = error; // what is written next must not go where TLS was wanted
      throw this.record(error);
    }
    await this.upgradeWith(connection, deadline);
  }

  /** Makes the options given now, and those that the socket was made with, the socket's own. */
  async #layOver(role: Role, more: SocketOptions, deadline: Deadline): Promise<void> {
    const options = this.later(more);
    const context = await deadline.race(contextFor(role, options));
    const ready = await deadline.race(engineContext(context, role));
    // A listener's own `hostname` is where it listens, and names no peer.
    const hostname = more.hostname ?? this.init.hostname;
    this.init = { ...this.init, options, role, context, engineContext: ready, hostname };
  }

  /** Whether the handshake was made already; options for it come too late then. */
  #isDone(role: Role, given: StartOptions): boolean {
    if (this.phase !== "open" || this.role !== role) return false;
    if (!hasOthers(checkNames(given, "start"))) return true;
    throw new TypeError(
      `Cannot start TLS with ${this.peer}: it has been started, so these options cannot count: ` +
        `received ${Object.keys(given).join(", ")}: give them to connect, listen or start, or ` +
        `call stopSsl() first`,
    );
  }

  #mustBeSide(role: Role, { server }: SocketOptions): void {
    if (server === undefined || server === (role === "server")) return;
    const [call, other] = role === "server"
      ? ["acceptSsl", "connectSsl"]
      : ["connectSsl", "acceptSsl"];
    throw new TypeError(
      `Cannot start TLS with ${this.peer}: ${call}() starts it as ${role}: received ` +
        `server: ${server}: leave it out, or use ${other}()`,
    );
  }

  /** TLS that was stopped fast is at its end, and was read up to there, before another starts. */
  async #finishStopped(): Promise<void> {
    const plain = this.plainData!;
    const { transport } = plain;
    if (!(transport instanceof FastStopped) || transport.plain !== undefined) return;
    if (plain.pending() > 0) throw unreadError(`Cannot start TLS with ${this.peer}`);
    await transport.finish();
  }

  /** As `#finishStopped`, without waiting. */
  #tryFinishStopped(): Want | undefined {
    const plain = this.plainData!;
    const { transport } = plain;
    if (!(transport instanceof FastStopped) || transport.plain !== undefined) return undefined;
    if (plain.pending() > 0) throw unreadError(`Cannot start TLS with ${this.peer}`);
    const step = transport.tryFinish();
    return isWant(step) ? step : undefined;
  }

  /** The plain transport, for TLS. */
  async #plainTransport(plain: PlainStream): Promise<ByteTransport> {
    const transport = plain.take();
    return transport instanceof FastStopped ? await transport.finish() : transport;
  }

  /** A read that began in plain text would take bytes of the handshake. */
  #mustNotRead(): void {
    if (this.streamed > 0) throw injected(this.peer, `${this.streamed} bytes wait in readable`);
    if (!this.plainData!.reading) return;
    throw new SslError(
      `Cannot start TLS with ${this.peer}: a read of plain text is in flight: await it first`,
      { code: "ERR_CONCURRENT_READ", reason: "a read of plain text is in flight" },
    );
  }

  /** The server's part for a connection that a listener accepted. */
  async accept(deadline: Deadline): Promise<void> {
    if (this.tls !== undefined) return await this.handshake(deadline);
    let connection: Connection;
    try {
      connection = this.#newConnection();
    } catch (error) {
      this.dropAll();
      throw error;
    }
    await this.upgradeWith(connection, deadline);
  }

  /** Starts TLS on a plain socket and completes the handshake. */
  async upgradeWith(connection: Connection, deadline: Deadline): Promise<void> {
    this.moveTo("handshaking");
    this.fresh = connection;
    try {
      await deadline.race(this.#takePlain());
    } catch (error) {
      throw await this.#trapped(this.#handshakeFailed(error, deadline.signal), deadline);
    }
    await this.handshake(deadline);
  }

  #mustBePlain(role: Role): void {
    if (this.phase === "plain" && this.plainData !== undefined) return;
    const call = role === "client" ? "connectSsl" : "acceptSsl";
    if (this.phase === "closed" || this.closing) throw closedError("start TLS with", this.peer);
    throw new TypeError(
      `Cannot start TLS with ${this.peer}: ${call}() needs a plain socket, made with ` +
        `{ startHandshake: false } or by stopSsl(): this one is ${this.phase}`,
    );
  }

  #newConnection(): Connection {
    const { context, role, options, hostname, sessionPeer } = ownRecord(this.init);
    return newConnection(context, { role, options, hostname, peer: sessionPeer });
  }

  /** A bound on the handshake. */
  #deadline(role: Role, options: SocketOptions): Deadline {
    return new Deadline({
      timeout: options.timeout ?? DEFAULT_TIMEOUT,
      signal: options.signal,
      operation: role === "client" ? "complete the handshake with" : "accept a handshake from",
      peer: this.peer,
    });
  }

  /** Moves the plain transport under TLS, unless something came that must not. */
  async #takePlain(): Promise<void> {
    const plain = this.plainData!;
    await plain.sent;
    const above = this.yieldAhead();
    const { transport, ahead } = await adopt(inFront(await this.#plainTransport(plain), above));
    if (this.phase !== "handshaking") return; // the time was up, or it was closed
    this.setTransport(transport);
    refuseInjection(this.role, ahead, this.peer);
    this.#startTls(transport);
  }

  #startTls(transport: ByteTransport): void {
    this.tls = this.init.engineContext.start(transport, this.fresh!.params);
    this.plainData = undefined;
  }

  /** Completes the handshake on the TLS stream that is there. */
  async handshake(deadline: Deadline): Promise<void> {
    this.moveTo("handshaking");
    const tls = this.tls;
    if (tls === undefined || this.closing) throw closedError("start TLS with", this.peer);
    this.state = this.fresh?.state;
    try {
      await deadline.race(tls.handshake({ signal: deadline.signal }));
    } catch (error) {
      throw await this.#trapped(this.#handshakeFailed(error, deadline.signal), deadline);
    }
    if (this.closing) throw closedError("complete the handshake with", this.peer);
    this.#established(tls);
  }

  #established(tls: TlsStream): void {
    this.moveTo("open");
    this.refusal = undefined;
    this.data = tls;
    this.onPeerEnd = this.options.onPeerShutdown ??
      (this.halfClose ? undefined : () => this.answerEnd(tls));
    this.truncated = this.writeEnded = this.answered = false;
    const tracer = this.state?.tracer;
    if (tracer === undefined) return;
    const { version, cipher } = tls.negotiated();
    tracer.outcome({ peer: this.peer, version, cipher });
  }

  /** Lets errorTrap finish with the connection, as long as there is time. */
  async #trapped(error: unknown, deadline: Deadline): Promise<unknown> {
    if (this.#trap !== undefined && !deadline.signal?.aborted) {
      await deadline.race(this.#trap).catch(() => {});
    }
    return error;
  }

  #handshakeFailed(cause: unknown, signal?: AbortSignal): unknown {
    this.state?.failed();
    const what = this.role === "client" ? "connect to" : "accept a handshake from";
    if (this.closing) return closedError(what, this.peer, cause);
    const own = this.state?.error ?? cause;
    const found = toSslError(what, this.peer, own, signal);
    if (found instanceof SslVerifyError && found.report === undefined) this.state?.refused(found);
    const error = named(what, this.peer, found, this.state?.schemeAdvice(found));
    if (error instanceof SslVerifyError) this.state?.restate(error);
    this.moveTo("failed");
    if (error instanceof SslPeerError) {
      const own = ownOffer(this.state?.context ?? this.init.context);
      error.offers = { ...error.offers, own };
    }
    if (error instanceof SslError && this.state?.report) error.report ??= this.state.report;
    this.state?.tracer?.outcome({ peer: this.peer, error });
    const { errorTrap } = this.options;
    const kept = this.init.keepTransport || errorTrap ? this.releaseTls() : undefined;
    if (kept === undefined) this.dropAll();
    else if (errorTrap !== undefined) {
      this.transport = this.plainData = undefined; // it is the trap's now
      this.dropAll();
      const message = error instanceof Error ? error.message : String(error);
      this.#trap = springTrap(errorTrap, kept, message);
    } else {
      this.setTransport(kept);
      if (error instanceof SslError) error.transport = kept;
    }
    return this.record(error);
  }

  /** One step of the handshake, without waiting. */
  tryHandshake(role: Role): true | Want {
    if (this.phase === "open" && this.role === role) return true;
    if (this.phase !== "handshaking") {
      this.#mustBePlain(role);
      if (role !== this.role) {
        const call = role === "client" ? "connectSsl()" : "acceptSsl()";
        throw new TypeError(
          `Cannot start TLS with ${this.peer} without waiting: the socket was made for the ` +
            `other side and its context must be loaded: use await ${call}`,
        );
      }
      const plain = this.plainData!;
      if (plain.unsent > 0) return this.lastWant = SSL_WANT_WRITE; // plain bytes go first
      try {
        this.#mustNotRead();
        const step = this.#tryFinishStopped();
        if (step !== undefined) return this.lastWant = step;
        this.fresh = this.#newConnection();
      } catch (error) {
        this.refusal = error; // what is written next must not go where TLS was wanted
        throw this.record(error);
      }
      this.state = this.fresh.state;
      this.moveTo("handshaking");
      try {
        this.#startTls(this.#lookAhead(plain));
      } catch (error) {
        throw this.#handshakeFailed(error);
      }
    }
    const tls = this.tls;
    if (tls === undefined) throw closedError("start TLS with", this.peer);
    this.mustBeIdle("complete the handshake with");
    try {
      const step = tls.tryHandshake();
      if (step === true) this.#established(tls);
      else this.lastWant = step;
      return step;
    } catch (error) {
      throw this.#handshakeFailed(error);
    }
  }

  /** As `adopt` and `refuseInjection`, without waiting. */
  #lookAhead(plain: PlainStream): ByteTransport {
    const below = plain.take();
    const whole = inFront(below instanceof FastStopped ? below.plain! : below, this.yieldAhead());
    const transport = whole instanceof BufferedTransport ? whole.bare : whole;
    this.setTransport(transport);
    refuseInjection(this.role, heldBy(transport), this.peer);
    return transport;
  }

  /** What was read ahead above the socket, for the handshake: by a `Handle`, over whatever it is. */
  yieldAhead(): Ahead[] {
    const own = this.face === undefined ? [] : yieldAhead(this.face, false);
    return [...own, ...this.yieldBeneath()];
  }

  /** What was read ahead of a plain socket by a `Handle` over its transport. */
  yieldBeneath(): Ahead[] {
    const given: Ahead[] = [];
    if (this.phase === "open") return given; // the transport is TLS's own
    for (let t: ByteTransport | undefined = this.transport; t; t = beneath(t)) {
      given.push(...yieldAhead(t, true));
    }
    return given;
  }
}

function beneath(transport: ByteTransport): ByteTransport | undefined {
  return (transport as { readonly inner?: ByteTransport }).inner;
}

/** The option `errorTrap`: gives the plain connection of a failed handshake away; it is closed if whoever gets it fails. Never rejects. */
async function springTrap(
  trap: (connection: ByteTransport, message: string) => unknown,
  transport: ByteTransport,
  message: string,
): Promise<void> {
  try {
    await trap(transport, message);
  } catch {
    try {
      await transport.close();
    } catch {
      // It was closed beneath us.
    }
  }
}
