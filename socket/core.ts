/**
 * The machine inside a socket: which phase it is in, the TLS stream or the
 * plain transport it works on, and the last error. `SslSocket` is its face.
 * This part: how it begins and how it ends.
 *
 * @module
 */

import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import type { SslContext } from "../context/context.ts";
import { recordOf } from "../context/context_record.ts";
import { engineOf } from "../context/context_record.ts";
import type { HandshakeProgress } from "../engine/handshake_progress.ts";
import type { ByteTransport, TlsStream, WaitOptions } from "../engine/engine.ts";
import { type SslError, SslUnsupportedError, type Want } from "../errors.ts";
import { OcspCache, type OcspCacheStore } from "../verify/ocsp/cache.ts";
import * as ocsp from "../verify/ocsp/resolver.ts";
import type { VerifyReport } from "../verify/report.ts";
import { adopt, inFront } from "./adopt.ts";
import { CoreHandshake } from "./core_handshake.ts";
import { channelBinding, type ChannelBindingType } from "./channel_binding.ts";
import type { Connection, CoreInit } from "./core_types.ts";
import type { CloseOptions } from "./options.ts";
import { closedError, toSslError } from "./errors.ts";
import { coreOf, SocketInfo } from "./info.ts";
import { FastStopped, unreadError } from "./fast_stopped.ts";
import { type Directions, directions, opened } from "./state.ts";
import { SocketStreams } from "./streams.ts";
import { Deadline, DEFAULT_CLOSE_TIMEOUT, DEFAULT_TIMEOUT } from "./timeouts.ts";
import type { StreamPair, Transport, TransportSource } from "./transport.ts";

/** The OCSP results of contexts that were given no cache. */
const caches = new WeakMap<SslContext, OcspCacheStore>();

function cacheOf(context: SslContext): OcspCacheStore {
  let cache = caches.get(context);
  if (cache === undefined) caches.set(context, cache = new OcspCache());
  return cache;
}

/** The machine inside a socket. */
export class SocketCore extends CoreHandshake {
  #streams: SocketStreams | undefined;

  /** A socket over a plain transport. */
  static plain(init: CoreInit, transport: ByteTransport): SocketCore {
    const core = new SocketCore(init);
    core.setTransport(transport);
    return core;
  }

  /** A socket over anything that TLS can run over; bytes that were read ahead come first. */
  static async over(
    init: CoreInit,
    source: Transport | StreamPair | TransportSource,
  ): Promise<SocketCore> {
    const owner = typeof source === "object" && source && SocketCore.ownerOf(source);
    if (owner) {
      throw new TypeError(
        `Cannot start TLS with ${init.peer}: another socket has started TLS on this connection: ` +
          `start it on that socket for TLS in TLS, or stop TLS there first`,
      );
    }
    // A handle over the connection of a plain socket would go on reading beneath the new one.
    const beneath = source instanceof SocketInfo ? coreOf(source).yieldBeneath() : [];
    const { transport } = await adopt(source);
    const core = SocketCore.plain(init, inFront(transport, beneath));
    core.own(source);
    return core;
  }

  /** A socket on a TLS stream whose handshake has yet to be done. */
  static prepared(init: CoreInit, tls: TlsStream, connection: Connection): SocketCore {
    const core = new SocketCore(init);
    core.tls = tls;
    core.fresh = connection;
    core.ownAddr = tls.localAddr;
    core.peerAddr = tls.remoteAddr;
    return core;
  }

  // ---- what getters need and start-up must not pay for: the machine is loaded by a connection

  /** Bytes that tie an authentication to this connection. */
  channelBinding(tls: TlsStream, type: ChannelBindingType): Uint8Array {
    return channelBinding(tls, type);
  }

  /** The engine's object. It leads to those of the context, which the application may change, too. */
  handOut(tls: TlsStream): Deno.PointerObject | undefined {
    const { made, sessions } = recordOf(this.context);
    this.mustBeIdle("hand out the SSL of the connection to");
    for (const each of made) each.native?.("used");
    sessions?.isolate();
    return tls.native?.();
  }

  /** Asks about the certificates of a chain, with the staple that came and what the cache has. */
  ocspResolver(chain: VerifyReport["chain"]): ocsp.OcspResolver {
    const { ocspMode = 0, ocspCache } = recordOf(this.context).options;
    const cache = ocspCache ?? cacheOf(this.context);
    return new ocsp.OcspResolver({ chain, ocspMode, cache, staple: this.state?.staple });
  }

  /** How far the handshake is, where the engine can tell. */
  get progress(): HandshakeProgress | undefined {
    return this.tls?.progress;
  }

  /** The directions in which TLS is open. */
  get directions(): Directions {
    return directions(this.phase, this.ends);
  }

  /** 1 with TLS, -1 after a failed handshake, 0 otherwise. */
  get opened(): 0 | 1 | -1 {
    return opened(this.phase);
  }

  /** The socket as web streams. */
  get streams(): SocketStreams {
    return this.#streams ??= new SocketStreams(this);
  }

  /** Plain bytes that wait in `readable`. */
  protected override get streamed(): number {
    return this.#streams?.waiting ?? 0;
  }

  // ---- the end

  /** Ends our direction with close_notify. */
  async closeWrite(options?: WaitOptions): Promise<void> {
    if (this.answered && this.phase === "open") return;
    const plain = this.plainFor("write to");
    if (plain !== undefined) {
      await plain.sent;
      return await this.transport?.closeWrite?.();
    }
    if (this.writeEnded) return;
    this.writeEnded = true;
    try {
      await this.data!.shutdown(ownRecord({ fast: true, ...options }));
    } catch (error) {
      throw this.failure("write to", error, options?.signal);
    }
  }

  /** Goes back to plain text; the transport. */
  async stop(options: CloseOptions = NO_OPTIONS): Promise<ByteTransport> {
    const tls = this.established;
    if (tls === undefined || this.closing) {
      const plain = this.plainFor("stop TLS with")!; // says what is wrong, unless it is plain
      const transport = plain.take();
      this.setTransport(transport);
      return transport;
    }
    this.#mustStop();
    const { idle } = tls;
    if (idle !== undefined) await idle;
    using deadline = new Deadline({
      timeout: options.timeout ?? this.options.timeout ?? DEFAULT_TIMEOUT,
      operation: "stop TLS with",
      peer: this.peer,
    });
    const fast = options.fastShutdown === true && !options.noShutdown;
    try {
      const { signal } = deadline;
      // Before anything is sent: who reads on finds TLS as it was.
      if (!fast && typeof tls.tryPeek(new Uint8Array(1)) === "number") throw this.#unread();
      if (!options.noShutdown) {
        this.writeEnded = true;
        await deadline.race(tls.shutdown({ fast: true, signal }));
        if (!fast && await deadline.race(tls.peek(new Uint8Array(1), { signal })) !== null) {
          throw this.#unread();
        }
      }
    } catch (error) {
      this.ended(error);
      throw this.failure("stop TLS with", error, deadline.signal);
    }
    if (this.closing) throw closedError("stop TLS with", this.peer);
    return this.#toPlain(tls, fast);
  }

  /** What came over TLS must not mix with what comes in plain text, nor be lost. */
  #unread(): SslError {
    return unreadError(`Cannot stop TLS with ${this.peer}`);
  }

  /** Deno's TLS keeps its connection: said before anything is sent. */
  #mustStop(): void {
    const engine = engineOf(this.context);
    if (engine.features.has("stopTls")) return;
    throw new SslUnsupportedError(
      `Cannot stop TLS with ${this.peer}: the engine "${engine.name}" cannot go back to plain ` +
        `text: run with --allow-ffi to use the engine "openssl"`,
      { code: "ERR_UNSUPPORTED" },
    );
  }

  #toPlain(tls: TlsStream, early: boolean): ByteTransport {
    const transport = early && !tls.endTold && this.transport
      ? new FastStopped(tls, this.transport)
      : tls.release();
    this.tls = undefined;
    this.moveTo("plain");
    this.setTransport(transport);
    return transport;
  }

  /** One step of going back to plain text, without waiting. */
  tryStop(): true | Want {
    const tls = this.established;
    if (tls === undefined) {
      this.plainFor("stop TLS with");
      return true;
    }
    this.#mustStop();
    this.mustBeIdle("stop TLS with");
    try {
      const step = tls.tryShutdown();
      this.writeEnded ||= tls.shutdownState.sent;
      if (step === false) throw this.#unread();
      if (step === true) this.#toPlain(tls, false);
      else this.lastWant = step;
      return step;
    } catch (error) {
      this.ended(error);
      throw this.failure("stop TLS with", error);
    }
  }

  /** Closes everything; the second call waits for the first. */
  close(options: CloseOptions = NO_OPTIONS): Promise<void> {
    if (this.closing !== undefined) return this.closing;
    if (options.noShutdown) this.#mustCut();
    const closing = this.#close(options);
    this.closing = closing.catch(() => {}); // the first caller is told
    return closing;
  }

  /** Deno's TLS sends close_notify whenever it closes; there is no way around it. */
  #mustCut(): void {
    const engine = engineOf(this.context);
    if (this.established === undefined || engine.features.has("noShutdown")) return;
    throw new SslUnsupportedError(
      `Cannot close with noShutdown: the engine "${engine.name}" always sends close_notify: ` +
        `leave it out, or run with --allow-ffi to use the engine "openssl"`,
      { code: "ERR_UNSUPPORTED" },
    );
  }

  /**
   * Closes at once and, where the engine can, without close_notify, so that the peer does not take
   * what it has got for the whole.
   */
  cut(): Promise<void> {
    return this.closing ??= this.#close(ownRecord({ noShutdown: true }));
  }

  async #close(options: CloseOptions): Promise<void> {
    const tls = this.established;
    const fast = options.fastShutdown ?? true;
    const sent = this.writeEnded && fast;
    let failure: unknown;
    if (tls !== undefined && !options.noShutdown && !sent) {
      this.writeEnded = true;
      using deadline = new Deadline({
        timeout: options.timeout ?? DEFAULT_CLOSE_TIMEOUT,
        operation: "close the connection to",
        peer: this.peer,
      });
      try {
        await deadline.race(tls.shutdown({ fast, signal: deadline.signal }));
      } catch (error) {
        // A peer that is gone cannot be told; errstr() has it for those who ask.
        failure = this.record(toSslError("close the connection to", this.peer, error));
      }
    }
    this.dropAll();
    if (failure !== undefined && !fast) throw failure;
  }
}
