/**
 * The seam between the socket layer and an engine. The code above it does not
 * know which engine is at work; the code below it knows no options, files or
 * host name schemes. What crosses it is bytes, plain data and two decisions of
 * the layer above: {@linkcode ContextHooks.verify} and
 * {@linkcode ContextHooks.selectContext}.
 *
 * A third engine implements {@linkcode Engine}, {@linkcode EngineContext} and
 * {@linkcode TlsStream}. An engine without I/O of its own implements the session
 * of sans_io.ts instead of the stream: the pump makes the stream.
 *
 * @module
 */

import type { Want } from "../errors.ts";
import type { ChainRequest, ChainResult } from "./chain_verification.ts";
import type { ClientHello } from "./client_hello.ts";
import type { ShutdownState, TlsFacts } from "./connection_facts.ts";
import type { FeatureSet } from "./features.ts";
import type { HandshakeProgress } from "./handshake_progress.ts";
import type { EngineName, PeerEvidence, Role, TrustConfig } from "../verify/peer.ts";

export type { ClientHello, EngineName, PeerEvidence, Role, TrustConfig };

/**
 * A plain, bidirectional byte stream: what TLS runs over.
 *
 * @category Sockets
 */
export interface ByteTransport {
  /** Reads up to `p.length` bytes; `null` at the end of the stream. */
  read(p: Uint8Array): Promise<number | null>;
  /** Writes some of `p`, at least one byte. */
  write(p: Uint8Array): Promise<number>;
  /** Closes both directions. */
  close(): void;
  /** Ends the direction to the peer, if the transport can. */
  closeWrite?(): Promise<void>;
  /** Our address, if it has one. */
  readonly localAddr?: Deno.Addr | undefined;
  /** The peer's address, if it has one. */
  readonly remoteAddr?: Deno.Addr | undefined;
  /** Switches Nagle's algorithm. */
  setNoDelay?(noDelay?: boolean): void;
  /** Switches the question to a silent peer whether it is still there (SO_KEEPALIVE). */
  setKeepAlive?(keepAlive?: boolean): void;
  /** Lets the event loop wait for the transport. */
  ref?(): void;
  /** Does not let the event loop wait for the transport. */
  unref?(): void;
}

/** Where a client connects to. */
export type DialTarget =
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly transport: "unix"; readonly path: string };

/**
 * The result of {@linkcode Engine.info}.
 *
 * @category Engines
 */
export interface EngineInfo {
  /** Which engine. */
  readonly name: EngineName;
  /** Its version, e.g. `OpenSSL 3.0.22 25 Aug 2026`. */
  readonly version: string;
  /** The path of the library that was loaded, if one was. */
  readonly path: string | undefined;
  /** What it can do here. */
  readonly features: FeatureSet;
}

/** A private key as it came from the user. */
export interface KeyMaterial {
  /** PEM text as bytes (PKCS#8, PKCS#1, SEC1, encrypted or not) or DER. */
  readonly data: Uint8Array;
  /** How `data` is encoded. */
  readonly format: "pem" | "der";
  /** The password of an encrypted key. */
  readonly password?: string;
  /** Where it came from, for messages: a file name, or "key". */
  readonly source: string;
}

/** A certificate with its chain and key. */
export interface Credential {
  /** DER, the leaf first. */
  readonly chain: readonly Uint8Array[];
  /** The leaf's private key. */
  readonly key: KeyMaterial;
  /** Where the certificate came from, for messages: a file name, or "cert". */
  readonly source: string;
}

/** TLS versions as the wire has them. */
export type TlsVersion = 0x0300 | 0x0301 | 0x0302 | 0x0303 | 0x0304;

/** What an engine makes a context from: all in memory, all checked. */
export interface ContextConfig {
  /** The side this context is for. */
  readonly role: Role;
  /** The versions allowed. */
  readonly versions: ReadonlySet<TlsVersion>;
  /** OpenSSL cipher string for TLS 1.2 and below; "" is OpenSSL's own default; `undefined` ours. */
  readonly cipherList: string | undefined;
  /** TLS 1.3 suites, colon-separated. */
  readonly ciphersuites: string | undefined;
  /** Whether the server's order of ciphers decides. */
  readonly honorCipherOrder: boolean;
  /** Groups, colon-separated; `undefined` is the engine's default. */
  readonly groups: string | undefined;
  /** Signature algorithms, colon-separated. */
  readonly sigalgs: string | undefined;
  /** DH parameters in PEM or DER; `null` turns finite-field DH off. */
  readonly dh: "auto" | null | Uint8Array;
  /** Turns ephemeral ECDH off (TLS 1.2). */
  readonly noEcdh: boolean;
  /** Our certificates; several when they have different key types. */
  readonly credentials: readonly Credential[];
  /** Whom to trust. */
  readonly trust: TrustConfig;
  /** The CA certificates, in DER, whose names a server sends to its clients. */
  readonly clientCa: readonly Uint8Array[];
  /** SSL_VERIFY_* flags. */
  readonly verifyMode: number;
  /** ALPN protocols: offered by a client, preferred in this order by a server. */
  readonly alpn: readonly string[];
  /** NPN protocols (TLS 1.2). */
  readonly npn: readonly string[];
  /** Ask for (client) a stapled OCSP response. */
  readonly requestOcsp: boolean;
  /** The session id context of a server. */
  readonly sessionIdContext: Uint8Array | undefined;
  /** A server gives no TLS 1.3 tickets. */
  readonly noTickets?: boolean | undefined;
  /** SSL_MODE_RELEASE_BUFFERS; `undefined` where the engine may choose. */
  readonly releaseBuffers: boolean | undefined;
  /** The Deno engine's switch that leaves the host name unchecked. */
  readonly skipHostname: boolean;
  /**
   * Pre-shared keys are in use, so a peer may come without a certificate; see {@linkcode
   * ContextHooks.psk}.
   */
  readonly psk?: boolean | undefined;
  /** As {@linkcode ContextHooks.selectContext}, where the name alone decides, each time the same. */
  readonly contextByName?: ((serverName: string) => EngineContext | undefined | null) | undefined;
  /** A client keeps sessions: {@linkcode ContextHooks.newSession} gets them. */
  readonly sessions?: boolean | undefined;
  /** The decisions of the layer above. */
  readonly hooks: ContextHooks;
}

/** A pre-shared key with its name. */
export interface Psk {
  /** The identity, sent in clear. */
  readonly identity: Uint8Array;
  /** The secret. */
  readonly key: Uint8Array;
}

/** A session ticket key of a server. */
export interface TicketKey {
  /** 16 bytes that name the key inside a ticket. */
  readonly name: Uint8Array;
  /** 32 bytes of secret. */
  readonly key: Uint8Array;
  /** A ticket under an old key is answered with a new one. */
  readonly renew?: boolean;
}

/** One certificate that OpenSSL looks at while it verifies a chain. */
export interface CertificateEvent {
  /** OpenSSL's own judgement of it. */
  readonly ok: boolean;
  /** X509_V_ERR number; 0 is OK. */
  readonly error: number;
  /** Counted from the leaf, which is 0. */
  readonly depth: number;
  /** The certificate in DER. */
  readonly certificate: Uint8Array;
  /** The chain so far, in DER. */
  readonly chain: () => readonly Uint8Array[];
}

/** One protocol message, as OpenSSL's message callback reports it. */
export interface MessageEvent {
  /** Sent or received. */
  readonly direction: "read" | "write";
  /** The protocol version, as the wire has it. */
  readonly version: number;
  /**
   * 20 change cipher spec, 21 alert, 22 handshake, 256 record header, 257 inner content type, ...
   */
  readonly contentType: number;
  /** The message. */
  readonly bytes: Uint8Array;
}

/** The decisions and notifications of the layer above. All may throw: that refuses the peer. */
export interface ContextHooks {
  /**
   * Judges the peer of one connection. `params` is what {@linkcode SessionParams.user} held.
   * Returns the error of the refusal, or `undefined` to accept. Called before any
   * application byte or the client's own certificate is sent, with a mode other than NONE.
   */
  verify?(evidence: PeerEvidence, user: unknown): Error | undefined;
  /**
   * Called for each certificate while the chain is verified, before `verify`; only `true`
   * accepts it. A promise suspends the handshake: nothing leaves until it has settled.
   */
  verifyEach?(event: CertificateEvent, user: unknown): boolean | PromiseLike<boolean>;
  /**
   * A server chooses the context for the name in the ClientHello ("" when it has none);
   * `undefined` keeps this one, `null` refuses with unrecognized_name. A promise suspends.
   */
  selectContext?(
    serverName: string,
    user: unknown,
    hello: ClientHello,
  ): EngineContext | undefined | null | PromiseLike<EngineContext | undefined | null>;
  /** A client got a session, in DER (SSL_SESSION of OpenSSL), that can be resumed. */
  newSession?(session: Uint8Array, user: unknown): void;
  /**
   * Whether a client whose certificate, in DER, is in its session may resume it. If not, there is
   * a full handshake, in which `verifyEach` is asked again.
   */
  mayResume?(certificate: Uint8Array, user: unknown): boolean;
  /** A server's ticket key: for a new ticket without a name, or by the name inside a ticket. */
  ticketKey?(name: Uint8Array | undefined, user: unknown): TicketKey | undefined;
  /** A client judges the stapled OCSP response, or its absence, once the server's flight is in. */
  ocsp?(response: Uint8Array | undefined, user: unknown): Error | undefined;
  /** The OCSP response that a server staples, in DER, for the certificate that it sends, in DER. */
  ocspStaple?(user: unknown, certificate: Uint8Array | undefined): Uint8Array | undefined;
  /** A client's key, by the server's hint; a server's key, by the client's identity. */
  psk?(name: Uint8Array | undefined, user: unknown): Psk | undefined;
  /** Every protocol message. */
  message?(event: MessageEvent, user: unknown): void;
  /** One line in the NSS key log format, without the newline. */
  keylog?(line: string): void;
}

/** What one connection adds to its context. */
export interface SessionParams {
  /** The SNI name a client sends; `undefined` sends none. */
  readonly serverName: string | undefined;
  /** The name the Deno engine verifies; the OpenSSL engine leaves names to the hook. */
  readonly verifyName: string | undefined;
  /** A session to resume, in DER. */
  readonly session?: Uint8Array | undefined;
  /** Handed to the hooks. */
  readonly user: unknown;
}

/**
 * Options of one call that waits.
 *
 * @category Sockets
 */
export interface WaitOptions {
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@linkcode TlsStream.shutdown}. */
export interface ShutdownOptions extends WaitOptions {
  /** Send close_notify but do not wait for the peer's. */
  readonly fast?: boolean;
}

/**
 * One TLS connection. Reading and writing are independent of each other; at
 * most one read may be in flight, writes queue. `read` gives `null` only after
 * the peer's close_notify; an end without one is an `SslTruncatedError`.
 */
export interface TlsStream extends TlsFacts {
  /** Which side we are. */
  readonly role: Role;
  /** Completes the handshake. On failure the alert has been sent to the peer. Idempotent. */
  handshake(options?: WaitOptions): Promise<void>;
  /** One step of the handshake, without waiting. */
  tryHandshake(): true | Want;
  /** Whether the handshake is complete. */
  readonly established: boolean;
  /** How far the handshake is, where the engine sees the peer's bytes. */
  readonly progress?: HandshakeProgress;
  /** Reads decrypted bytes. */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null>;
  /** As `read`, without waiting. */
  tryRead(p: Uint8Array): number | null | Want;
  /** Reads without consuming. */
  peek(p: Uint8Array, options?: WaitOptions): Promise<number | null>;
  /** As `peek`, without waiting. */
  tryPeek(p: Uint8Array): number | null | Want;
  /** Decrypted bytes that can be read without waiting. */
  pending(): number;
  /** Encrypts and sends all of `p`. */
  write(p: Uint8Array, options?: WaitOptions): Promise<number>;
  /** As `write`, without waiting: takes what fits into the send buffer. */
  tryWrite(p: Uint8Array): number | Want;
  /** Resolves when the direction may progress. */
  ready(want: Want, options?: WaitOptions): Promise<void>;
  /** Sends close_notify; unless `fast`, throws away what comes until the peer's has come. */
  shutdown(options?: ShutdownOptions): Promise<void>;
  /**
   * One step of the shutdown in both directions, without waiting. It never throws data away:
   * `false` means that there are bytes to be read first.
   */
  tryShutdown(): boolean | Want;
  /** Which close_notify alerts have gone and come. */
  readonly shutdownState: ShutdownState;
  /**
   * Whether a read has given `null` for the peer's close_notify; for engines that give the
   * transport back.
   */
  readonly endTold?: boolean;
  /**
   * Inside a callback of this connection: resolves when the engine's call that made the callback
   * has returned. Until then methods that return a promise wait, and the others throw
   * `ERR_IN_CALLBACK`; only `close` works at once.
   */
  readonly idle?: Promise<void> | undefined;
  /** Frees TLS and gives back the transport, with the bytes that were read ahead. */
  release(): ByteTransport;
  /** Frees TLS and closes the transport at once, without close_notify. Idempotent. */
  close(): void;
  /** The addresses. */
  readonly localAddr: Deno.Addr | undefined;
  /** The peer's address. */
  readonly remoteAddr: Deno.Addr | undefined;
  /** Lets the event loop wait for the transport. */
  ref(): void;
  /** Does not let the event loop wait for the transport. */
  unref(): void;
}

/** Accepts TCP connections; each one's TLS has yet to begin. */
export interface EngineListener {
  /** The bound address. */
  readonly addr: Deno.Addr;
  /** The next connection; its handshake has not begun. `user` goes to the hooks. */
  accept(context: EngineContext, user: unknown): Promise<TlsStream>;
  /** The next connection as plain TCP. */
  acceptPlain(): Promise<Deno.TcpConn>;
  /** Stops listening. */
  close(): void;
  /** Lets the event loop wait. */
  ref(): void;
  /** Does not let the event loop wait. */
  unref(): void;
}

/** Where and how to listen. */
export interface ListenTarget {
  /** The address to bind, e.g. `127.0.0.1`, `::`. */
  readonly hostname: string;
  /** The port; 0 picks one. */
  readonly port: number;
  /** The length of the queue of connections not yet accepted. */
  readonly backlog: number | undefined;
}

/** An engine's context: configuration made ready, shared by many connections. */
export interface EngineContext {
  /** Which side it is for. */
  readonly role: Role;
  /** Opens a connection and prepares TLS over it; the handshake has yet to be done. */
  dial(target: DialTarget, params: SessionParams, options?: WaitOptions): Promise<TlsStream>;
  /** Prepares TLS over an open transport. */
  start(transport: ByteTransport, params: SessionParams): TlsStream;
  /**
   * The engine's own object, where it has one; valid until the context is closed.
   *
   * @param handOut Given when the application gets the object, or one that leads to it. The
   * application may then change whatever belongs to it, so nothing of it is shared with another
   * context; and a context that is in use already (`"used"`) no longer resumes sessions that another
   * context may have given.
   */
  native?(handOut?: "new" | "used"): Deno.PointerObject | undefined;
  /** What has its memory, where that is not the process. */
  readonly memory?: object | undefined;
  /** Frees what the engine holds. Connections that run keep what they need. */
  close(): void;
}

/** An engine. */
export interface Engine {
  /** Which one. */
  readonly name: EngineName;
  /** What it can do here. */
  readonly features: FeatureSet;
  /** Name, version, path, features. */
  info(): EngineInfo;
  /** Makes a context. Throws `SslUnsupportedError` for what it cannot honour. */
  createContext(config: ContextConfig): Promise<EngineContext>;
  /** Listens. The context is the first one; a later `accept` may bring another. */
  listen(target: ListenTarget, context: EngineContext): EngineListener;
  /** Verifies a chain without a connection, where the engine can. */
  verifyChain?(request: ChainRequest): Promise<ChainResult>;
}
