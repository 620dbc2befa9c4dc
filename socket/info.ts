/**
 * What a socket knows about its TLS: the getters of `SslSocket`, under their
 * Perl names in camelCase. Without TLS, before the handshake and after the
 * close, there is nothing to know: they give `undefined` or an empty list.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { Certificate } from "../certificate/certificate.ts";
import type { SubjectAltName } from "../certificate/general_name.ts";
import type { NativeObject } from "../context/options.ts";
import { engineOf } from "../context/context_record.ts";
import { nativeObject } from "../context/engine_contexts.ts";
import type { SslContext } from "../context/context.ts";
import { type Feature, FEATURES } from "../engine/features.ts";
import type { Negotiated, TlsStream } from "../engine/engine.ts";
import { type Dualvar, SslError, SslUnsupportedError } from "../errors.ts";
import { oneLine } from "../internal/show.ts";
import { verifyHostname } from "../verify/hostname.ts";
import type { PublicSuffix } from "../verify/public_suffix.ts";
import type { Scheme } from "../verify/schemes.ts";
import type { VerifyReport } from "../verify/report.ts";
import type { OcspResolver } from "../verify/ocsp/resolver.ts";
import { SocketCapabilities } from "./capabilities.ts";
import type { ChannelBindingType } from "./channel_binding.ts";
import type { SocketCore } from "./core.ts";
import type { Directions } from "./state.ts";

/** A part of a certificate, as `peerCertificate(field)` names it. */
export type CertificateField =
  | "cn"
  | "commonName"
  | "subject"
  | "owner"
  | "issuer"
  | "authority"
  | "subjectAltNames";

const FIELDS: Readonly<
  Record<CertificateField, (cert: Certificate) => string | SubjectAltName[] | undefined>
> = {
  cn: (cert) => cert.commonName,
  commonName: (cert) => cert.commonName,
  subject: (cert) => cert.subject,
  owner: (cert) => cert.subject,
  issuer: (cert) => cert.issuer,
  authority: (cert) => cert.issuer,
  subjectAltNames: (cert) => cert.subjectAltNames,
};

function fieldOf(
  call: string,
  cert: Certificate | undefined,
  field: CertificateField,
): string | SubjectAltName[] | undefined {
  if (!Object.hasOwn(FIELDS, field)) {
    throw new TypeError(
      `Cannot use ${call}: unknown field: received ${quote(field)}: ` +
        `valid are ${Object.keys(FIELDS).join(", ")}`,
    );
  }
  return cert && FIELDS[field](cert);
}

/**
 * What only the library can make a socket from. A subclass that has a
 * constructor of its own passes it on to `super`.
 */
export interface SocketInit {
  /** Says that it was made by the library. */
  readonly kind: "SocketInit";
}

const cores = new WeakMap<SocketInit, SocketCore>();

/** Wraps the machine for the way through the constructor of a subclass. */
export function wrapCore(core: SocketCore): SocketInit {
  const init = Object.freeze({ kind: "SocketInit" as const });
  cores.set(init, core);
  return init;
}

/** Unwraps it again. */
export function unwrapCore(init: SocketInit): SocketCore {
  const core = cores.get(init);
  if (core === undefined) {
    throw new TypeError(
      "Cannot create a socket: use SslSocket.connect, SslSocket.start or SslSocket.listen",
    );
  }
  return core;
}

/** The report before a handshake. */
function nothingVerified(): VerifyReport {
  const nothing = { ok: false, chain: [], checks: [] };
  return Object.defineProperty({ ...nothing } as unknown as VerifyReport, "toJSON", {
    value: () => ({ ...nothing }),
  });
}

let peek: (socket: SocketInfo) => SocketCore;

/** The machine inside a socket, for the rest of this layer. */
export function coreOf(socket: SocketInfo): SocketCore {
  return peek(socket);
}

/** Refuses what no exporter takes (RFC 5705 4, RFC 8446 7.1 and 7.5). */
function checkExporter(label: unknown, length: unknown, context: unknown): void {
  const operation = "Cannot export keying material";
  if (typeof label !== "string" || label === "") {
    throw new TypeError(`${operation}: the label must be a string that is not empty`);
  }
  if (!Number.isInteger(length) || length as number < 1 || length as number > 0xffff) {
    throw new RangeError(
      `${operation}: the length must be a whole number from 1 to 65535: received ${String(length)}`,
    );
  }
  if (context !== undefined && !(context instanceof Uint8Array)) {
    throw new TypeError(
      `${operation}: the context must be a Uint8Array: received ${typeof context}`,
    );
  }
  if (new TextEncoder().encode(label).length > 249 || (context?.length ?? 0) > 0xffff) {
    throw new RangeError(
      `${operation}: the label may have 249 bytes and the context 65535: received ` +
        `${label.length} characters and ${context?.length ?? 0} bytes`,
    );
  }
}

/** The getters of `SslSocket`. */
export class SocketInfo extends SocketCapabilities {
  readonly #core: SocketCore;
  #peer: Certificate | undefined;

  static {
    peek = (socket) => socket.#core;
  }

  /** Not for users: sockets come from `SslSocket.connect`, `start` and `listen`. */
  constructor(init: SocketInit) {
    super();
    this.#core = unwrapCore(init);
    this.#core.face = this;
  }

  /** The established TLS, if the engine can tell what the call asks for. */
  #tls(call: string, feature?: Feature): TlsStream | undefined {
    const tls = this.#core.established;
    if (tls === undefined || feature === undefined) return tls;
    const engine = engineOf(this.#core.context);
    if (engine.features.has(feature)) return tls;
    throw new SslUnsupportedError(
      `Cannot use ${call}: the engine "${engine.name}" does not have: ${FEATURES[feature].text}: ` +
        `run with --allow-ffi to use the engine "openssl"`,
      { code: "ERR_UNSUPPORTED" },
    );
  }

  #negotiated(call: string, feature?: Feature): Negotiated | undefined {
    return this.#tls(call, feature)?.negotiated();
  }

  #mustTls(call: string, feature: Feature): TlsStream {
    const tls = this.#tls(call, feature);
    if (tls !== undefined) return tls;
    throw new SslError(`Cannot use ${call}: there is no TLS with ${this.#core.peer}`, {
      code: "ENOTCONN",
    });
  }

  /** Which engine does the work. */
  get engine(): "openssl" | "deno" {
    return engineOf(this.#core.context).name;
  }

  /**
   * The context of this socket, to share with others as `reuseCtx`.
   *
   * Perl: `_get_ctx_object`
   */
  get context(): SslContext {
    return this.#core.context;
  }

  /**
   * Our address.
   *
   * Perl: `sockaddr`
   */
  get localAddr(): Deno.Addr | undefined {
    return this.#core.localAddr;
  }

  /**
   * The peer's address.
   *
   * Perl: `peeraddr`
   */
  get remoteAddr(): Deno.Addr | undefined {
    return this.#core.remoteAddr;
  }

  /** The evidence of the verification: what was checked, with which result. Empty before the handshake. */
  get report(): VerifyReport {
    return this.#core.state?.report ?? nothingVerified();
  }

  /** Printed, it says with whom it is connected, how, and in which state it is. */
  [Symbol.for("Deno.customInspect")](): string {
    const { role, peer, phase, established, state } = this.#core;
    const { version, cipher } = established?.negotiated() ?? {};
    const verified = established && state?.report.ok;
    return oneLine(this, {
      role,
      peer,
      state: phase,
      version,
      cipher,
      verified,
      engine: this.engine,
    });
  }

  /**
   * The last error of this socket: text in string context, a number in numeric
   * context; `undefined` if there was none.
   *
   * Perl: `errstr`
   */
  errstr(): Dualvar | undefined {
    return this.#core.error;
  }

  /**
   * 1 while TLS is established, -1 after a handshake that failed, else 0.
   *
   * Perl: `opened`
   */
  opened(): 0 | 1 | -1 {
    return this.#core.opened;
  }

  /**
   * The directions in which TLS is open: `"rw"`, `"r"` after our close_notify,
   * `"w"` after the peer's, `""` after both and during the handshake;
   * `undefined` on a plain or closed socket.
   *
   * Perl: `is_SSL`
   */
  isSsl(): Directions {
    return this.#core.directions;
  }

  /**
   * The cipher suite, as OpenSSL names it, e.g. `TLS_AES_256_GCM_SHA384`.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   *
   * Perl: `get_cipher`
   */
  getCipher(): string | undefined {
    return this.#negotiated("getCipher()", "negotiated")?.cipher;
  }

  /**
   * The protocol: `TLSv1_3`, `TLSv1_2`, `TLSv1_1`, `TLSv1` or `SSLv3`.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   *
   * Perl: `get_sslversion`
   */
  getSslversion(): string | undefined {
    return this.#negotiated("getSslversion()", "negotiated")?.version;
  }

  /**
   * The protocol as a number: 0x0304 for TLS 1.3.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   *
   * Perl: `get_sslversion_int`
   */
  getSslversionInt(): number | undefined {
    return this.#negotiated("getSslversionInt()", "negotiated")?.versionInt;
  }

  /**
   * The name in SNI: sent by us as a client, or asked for by the client.
   *
   * @throws {SslUnsupportedError} On a server of the Deno engine, which cannot tell.
   *
   * Perl: `get_servername`
   */
  getServername(): string | undefined {
    const feature = this.#core.role === "server" ? "sniServer" : undefined;
    return this.#negotiated("getServername()", feature)?.serverName;
  }

  /**
   * The ALPN protocol that both sides chose.
   *
   * Perl: `alpn_selected`
   */
  alpnSelected(): string | undefined {
    return this.#negotiated("alpnSelected()")?.alpn;
  }

  /**
   * The NPN protocol that both sides chose.
   *
   * Perl: `next_proto_negotiated`
   */
  nextProtoNegotiated(): string | undefined {
    return this.#negotiated("nextProtoNegotiated()")?.npn;
  }

  /**
   * Whether an earlier session was resumed.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   *
   * Perl: `get_session_reused`
   */
  getSessionReused(): boolean | undefined {
    return this.#negotiated("getSessionReused()", "negotiated")?.reused;
  }

  /**
   * The peer's certificate; `undefined` if it sent none.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which has no public way to it.
   *
   * Perl: `peer_certificate`
   */
  peerCertificate(): Certificate | undefined;
  /** The DNS names and addresses in the peer's certificate. */
  peerCertificate(field: "subjectAltNames"): SubjectAltName[] | undefined;
  /** A field of the peer's certificate; names in the form `/CN=example.com`. */
  peerCertificate(field: Exclude<CertificateField, "subjectAltNames">): string | undefined;
  peerCertificate(field?: CertificateField): Certificate | SubjectAltName[] | string | undefined {
    const cert = this.#peerCertificate();
    return field === undefined ? cert : fieldOf("peerCertificate()", cert, field);
  }

  #peerCertificate(): Certificate | undefined {
    const tls = this.#tls("peerCertificate()", "peerCertificate");
    const der = tls?.peerChain()[0];
    if (der === undefined) return undefined;
    return this.#peer ??= new Certificate(der);
  }

  /**
   * The certificates that the peer sent, its own first.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which has no public way to them.
   *
   * Perl: `peer_certificates`
   */
  peerCertificates(): Certificate[] {
    const tls = this.#tls("peerCertificates()", "peerCertificate");
    return (tls?.peerChain() ?? []).map((der) => new Certificate(der));
  }

  /**
   * Our own certificate, if we have sent one.
   *
   * Perl: `sock_certificate`
   */
  sockCertificate(): Certificate | undefined;
  /** The DNS names and addresses in our certificate. */
  sockCertificate(field: "subjectAltNames"): SubjectAltName[] | undefined;
  /** A field of our certificate; names in the form `/CN=example.com`. */
  sockCertificate(field: Exclude<CertificateField, "subjectAltNames">): string | undefined;
  sockCertificate(field?: CertificateField): Certificate | SubjectAltName[] | string | undefined {
    const der = this.#tls("sockCertificate()")?.ownCertificate();
    const cert = der && new Certificate(der);
    return field === undefined ? cert : fieldOf("sockCertificate()", cert, field);
  }

  /**
   * Subject and issuer of the peer's certificate in two lines; `undefined` if it sent none.
   *
   * @throws {SslUnsupportedError} On the Deno engine.
   *
   * Perl: `dump_peer_certificate`
   */
  dumpPeerCertificate(): string | undefined {
    const cert = this.#peerCertificate();
    return cert && `Subject Name: ${cert.subject}\nIssuer  Name: ${cert.issuer}\n`;
  }

  /**
   * The fingerprint of a certificate in the form of the option `fingerprint`: `sha256$0123...`,
   * or with `publicKey` that of its public key, `sha256$pub$0123...`.
   *
   * @param algo The digest. Default: `sha256`.
   * @param cert The certificate. Default: the peer's.
   * @throws {SslUnsupportedError} On the Deno engine, for the peer's certificate.
   *
   * Perl: `get_fingerprint`
   */
  getFingerprint(algo = "sha256", cert?: Certificate, publicKey = false): string | undefined {
    return (cert ?? this.#peerCertificate())?.fingerprint(algo, publicKey);
  }

  /**
   * The fingerprint of a certificate, or of its public key, as bytes.
   *
   * @param algo The digest. Default: `sha256`.
   * @param cert The certificate. Default: the peer's.
   * @throws {SslUnsupportedError} On the Deno engine, for the peer's certificate.
   *
   * Perl: `get_fingerprint_bin`
   */
  getFingerprintBin(
    algo = "sha256",
    cert?: Certificate,
    publicKey = false,
  ): Uint8Array | undefined {
    const from = cert ?? this.#peerCertificate();
    return publicKey ? from?.publicKeyDigest(algo) : from?.fingerprintBin(algo);
  }

  /**
   * Whether the peer's certificate is for a host, by the rules of a scheme. This
   * has been checked in the handshake for the name that was connected to.
   *
   * @param host A name or an IP address.
   * @param scheme Default: `rfc9525`.
   * @param publicSuffix The public suffixes; `""` for none. Default: the built-in list.
   * @throws {SslUnsupportedError} On the Deno engine, which does not show the certificate.
   *
   * Perl: `verify_hostname`
   */
  verifyHostname(host: string, scheme?: Scheme, publicSuffix?: PublicSuffix | ""): boolean {
    const cert = this.#peerCertificate();
    if (cert === undefined) return false;
    return verifyHostname(cert, host, scheme, publicSuffix === undefined ? {} : { publicSuffix });
  }

  /**
   * Keying material bound to this connection (RFC 5705, RFC 8446 7.5).
   *
   * @param label At most 249 bytes (RFC 8446 7.1).
   * @param length In bytes, from 1 to 65,535; TLS 1.3 gives at most 255 times the length of its hash.
   * @param context At most 65,535 bytes.
   * @throws {RangeError} For another length of one of these.
   * @throws {SslUnsupportedError} On the Deno engine.
   *
   * Perl: `export_keying_material`
   */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    checkExporter(label, length, context);
    const tls = this.#mustTls("exportKeyingMaterial()", "exporter");
    return tls.exportKeyingMaterial(label, length, context);
  }

  /**
   * Bytes that only the two ends of this connection know, to bind an authentication above TLS to
   * it (SCRAM-PLUS, ...): `"tls-exporter"` (RFC 9266), `"tls-unique"` (RFC 5929, TLS 1.2 only) or
   * `"tls-server-end-point"` (RFC 5929: a digest of the server's certificate).
   *
   * @throws {SslUnsupportedError} On the Deno engine; for `"tls-unique"` with TLS 1.3; where the
   * handshake lacks what the type needs: the message says what.
   * @throws {SslError} With code `ENOTCONN` without TLS.
   */
  channelBinding(type: ChannelBindingType): Uint8Array {
    return this.#core.channelBinding(this.#mustTls("channelBinding()", "exporter"), type);
  }

  /**
   * The engine's own object, for `./ssleay/low`. It belongs to the socket: it must not be freed,
   * nor used after `close()` or `stopSsl()`.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which has none.
   * @throws {SslError} With code `ENOTCONN` without TLS.
   *
   * Perl: `_get_ssl_object`
   */
  sslObject(): NativeObject {
    const pointer = this.#core.handOut(this.#mustTls("sslObject()", "nativeObjects"));
    if (pointer !== undefined) return nativeObject("SSL", pointer);
    throw new SslError(`Cannot use sslObject(): there is no TLS with ${this.#core.peer}`, {
      code: "ENOTCONN",
    });
  }

  /**
   * Asks the OCSP responders about the peer's certificates: as `ocspMode` says, the leaf or the
   * whole chain (`SSL_OCSP_FULL_CHAIN`). It has the stapled response and the results in `ocspCache`.
   *
   * @example
   * ```ts ignore
   * const error = await socket.ocspResolver().resolve();
   * if (error !== "") throw new Error(`revoked: ${error}`);
   * ```
   *
   * @throws {SslUnsupportedError} On the Deno engine, which does not show the chain.
   * @throws {SslError} With code `ENOTCONN` without TLS, or where the peer showed no certificate.
   *
   * Perl: `ocsp_resolver`
   */
  ocspResolver(): OcspResolver {
    this.#mustTls("ocspResolver()", "ocspResolver");
    const { chain } = this.report;
    if (chain.length > 0) return this.#core.ocspResolver(chain);
    throw new SslError(`Cannot use ocspResolver(): ${this.#core.peer} showed no certificate`, {
      code: "ENOTCONN",
    });
  }

  /**
   * The Finished message that we sent.
   *
   * @throws {SslUnsupportedError} On the Deno engine.
   *
   * Perl: `get_finished`
   */
  getFinished(): Uint8Array {
    return this.#mustTls("getFinished()", "finished").finished("own");
  }

  /**
   * The Finished message that the peer sent.
   *
   * @throws {SslUnsupportedError} On the Deno engine.
   *
   * Perl: `get_peer_finished`
   */
  getPeerFinished(): Uint8Array {
    return this.#mustTls("getPeerFinished()", "finished").finished("peer");
  }
}
