/**
 * A certificate authority for tests: one line makes a CA, one more a server
 * certificate that any TLS client which trusts the CA accepts, or one that it
 * must refuse, for every reason there is.
 *
 * ```ts ignore
 * const ca = await TestCa.create();
 * const listener = await SslSocket.listen({ ...await ca.server("localhost"), port: 0 });
 * const client = await SslSocket.connect({ hostname: "localhost", port, ca: ca.pem });
 * ```
 *
 * @module
 */

import {
  buildCertificateAsync,
  joinPem,
  keyIdentifier,
  keyIdentifierOf,
  randomSerial,
} from "./build.ts";
import { Certificate } from "./certificate.ts";
import { buildCrl, type RevokedEntry } from "./crl_build.ts";
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoints,
  extKeyUsage,
  keyUsage,
  nameConstraints,
  subjectAltName,
  subjectKeyIdentifier,
  tlsFeature,
} from "./extension_build.ts";
import type { Extension } from "./extensions.ts";
import { ipToBytes } from "./general_name.ts";
import { buildName, type NameInput } from "./name_build.ts";
import {
  buildOcspResponse,
  type CrlReason,
  ocspCertId,
  type OcspCertStatus,
  ocspErrorResponse,
} from "./ocsp_build.ts";
import { derToPem } from "./pem.ts";
import { keyCreateEc, keyCreateEd25519, keyCreateRsa, type PrivateKey } from "./private_key.ts";
import { defaultDigest } from "./sign.ts";
import type { SubjectAltName } from "./subject_alt_name.ts";
import { type OcspResponderOptions, TestOcspResponder } from "./test_ocsp.ts";

const DAY = 86_400_000;

/** The kinds of keys the test CA makes. `ec` is P-256, `rsa` has 2048 bits. */
export type TestKeyType = "ec" | "ec384" | "ec521" | "rsa" | "ed25519";

/** Options of the certificates that {@linkcode TestCa} makes; all have defaults. */
export interface TestCertificateOptions {
  /** Host names, IP addresses, mail addresses or URIs for the subjectAltName. */
  names?: readonly string[];
  /** The commonName. @default {the first name} */
  commonName?: string;
  /** The whole subject in place of the commonName. */
  subject?: NameInput;
  /** The kind of key. @default {"ec"} */
  keyType?: TestKeyType;
  /** A key to use in place of a new one. */
  privateKey?: PrivateKey;
  /** From when on it is valid. @default {yesterday} */
  notBefore?: Date;
  /** Until when it is valid. @default {in 90 days, a CA in 10 years} */
  notAfter?: Date;
  /** The serial number. @default {random} */
  serial?: bigint | number;
  /** The digest of the signature. @default {what goes with the issuer's key} */
  digest?: string;
  /** URIs of OCSP responders. */
  ocspUris?: readonly string[];
  /** URIs of CRLs. */
  crlUris?: readonly string[];
  /** URIs of the issuer's certificate. */
  aiaIssuers?: readonly string[];
  /** Whether a stapled OCSP response is promised (RFC 7633). @default {false} */
  mustStaple?: boolean;
  /** The keyUsage names; `[]` leaves the extension out. */
  keyUsage?: readonly string[];
  /** The extendedKeyUsage names; `[]` leaves the extension out. */
  extKeyUsage?: readonly string[];
  /** How many CAs may follow a CA. @default {no limit} */
  pathLength?: number;
  /** nameConstraints of a CA: the only names it may issue. IPs as `10.0.0.0/8`. */
  permitted?: readonly string[];
  /** nameConstraints of a CA: names it must not issue. */
  excluded?: readonly string[];
  /** More extensions. */
  extensions?: readonly Extension[];
}

/** Options of {@linkcode TestCa.ocspResponse}. */
export interface TestOcspResponseOptions {
  /** The answer. @default {"revoked" if the certificate is, else "good"} */
  status?: "good" | "revoked" | "unknown";
  /** Makes an answer whose nextUpdate was an hour ago. @default {false} */
  expired?: boolean;
  /** When the answer was known to be right. @default {an hour ago} */
  thisUpdate?: Date;
  /** When there is newer information; `null` leaves it out. @default {in a day} */
  nextUpdate?: Date | null;
  /**
   * Who signs: the CA, a responder it delegated to, a responder without the
   * OCSPSigning usage, or a stranger whose certificate has the CA's name.
   *
   * @default {"ca"}
   */
  signer?: "ca" | "delegate" | "wrong-usage" | "wrong";
  /** The value of the nonce extension to repeat (the DER inside the extension). */
  nonce?: Uint8Array;
  /** An error in place of an answer. */
  error?: "malformedRequest" | "internalError" | "tryLater" | "sigRequired" | "unauthorized";
  /** The digest of the CertID. @default {"sha1"} */
  digest?: "sha1" | "sha256";
  /** The CertID to answer, in place of one made from the certificate. */
  id?: Uint8Array;
}

/**
 * A certificate and its key, as the options `cert` and `key` take them: spread
 * it into the options of `listen` or `connect`.
 */
export class TestCertificate {
  /** PEM: the leaf and the intermediates, without the root. */
  readonly cert: string;
  /** PEM: the plain PKCS#8 key. */
  readonly key: string;
  readonly #chain: readonly Certificate[];
  readonly #privateKey: PrivateKey;

  /**
   * Takes over a certificate and its key.
   *
   * @param chain The leaf first.
   */
  constructor(chain: readonly Certificate[], privateKey: PrivateKey) {
    this.cert = joinPem(chain);
    this.key = privateKey.pem;
    this.#chain = chain;
    this.#privateKey = privateKey;
  }

  // Getters are not spread: an options object made from this has `cert` and `key` only.

  /** The leaf. */
  get certificate(): Certificate {
    return this.#chain[0]!;
  }

  /** The leaf and the intermediates. */
  get chain(): readonly Certificate[] {
    return this.#chain;
  }

  /** The key. */
  get privateKey(): PrivateKey {
    return this.#privateKey;
  }

  /** Never prints the key. */
  [Symbol.for("Deno.customInspect")](): string {
    return `TestCertificate(${this.certificate.subject})`;
  }
}

/** Sorts names into the kinds of GeneralNames. */
export function classifyName(value: string): SubjectAltName {
  if (ipToBytes(value) !== undefined) return { type: "IP", value };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value)) return { type: "URI", value };
  return { type: value.includes("@") ? "EMAIL" : "DNS", value };
}

function constraint(value: string): SubjectAltName {
  return ipToBytes(value.split("/")[0]!) === undefined
    ? classifyName(value)
    : { type: "IP", value };
}

function createKey(type: TestKeyType = "ec"): Promise<PrivateKey> {
  switch (type) {
    case "ec":
      return keyCreateEc("prime256v1");
    case "ec384":
      return keyCreateEc("secp384r1");
    case "ec521":
      return keyCreateEc("secp521r1");
    case "rsa":
      return keyCreateRsa(2048);
    case "ed25519":
      return keyCreateEd25519();
    default:
      throw new TypeError(
        `Cannot create test key: keyType must be ec, ec384, ec521, rsa or ed25519: received ${type}`,
      );
  }
}

/** Names and options, in any order and number: `("a", "b", { keyType })` is `({ names: ["a", "b"], keyType })`. */
export type TestCaArguments = readonly (string | TestCertificateOptions)[];

/** `("a", "b", { keyType })` and `({ names: ["a", "b"], keyType })` are the same. */
function collect(args: TestCaArguments, defaults: TestCertificateOptions): TestCertificateOptions {
  const names: string[] = [];
  const options: TestCertificateOptions = { ...defaults };
  for (const arg of args) {
    if (typeof arg === "string") names.push(arg);
    else {
      names.push(...(arg.names ?? []));
      Object.assign(options, arg);
    }
  }
  // The default names are for a call that gives none.
  return names.length > 0 ? { ...options, names } : options;
}

const KNOWN = new Set([
  ...["names", "commonName", "subject", "keyType", "privateKey", "notBefore", "notAfter", "serial"],
  ...["digest", "ocspUris", "crlUris", "aiaIssuers", "mustStaple", "keyUsage", "extKeyUsage"],
  ...["pathLength", "permitted", "excluded", "extensions"],
]);

interface Issuer {
  readonly cert: Certificate;
  readonly key: PrivateKey;
}

async function issue(
  options: TestCertificateOptions,
  ca: boolean,
  issuer: Issuer | undefined,
): Promise<{ cert: Certificate; key: PrivateKey }> {
  const unknown = Object.keys(options).filter((name) => !KNOWN.has(name));
  if (unknown.length > 0) {
    throw new TypeError(
      `Cannot create test certificate: unknown option, use ${[...KNOWN].join(", ")}: ` +
        `received ${unknown.join(", ")}`,
    );
  }
  const key = options.privateKey ?? await createKey(options.keyType);
  const names = options.names ?? [];
  const subject = buildName(
    options.subject ?? { commonName: options.commonName ?? names[0] ?? "test" },
  );
  const signer = issuer?.key ?? key;
  const now = Date.now();
  const extensions: Extension[] = [basicConstraints(ca, options.pathLength)];
  if (options.keyUsage?.length) extensions.push(keyUsage(options.keyUsage));
  if (options.extKeyUsage?.length) extensions.push(extKeyUsage(options.extKeyUsage));
  if (names.length > 0) extensions.push(subjectAltName(names.map(classifyName)));
  if (options.permitted?.length || options.excluded?.length) {
    extensions.push(
      nameConstraints(
        (options.permitted ?? []).map(constraint),
        (options.excluded ?? []).map(constraint),
      ),
    );
  }
  const id = keyIdentifier(key.publicBits);
  extensions.push(subjectKeyIdentifier(id));
  extensions.push(authorityKeyIdentifier(issuer === undefined ? id : keyIdentifierOf(issuer.cert)));
  if (options.ocspUris?.length || options.aiaIssuers?.length) {
    extensions.push(authorityInfoAccess(options.ocspUris ?? [], options.aiaIssuers));
  }
  if (options.crlUris?.length) extensions.push(crlDistributionPoints(options.crlUris));
  if (options.mustStaple) extensions.push(tlsFeature([5]));
  extensions.push(...(options.extensions ?? []));
  const cert = await buildCertificateAsync({
    version: 2,
    serial: options.serial === undefined ? randomSerial(120) : BigInt(options.serial),
    issuer: issuer?.cert.rawSubject ?? subject,
    subject,
    notBefore: options.notBefore ?? new Date(now - DAY),
    notAfter: options.notAfter ?? new Date(now + (ca ? 3650 : 90) * DAY),
    spki: key.publicSpki,
    extensions,
    signer,
    digest: options.digest ?? defaultDigest(signer),
  });
  return { cert, key };
}

/**
 * Two CAs of one name are told apart by signatures alone, and the error of a
 * client that trusts the wrong one would be about a signature.
 */
function uniqueName(prefix: string): string {
  return `${prefix} ${randomSerial(32).toString(16)}`;
}

const CA_USAGE = ["keyCertSign", "cRLSign"];

function leafUsage(options: TestCertificateOptions): string[] {
  // TLS 1.2 with RSA key exchange deciphers with the certificate's key.
  const rsa = options.privateKey?.type === "rsa" || options.keyType === "rsa";
  return rsa ? ["digitalSignature", "keyEncipherment"] : ["digitalSignature"];
}

/**
 * A certificate authority for tests, with its key, in memory. Make it with
 * {@linkcode TestCa.create}. Never trust it outside a test.
 */
export class TestCa {
  readonly #cert: Certificate;
  readonly #key: PrivateKey;
  readonly #parent: TestCa | undefined;
  readonly #revoked = new Map<string, RevokedEntry>();
  #crlNumber = 0n;

  private constructor(cert: Certificate, key: PrivateKey, parent: TestCa | undefined) {
    this.#cert = cert;
    this.#key = key;
    this.#parent = parent;
  }

  /** Makes a root CA with a key of its own. Its commonName is `Test CA` and a random number. */
  static async create(options: TestCertificateOptions = {}): Promise<TestCa> {
    const { cert, key } = await issue(
      { keyUsage: CA_USAGE, commonName: uniqueName("Test CA"), ...options },
      true,
      undefined,
    );
    return new TestCa(cert, key, undefined);
  }

  /** The CA's certificate. */
  get cert(): Certificate {
    return this.#cert;
  }

  /** The CA's certificate. The same as {@linkcode TestCa.cert}. */
  get certificate(): Certificate {
    return this.#cert;
  }

  /** The CA's certificate as PEM: what the option `ca` takes. */
  get pem(): string {
    return this.#cert.pem;
  }

  /** The same as {@linkcode TestCa.pem}. */
  get caPem(): string {
    return this.#cert.pem;
  }

  /** The CA's key. */
  get privateKey(): PrivateKey {
    return this.#key;
  }

  /** The CA's key as PEM. */
  get key(): string {
    return this.#key.pem;
  }

  /** The root above this CA; itself, if it is one. */
  get root(): TestCa {
    return this.#parent?.root ?? this;
  }

  /** The intermediates from this CA up to, and without, the root. */
  get intermediates(): readonly Certificate[] {
    return this.#parent === undefined ? [] : [this.#cert, ...this.#parent.intermediates];
  }

  /** The same as {@linkcode TestCa.intermediates}, as PEM. */
  get chainPem(): string {
    return joinPem(this.intermediates);
  }

  async #leaf(options: TestCertificateOptions): Promise<TestCertificate> {
    const { cert, key } = await issue({ keyUsage: leafUsage(options), ...options }, false, {
      cert: this.#cert,
      key: this.#key,
    });
    return new TestCertificate([cert, ...this.intermediates], key);
  }

  /**
   * A server certificate for host names and IP addresses, by default
   * `localhost`, `127.0.0.1` and `::1`.
   */
  server(...args: TestCaArguments): Promise<TestCertificate> {
    return this.#leaf(
      collect(args, { names: ["localhost", "127.0.0.1", "::1"], extKeyUsage: ["serverAuth"] }),
    );
  }

  /** A client certificate. The first name is its commonName, by default `client`. */
  client(...args: TestCaArguments): Promise<TestCertificate> {
    const options = collect(args, { commonName: "client", extKeyUsage: ["clientAuth"] });
    const first = args.find((arg) => typeof arg === "string");
    // A client's name is a name of a person or a job: it goes into the commonName alone.
    if (first !== undefined) {
      const rest = (options.names ?? []).slice(1);
      return this.#leaf({ ...options, commonName: first, names: rest });
    }
    return this.#leaf(options);
  }

  /** An intermediate CA below this one. Its certificates carry the chain to the root. */
  async intermediate(...args: TestCaArguments): Promise<TestCa> {
    const { names, ...options } = collect(args, {
      commonName: uniqueName("Test Intermediate CA"),
      keyUsage: CA_USAGE,
    });
    const { cert, key } = await issue(
      names === undefined ? options : { ...options, commonName: names[0] ?? "" },
      true,
      { cert: this.#cert, key: this.#key },
    );
    return new TestCa(cert, key, this);
  }

  /**
   * An intermediate CA that may issue certificates only for the given DNS
   * domains or IP ranges (nameConstraints), by default `permitted.test`.
   */
  nameConstrained(...args: TestCaArguments): Promise<TestCa> {
    const { names, ...options } = collect(args, { commonName: uniqueName("Test Constrained CA") });
    const limited = options.permitted !== undefined || options.excluded !== undefined;
    const permitted = options.permitted ?? names ?? (limited ? [] : ["permitted.test"]);
    return this.intermediate({ ...options, permitted });
  }

  /** A server certificate that ended yesterday. */
  expired(...args: TestCaArguments): Promise<TestCertificate> {
    const now = Date.now();
    return this.server(
      { notBefore: new Date(now - 30 * DAY), notAfter: new Date(now - DAY) },
      ...args,
    );
  }

  /** A server certificate that begins tomorrow. */
  notYetValid(...args: TestCaArguments): Promise<TestCertificate> {
    const now = Date.now();
    return this.server(
      { notBefore: new Date(now + DAY), notAfter: new Date(now + 30 * DAY) },
      ...args,
    );
  }

  /** A certificate for a server's names whose extendedKeyUsage allows clients only. */
  wrongEku(...args: TestCaArguments): Promise<TestCertificate> {
    return this.server({ extKeyUsage: ["clientAuth"] }, ...args);
  }

  /** A server certificate that is revoked: {@linkcode TestCa.crl} and the responder say so. */
  async revoked(...args: TestCaArguments): Promise<TestCertificate> {
    const leaf = await this.server(...args);
    this.revoke(leaf);
    return leaf;
  }

  /**
   * Revokes a certificate of this CA.
   *
   * @param reason @default {"keyCompromise"}
   * @throws {TypeError} if it is not of this CA.
   */
  revoke(
    target: TestCertificate | Certificate | TestCa,
    reason: CrlReason = "keyCompromise",
    time: Date = new Date(Date.now() - 3_600_000),
  ): void {
    const cert = target instanceof Certificate ? target : target.certificate;
    if (!this.#issued(cert)) {
      throw new TypeError(
        `Cannot revoke certificate: not issued by ${this.#cert.subject}: received ${cert.subject}`,
      );
    }
    this.#revoked.set(cert.serial, { serial: cert.rawSerial, time, reason });
  }

  #issued(cert: Certificate): boolean {
    return cert.issuer === this.#cert.subject &&
      String(cert.authorityKeyIdentifier?.keyId) === String(keyIdentifierOf(this.#cert));
  }

  /**
   * The CA's revocation list as PEM.
   *
   * @param options `nextUpdate` in the past makes an expired list.
   */
  crl(options: { thisUpdate?: Date; nextUpdate?: Date } = {}): string {
    const now = Date.now();
    const der = buildCrl({
      issuer: this.#cert,
      key: this.#key,
      revoked: [...this.#revoked.values()],
      thisUpdate: options.thisUpdate ?? new Date(now - 3_600_000),
      nextUpdate: options.nextUpdate ?? new Date(now + 7 * DAY),
      number: ++this.#crlNumber,
      digest: defaultDigest(this.#key),
    });
    return derToPem(der, "X509 CRL");
  }

  /** What this CA knows about a serial number (content octets in decimal). */
  ocspStatus(serial: string): OcspCertStatus {
    const entry = this.#revoked.get(serial);
    if (entry === undefined) return { status: "good" };
    return {
      status: "revoked",
      time: entry.time,
      ...(entry.reason === undefined ? {} : { reason: entry.reason }),
    };
  }

  /** The certificate and key that sign OCSP responses; see {@linkcode TestOcspResponseOptions.signer}. */
  async ocspSigner(
    kind: NonNullable<TestOcspResponseOptions["signer"]>,
  ): Promise<{ signer: Certificate; key: PrivateKey; certs: Certificate[] }> {
    if (kind === "ca") return { signer: this.#cert, key: this.#key, certs: [] };
    if (kind === "wrong") {
      // A stranger with our name: only the signature tells them apart.
      const { cert, key } = await issue(
        { commonName: this.#cert.commonName ?? "Test CA", keyUsage: CA_USAGE },
        true,
        undefined,
      );
      return { signer: cert, key, certs: [cert] };
    }
    const leaf = await this.#leaf({
      commonName: "Test OCSP responder",
      extKeyUsage: [kind === "delegate" ? "OCSPSigning" : "serverAuth"],
    });
    return { signer: leaf.certificate, key: leaf.privateKey, certs: [leaf.certificate] };
  }

  /**
   * An OCSP response about a certificate of this CA, as DER: to staple it, or
   * to feed it to a verifier.
   */
  async ocspResponse(
    target: TestCertificate | Certificate | TestCa,
    options: TestOcspResponseOptions = {},
  ): Promise<Uint8Array> {
    if (options.error !== undefined) return ocspErrorResponse(options.error);
    const cert = target instanceof Certificate ? target : target.certificate;
    const now = Date.now();
    const known = this.ocspStatus(cert.serial);
    const wanted = options.status ?? known.status;
    const status: OcspCertStatus = wanted === known.status
      ? known
      : wanted === "revoked"
      ? { status: "revoked", time: new Date(now - 3_600_000), reason: "keyCompromise" }
      : { status: wanted };
    const thisUpdate = options.thisUpdate ??
      new Date(options.expired ? now - 2 * DAY : now - 3_600_000);
    const nextUpdate = options.nextUpdate === undefined
      ? new Date(options.expired ? now - 3_600_000 : now + DAY)
      : options.nextUpdate ?? undefined;
    return buildOcspResponse({
      responses: [{
        id: options.id ?? ocspCertId(this.#cert, cert.rawSerial, options.digest),
        status,
        thisUpdate,
        nextUpdate,
      }],
      ...await this.ocspSigner(options.signer ?? "ca"),
      nonce: options.nonce,
      producedAt: thisUpdate,
    });
  }

  /**
   * Starts an OCSP responder for this CA on 127.0.0.1. Put its `url` into
   * `ocspUris` of the certificates; close it at the end.
   */
  ocspResponder(options: OcspResponderOptions = {}): TestOcspResponder {
    return new TestOcspResponder(this, options);
  }

  /** Never prints the key. */
  [Symbol.for("Deno.customInspect")](): string {
    return `TestCa(${this.#cert.subject})`;
  }
}

/**
 * A self-signed server certificate, for development: a client must be given
 * this very certificate as its trust anchor.
 */
export async function selfSigned(...args: TestCaArguments): Promise<TestCertificate> {
  const options = collect(args, {
    names: ["localhost", "127.0.0.1", "::1"],
    extKeyUsage: ["serverAuth"],
  });
  const { cert, key } = await issue({ keyUsage: leafUsage(options), ...options }, false, undefined);
  return new TestCertificate([cert], key);
}
