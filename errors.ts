/**
 * The error family: {@linkcode SslError} and one subclass for each party at fault; the two "would
 * block" sentinels; {@linkcode lastError}, which is Perl's `$SSL_ERROR`.
 *
 * @module
 */

/**
 * A value that is text in string context and a number in numeric context, as Perl's `dualvar`.
 *
 * @category Errors
 */
export interface Dualvar {
  /** The number. */
  readonly errno: number;
  /** The text. */
  toString(): string;
  /** Text for the hints "string" and "default", the number for "number". */
  [Symbol.toPrimitive](hint: string): string | number;
}

/**
 * One entry of the OpenSSL error queue, oldest first.
 *
 * @category Errors
 */
export interface ErrorQueueEntry {
  /** The packed error number of OpenSSL. */
  readonly code: number;
  /** The library part, e.g. `SSL routines`. */
  readonly library: string;
  /** The reason part, e.g. `certificate verify failed`. */
  readonly reason: string;
  /** Additional data, e.g. `SSL alert number 48`. */
  readonly data?: string;
}

/**
 * What one side offered in a handshake, as far as it is known. Lists are empty where nothing was said.
 *
 * @category Errors
 */
export interface Offer {
  /** The TLS versions: `TLSv1_2`, `TLSv1_3`. */
  readonly versions: readonly string[];
  /** Cipher suites, or cipher lists in OpenSSL's grammar. */
  readonly ciphers?: readonly string[];
  /** Groups (curves). */
  readonly groups?: readonly string[];
  /** Signature algorithms. */
  readonly signatureAlgorithms?: readonly string[];
  /** ALPN protocols. */
  readonly alpnProtocols?: readonly string[];
}

/**
 * What the two sides of a failed handshake offered.
 *
 * @category Errors
 */
export interface Offers {
  /** What our side offered. */
  readonly own?: Offer;
  /** What the peer offered, where the handshake got that far. */
  readonly peer?: Offer;
}

/**
 * A certificate of the issuer's name that is not the issuer.
 *
 * @category Errors
 */
export interface IssuerNamesake {
  /** Where it was found: among our trust anchors, or in what the peer sent. */
  readonly from: "anchors" | "peer";
  /** Why it did not issue the certificate. `signature`: its key did not make the signature. */
  readonly differs: "key identifier" | "serial number" | "no CA" | "key usage" | "signature";
}

/**
 * What was found where a chain ends without a trust anchor.
 *
 * @category Errors
 */
export interface IssuerFacts {
  /** The certificate at which it ends, by its subject. */
  readonly subject: string;
  /** The issuer that is missing. */
  readonly issuer: string;
  /** Whether the peer sent its own certificate and no other. */
  readonly alone: boolean;
  /** Where the certificate says that its issuer's certificate is published (RFC 5280 4.2.2.1). */
  readonly at?: string;
  /** Certificates of that name that are known, but are not the issuer. */
  readonly namesakes: readonly IssuerNamesake[];
}

/**
 * A limit that was passed, or a rule that was broken.
 *
 * @category Errors
 */
export interface LimitFacts {
  /** Whose it is: ours (the options, or the engine in use), or that of TLS itself. */
  readonly by: "own" | "protocol";
  /** What is limited, in a few words. */
  readonly what: string;
  /** The limit, if it is a number. */
  readonly value?: number;
  /** The option that changes it; absent where none does. */
  readonly option?: string;
}

/**
 * What is known of a failure beside its code. `explain()` reads this, and not the message.
 *
 * @category Errors
 */
export interface ErrorFacts {
  /** Our side of the connection; the peer has the other. */
  readonly role?: "client" | "server";
  /** The engine at work. */
  readonly engine?: "openssl" | "deno" | "wasm";
  /** Which certificate of the chain it is about, counted from the peer's own, which is 0. */
  readonly depth?: number;
  /** Whether that certificate is one of our own trust anchors. */
  readonly anchor?: boolean;
  /** The name that the peer was verified for. */
  readonly name?: string;
  /** The names that the certificate is valid for, where the certificate itself is not shown. */
  readonly names?: readonly string[];
  /** Names of the certificate that nearly matched, and why they did not. */
  readonly near?: readonly string[];
  /** The scheme by which names are compared. */
  readonly scheme?: string;
  /** Since when a certificate is out of date, or from when on it is valid. */
  readonly date?: Date;
  /** The time of the verification, where it is not now. */
  readonly time?: Date;
  /** Since when and why a certificate is revoked. */
  readonly revoked?: { readonly since: Date; readonly reason?: string };
  /** How many revocation lists there are, and how many of them are of the issuer's name. */
  readonly crls?: { readonly given: number; readonly ofIssuer: number };
  /** What is known of the issuer that is missing. */
  readonly issuer?: IssuerFacts;
  /** The size of the key in question, in bits. */
  readonly keyBits?: number;
  /** OpenSSL's security level. */
  readonly securityLevel?: number;
  /** What the two sides do not have in common. */
  readonly lacks?: "version" | "cipher" | "group" | "signature algorithm";
  /** The limit that was passed. */
  readonly limit?: LimitFacts;
  /** The option that helps. */
  readonly option?: string;
  /** What a stapled OCSP response said, or that none came, and who demands one. */
  readonly ocsp?: {
    readonly state: string;
    readonly detail: string;
    readonly demandedBy?: "ocspMode" | "certificate";
  };
  /** How a pre-shared key is involved. */
  readonly psk?: "used" | "other key" | "unknown identity";
  /** What a server offered before TLS, where that is not among it. */
  readonly offered?: readonly string[];
  /** What the peer sent instead of TLS. */
  readonly spoke?: "http" | "something else";
}

/**
 * A certificate as far as the error family knows it; `Certificate` has the whole.
 *
 * @category Errors
 */
export interface ReportedCertificate {
  /** The certificate as PEM text. */
  readonly pem: string;
  /** The subject in one line. */
  readonly subject: string;
  /** The issuer in one line. */
  readonly issuer: string;
  /** The last commonName of the subject. */
  readonly commonName: string | undefined;
  /** From when on it is valid. */
  readonly notBefore: Date;
  /** Until when it is valid. */
  readonly notAfter: Date;
}

/**
 * A report of a verification as far as the error family knows it; `VerifyReport` has the whole.
 *
 * @category Errors
 */
export interface ErrorReport {
  /** Whether the peer was accepted. */
  readonly ok: boolean;
  /** The chain, leaf first. */
  readonly chain: readonly ReportedCertificate[];
  /** The trust anchor that the chain ends in. */
  readonly anchor?: ReportedCertificate;
  /** Every check, in the order in which it was made. */
  readonly checks: readonly {
    /** What was checked. */
    readonly name: string;
    /** Whether it passed; `undefined` when it was skipped. */
    readonly ok: boolean | undefined;
    /** What was found, in words. */
    readonly detail: string;
  }[];
  /** The error of the refusal. */
  readonly error?: SslError;
  /** The nearest safe fix, in words. */
  readonly hint?: string;
  /** The options that came from process-wide defaults. */
  readonly defaultsApplied?: readonly string[];
}

/**
 * What an {@linkcode SslError} carries beside its message.
 *
 * @category Errors
 */
export interface SslErrorOptions<Report extends ErrorReport = ErrorReport> {
  /** The stable name of the condition, e.g. `CERT_HAS_EXPIRED`, `ECONNREFUSED`. */
  code?: string;
  /** The number: an OpenSSL error, an X509_V_ERR number, an OS errno; -1 where no number is known. */
  errno?: number;
  /** The OpenSSL library that reported it. */
  library?: string;
  /** The reason alone, without the operation and its input. */
  reason?: string;
  /** The name of the TLS alert received or sent, e.g. `unknown_ca`. */
  alert?: string;
  /** The OpenSSL error queue of the failed call. */
  queue?: readonly ErrorQueueEntry[];
  /** The evidence of the verification. */
  report?: Report;
  /** What is left of the plain connection after a failed start. */
  transport?: unknown;
  /** What the two sides offered. */
  offers?: Offers;
  /** Facts about the failure; `explain()` reads them. */
  facts?: ErrorFacts;
  /** The error beneath. */
  cause?: unknown;
}

let last: SslError | undefined;

/** A cause as plain data; of what is neither an error nor a plain value, its kind alone. */
function causeJson(cause: unknown, depth = 0): unknown {
  if (cause instanceof Error) {
    const { code } = cause as { code?: unknown };
    const named = typeof code === "string" ? { code } : {};
    const seen = { name: cause.name, message: cause.message, ...named };
    if (cause.cause === undefined || depth > 3) return seen;
    return { ...seen, cause: causeJson(cause.cause, depth + 1) };
  }
  const plain = ["string", "number", "boolean"].includes(typeof cause) || cause === null;
  return plain ? cause : Object.prototype.toString.call(cause);
}

/** The causes of an error in one line each. */
function causeLines(cause: unknown, depth = 0): string {
  if (cause === undefined || depth > 3) return "";
  if (!(cause instanceof Error)) return `\n  cause: ${String(causeJson(cause))}`;
  return `\n  cause: ${cause.name}: ${cause.message}${causeLines(cause.cause, depth + 1)}`;
}

/**
 * The most recent {@linkcode SslError} of this realm, for scripts. The error
 * that an operation threw, or `socket.errstr()`, is authoritative.
 *
 * Perl: `$SSL_ERROR`
 *
 * @example
 * ```ts
 * import { lastError, SslSocket } from "@socket/ssl";
 *
 * const socket = await SslSocket.connect("localhost:1").catch(() => undefined);
 * if (socket === undefined) console.error(`${lastError()}`);
 * ```
 * @category Errors
 */
export function lastError(): SslError | undefined {
  return last;
}

/**
 * The base of every error this library throws, except `TypeError` and `RangeError` for programming
 * mistakes and Deno's own permission errors. In string context it is its message, in numeric
 * context its {@linkcode SslError.errno}.
 *
 * Perl: `$SSL_ERROR`
 *
 * @example
 * ```ts
 * import { explain, SslError, SslSocket } from "@socket/ssl";
 *
 * try {
 *   await using socket = await SslSocket.connect("localhost:1");
 * } catch (error) {
 *   if (!(error instanceof SslError)) throw error;
 *   console.error(error.code, explain(error)); // ECONNREFUSED ...
 * }
 * ```
 * @category Errors
 */
export class SslError<Report extends ErrorReport = ErrorReport> extends Error implements Dualvar {
  /** The name of the class. */
  override name = "SslError";
  /** The number: an OpenSSL error, an X509_V_ERR number or an OS errno; -1 where no number is known. */
  readonly errno: number;
  /** The stable name of the condition, e.g. `CERT_HAS_EXPIRED`, `ECONNREFUSED`. */
  readonly code: string;
  /** The OpenSSL library that reported it, if one did. */
  readonly library: string | undefined;
  /** The reason alone, without the operation and its input. */
  readonly reason: string;
  /** The name of the TLS alert received or sent, e.g. `unknown_ca`. */
  readonly alert: string | undefined;
  /** The OpenSSL error queue of the failed call, oldest first; empty on the Deno engine. */
  readonly queue: readonly ErrorQueueEntry[];
  /** The evidence of the verification, where one took place. */
  report: Report | undefined;
  /** After a failed `start`: what is left of the plain connection, unread bytes included. */
  transport: unknown;
  /** After a failed handshake: what the two sides offered, as far as it is known. */
  offers: Offers | undefined;
  /** What is known of the failure beside its code: whose side, which certificate, which limit. */
  facts: ErrorFacts;

  /** Makes the error and remembers it for {@linkcode lastError}. */
  constructor(message: string, given?: SslErrorOptions<Report>) {
    // Own members alone: what somebody put on Object.prototype is not about this error.
    const options: SslErrorOptions<Report> = Object.assign(Object.create(null), given);
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.errno = options.errno ?? -1;
    this.code = options.code ?? "ERR_SSL";
    this.library = options.library;
    this.reason = options.reason ?? message;
    this.alert = options.alert;
    this.queue = options.queue ?? [];
    this.report = options.report;
    this.transport = options.transport;
    this.offers = options.offers;
    this.facts = options.facts ?? {};
    last = this;
  }

  /** Text for the hints "string" and "default", {@linkcode SslError.errno} for "number". */
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === "number" ? this.errno : this.message;
  }

  /**
   * The error as plain data, for logs: what is known, without circles, without bytes and without the
   * `transport`. Certificates are PEM text. The stack is not in it.
   */
  toJSON(): Record<string, unknown> {
    const { name, message, code, errno, reason, library, alert, offers, queue, facts } = this;
    const all = {
      ...{ name, message, code, errno, reason, library, alert, offers },
      queue: queue.length === 0 ? undefined : queue,
      facts: Object.keys(facts).length === 0 ? undefined : facts,
      report: this.report && reportJson(this.report),
      cause: this.cause === undefined ? undefined : causeJson(this.cause),
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  /** What Deno prints: the class, the code, the message, the stack, and a line for each cause. */
  [Symbol.for("Deno.customInspect")](): string {
    const head = `${this.name}: ${this.message}`;
    const stack = typeof this.stack === "string" ? this.stack : head;
    const frames = stack.startsWith(head) ? stack.slice(head.length) : `\n${stack}`;
    return `${this.name} [${this.code}]: ${this.message}${frames}${causeLines(this.cause)}`;
  }
}

/** A value as plain data, by its own `toJSON()` where it has one. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  const { toJSON } = Object(value) as { toJSON?: unknown };
  return typeof toJSON === "function" ? toJSON.call(value) : value;
}

/** A report without its error, which has the report in turn. */
function reportJson(report: ErrorReport): Record<string, unknown> {
  const found = Object.entries(report).filter(([name]) => name !== "error");
  return Object.fromEntries(found.map(([name, value]) => [name, plain(value)]));
}

/**
 * The peer's certificate was refused: its chain, dates, name, pin or revocation. `code` is the name of
 * the X509_V_ERR constant without its prefix (`CERT_HAS_EXPIRED`), `errno` its number.
 *
 * @example
 * ```ts
 * import { SslVerifyError, verifyCertificate } from "@socket/ssl";
 * import { TestCa } from "@socket/ssl/testing";
 *
 * const { cert } = await (await TestCa.create()).server("localhost");
 * const { error } = await verifyCertificate(cert, { ca: [] });
 * console.log(error instanceof SslVerifyError, error?.code);
 * ```
 * @category Errors
 */
export class SslVerifyError<Report extends ErrorReport = ErrorReport> extends SslError<Report> {
  /** The name of the class. */
  override name = "SslVerifyError";
}

/**
 * The peer broke the protocol, refused us with an alert, or is not a TLS peer.
 *
 * @example
 * ```ts
 * import { SslPeerError } from "@socket/ssl";
 *
 * const whoseFault = (error: unknown) => error instanceof SslPeerError ? `peer: ${error.alert}` : "us";
 * console.log(whoseFault(new SslPeerError("refused", { code: "ECONNRESET" })));
 * ```
 * @category Errors
 */
export class SslPeerError extends SslError {
  /** The name of the class. */
  override name = "SslPeerError";
}

/**
 * The stream ended without the peer's close_notify, so data may be missing:
 * an attacker can cut a connection but cannot forge its end (RFC 8446 6.1).
 *
 * @example
 * ```ts
 * import { SslTruncatedError } from "@socket/ssl";
 *
 * // Whether what was read before the error is all there is.
 * const complete = (error: unknown) => !(error instanceof SslTruncatedError);
 * console.log(complete(new SslTruncatedError("cut", { code: "ERR_TRUNCATED" })));
 * ```
 * @category Errors
 */
export class SslTruncatedError extends SslError {
  /** The name of the class. */
  override name = "SslTruncatedError";
}

/**
 * An operation did not end within its timeout.
 *
 * @example
 * ```ts
 * import { SslSocket, SslTimeoutError } from "@socket/ssl";
 *
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }); // says nothing
 * try {
 *   await SslSocket.connect(`localhost:${listener.addr.port}`, { timeout: 50 });
 * } catch (error) {
 *   console.log(error instanceof SslTimeoutError);
 * }
 * listener.close();
 * ```
 * @category Errors
 */
export class SslTimeoutError extends SslError {
  /** The name of the class. */
  override name = "SslTimeoutError";
}

/**
 * The engine in use cannot do what was asked; the message names the remedy.
 *
 * @example
 * ```ts
 * import { SslContext, SslUnsupportedError } from "@socket/ssl";
 *
 * try {
 *   using _ = await SslContext.create({ engine: "deno", psk: "secret" });
 * } catch (error) {
 *   if (error instanceof SslUnsupportedError) console.error(error.message); // run with --allow-ffi
 * }
 * ```
 * @category Errors
 */
export class SslUnsupportedError extends SslError {
  /** The name of the class. */
  override name = "SslUnsupportedError";

  /** As {@linkcode SslError}; the code is `ERR_UNSUPPORTED` unless it says more. */
  constructor(message: string, given?: SslErrorOptions) {
    const options: SslErrorOptions = Object.assign(Object.create(null), given);
    super(message, { ...options, code: options.code ?? "ERR_UNSUPPORTED" });
  }
}

/**
 * The value of a non-blocking call that could not go on; see {@linkcode SSL_WANT_READ}.
 *
 * @category Errors
 */
export interface Want extends Dualvar {
  /** The direction to wait for with `socket.ready(want)`. */
  readonly direction: "read" | "write";
}

function want(direction: "read" | "write", errno: number): Want {
  const toString = () => `SSL wants a ${direction} first`;
  const toPrimitive = (hint: string) => hint === "number" ? errno : toString();
  return Object.freeze({ direction, errno, toString, [Symbol.toPrimitive]: toPrimitive });
}

/**
 * A non-blocking call must wait for bytes from the peer. Compare with `===`.
 *
 * Perl: `SSL_WANT_READ`
 *
 * @category Errors
 */
export const SSL_WANT_READ: Want = want("read", 2);

/**
 * A non-blocking call must wait until bytes to the peer have gone. Compare with `===`.
 *
 * Perl: `SSL_WANT_WRITE`
 *
 * @category Errors
 */
export const SSL_WANT_WRITE: Want = want("write", 3);

/**
 * Whether a value is one of the two sentinels.
 *
 * @example
 * ```ts
 * import { isWant, SSL_WANT_READ } from "@socket/ssl";
 *
 * console.log(isWant(SSL_WANT_READ), isWant(2)); // true false
 * ```
 * @category Errors
 */
export function isWant(value: unknown): value is Want {
  return value === SSL_WANT_READ || value === SSL_WANT_WRITE;
}
