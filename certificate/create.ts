/**
 * `CERT_create`: making certificates.
 *
 * @module
 */

import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { describe, quote } from "../internal/quote.ts";
import {
  buildCertificateAsync,
  keyIdentifier,
  keyIdentifierOf,
  randomSerial,
} from "./certificate_build.ts";
import { digestName } from "./signature.ts";
import { type Certificate, type CertificateInput, toCertificate } from "./certificate.ts";
import { keyMatches, toPrivateKey } from "./keys/decode.ts";
import { bitString, readDer, sequence } from "./asn1/reader.ts";
import { buildName, type NameInput } from "./extensions/write.ts";
import type { ExtensionContext } from "./extensions/text.ts";
import { keyCreateRsa, type PrivateKey, type PrivateKeyInput } from "./keys/private_key.ts";
import { purposeExtensions } from "./purpose.ts";
import { type CertCopyOptions, type CertCreateOptions, normalize } from "./create_options.ts";
import { planExtensions } from "./create_extensions.ts";

function toDate(value: Date | number | undefined, fallback: number, name: string): Date {
  const ms = value === undefined
    ? fallback
    : value instanceof Date
    ? value.getTime()
    : typeof value === "number"
    ? value * 1000
    : NaN;
  if (!Number.isFinite(ms) || ms < -62167219200000 || ms > 253402300799999) {
    throw new TypeError(
      `Cannot create certificate: ${name} must be a Date or seconds since 1970: received ${
        quote(value)
      }`,
    );
  }
  return new Date(Math.floor(ms / 1000) * 1000);
}

function toSerial(value: number | bigint | string | undefined): bigint {
  if (value === undefined) return randomSerial(64);
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d{1,400}$/.test(value)) return BigInt(value);
  throw new TypeError(
    `Cannot create certificate: serial must be a whole number, a larger one as bigint or text: ` +
      `received ${quote(value)}`,
  );
}

interface Signer {
  readonly cert: Certificate | undefined;
  readonly key: PrivateKey;
  readonly name: Uint8Array | undefined;
}

async function findSigner(
  options: CertCreateOptions,
  own: PrivateKey | undefined,
): Promise<Signer> {
  const { issuer } = options;
  let pair: readonly (CertificateInput | PrivateKeyInput | undefined)[] = [];
  let name: Uint8Array | undefined;
  if (Array.isArray(issuer)) pair = [issuer[0], issuer[1]];
  else if (issuer !== undefined && issuer !== null && typeof issuer === "object") {
    const own = ownRecord(issuer);
    if ("cert" in own || "key" in own) {
      const { cert, key } = own as { cert?: CertificateInput; key?: PrivateKeyInput };
      pair = [cert, key];
    } else name = buildName(issuer as NameInput);
  } else if (issuer !== undefined) {
    throw new TypeError(
      `Cannot create certificate: issuer must be { cert, key } or [cert, key]: received ${
        describe(issuer)
      }`,
    );
  }
  const certInput = options.issuerCert ?? pair[0] as CertificateInput | undefined;
  const keyInput = options.issuerKey ?? pair[1] as PrivateKeyInput | undefined;
  if (certInput === undefined) {
    if (keyInput !== undefined && name === undefined) {
      throw new TypeError("Cannot create certificate: issuerKey is given without issuerCert");
    }
    const key = keyInput === undefined ? own : await toPrivateKey(keyInput, "issuerKey");
    if (key === undefined) {
      throw new TypeError("Cannot create certificate: no issuer is given");
    }
    return { cert: undefined, key, name };
  }
  if (keyInput === undefined) {
    throw new TypeError("Cannot create certificate: issuerCert is given without issuerKey");
  }
  const cert = toCertificate(certInput, "issuerCert");
  const key = await toPrivateKey(keyInput, "issuerKey");
  if (!keyMatches(cert.rawSpki, key)) {
    throw new TypeError(
      `Cannot create certificate: issuerKey is not the key of issuerCert: received ${
        quote(cert.subject)
      }`,
    );
  }
  return { cert, key, name: cert.rawSubject };
}

const DEFAULT_SUBJECT: NameInput = {
  organizationName: "IO::Socket::SSL",
  commonName: "IO::Socket::SSL Test",
};

/** Parts that are taken over byte for byte. */
export interface ExactParts {
  /** The DER of the public key, of a certificate for a key that is not ours. */
  readonly spki?: Uint8Array;
  /** The DER of the subject, when the options have none. */
  readonly subject?: Uint8Array;
}

/** The version; those before v3 have no extensions. */
function versionOf(options: CertCreateOptions): number {
  const version = options.version ?? 2;
  if (![0, 1, 2].includes(version)) {
    throw new RangeError(
      `Cannot create certificate: version must be 2 (X.509 v3), 1 or 0: received ${quote(version)}`,
    );
  }
  if (
    version < 2 &&
    (options.subjectAltNames?.length || options.ext?.length || options.purpose || options.CA)
  ) {
    throw new TypeError(
      `Cannot create certificate: version ${version} has no extensions, so it takes no ` +
        "subjectAltNames, ext, purpose or CA",
    );
  }
  return version;
}

/** What the extensions say of the certificate and of its issuer. */
function contextOf(spki: Uint8Array, signer: Signer, subject: Uint8Array): ExtensionContext {
  const what = "public key";
  const subjectKeyId = keyIdentifier(bitString(sequence(readDer(spki, what), what)[1], what).bytes);
  return {
    subjectKeyId,
    issuerKeyId: signer.cert !== undefined
      ? keyIdentifierOf(signer.cert)
      : keyIdentifier(signer.key.publicBits),
    issuerName: signer.cert?.rawIssuer ?? signer.name ?? subject,
    issuerSerial: signer.cert?.rawSerial ?? new Uint8Array([0]),
  };
}

/** {@linkcode certCreate}, with parts taken over from elsewhere. */
export async function createCertificate(
  input: Readonly<Record<string, unknown>>,
  exact: ExactParts = NO_OPTIONS,
): Promise<{ cert: Certificate; key: PrivateKey | undefined }> {
  const { options, copy } = normalize(input);
  const version = versionOf(options);
  const digest = digestName(options.digest ?? "sha256");
  const serial = toSerial(options.serial);
  const now = Date.now();
  const notBefore = toDate(options.notBefore, now, "notBefore");
  const notAfter = toDate(options.notAfter, now + 365 * 86_400_000, "notAfter");
  const subject = options.subject === undefined && exact.subject !== undefined
    ? exact.subject
    : buildName(options.subject ?? DEFAULT_SUBJECT);
  if (options.purpose !== undefined) purposeExtensions(options.purpose, Boolean(options.CA));

  const key = exact.spki !== undefined
    ? undefined
    : options.key === undefined
    ? await keyCreateRsa()
    : await toPrivateKey(options.key, "key");
  const signer = await findSigner(options, key);
  if (options.digest !== undefined && signer.key.type.startsWith("ed")) {
    throw new TypeError(
      `Cannot create certificate: an ${signer.key.type} key signs without a digest: ` +
        `received ${quote(options.digest)}`,
    );
  }
  const spki = exact.spki ?? key!.publicSpki;
  const cert = await buildCertificateAsync({
    version,
    serial,
    issuer: signer.name ?? subject,
    subject,
    notBefore,
    notAfter,
    spki,
    extensions: version === 2
      ? planExtensions({ options, copy, context: contextOf(spki, signer, subject) })
      : [],
    signer: signer.key,
    digest,
  });
  return { cert, key };
}

/**
 * Makes a certificate, self-signed or signed by an issuer.
 *
 * Always with subjectKeyIdentifier, authorityKeyIdentifier and critical
 * basicConstraints; the options are checked before any key is made.
 *
 * Perl: `CERT_create`
 *
 * @throws {TypeError} for unknown arguments or purposes (it lists the known ones), and for wrong
 *   values; nothing is left out silently.
 * @throws {SslUnsupportedError} for a key that cannot sign with the digest.
 *
 * @category Making certificates
 */
export async function certCreate(
  options: CertCreateOptions | CertCopyOptions = NO_OPTIONS,
): Promise<{ cert: Certificate; key: PrivateKey }> {
  if (options === null || typeof options !== "object") {
    throw new TypeError(
      `Cannot create certificate: expected an object of options: received ${describe(options)}`,
    );
  }
  const { cert, key } = await createCertificate(options as Readonly<Record<string, unknown>>);
  return { cert, key: key! };
}
