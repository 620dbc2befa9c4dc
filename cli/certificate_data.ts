/**
 * What the command line says of a certificate: in JSON, and in a few words.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import { nodeCrypto } from "../internal/node_crypto.ts";
import { visible } from "../internal/quote.ts";
import { counted } from "./layout.ts";
import type { JsonSchema } from "./result.ts";

const DAY = 86_400_000;

/** The key of a certificate: what kind it is, and how large. */
export interface KeyData {
  /** `EC`, `RSA`, `Ed25519`, ... */
  readonly type: string;
  /** The curve of an EC key. */
  readonly curve?: string;
  /** Its size. */
  readonly bits?: number;
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};

const TYPES: Readonly<Record<string, string>> = {
  ec: "EC",
  rsa: "RSA",
  "rsa-pss": "RSA-PSS",
  dsa: "DSA",
  ed25519: "Ed25519",
  ed448: "Ed448",
};

/** The key of a certificate; of a kind that is not known, the name of its algorithm. */
export function keyData(certificate: Certificate): KeyData {
  const { type, bits, curve } = certificate.publicKeyInfo;
  return {
    type: TYPES[type] ?? certificate.publicKeyAlgorithm,
    ...(curve === undefined ? {} : { curve: CURVES[curve] ?? curve }),
    ...(bits === undefined ? {} : { bits }),
  };
}

/** What a SubjectPublicKeyInfo is, in words. */
export function spkiText(spki: Uint8Array): string {
  try {
    const given = { key: spki as never, format: "der", type: "spki" } as const;
    const { asymmetricKeyType = "", asymmetricKeyDetails } = nodeCrypto().createPublicKey(given);
    const { namedCurve: curve = "", modulusLength: bits } = asymmetricKeyDetails ?? {};
    return textOf({
      type: TYPES[asymmetricKeyType] ?? asymmetricKeyType,
      ...(curve !== "" && { curve: CURVES[curve] ?? curve }),
      ...(bits !== undefined && { bits }),
    });
  } catch {
    return "unknown kind of key"; // node:crypto does not know it
  }
}

const textOf = ({ type, curve, bits }: KeyData): string =>
  [type, curve ?? bits].filter((each) => each !== undefined).join(" ");

/** `EC P-256`, `RSA 2048`. */
export function keyText(certificate: Certificate): string {
  return textOf(keyData(certificate));
}

/** The pin of a certificate's key: it survives a renewal that keeps the key. */
export function keyPin(certificate: Certificate): string {
  return certificate.fingerprint("sha256", true);
}

/** The name of a certificate in a chain: its commonName, or else its subject. It is one line. */
export function shortName(certificate: Certificate): string {
  return visible(certificate.commonName ?? (certificate.subject || "(no subject)"));
}

/** Whole days from `now` until the certificate ends; below 0 when it has ended. */
export function daysLeft(certificate: Certificate, now: number): number {
  return Math.floor((certificate.notAfter.getTime() - now) / DAY);
}

/** `ended 3 days ago`, for a certificate with fewer than 0 days left. */
export function endedText(left: number): string {
  return left >= -1 ? "ended less than a day ago" : `ended ${counted(-left - 1, "day")} ago`;
}

/** A day as `2027-02-25`. */
export function dayText(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** The part of its life that a certificate has behind it, from 0 to 1. */
export function lifeUsed({ notBefore, notAfter }: Certificate, now: number): number {
  const [from, to] = [notBefore.getTime(), notAfter.getTime()];
  return Math.min(1, Math.max(0, (now - from) / Math.max(1, to - from)));
}

/** What the library's own JSON of a certificate has that ours has as well. */
const KEPT = [
  ...["subject", "issuer", "serial", "notBefore", "notAfter"],
  ...["subjectAltNames", "fingerprint", "pem"],
];

/** A certificate for a JSON document: its PEM is in it. */
export function certificateData(certificate: Certificate): Record<string, unknown> {
  const { isCa, signatureAlgorithm } = certificate;
  const own = certificate.toJSON();
  return {
    ...Object.fromEntries(KEPT.map((name) => [name, own[name]])),
    ...{ isCa, signatureAlgorithm, key: keyData(certificate), pin: keyPin(certificate) },
  };
}

/** The schema of {@linkcode certificateData}. */
export const CERTIFICATE_SCHEMA: JsonSchema = {
  type: "object",
  required: [
    ...["subject", "issuer", "serial", "notBefore", "notAfter", "fingerprint", "pem"],
    ...["isCa", "signatureAlgorithm", "key", "pin"],
  ],
  properties: {
    subject: { type: "string" },
    issuer: { type: "string" },
    serial: { type: "string" },
    notBefore: { type: "string", format: "date-time" },
    notAfter: { type: "string", format: "date-time" },
    subjectAltNames: {
      type: "array",
      items: {
        type: "object",
        required: ["type", "value"],
        properties: { type: { type: "string" }, value: { type: "string" } },
      },
    },
    fingerprint: { type: "string", pattern: "^sha256\\$[0-9a-f]{64}$" },
    pin: { type: "string", pattern: "^sha256\\$pub\\$[0-9a-f]{64}$" },
    pem: { type: "string", pattern: "^-----BEGIN CERTIFICATE-----" },
    isCa: { type: "boolean" },
    signatureAlgorithm: { type: "string" },
    key: {
      type: "object",
      required: ["type"],
      properties: {
        type: { type: "string" },
        curve: { type: "string" },
        bits: { type: "integer" },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};
