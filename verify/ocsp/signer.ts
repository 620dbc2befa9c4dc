/**
 * Who may sign an OCSP response (RFC 6960 4.2.2.2): the CA that issued the
 * certificate, or a responder whose certificate that CA issued itself, for
 * this purpose.
 *
 * Every certificate in a response comes from the network. So the CA's key
 * checks such a certificate before that certificate's key checks anything.
 *
 * @module
 */

import { encodeHex, equalBytes } from "../../internal/bytes.ts";
import { Certificate } from "../../certificate/certificate.ts";
import { EXT } from "../../certificate/extensions/read.ts";
import { readAlgorithm, signatureDigest, verifySignature } from "../../certificate/signature.ts";
import type { OcspBasicResponse, OcspResponderId } from "./read.ts";

/** The key purpose id-kp-OCSPSigning. anyExtendedKeyUsage does not include it. */
const OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

/** Broken digests: a client chooses a part of the answer (the nonce), so a collision is a forgery. */
const REFUSED_ALGORITHMS: readonly string[] = [
  "1.2.840.113549.1.1.2", // md2WithRSAEncryption
  "1.2.840.113549.1.1.3", // md4WithRSAEncryption
  "1.2.840.113549.1.1.4", // md5WithRSAEncryption
];
/** The DER of the OID of MD5, as the parameters of RSA-PSS have it. */
const MD5_OID = "06082a864886f70d0205";

/** How many certificates of a response are tried. Responders send one, rarely two or three. */
const MAX_CANDIDATES = 8;

/** Critical extensions of a responder's certificate whose meaning is heeded, or does not matter here. */
const UNDERSTOOD: readonly string[] = [
  EXT.keyUsage,
  EXT.extendedKeyUsage,
  EXT.basicConstraints,
  EXT.subjectAltName,
  EXT.certificatePolicies,
  "1.3.6.1.5.5.7.48.1.5", // id-pkix-ocsp-nocheck: it is not asked about, in any case
];

/** Whether a key made a signature; `false` for algorithms that are broken or not known. */
function signedBy(
  spki: Uint8Array,
  algorithm: Uint8Array,
  signature: Uint8Array,
  data: Uint8Array,
): boolean {
  try {
    const { id } = readAlgorithm(algorithm);
    if (REFUSED_ALGORITHMS.includes(id) || encodeHex(algorithm).includes(MD5_OID)) return false;
    return verifySignature(spki, algorithm, signature, data);
  } catch {
    // A key or a signature that cannot even be read has not signed.
    return false;
  }
}

/** Whether `issuer` issued `certificate`: by its name and by its key. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return equalBytes(certificate.rawIssuer, issuer.rawSubject) &&
    signedBy(
      issuer.rawSpki,
      certificate.rawSignatureAlgorithm,
      certificate.signature,
      certificate.rawTbs,
    );
}

/** The certificate of a chain that issued `chain[index]`; a self-signed one issued itself. */
export function issuerIn(chain: readonly Certificate[], index: number): Certificate | undefined {
  const certificate = chain[index]!;
  // In a chain that was built it is the next one; what a peer sent may be in any order.
  const order = [...chain.slice(index + 1), ...chain.slice(0, index + 1)];
  return order.find((candidate) => isIssuedBy(certificate, candidate));
}

/** Whether a certificate is the one that the responder ID names. */
function isNamed(certificate: Certificate, responder: OcspResponderId): boolean {
  return responder.type === "name"
    ? equalBytes(certificate.rawSubject, responder.name)
    : equalBytes(certificate.publicKeyDigest("sha1"), responder.hash);
}

/** Why a certificate must not sign answers for `issuer`; `undefined` if it may, dates aside. */
function delegationFault(candidate: Certificate, issuer: Certificate): string | undefined {
  const name = candidate.subject;
  if (!isIssuedBy(candidate, issuer)) {
    return `the responder's certificate ${name} was not issued by ${issuer.subject}`;
  }
  if (!candidate.extKeyUsage?.includes(OCSP_SIGNING)) {
    return `the responder's certificate ${name} lacks the extendedKeyUsage OCSPSigning`;
  }
  const usage = candidate.keyUsage;
  if (
    usage !== undefined && !usage.includes("digitalSignature") && !usage.includes("nonRepudiation")
  ) return `the keyUsage of the responder's certificate ${name} forbids signing`;
  const unknown = candidate.extensions.find((extension) =>
    extension.critical && !UNDERSTOOD.includes(extension.oid)
  );
  if (unknown !== undefined) {
    return `the responder's certificate ${name} has the unknown critical extension ${unknown.oid}`;
  }
  return undefined;
}

/** The signer of a response, which may sign for the certificate's issuer. */
export interface OcspSigner {
  readonly certificate: Certificate;
  /** Whether it is a responder with a certificate of its own, and not the issuer itself. */
  readonly delegated: boolean;
  /** Whether collisions can be made of a digest in use: enough to forge what it says. */
  readonly weak: boolean;
}

/**
 * Finds the certificate that signed a response about a certificate of
 * `issuer` and may sign it; everything but the signer's dates is checked. A
 * fault says why no certificate qualifies.
 */
export function findSigner(
  response: OcspBasicResponse,
  issuer: Certificate,
): OcspSigner | { readonly fault: string } {
  const { responder, rawTbs, rawSignatureAlgorithm, signature } = response;
  const signed = (by: Certificate): boolean =>
    signedBy(by.rawSpki, rawSignatureAlgorithm, signature, rawTbs);
  const weak = (algorithm: Uint8Array): boolean => signatureDigest(algorithm) === "sha1";
  if (isNamed(issuer, responder) && signed(issuer)) {
    return { certificate: issuer, delegated: false, weak: weak(rawSignatureAlgorithm) };
  }
  let fault = isNamed(issuer, responder)
    ? `the signature is not by the key of ${issuer.subject}`
    : `the responder is not ${issuer.subject}, and its certificate did not come along`;
  for (const der of response.certs.slice(0, MAX_CANDIDATES)) {
    let candidate: Certificate;
    let problem: string | undefined;
    try {
      candidate = new Certificate(der);
      if (!isNamed(candidate, responder)) continue;
      problem = delegationFault(candidate, issuer);
    } catch (error) {
      fault = (error as Error).message;
      continue;
    }
    if (problem === undefined && signed(candidate)) {
      const algorithms = [rawSignatureAlgorithm, candidate.rawSignatureAlgorithm];
      return { certificate: candidate, delegated: true, weak: algorithms.some(weak) };
    }
    fault = problem ?? `the signature is not by the key of ${candidate.subject}`;
  }
  return { fault };
}
