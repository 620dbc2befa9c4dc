/**
 * What there is to know of one TLS connection: what was negotiated, who the peer is, which
 * directions have ended.
 *
 * @module
 */

/** What was negotiated. Unknown things are `undefined`. */
export interface Negotiated {
  /** `TLSv1_3`, `TLSv1_2`, ... */
  readonly version: string | undefined;
  /** 0x0304, 0x0303, ... */
  readonly versionInt: number | undefined;
  /** The name of the cipher suite, as OpenSSL spells it. */
  readonly cipher: string | undefined;
  /** The SNI name sent or received. */
  readonly serverName: string | undefined;
  /** The ALPN protocol. */
  readonly alpn: string | undefined;
  /** The NPN protocol. */
  readonly npn: string | undefined;
  /** TLS 1.2: whether the keys are bound to the whole handshake (RFC 7627). */
  readonly extendedMasterSecret?: boolean | undefined;
  /** Whether a session was resumed. */
  readonly reused: boolean | undefined;
}

/** How the keys were agreed on, and what the peer proved itself with. Unknown things are `undefined`. */
export interface KeyExchange {
  /** The group, as OpenSSL's lists of groups spell it. */
  readonly group: string | undefined;
  /** The peer's signature algorithm, as RFC 8446 4.2.3 spells it; a resumed session has none. */
  readonly peerSignature: string | undefined;
}

/** Which directions TLS has ended in. */
export interface ShutdownState {
  /** We sent close_notify. */
  readonly sent: boolean;
  /** The peer's close_notify arrived. */
  readonly received: boolean;
}

/** What there is to know of a connection. */
export interface TlsFacts {
  /** What was negotiated. */
  negotiated(): Negotiated;
  /** How the keys were agreed on. */
  keyExchange(): KeyExchange;
  /** What the peer sent, leaf first, in DER; empty when it sent none or the engine cannot tell. */
  peerChain(): readonly Uint8Array[];
  /** Our own certificate in DER, if one was sent or chosen. */
  ownCertificate(): Uint8Array | undefined;
  /** RFC 5705 / RFC 8446 7.5. */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array;
  /** The Finished message we sent, or that the peer sent. */
  finished(whose: "own" | "peer"): Uint8Array;
  /** The engine's own object, where it has one; valid until the stream is closed. */
  native?(): Deno.PointerObject | undefined;
  /** What has its memory, where that is not the process. */
  readonly memory?: object | undefined;
}
