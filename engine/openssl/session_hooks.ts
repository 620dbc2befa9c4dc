/**
 * What one session answers to OpenSSL's callbacks: the judgement of the peer
 * and the other questions of the handshake, put to the hooks of its context.
 *
 * When pre-shared keys differ, OpenSSL names the step that failed ("bad record
 * mac", "no suitable signature algorithm") and not the cause. This file adds the
 * cause.
 *
 * @module
 */

import { equalBytes } from "../../internal/bytes.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { SslError, type SslErrorOptions, SslVerifyError } from "../../errors.ts";
import { visible } from "../../internal/quote.ts";
import { WIRE_EVENTS, wireError } from "../wire_errors.ts";
import type { ContextHooks, PeerEvidence, Role, SessionParams, TicketKey } from "../engine.ts";
import type { CallbackTarget, TicketKeyAnswer } from "./callback_target.ts";
import type { SessionContext } from "./session_context.ts";
import type { Advice } from "./error_queue.ts";
import * as inspect from "./inspect.ts";
import { OfferedSession } from "./offered_session.ts";
import { textOf } from "./library.ts";
import { derOf, derStack } from "./memory.ts";
import { sessionToDer } from "./inspect.ts";
import type { OpenSslSymbols } from "./symbols.ts";
import { CTRL } from "./header_numbers.ts";
import { TLSEXT } from "./trampolines.ts";
import { TLS1_3 } from "../tls_versions.ts";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import { APPLICATION_VERIFICATION, UNSPECIFIED } from "../../verify/error_codes.ts";

/**
 * X509_V_ERR_EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL, CA_MD_TOO_WEAK: our security level decides what is
 * too small.
 */
const BY_SECURITY_LEVEL = new Set([66, 67, 68]);
const NID_AUTH_PSK = 1048;

/** The answers of one session. */
export class SessionHooks implements CallbackTarget {
  /** The context in use; a server may change it before the handshake begins. */
  context: SessionContext;
  /** The first failure inside a callback: the error of the call that it was in. */
  error: unknown;
  /** Decisions of the application that are awaited; nothing may leave meanwhile. */
  waiting: Promise<void> | undefined;
  /** The session that a client offers. */
  readonly offered: OfferedSession | undefined;
  readonly #c: OpenSslSymbols;
  readonly #role: Role;
  readonly #params: SessionParams;
  readonly #ssl: () => Deno.PointerObject;
  #judged = false;
  /** Whether the last question for a pre-shared key was answered with one. */
  #pskGiven = false;

  /** `ssl` gives the SSL of the session; it must be alive. */
  constructor(
    c: OpenSslSymbols,
    context: SessionContext,
    params: SessionParams,
    ssl: () => Deno.PointerObject,
  ) {
    this.#c = c;
    this.#role = context.role;
    this.#params = params;
    this.#ssl = ssl;
    this.context = context;
    this.offered = params.session && OfferedSession.of(params.session);
  }

  get #hooks(): ContextHooks {
    return this.context.config.hooks;
  }

  get #user(): unknown {
    return this.#params.user;
  }

  /** Keeps the first failure. */
  fail(error: unknown): void {
    this.error ??= error ?? new SslError("A callback failed");
  }

  // ---- the judgement of the peer

  /** OpenSSL's verification of the peer: its own chain building, then the layer above. */
  onVerify(store: Deno.PointerValue): number {
    const c = this.#c;
    const since = performance.now();
    const ok = c.X509_verify_cert(store) === 1;
    if (this.error !== undefined) return 0; // verifyEach refused or threw
    const found = c.X509_STORE_CTX_get_error(store);
    const error = ok ? 0 : found || UNSPECIFIED;
    const refusal = this.#judge({ ...inspect.storeEvidence(c, store, error), since });
    if (refusal === undefined) {
      // A certificate that is accepted in spite of an error keeps the error. It goes into the
      // session,
      // and a server judges it again when the session is resumed, perhaps without the pin.
      c.X509_STORE_CTX_set_error(store, error);
      return 1;
    }
    const errno = refusal instanceof SslVerifyError ? refusal.errno : 0;
    c.X509_STORE_CTX_set_error(
      store,
      errno > 0 && errno < 200 ? errno : APPLICATION_VERIFICATION,
    );
    this.fail(refusal);
    return 0;
  }

  /** One certificate: a promise accepts for now and holds everything back until it has settled. */
  onVerifyEach(ok: boolean, store: Deno.PointerValue): number {
    const { verifyEach } = this.#hooks;
    if (verifyEach === undefined) return ok ? 1 : 0;
    const c = this.#c;
    const depth = c.X509_STORE_CTX_get_error_depth(store);
    const current = c.X509_STORE_CTX_get_current_cert(store);
    const answer = verifyEach({
      ok,
      error: inspect.modernErrno(c, c.X509_STORE_CTX_get_error(store)),
      depth,
      certificate: current === null ? new Uint8Array() : derOf(c, current),
      chain: () => derStack(c, c.X509_STORE_CTX_get0_chain(store)),
    }, this.#user);
    if (answer === true) {
      c.X509_STORE_CTX_set_error(store, 0);
      return 1;
    }
    if (typeof answer !== "object" || answer === null) return 0;
    c.X509_STORE_CTX_set_error(store, 0);
    this.#await(
      Promise.resolve(answer).then((accepted) => {
        if (accepted !== true) {
          throw new SslVerifyError(
            `Cannot verify the peer: verifyCallback refused the certificate at depth ${depth}`,
            { code: "APPLICATION_VERIFICATION", errno: APPLICATION_VERIFICATION },
          );
        }
      }),
    );
    return 1;
  }

  #await(decision: Promise<void>): void {
    const before = this.waiting;
    this.waiting =
      (before === undefined ? decision : Promise.all([before, decision]).then(() => {}))
        .catch((error) => this.fail(error));
  }

  #judge(evidence: PeerEvidence): Error | undefined {
    const ctx = BY_SECURITY_LEVEL.has(evidence.error) ? this.context.native() : undefined;
    const level = ctx === undefined
      ? {}
      : { securityLevel: this.#c.SSL_CTX_get_security_level(ctx) };
    const refusal = this.#hooks.verify?.({ ...evidence, ...level }, this.#user);
    this.#judged = refusal === undefined;
    return refusal;
  }

  /**
   * Judges the peer where OpenSSL's verification did not, after a step of the handshake and before
   * its output leaves. Gives the refusal.
   */
  judgeAfterStep(done: boolean): Error | undefined {
    const { verifyMode } = this.context.config;
    if (this.#judged || verifyMode === 0 || this.#hooks.verify === undefined) return undefined;
    const c = this.#c;
    const ssl = this.#ssl();
    // A session made from DER carries no chain, so a chain is a fresh one.
    if (!done && c.SSL_get_peer_cert_chain(ssl) === null) return undefined;
    const evidence = inspect.sslEvidence(c, ssl, this.offered);
    if (evidence.presented.length > 0) return this.#judge(evidence);
    if (!done) return undefined;
    if (this.context.config.psk && this.#usedPsk()) return this.#judge({ ...evidence, psk: true });
    if (this.#needsCertificate(verifyMode)) {
      return new SslVerifyError("Cannot verify the peer: it sent no certificate", {
        code: "ERR_SSL_NO_CERTIFICATE",
        errno: UNSPECIFIED,
        facts: { role: this.#role, engine: this.context.engine },
      });
    }
    // A client may send none; but not where a pin decides, and the report says so in any case.
    return this.#role === "server" ? this.#judge(evidence) : undefined;
  }

  /**
   * The refusal of a certificate that OpenSSL refused by itself, because a server without callbacks
   * leaves the chain to it. It is reported as on any other server.
   */
  refusalOfChain(): Error | undefined {
    if (this.#judged || this.context.config.verifyMode === 0) return undefined;
    const evidence = inspect.sslEvidence(this.#c, this.#ssl(), undefined);
    return evidence.error === 0 || evidence.chain.length === 0 ? undefined : this.#judge(evidence);
  }

  #needsCertificate(verifyMode: number): boolean {
    if ((verifyMode & SSL_VERIFY_PEER) === 0) return false;
    return this.#role === "client" || (verifyMode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) !== 0;
  }

  /**
   * Whether the keys come from a pre-shared key, or from a session that began with one. Before TLS
   * 1.3 the cipher says so. In TLS 1.3 OpenSSL counts it as a resumption. For a client, a session
   * without a certificate began with a pre-shared key. A server's session may also belong to a
   * client without a certificate: there the last identity asked for must have had a key, and the
   * hash of the cipher must fit it (OpenSSL uses SHA-256 for these).
   */
  #usedPsk(): boolean {
    const c = this.#c;
    const ssl = this.#ssl();
    const cipher = c.SSL_get_current_cipher(ssl);
    if (c.SSL_version(ssl) !== TLS1_3) return c.SSL_CIPHER_get_auth_nid(cipher) === NID_AUTH_PSK;
    if (c.SSL_session_reused(ssl) !== 1) return false;
    if (this.#role === "client") return true;
    return this.#pskGiven && !textOf(c, c.SSL_CIPHER_get_name(cipher)).endsWith("SHA384");
  }

  // ---- protocols

  /** The server's first protocol that the client offers; none is an error (RFC 7301 3.2). */
  onAlpn(offered: readonly string[]): string | undefined {
    const { alpn } = this.context.config;
    const chosen = alpn.find((name) => offered.includes(name));
    if (chosen === undefined) {
      this.fail(
        wireError("handshake", WIRE_EVENTS.alpn, {
          alert: "no_application_protocol",
          reason: `we have ${alpn.join(", ")}, the client offers ${visible(offered.join(", "))}`,
        }),
      );
    }
    return chosen;
  }

  /** What a server advertises. */
  onNpnAdvertise(): Uint8Array<ArrayBuffer> {
    return this.context.npnWire;
  }

  /** The server's first that we have too; else our first, which NPN allows. */
  onNpnSelect(advertised: readonly string[]): string {
    const { npn } = this.context.config;
    return advertised.find((name) => npn.includes(name)) ?? npn[0]!;
  }

  // ---- the rest

  onKeylog(line: string): void {
    this.#hooks.keylog?.(line);
  }

  onNewSession(session: Deno.PointerValue): void {
    if (this.#c.SSL_SESSION_is_resumable(session) !== 1) return;
    this.#hooks.newSession?.(this.#derOf(session), this.#user);
  }

  /** A resumption of a session that was offered without its certificate makes sessions without one. */
  #derOf(session: Deno.PointerValue): Uint8Array {
    const der = sessionToDer(this.#c, session);
    const { offered } = this;
    return offered && this.#c.SSL_session_reused(this.#ssl()) === 1 ? offered.completed(der) : der;
  }

  /**
   * In TLS 1.2 a server may renew the ticket of a session that it resumes. OpenSSL's callback reports
   * the sessions of full handshakes only.
   */
  takeRenewed(): void {
    const { session: offered } = this.#params;
    const { newSession } = this.#hooks;
    if (this.#role === "server" || offered === undefined || newSession === undefined) return;
    const c = this.#c;
    const ssl = this.#ssl();
    if (c.SSL_version(ssl) === TLS1_3 || c.SSL_session_reused(ssl) !== 1) return;
    const session = c.SSL_get1_session(ssl);
    if (session === null) return;
    try {
      if (c.SSL_SESSION_is_resumable(session) !== 1) return;
      const der = this.#derOf(session);
      if (!equalBytes(der, offered)) newSession(der, this.#user);
    } finally {
      c.SSL_SESSION_free(session);
    }
  }

  /** Whether a client may resume; a full handshake asks again where it may not. */
  onTicketUse(session: Deno.PointerValue): boolean {
    const peer = this.#c.SSL_SESSION_get0_peer(session);
    if (peer === null) return true;
    return this.#hooks.mayResume?.(derOf(this.#c, peer), this.#user) ?? true;
  }

  onTicketKey(name: Uint8Array | undefined): TicketKeyAnswer | undefined {
    const key = this.#hooks.ticketKey?.(name, this.#user);
    return key === undefined ? undefined : splitTicketKey(key);
  }

  /** Client: judges the staple, 1 or 0. Server: staples, SSL_TLSEXT_ERR_OK or NOACK. */
  onStatus(): number {
    const c = this.#c;
    const ssl = this.#ssl();
    if (this.#role === "client") {
      // A resumption brings no certificate, so no response either: the result of the first
      // handshake still counts.
      if (c.SSL_session_reused(ssl) === 1) return 1;
      const refusal = this.#hooks.ocsp?.(inspect.ocspResponse(c, ssl), this.#user);
      if (refusal === undefined) return 1;
      this.fail(refusal);
      return 0;
    }
    const staple = this.#hooks.ocspStaple?.(this.#user, inspect.ownCertificate(c, ssl));
    if (staple === undefined) return TLSEXT.NOACK;
    const copy = c.CRYPTO_malloc(BigInt(staple.length), null, 0); // the SSL frees it
    if (copy === null) return TLSEXT.NOACK;
    c.memcpyTo(copy, staple as Uint8Array<ArrayBuffer>, BigInt(staple.length));
    c.SSL_ctrlPtr(ssl, CTRL.SET_OCSP_RESPONSE, BigInt(staple.length), copy);
    return TLSEXT.OK;
  }

  onPsk(name: Uint8Array | undefined): { identity: Uint8Array; key: Uint8Array } | undefined {
    const psk = this.#hooks.psk?.(name, this.#user);
    this.#pskGiven = psk !== undefined;
    return psk;
  }

  /** What is known of pre-shared keys where a handshake failed. */
  advise(options: SslErrorOptions): Advice | undefined {
    return this.#hooks.psk ? pskAdvice(options, this.#role, this.#pskGiven) : undefined;
  }

  onMessage(write: boolean, version: number, contentType: number, bytes: Uint8Array): void {
    const direction = write ? "write" : "read";
    this.#hooks.message?.({ direction, version, contentType, bytes }, this.#user);
  }
}

function derive(secret: Uint8Array, use: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    nodeCrypto().hkdfSync("sha256", secret, new Uint8Array(), `session ticket ${use}`, 32),
  );
}

/** Splits a key; throws RangeError for wrong lengths. */
export function splitTicketKey(ticket: TicketKey): TicketKeyAnswer {
  if (ticket.name.length !== 16 || ticket.key.length !== 32) {
    throw new RangeError(
      `Cannot use ticketKeycb's answer: the key must have 32 bytes and the name 16: received ${ticket.key.length} and ${ticket.name.length}`,
    );
  }
  return {
    name: ticket.name.slice(),
    cipherKey: derive(ticket.key, "cipher"),
    macKey: derive(ticket.key, "mac"),
    renew: ticket.renew ?? false,
  };
}

/** TLS 1.2 notices another key at the Finished message, TLS 1.3 at the binder. */
const OTHER_KEY = /decryption failed or bad record mac|binder does not verify|digest check failed/;
const OTHER_KEY_ALERTS = new Set(["bad_record_mac", "illegal_parameter", "decrypt_error"]);
/** A server that found no key needs a certificate instead. */
const NO_KEY = /psk identity not found|no suitable signature algorithm|no shared cipher/;
const NO_KEY_ALERTS = new Set(["unknown_psk_identity", "handshake_failure"]);

/**
 * What to look at where a handshake with the option `psk` failed.
 *
 * @param given Whether there was a key in this handshake.
 */
export function pskAdvice(
  { alert, reason = "" }: { readonly alert?: string; readonly reason?: string },
  role: Role,
  given: boolean,
): Advice | undefined {
  const is = (texts: RegExp, alerts: ReadonlySet<string>): boolean =>
    alert === undefined ? texts.test(reason) : alerts.has(alert);
  if (given && is(OTHER_KEY, OTHER_KEY_ALERTS)) {
    return {
      text: "the peer's pre-shared key seems to be another one: compare the keys, and the " +
        "identity they belong to",
      facts: { psk: "other key" },
    };
  }
  if (!is(NO_KEY, NO_KEY_ALERTS) || (role === "server" && given)) return undefined;
  return {
    text: role === "client"
      ? "the server seems not to know the identity in psk, or not to use pre-shared keys"
      : "the client offered no identity that psk has a key for, and nothing else fits",
    facts: { psk: "unknown identity" },
  };
}
