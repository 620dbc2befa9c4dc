/**
 * A certificate authority for tests: one line makes a CA, one more a server
 * certificate that any TLS client which trusts the CA accepts, or one that it
 * must refuse, for every reason there is.
 *
 * ```ts
 * import { TestCa } from "@socket/ssl/testing";
 *
 * const ca = await TestCa.create();
 * const { cert, key } = await ca.server("localhost"); // for a listener
 * const expired = await ca.server("localhost", { notAfter: new Date(0) }); // for one to be refused
 * ```
 *
 * @module
 */

import { type NamesOf, NO_OPTIONS, ownOptions, ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import { defaultDigest } from "../certificate/signature.ts";
import { keyIdentifierOf, randomSerial } from "../certificate/certificate_build.ts";
import {
  type Certificate,
  type CertificateInput,
  toCertificate,
} from "../certificate/certificate.ts";
import { equalBytes } from "../internal/bytes.ts";
import { buildCrl, type RevokedEntry } from "../certificate/crl_build.ts";
import type { CrlReason } from "../certificate/crl_reason.ts";
import {
  buildOcspResponse,
  ocspCertId,
  type OcspCertStatus,
  ocspErrorResponse,
} from "../certificate/ocsp_build.ts";
import { derToPem } from "../certificate/keys/pem.ts";
import type { PrivateKey } from "../certificate/keys/private_key.ts";
import {
  collect,
  issue,
  leafUsage,
  type TestCaArguments,
  TestCertificate,
  type TestCertificateOptions,
} from "../certificate/issue.ts";
import type { TestOcspResponseOptions } from "./ocsp_response.ts";
import { type OcspResponderOptions, TestOcspResponder } from "./responder.ts";

const DAY = 86_400_000;

const OCSP_RESPONSE_OPTIONS: NamesOf<TestOcspResponseOptions> = {
  status: true,
  expired: true,
  thisUpdate: true,
  nextUpdate: true,
  signer: true,
  nonce: true,
  error: true,
  digest: true,
  id: true,
};

/**
 * Only signatures distinguish two CAs of one name, and the error of a
 * client that trusts the wrong one would be about a signature.
 */
function uniqueName(prefix: string): string {
  return `${prefix} ${randomSerial(32).toString(16)}`;
}

const CA_USAGE = ["keyCertSign", "cRLSign"];

/** The certificate that a method is about. */
function certificateOf(target: TestCertificate | TestCa | CertificateInput): Certificate {
  return target instanceof TestCertificate || target instanceof TestCa
    ? target.certificate
    : toCertificate(target, "certificate");
}

/**
 * A certificate authority for tests, with its key, in memory. Make it with
 * {@linkcode TestCa.create}. Never trust it outside a test.
 *
 * @category Testing
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
  static async create(options: TestCertificateOptions = NO_OPTIONS): Promise<TestCa> {
    const { cert, key } = await issue(
      collect([options], { keyUsage: CA_USAGE, commonName: uniqueName("Test CA") }),
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
    return this.intermediates.map(({ pem }) => pem).join("");
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
  async server(...args: TestCaArguments): Promise<TestCertificate> {
    return await this.#leaf(
      collect(args, { names: ["localhost", "127.0.0.1", "::1"], extKeyUsage: ["serverAuth"] }),
    );
  }

  /** A client certificate. The first name is its commonName, by default `client`. */
  async client(...args: TestCaArguments): Promise<TestCertificate> {
    const options = collect(args, { commonName: "client", extKeyUsage: ["clientAuth"] });
    const first = args.find((arg) => typeof arg === "string");
    // A client's name is a name of a person or a job: it goes into the commonName alone.
    if (first !== undefined) {
      const rest = (options.names ?? []).slice(1);
      return await this.#leaf({ ...options, commonName: first, names: rest });
    }
    return await this.#leaf(options);
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
  async nameConstrained(...args: TestCaArguments): Promise<TestCa> {
    const { names, ...rest } = collect(args, { commonName: uniqueName("Test Constrained CA") });
    const options = ownRecord(rest);
    const limited = options.permitted !== undefined || options.excluded !== undefined;
    const permitted = options.permitted ?? names ?? (limited ? [] : ["permitted.test"]);
    return await this.intermediate({ ...options, permitted });
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
    target: TestCertificate | TestCa | CertificateInput,
    reason: CrlReason = "keyCompromise",
    time: Date = new Date(Date.now() - 3_600_000),
  ): void {
    const cert = certificateOf(target);
    if (!this.#issued(cert)) {
      throw new TypeError(
        `Cannot revoke certificate: not issued by ${this.#cert.subject}: received ${
          quote(cert.subject)
        }`,
      );
    }
    this.#revoked.set(cert.serial, { serial: cert.rawSerial, time, reason });
  }

  #issued(cert: Certificate): boolean {
    return cert.issuer === this.#cert.subject &&
      equalBytes(
        cert.authorityKeyIdentifier?.keyId ?? new Uint8Array(),
        keyIdentifierOf(this.#cert),
      );
  }

  /**
   * The CA's revocation list as PEM.
   *
   * @param given `nextUpdate` in the past makes an expired list.
   */
  crl(given?: { thisUpdate?: Date; nextUpdate?: Date }): string {
    const names = { thisUpdate: true, nextUpdate: true } as const;
    const options = ownOptions(given, { operation: "create CRL", names });
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
    target: TestCertificate | TestCa | CertificateInput,
    given?: TestOcspResponseOptions,
  ): Promise<Uint8Array> {
    const options = ownOptions(given, {
      operation: "create OCSP response",
      names: OCSP_RESPONSE_OPTIONS,
    });
    if (options.error !== undefined) return ocspErrorResponse(options.error);
    const cert = certificateOf(target);
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
  ocspResponder(options?: OcspResponderOptions): TestOcspResponder {
    return new TestOcspResponder(this, options);
  }

  /** Never prints the key. */
  [Symbol.for("Deno.customInspect")](): string {
    return `TestCa(${this.#cert.subject})`;
  }
}
