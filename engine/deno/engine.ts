/**
 * The Deno engine: Deno's own TLS (rustls) behind the seam. It needs no
 * permission but that for the network, and offers what Deno's public API
 * offers; what it cannot honour throws.
 *
 * Three things differ from the OpenSSL engine in ways that a caller may meet,
 * all measured with Deno 2.9.6:
 *
 * - `close()` sends close_notify, even with a write in flight: the public API
 *   has no other way to end. So the peer does not notice when a connection is
 *   closed in the middle of a message.
 * - A connection that is closed before its handshake is complete keeps its
 *   socket in the runtime until the peer gives up.
 * - The verify hook runs when the handshake is complete: before any
 *   application byte, but after the client's own certificate was sent.
 *
 * @module
 */

import { derToPem } from "../../certificate/keys/pem.ts";
import { quotePath } from "../../internal/quote.ts";
import { NO_OPTIONS } from "../../internal/own_options.ts";
import { dialTcp, isTcpConn } from "../dial.ts";
import { type FeatureSet, lacking } from "../features.ts";
import type {
  ByteTransport,
  ContextConfig,
  DialTarget,
  Engine,
  EngineContext,
  EngineInfo,
  EngineListener,
  ListenTarget,
  PeerEvidence,
  Role,
  SessionParams,
  TlsStream,
  WaitOptions,
} from "../engine.ts";
import { checkConfig, DENO, type PemCredential, pemCredential } from "./check.ts";
import { type ClientOptions, dialWithCertificate, runtimeName } from "./dial.ts";
import { denoInfo, hasPeerCertificate } from "./capabilities.ts";
import { lingering } from "./lingering.ts";
import { DenoListener } from "./listener.ts";
import { DenoStream } from "./stream.ts";

/** A configuration that Deno's own TLS can honour. */
export class DenoContext implements EngineContext {
  readonly role: Role;
  readonly #config: ContextConfig;
  readonly #credential: PemCredential | undefined;
  readonly #caCerts: readonly string[];

  /** Takes a configuration that was checked. */
  constructor(config: ContextConfig, credential: PemCredential | undefined) {
    this.role = config.role;
    this.#config = config;
    this.#credential = credential;
    this.#caCerts = config.trust.extra.map((der) => derToPem(der));
  }

  /** Opens a connection; its handshake has yet to be done, but with a client certificate. */
  async dial(
    target: DialTarget,
    params: SessionParams,
    options: WaitOptions = NO_OPTIONS,
  ): Promise<TlsStream> {
    const client = this.#clientOptions(params);
    if (target.transport !== "tcp") {
      throw lacking(DENO, "anyTransport", `TLS over the Unix socket ${quotePath(target.path)}`);
    }
    if (lingering.wait > 0) await lingering.room(options); // else at once: nothing comes in between
    if (this.#credential !== undefined) {
      const conn = await dialWithCertificate(target, client, this.#credential, options);
      return this.#stream(params, { conn, ownCertificate: this.#credential.leaf });
    }
    const tcp = await dialTcp(target, options) as Deno.TcpConn;
    return this.#stream(params, { plain: { tcp, options: client } });
  }

  /** Takes over an open TCP connection. */
  start(transport: ByteTransport, params: SessionParams): TlsStream {
    if (this.role === "server") throw lacking(DENO, "startServer", "start() as server");
    if (this.#credential !== undefined) {
      throw lacking(DENO, "clientCertificateOnStart", "a client certificate with start()");
    }
    const options = this.#clientOptions(params);
    if (!isTcpConn(transport)) {
      throw lacking(DENO, "anyTransport", "start() over anything but a Deno.TcpConn");
    }
    return this.#stream(params, { plain: { tcp: transport, options } });
  }

  /** Listens with the certificate of this context. */
  listen(target: ListenTarget): EngineListener {
    if (this.role !== "server") {
      throw new TypeError("Cannot listen: the context was made for a client");
    }
    const { alpn, contextByName } = this.#config;
    const credentialFor = contextByName &&
      ((serverName: string) => this.#chosen(contextByName(serverName)));
    return new DenoListener(target, {
      context: this,
      credential: this.#credential,
      credentialFor,
      alpn,
    });
  }

  /** The certificate of the context that was chosen: `undefined` keeps this one, `null` has none. */
  #chosen(context: EngineContext | undefined | null): PemCredential | undefined {
    if (context === undefined) return this.#credential;
    return context instanceof DenoContext ? context.#credential : undefined;
  }

  /** Nothing to be freed. */
  close(): void {
    // Nothing is held outside of memory.
  }

  #clientOptions(params: SessionParams): ClientOptions {
    if (this.role === "server") {
      throw new TypeError("Cannot connect: the context was made for a server");
    }
    if (params.session !== undefined) throw lacking(DENO, "sessions", "a session to resume");
    const { skipHostname, alpn } = this.#config;
    return {
      hostname: runtimeName(params, skipHostname),
      caCerts: [...this.#caCerts],
      unsafelyDisableHostnameVerification: skipHostname,
      ...(alpn.length === 0 ? {} : { alpnProtocols: [...alpn] }),
    };
  }

  #stream(
    params: SessionParams,
    more: Pick<ConstructorParameters<typeof DenoStream>[0], "conn" | "plain" | "ownCertificate">,
  ): DenoStream {
    const { hooks } = this.#config;
    return new DenoStream({
      role: "client",
      serverName: params.serverName,
      judge: (evidence: PeerEvidence) => hooks.verify?.(evidence, params.user),
      ...more,
    });
  }
}

class DenoEngine implements Engine {
  readonly name = "deno";
  readonly #contexts = new WeakMap<EngineContext, DenoContext>();
  #features: FeatureSet | undefined;

  get features(): FeatureSet {
    if (this.#features?.has("peerCertificate") === hasPeerCertificate()) return this.#features;
    return this.#features = denoInfo().features;
  }

  info(): EngineInfo {
    return denoInfo();
  }

  async createContext(config: ContextConfig): Promise<EngineContext> {
    checkConfig(config);
    const [credential] = config.credentials;
    const context = new DenoContext(config, credential && await pemCredential(credential));
    this.#contexts.set(context, context);
    return context;
  }

  listen(target: ListenTarget, context: EngineContext): EngineListener {
    const own = this.#contexts.get(context);
    if (own === undefined) throw new TypeError("Cannot listen: the context is of another engine");
    return own.listen(target);
  }
}

let engine: DenoEngine | undefined;

export function denoEngine(): Engine {
  return engine ??= new DenoEngine();
}
