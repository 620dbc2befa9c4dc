/**
 * From plain text to TLS: the handshake of a connection, whichever way it is started.
 *
 * @module
 */

import { contextFor } from "../context/operation_context.ts";
import { engineContext } from "../context/engine_contexts.ts";
import { type NewConnection, newConnection } from "../context/new_connection.ts";
import { ownOffer } from "../context/offer.ts";
import { checkStart } from "../context/resolved_options.ts";
import type { Checked } from "../context/validate.ts";
import { isTcpConn } from "../engine/dial.ts";
import type { ByteTransport, Role, TlsStream } from "../engine/engine.ts";
import { BufferedTransport, heldBy } from "../engine/transport.ts";
import {
  isWant,
  SSL_WANT_WRITE,
  SslError,
  SslPeerError,
  SslVerifyError,
  type Want,
} from "../errors.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { FastStopped, unreadError } from "./fast_stopped.ts";
import { injected, refuseInjection } from "./injection.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { fitsStart } from "./needs.ts";
import type { SocketOptions, StartOptions } from "./options.ts";
import { type Handshaking, handshakingOver, type Plain } from "./phases.ts";
import type { PlainStream } from "./plain_stream.ts";
import { yieldAbove } from "./readers.ts";
import { closedError, named, toSslError } from "./socket_errors.ts";
import { Deadline, DEFAULT_TIMEOUT } from "./timeouts.ts";
import { adopt, inFront } from "./make_transport.ts";

/** The options of an upgrade that concern only how long it may take. */
const TIMING = new Set(["timeout", "handshakeTimeout", "signal"]);

function hasOthers(options: object): boolean {
  return Object.entries(options).some(([k, v]) => v !== undefined && !TIMING.has(k));
}

/** What the handshake needs of the data of its connection. */
export interface DataAbove {
  /** Plain bytes that wait in the socket's own web stream. */
  streamed(): number;
  /** Answers the peer's close_notify at once. */
  answerEnd(tls: TlsStream): null;
}

/** Starts TLS on a connection, and completes the handshake. */
export class Handshake {
  readonly #life: Lifecycle;
  readonly #above: DataAbove;
  #trap: Promise<void> | undefined;
  #begun = 0;

  constructor(life: Lifecycle, above: DataAbove) {
    this.#life = life;
    this.#above = above;
  }

  /**
   * Starts TLS on a plain socket, with options laid over its own, and completes the handshake. With
   * `keep` a failed one leaves the transport open, unless an option says otherwise.
   */
  async upgrade(role: Role, given: StartOptions = NO_OPTIONS, keep = false): Promise<void> {
    const life = this.#life;
    if (this.#isDone(role, given)) return;
    const plain = this.#mustBePlain(role);
    let more: Checked<SocketOptions>;
    try {
      more = checkStart<SocketOptions>(given);
      this.#mustBeSide(role, more);
      this.#mustNotRead(plain.stream);
    } catch (error) {
      plain.refusal = error;
      throw error;
    }
    life.moveTo(handshakingOver(plain.stream));
    using deadline = this.#deadline(role, ownRecord({ ...life.options, ...more }));
    let connection: NewConnection;
    const before = life.settings;
    try {
      await deadline.race(this.#finishStopped(plain.stream));
      if (hasOthers(more) || role !== before.role) await this.#layOver(role, more, deadline);
      const keepTransport = life.options.keepSocketOnError ?? (keep || before.keepTransport);
      life.settings = { ...life.settings, keepTransport };
      connection = this.#newConnection();
    } catch (error) {
      if (life.closing) throw closedError("start TLS with", life.peer, error);
      life.settings = before; // what was refused is not what the next attempt asks for
      life.backOut(plain.stream, error); // what is written next must not go where TLS was wanted
      throw life.record(error);
    }
    await this.upgradeWith(connection, deadline);
  }

  /** Makes the options given now, and those that the socket was made with, the socket's own. */
  async #layOver(role: Role, more: Checked<SocketOptions>, deadline: Deadline): Promise<void> {
    const life = this.#life;
    const options = life.later(more, role);
    // A listener's own `hostname` is where it listens, and names no peer.
    const hostname = more.hostname ?? life.settings.hostname;
    const over = { overTcp: isTcpConn(life.transport), hostname };
    const context = await deadline.race(contextFor(role, options, fitsStart(role, options, over)));
    const ready = await deadline.race(engineContext(context, role));
    life.settings = { ...life.settings, options, role, context, engineContext: ready, hostname };
  }

  /** Whether the handshake was made already; options for it come too late then. */
  #isDone(role: Role, given: StartOptions): boolean {
    const { established, settings, peer } = this.#life;
    if (established === undefined || settings.role !== role) return false;
    if (!hasOthers(checkStart(given))) return true;
    throw new TypeError(
      `Cannot start TLS with ${peer}: it has been started, so these options cannot count: ` +
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
      `Cannot start TLS with ${this.#life.peer}: ${call}() starts it as ${role}: received ` +
        `server: ${server}: leave it out, or use ${other}()`,
    );
  }

  /** TLS that was stopped fast is at its end, and was read up to there, before another starts. */
  async #finishStopped(stream: PlainStream): Promise<void> {
    await this.#unfinished(stream)?.finish();
  }

  #unfinished(stream: PlainStream): FastStopped | undefined {
    const { transport } = stream;
    if (!(transport instanceof FastStopped) || transport.plain !== undefined) return undefined;
    if (stream.pending() > 0) throw unreadError(`Cannot start TLS with ${this.#life.peer}`);
    return transport;
  }

  #tryFinishStopped(stream: PlainStream): Want | undefined {
    const step = this.#unfinished(stream)?.tryFinish();
    return step !== undefined && isWant(step) ? step : undefined;
  }

  async #plainTransport(plain: PlainStream): Promise<ByteTransport> {
    const transport = plain.take();
    return transport instanceof FastStopped ? await transport.finish() : transport;
  }

  /** A read that began in plain text would take bytes of the handshake. */
  #mustNotRead(stream: PlainStream): void {
    const { peer } = this.#life;
    const streamed = this.#above.streamed();
    if (streamed > 0) throw injected(peer, `${streamed} bytes wait in readable`);
    if (!stream.reading) return;
    throw new SslError(
      `Cannot start TLS with ${peer}: a read of plain text is in flight: await it first`,
      { code: "ERR_CONCURRENT_READ", reason: "a read of plain text is in flight" },
    );
  }

  /** The server's part for a connection that a listener accepted. */
  async accept(deadline: Deadline): Promise<void> {
    if (this.#life.tls !== undefined) return await this.complete(deadline);
    let connection: NewConnection;
    try {
      connection = this.#newConnection();
    } catch (error) {
      this.#life.drop();
      throw error;
    }
    await this.upgradeWith(connection, deadline);
  }

  /** Starts TLS on a plain socket and completes the handshake. */
  async upgradeWith(prepared: NewConnection, deadline: Deadline): Promise<void> {
    const life = this.#life;
    const { stream } = life;
    if (stream === undefined) throw closedError("start TLS with", life.peer);
    life.moveTo(handshakingOver(stream));
    if (life.phase.name === "handshaking") life.phase.prepared = prepared;
    try {
      await deadline.race(this.#takePlain(stream));
    } catch (error) {
      throw await this.#trapped(this.#failed(error, deadline.signal), deadline);
    }
    await this.complete(deadline);
  }

  #mustBePlain(role: Role): Plain {
    const { phase, closing, peer } = this.#life;
    if (phase.name === "plain") return phase;
    const call = role === "client" ? "connectSsl" : "acceptSsl";
    if (phase.name === "closed" || closing) throw closedError("start TLS with", peer);
    throw new TypeError(
      `Cannot start TLS with ${peer}: ${call}() needs a plain socket, made with ` +
        `{ startHandshake: false } or by stopSsl(): this one is ${phase.name}`,
    );
  }

  #newConnection(): NewConnection {
    const { context, role, options, hostname, sessionPeer } = ownRecord(this.#life.settings);
    return newConnection(context, { role, options, hostname, peer: sessionPeer });
  }

  #deadline(role: Role, options: SocketOptions): Deadline {
    return new Deadline({
      timeout: options.timeout ?? DEFAULT_TIMEOUT,
      signal: options.signal,
      operation: role === "client" ? "complete the handshake with" : "accept a handshake from",
      peer: this.#life.peer,
    });
  }

  /** Moves the plain transport under TLS, unless something came that must not. */
  async #takePlain(plain: PlainStream): Promise<void> {
    const life = this.#life;
    await plain.sent;
    const above = yieldAbove(life);
    const { transport, ahead } = await adopt(inFront(await this.#plainTransport(plain), above));
    const { phase } = life;
    if (phase.name !== "handshaking") return; // the time was up, or it was closed
    life.setTransport(transport);
    refuseInjection(life.settings.role, ahead, life.peer);
    this.#startTls(phase, transport);
  }

  #startTls(phase: Handshaking, transport: ByteTransport): void {
    phase.tls = this.#life.settings.engineContext.start(transport, phase.prepared!.params);
    phase.stream = undefined;
  }

  /** Completes the handshake on the TLS stream that is there. */
  async complete(deadline: Deadline): Promise<void> {
    const life = this.#life;
    const { phase } = life;
    const tls = phase.name === "handshaking" ? phase.tls : undefined;
    if (phase.name !== "handshaking" || tls === undefined || life.closing) {
      throw closedError("start TLS with", life.peer);
    }
    life.outcome = phase.prepared?.state;
    this.#begun = performance.now();
    try {
      await deadline.race(tls.handshake()); // which ends when a failure closes it
    } catch (error) {
      throw await this.#trapped(this.#failed(error, deadline.signal), deadline);
    }
    if (life.closing) throw closedError("complete the handshake with", life.peer);
    this.#established(tls);
  }

  #established(tls: TlsStream): void {
    const life = this.#life;
    const { transport } = life;
    const own = (): null => this.#above.answerEnd(tls);
    const onPeerEnd = life.options.onPeerShutdown ?? (life.halfClose ? undefined : own);
    life.moveTo({ name: "open", tls, transport, onPeerEnd, truncated: false });
    life.timings.tls = performance.now() - this.#begun;
    const tracer = life.outcome?.tracer;
    if (tracer === undefined) return;
    const { version, cipher } = tls.negotiated();
    tracer.outcome({ peer: life.peer, version, cipher });
  }

  /** Lets errorTrap finish with the connection, as long as there is time. */
  async #trapped(error: unknown, deadline: Deadline): Promise<unknown> {
    if (this.#trap !== undefined && !deadline.signal?.aborted) {
      await deadline.race(this.#trap).catch(() => {});
    }
    return error;
  }

  /** The error of a handshake, with all that is known; the transport is kept or closed. */
  #failed(cause: unknown, signal?: AbortSignal): unknown {
    const life = this.#life;
    const { outcome, settings, peer } = life;
    outcome?.failed();
    const what = settings.role === "client" ? "connect to" : "accept a handshake from";
    if (life.closing) return closedError(what, peer, cause);
    const found = toSslError(what, peer, outcome?.error ?? cause, signal);
    if (found instanceof SslVerifyError && found.report === undefined) outcome?.refused(found);
    const error = named(what, peer, found, outcome?.schemeAdvice(found));
    if (error instanceof SslVerifyError) outcome?.restate(error);
    if (error instanceof SslPeerError) {
      error.offers = { ...error.offers, own: ownOffer(life.context) };
    }
    if (error instanceof SslError && outcome?.report) error.report ??= outcome.report;
    outcome?.tracer?.outcome({ peer, error });
    this.keepOrDrop(error);
    return life.record(error);
  }

  /** Keeps the transport of a start that failed, or closes it, as the options say. */
  keepOrDrop(error: unknown): void {
    const life = this.#life;
    const { errorTrap } = life.options;
    const kept = life.settings.keepTransport || errorTrap ? life.releaseTls() : undefined;
    if (kept !== undefined && errorTrap === undefined) {
      life.moveTo({ name: "failed", stream: undefined });
      life.setTransport(kept);
      if (error instanceof SslError) error.transport = kept;
      return;
    }
    life.drop();
    if (kept === undefined) return;
    this.#trap = springTrap(errorTrap!, kept, error instanceof Error ? error.message : `${error}`); // the connection is the trap's now
  }

  /** One step of the handshake, without waiting. */
  tryStep(role: Role): true | Want {
    const life = this.#life;
    if (life.established !== undefined && life.settings.role === role) return true;
    if (life.phase.name !== "handshaking") {
      const wanted = this.#tryStart(role);
      if (wanted !== undefined) return life.lastWant = wanted;
    }
    const { tls } = life;
    if (tls === undefined) throw closedError("start TLS with", life.peer);
    life.mustBeIdle("complete the handshake with");
    try {
      const step = tls.tryHandshake();
      if (step === true) this.#established(tls);
      else life.lastWant = step;
      return step;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Starts TLS, unless that has to wait. */
  #tryStart(role: Role): Want | undefined {
    const life = this.#life;
    const plain = this.#mustBePlain(role);
    if (role !== life.settings.role) {
      const call = role === "client" ? "connectSsl()" : "acceptSsl()";
      throw new TypeError(
        `Cannot start TLS with ${life.peer} without waiting: the socket was made for the ` +
          `other side and its context must be loaded: use await ${call}`,
      );
    }
    const { stream } = plain;
    if (stream.unsent > 0) return SSL_WANT_WRITE; // plain bytes go first
    let prepared: NewConnection;
    try {
      this.#mustNotRead(stream);
      const step = this.#tryFinishStopped(stream);
      if (step !== undefined) return step;
      prepared = this.#newConnection();
    } catch (error) {
      plain.refusal = error; // what is written next must not go where TLS was wanted
      throw life.record(error);
    }
    life.outcome = prepared.state;
    this.#begun = performance.now();
    const shaking = handshakingOver(stream, prepared);
    life.moveTo(shaking);
    try {
      this.#startTls(shaking, this.#lookAhead(stream));
    } catch (error) {
      throw this.#failed(error);
    }
    return undefined;
  }

  /** As `adopt` and `refuseInjection`, without waiting. */
  #lookAhead(plain: PlainStream): ByteTransport {
    const life = this.#life;
    const below = plain.take();
    const whole = inFront(below instanceof FastStopped ? below.plain! : below, yieldAbove(life));
    const transport = whole instanceof BufferedTransport ? whole.bare : whole;
    life.setTransport(transport);
    refuseInjection(life.settings.role, heldBy(transport), life.peer);
    return transport;
  }
}

/** The option `errorTrap`: gives the plain connection of a failed handshake away; it is closed if the trap fails. Never rejects. */
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
