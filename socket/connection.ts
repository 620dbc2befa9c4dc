/**
 * A connection, made of its parts: its life, its data, its handshakes and its end. `SslSocket` is
 * what an application has of it; the parts are loaded by the first connection.
 *
 * @module
 */

import type { ConnectionState } from "../context/connection.ts";
import type { SslContext } from "../context/context.ts";
import { engineOf, nativeObject, recordOf } from "../context/context_record.ts";
import type { NativeObject } from "../context/options.ts";
import type { NewConnection } from "../context/new_connection.ts";
import type { Resolved } from "../context/validate.ts";
import type { ByteTransport, Role, TlsStream } from "../engine/engine.ts";
import { type Feature, requireFeature } from "../engine/features.ts";
import type { HandshakeProgress } from "../engine/handshake_progress.ts";
import { SslError } from "../errors.ts";
import { OcspCache, type OcspCacheStore } from "../verify/ocsp/cache.ts";
import type { OcspResolver } from "../verify/ocsp/resolver.ts";
import type { VerifyReport } from "../verify/report.ts";
import { ApplicationData } from "./application_data.ts";
import { channelBinding, type ChannelBindingType, checkExporter } from "./channel_binding.ts";
import { Handshake } from "./handshake.ts";
import { type ConnectionSettings, Lifecycle, ownerOf } from "./lifecycle.ts";
import type { SocketOptions, Timings } from "./options.ts";
import {
  type Directions,
  directions,
  type Handshaking,
  opened,
  type PhaseName,
  type Plain,
} from "./phases.ts";
import { PlainStream } from "./plain_stream.ts";
import { yieldBeneath } from "./readers.ts";
import { Shutdown } from "./shutdown.ts";
import { closedError } from "./socket_errors.ts";
import { SocketStreams } from "./streams.ts";
import type { StreamPair, Transport, TransportSource } from "./transport.ts";
import { adopt, inFront } from "./make_transport.ts";

/** The OCSP results of contexts that were given no cache. */
const caches = new WeakMap<SslContext, OcspCacheStore>();

function cacheOf(context: SslContext): OcspCacheStore {
  let cache = caches.get(context);
  if (cache === undefined) caches.set(context, cache = new OcspCache());
  return cache;
}

/** In place of a plain socket what is beneath it, for an engine that takes Deno's connections only. */
function bareOf(
  { context }: ConnectionSettings,
  transport: ByteTransport,
  below: Connection | undefined,
): ByteTransport {
  if (below?.phase !== "plain" || engineOf(context).features.has("anyTransport")) return transport;
  return below.data.pending() === 0 ? below.life.transport ?? transport : transport;
}

export class Connection {
  /** In which phase it is. */
  readonly life: Lifecycle;
  /** Reading and writing. */
  readonly data: ApplicationData;
  /** From plain text to TLS. */
  readonly handshake: Handshake;
  /** From TLS to plain text, and the end. */
  readonly shutdown: Shutdown;
  #streams: SocketStreams | undefined;

  private constructor(settings: ConnectionSettings, begin: Plain | Handshaking) {
    this.life = new Lifecycle(settings, begin);
    this.data = new ApplicationData(this.life);
    this.handshake = new Handshake(this.life, {
      streamed: () => this.#streams?.waiting ?? 0,
      answerEnd: (tls) => this.data.answerEnd(tls),
    });
    this.shutdown = new Shutdown(this.life);
  }

  /** A connection over a plain transport. */
  static plain(settings: ConnectionSettings, transport: ByteTransport): Connection {
    const stream = new PlainStream(transport);
    return new Connection(settings, { name: "plain", stream, refusal: undefined });
  }

  /**
   * A connection over anything that TLS can run over; bytes that were read ahead come first.
   *
   * @param find The connection of a socket; `undefined` for anything else.
   */
  static async over(
    settings: ConnectionSettings,
    source: Transport | StreamPair | TransportSource,
    find: (source: unknown) => Connection | undefined,
  ): Promise<Connection> {
    if (typeof source === "object" && source && ownerOf(source)) {
      throw new TypeError(
        `Cannot start TLS with ${settings.peer}: another socket has started TLS on this connection: ` +
          `start it on that socket for TLS in TLS, or stop TLS there first`,
      );
    }
    // A handle over the connection of a plain socket would go on reading beneath the new one.
    const below = find(source);
    const beneath = below === undefined ? [] : yieldBeneath(below.life);
    const { transport } = await adopt(source);
    const bare = bareOf(settings, transport, find(transport));
    const connection = Connection.plain(settings, inFront(bare, beneath));
    for (const each of new Set([source, transport, bare])) connection.life.own(each);
    return connection;
  }

  /** A connection on a TLS stream whose handshake has yet to be done. */
  static prepared(
    settings: ConnectionSettings,
    tls: TlsStream,
    prepared: NewConnection,
  ): Connection {
    return new Connection(settings, {
      name: "handshaking",
      stream: undefined,
      transport: undefined,
      tls,
      prepared,
    });
  }

  get phase(): PhaseName {
    return this.life.phase.name;
  }

  get role(): Role {
    return this.life.settings.role;
  }

  get peer(): string {
    return this.life.peer;
  }

  /** The host that was asked for. */
  get hostname(): string | undefined {
    return this.life.settings.hostname;
  }

  get context(): SslContext {
    return this.life.context;
  }

  get options(): Resolved<SocketOptions> {
    return this.life.options;
  }

  get error(): SslError | undefined {
    return this.life.error;
  }

  get outcome(): ConnectionState | undefined {
    return this.life.outcome;
  }

  get established(): TlsStream | undefined {
    return this.life.established;
  }

  get resumes(): boolean {
    return this.life.resumes;
  }

  /** How far the handshake is, where the engine can tell. */
  get progress(): HandshakeProgress | undefined {
    return this.life.tls?.progress;
  }

  /** The directions in which TLS is open. */
  get directions(): Directions {
    return directions(this.phase, this.life.ends);
  }

  /** 1 with TLS, -1 after a failed handshake, 0 otherwise. */
  get opened(): 0 | 1 | -1 {
    return opened(this.phase);
  }

  /** The connection as web streams. */
  get streams(): SocketStreams {
    return this.#streams ??= new SocketStreams({
      read: (p) => this.data.read(p),
      write: (p) => this.data.write(p),
      closeWrite: () => this.shutdown.closeWrite(),
      close: () => this.shutdown.close(),
      cut: () => this.shutdown.cut(),
    });
  }

  /** The transport whose options a call sets; the Deno engine hides it once TLS has begun. */
  tcp(call: string): ByteTransport | undefined {
    const { tls, phase, transport, peer } = this.life;
    if (phase.name === "closed") throw closedError(`use ${call} with`, peer);
    if (tls !== undefined) requireFeature(engineOf(this.context), "anyTransport", call);
    return transport;
  }

  ref(): void {
    const { tls, transport } = this.life;
    if (tls) tls.ref();
    else transport?.ref?.();
  }

  unref(): void {
    const { tls, transport } = this.life;
    if (tls) tls.unref();
    else transport?.unref?.();
  }

  // ---- what is known of the connection; start-up does not pay for it

  /** The evidence of the verification. */
  get report(): VerifyReport {
    return this.outcome?.report ?? nothingVerified();
  }

  /** How long its beginning took. */
  get timings(): Timings {
    const { dns, tcp, tls } = this.life.timings;
    return { dns, tcp, tls, verify: this.outcome?.verifyTime };
  }

  /** The established TLS, if the engine can tell what the call asks for; `undefined` without TLS. */
  tlsFor(call: string, feature?: Feature): TlsStream | undefined {
    const tls = this.established;
    if (tls === undefined || feature === undefined) return tls;
    requireFeature(engineOf(this.context), feature, call);
    return tls;
  }

  /** The same; without TLS an error. */
  mustTls(call: string, feature: Feature): TlsStream {
    return this.tlsFor(call, feature) ?? notConnected(call, `there is no TLS with ${this.peer}`);
  }

  /** Keying material of its TLS. */
  keyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    checkExporter(label, length, context);
    const tls = this.mustTls("exportKeyingMaterial()", "exporter");
    return tls.exportKeyingMaterial(label, length, context);
  }

  /** Bytes that tie an authentication to this connection. */
  channelBinding(type: ChannelBindingType): Uint8Array {
    return channelBinding(this.mustTls("channelBinding()", "exporter"), type);
  }

  /** The engine's object. It leads to those of the context, which the application may change, too. */
  sslObject(): NativeObject {
    const tls = this.mustTls("sslObject()", "nativeObjects");
    const { made, sessions } = recordOf(this.context);
    this.life.mustBeIdle("hand out the SSL of the connection to");
    for (const each of made) each.native?.("used");
    sessions?.isolate();
    const pointer = tls.native?.();
    if (pointer !== undefined) return nativeObject("SSL", { pointer, memory: tls.memory });
    return notConnected("sslObject()", `there is no TLS with ${this.peer}`);
  }

  /** Asks about the certificates of the peer, with the staple that came and what the cache has. */
  ocspResolver(): OcspResolver {
    this.mustTls("ocspResolver()", "ocspResolver");
    const { chain } = this.report;
    if (chain.length === 0) notConnected("ocspResolver()", `${this.peer} showed no certificate`);
    const { options: { ocspMode = 0, ocspCache }, resolver } = recordOf(this.context);
    const cache = ocspCache ?? cacheOf(this.context);
    return new resolver!({ chain, ocspMode, cache, staple: this.outcome?.staple });
  }
}

/** Fails a call for which something is missing. */
function notConnected(call: string, what: string): never {
  throw new SslError(`Cannot use ${call}: ${what}`, { code: "ENOTCONN" });
}

/** The report before a handshake. */
function nothingVerified(): VerifyReport {
  const nothing = { ok: false, chain: [], presented: [], checks: [] };
  return Object.defineProperty({ ...nothing } as unknown as VerifyReport, "toJSON", {
    value: () => ({ ...nothing }),
  });
}
