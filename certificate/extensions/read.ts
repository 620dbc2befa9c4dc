/**
 * Readers for the certificate extensions that verification and `asHash` use
 * (RFC 5280 4.2, RFC 6960, RFC 7633).
 *
 * @module
 */

import {
  boolean,
  children,
  derError,
  type DerNode,
  expectTag,
  oid,
  readDer,
  sequence,
  setBits,
  smallInteger,
  TAG,
} from "../asn1/reader.ts";
import { readGeneralName, readGeneralNames } from "../name.ts";
import type { SubjectAltName } from "../general_name.ts";

/**
 * One extension of a certificate, CRL or CSR.
 *
 * @category Certificates
 */
export interface Extension {
  /** The dotted object identifier. */
  readonly oid: string;
  /** Whether it is marked critical. */
  readonly critical: boolean;
  /** The DER inside the OCTET STRING. */
  readonly value: Uint8Array;
}

/** Object identifiers of extensions. */
export const EXT = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  issuerAltName: "2.5.29.18",
  basicConstraints: "2.5.29.19",
  crlNumber: "2.5.29.20",
  nameConstraints: "2.5.29.30",
  crlDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
  tlsFeature: "1.3.6.1.5.5.7.1.24",
  netscapeCertType: "2.16.840.1.113730.1.1",
} as const;

/** keyUsage bits by number, in OpenSSL's spelling. */
export const KEY_USAGES: readonly string[] = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
];

/** Bits of Netscape's certificate type, by number. */
export const NS_CERT_TYPES: readonly string[] = [
  "client",
  "server",
  "email",
  "objsign",
  "reserved",
  "sslCA",
  "emailCA",
  "objCA",
];

/** Reads `Extensions` (a SEQUENCE). An extension that occurs twice is an error (RFC 5280 4.2). */
export function readExtensions(node: DerNode | undefined, what: string): Extension[] {
  const seen = new Set<string>();
  return sequence(node, what).map((entry) => {
    const parts = sequence(entry, what);
    const id = oid(parts[0], what);
    const hasCritical = parts[1]?.tag === TAG.BOOLEAN;
    const value = expectTag(parts[hasCritical ? 2 : 1], TAG.OCTET_STRING, `extension ${id}`);
    if (parts.length > (hasCritical ? 3 : 2)) throw derError(what, `malformed extension ${id}`);
    if (seen.has(id)) throw derError(what, `extension ${id} occurs twice`);
    seen.add(id);
    return { oid: id, critical: hasCritical && boolean(parts[1]!, what), value: value.body };
  });
}

/**
 * The content of basicConstraints.
 *
 * @category Certificates
 */
export interface BasicConstraints {
  /** Whether the subject is a CA. */
  readonly ca: boolean;
  /** How many intermediates may follow, if limited. */
  readonly pathLength: number | undefined;
}

/** Reads basicConstraints. */
export function readBasicConstraints(value: Uint8Array): BasicConstraints {
  const what = "extension basicConstraints";
  const parts = sequence(readDer(value, what), what);
  const hasCa = parts[0]?.tag === TAG.BOOLEAN;
  const ca = hasCa && boolean(parts[0]!, what);
  const rest = parts.slice(hasCa ? 1 : 0);
  if (rest.length > 1) throw derError(what, "too many elements");
  return { ca, pathLength: rest[0] && smallInteger(rest[0], what) };
}

/** Reads keyUsage as names. */
export function readKeyUsage(value: Uint8Array): string[] {
  const what = "extension keyUsage";
  return setBits(readDer(value, what), what).flatMap((bit) => KEY_USAGES[bit] ?? []);
}

/** Reads extendedKeyUsage as object identifiers. */
export function readExtKeyUsage(value: Uint8Array): string[] {
  const what = "extension extendedKeyUsage";
  return sequence(readDer(value, what), what).map((node) => oid(node, what));
}

/** Reads subjectAltName or issuerAltName. */
export function readAltNames(
  value: Uint8Array,
  what = "extension subjectAltName",
): SubjectAltName[] {
  return readGeneralNames(readDer(value, what, TAG.SEQUENCE), what);
}

/** One access description of authorityInfoAccess. */
export interface AccessDescription {
  /** The access method, e.g. 1.3.6.1.5.5.7.48.1 for OCSP. */
  readonly method: string;
  /** Where. */
  readonly location: SubjectAltName;
}

/** Reads authorityInfoAccess or subjectInfoAccess. */
export function readInfoAccess(value: Uint8Array): AccessDescription[] {
  const what = "extension authorityInfoAccess";
  return sequence(readDer(value, what), what).map((node) => {
    const [method, location] = sequence(node, what);
    if (location === undefined) throw derError(what, "malformed access description");
    return { method: oid(method, what), location: readGeneralName(location, what) };
  });
}

const accessUris = (value: Uint8Array, method: string): string[] =>
  readInfoAccess(value).filter((entry) => entry.method === method && entry.location.type === "URI")
    .map((entry) => entry.location.value);

/** Reads the URIs of the OCSP responders in authorityInfoAccess (RFC 5280 4.2.2.1). */
export function readOcspUris(value: Uint8Array): string[] {
  return accessUris(value, "1.3.6.1.5.5.7.48.1");
}

/** Reads the URIs of the issuer's certificate in authorityInfoAccess (RFC 5280 4.2.2.1). */
export function readIssuerUris(value: Uint8Array): string[] {
  return accessUris(value, "1.3.6.1.5.5.7.48.2");
}

export interface DistributionPoint {
  /** The full names, empty if the point has none. */
  readonly fullName: readonly SubjectAltName[];
  /** The bits of the reasons it is limited to. */
  readonly reasons: readonly number[] | undefined;
  /** Who issues the CRL, if not the certificate's issuer. */
  readonly crlIssuer: readonly SubjectAltName[];
}

/** Reads crlDistributionPoints or freshestCRL. */
export function readDistributionPoints(value: Uint8Array): DistributionPoint[] {
  const what = "extension crlDistributionPoints";
  return sequence(readDer(value, what), what).map((node) => {
    const point: { -readonly [K in keyof DistributionPoint]: DistributionPoint[K] } = {
      fullName: [],
      reasons: undefined,
      crlIssuer: [],
    };
    for (const part of sequence(node, what)) {
      if (part.tag === 0xa0) {
        const name = children(part, what)[0];
        if (name?.tag === 0xa0) point.fullName = readGeneralNames(name, what);
      } else if (part.tag === 0x81) point.reasons = setBits(part, what, 0x81);
      else if (part.tag === 0xa2) point.crlIssuer = readGeneralNames(part, what);
      else throw derError(what, "malformed distribution point");
    }
    return point;
  });
}

/** Reads the URIs of the CRLs in crlDistributionPoints. */
export function readCrlUris(value: Uint8Array): string[] {
  return readDistributionPoints(value).flatMap((point) => point.fullName)
    .filter((name) => name.type === "URI").map((name) => name.value);
}

/** Reads subjectKeyIdentifier. */
export function readSubjectKeyIdentifier(value: Uint8Array): Uint8Array {
  return readDer(value, "extension subjectKeyIdentifier", TAG.OCTET_STRING).body;
}

/**
 * The content of authorityKeyIdentifier.
 *
 * @category Certificates
 */
export interface AuthorityKeyIdentifier {
  /** The issuer's key identifier. */
  readonly keyId: Uint8Array | undefined;
  /** The issuer of the issuer's certificate. */
  readonly issuer: readonly SubjectAltName[];
  /** The serial number of the issuer's certificate, content octets. */
  readonly serial: Uint8Array | undefined;
}

/** Reads authorityKeyIdentifier. */
export function readAuthorityKeyIdentifier(value: Uint8Array): AuthorityKeyIdentifier {
  const what = "extension authorityKeyIdentifier";
  let keyId: Uint8Array | undefined;
  let issuer: SubjectAltName[] = [];
  let serial: Uint8Array | undefined;
  for (const part of sequence(readDer(value, what), what)) {
    if (part.tag === 0x80) keyId = part.body;
    else if (part.tag === 0xa1) issuer = readGeneralNames(part, what);
    else if (part.tag === 0x82) serial = part.body;
    else throw derError(what, "unknown element");
  }
  return { keyId, issuer, serial };
}

/** Reads tlsFeature: the numbers of the TLS extensions that are promised (5 is must-staple). */
export function readTlsFeature(value: Uint8Array): number[] {
  const what = "extension tlsFeature";
  return sequence(readDer(value, what), what).map((node) => smallInteger(node, what));
}
