/**
 * What a session answers to OpenSSL's callbacks, and the guard around each answer.
 *
 * @module
 */

/** What a session offers to the callbacks. Each may throw. */
export interface CallbackTarget {
  /** X509_STORE_CTX: 1 accepts, 0 refuses. */
  onVerify(store: Deno.PointerValue): number;
  /** One certificate of the chain: 1 accepts, 0 refuses. */
  onVerifyEach(ok: boolean, store: Deno.PointerValue): number;
  /** Chooses the ALPN protocol among those offered; undefined refuses. */
  onAlpn(offered: readonly string[]): string | undefined;
  /**
   * The NPN protocols that a server advertises, in wire format, pinned for the life of the context.
   */
  onNpnAdvertise(): Uint8Array<ArrayBuffer>;
  /** Chooses the NPN protocol among those advertised. */
  onNpnSelect(advertised: readonly string[]): string;
  /** A line of the key log. */
  onKeylog(line: string): void;
  /** A session that can be resumed. */
  onNewSession(session: Deno.PointerValue): void;
  /** Server: whether the session in a ticket that came may be resumed. */
  onTicketUse(session: Deno.PointerValue): boolean;
  /** The ticket key for a new ticket, or by name. */
  onTicketKey(name: Uint8Array | undefined): TicketKeyAnswer | undefined;
  /** Client: the server's flight is in; 1 goes on, 0 refuses. Server: SSL_TLSEXT_ERR_*. */
  onStatus(): number;
  /** The pre-shared key for a hint or an identity. */
  onPsk(name: Uint8Array | undefined): { identity: Uint8Array; key: Uint8Array } | undefined;
  /** A protocol message. */
  onMessage(write: boolean, version: number, contentType: number, bytes: Uint8Array): void;
  /** Keeps the cause of a failure inside a callback. */
  fail(error: unknown): void;
}

/** A ticket key, split for its two uses. */
export interface TicketKeyAnswer {
  /** 16 bytes. */
  readonly name: Uint8Array<ArrayBuffer>;
  /** AES-256 key. */
  readonly cipherKey: Uint8Array<ArrayBuffer>;
  /** HMAC-SHA256 key. */
  readonly macKey: Uint8Array<ArrayBuffer>;
  /** Answer with a new ticket. */
  readonly renew: boolean;
}

/** Runs `body` for the session of an SSL; `fatal` is what C gets when it is gone or throws. */
export type Guard = (
  ssl: Deno.PointerValue,
  fatal: number,
  body: (target: CallbackTarget) => number,
) => number;
