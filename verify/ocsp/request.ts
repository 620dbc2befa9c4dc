/**
 * Making OCSP requests (RFC 6960 4.1).
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { explicit, octets, seq } from "../../certificate/der_writer.ts";
import { encodeExtensions } from "../../certificate/extension_build.ts";
import { OCSP_NONCE, ocspCertId, type OcspDigest } from "../../certificate/ocsp_build.ts";

/** A certificate to ask about, with the certificate that issued it. */
export interface OcspTarget {
  /** The certificate. */
  readonly certificate: Certificate;
  /** The certificate that issued it. */
  readonly issuer: Certificate;
}

/** Options of {@linkcode buildOcspRequest}. */
export interface BuildOcspRequestOptions {
  /**
   * Whether to send a nonce of 16 random bytes, or the bytes of one (1 to 32,
   * RFC 8954): a responder that repeats it did not answer in advance.
   *
   * @default {true}
   */
  readonly nonce?: boolean | Uint8Array;
  /** The digest of the certificate ids. Many responders know SHA-1 only. @default {"sha1"} */
  readonly digest?: OcspDigest;
}

/** A request, as {@linkcode buildOcspRequest} makes it. */
export interface BuiltOcspRequest {
  /** The DER to send. */
  readonly der: Uint8Array;
  /** The value of its nonce extension (the DER inside it): what comes back is compared with it. */
  readonly nonce: Uint8Array | undefined;
}

/** The DER of a certificate's id. Its issuer's name is as the certificate has it (RFC 6960 4.1.1). */
export function certIdOf({ certificate, issuer }: OcspTarget, digest?: OcspDigest): Uint8Array {
  return ocspCertId(
    {
      rawSubject: certificate.rawIssuer,
      publicKeyDigest: (algorithm) => issuer.publicKeyDigest(algorithm),
    },
    certificate.rawSerial,
    digest,
  );
}

/**
 * Makes an OCSP request for one or more certificates.
 *
 * @throws {TypeError} if there is no certificate.
 * @throws {RangeError} if a nonce has not 1 to 32 bytes.
 *
 * Perl: `OCSP_ids2req`
 */
export function buildOcspRequest(
  targets: readonly OcspTarget[],
  options: BuildOcspRequestOptions = {},
): BuiltOcspRequest {
  if (targets.length === 0) {
    throw new TypeError("Cannot create OCSP request: there is no certificate to ask about");
  }
  const { nonce: wanted = true, digest } = options;
  const bytes = wanted === true
    ? crypto.getRandomValues(new Uint8Array(16))
    : wanted === false
    ? undefined
    : wanted;
  if (bytes !== undefined && (bytes.length < 1 || bytes.length > 32)) {
    throw new RangeError(
      `Cannot create OCSP request: nonce must have 1 to 32 bytes: received ${bytes.length}`,
    );
  }
  const nonce = bytes && octets(bytes);
  const list = seq(...targets.map((target) => seq(certIdOf(target, digest))));
  const extensions = nonce === undefined
    ? []
    : [explicit(2, encodeExtensions([{ oid: OCSP_NONCE, critical: false, value: nonce }]))];
  return { der: seq(seq(list, ...extensions)), nonce };
}
