/**
 * What is said of a certificate beyond the usual: its names, what it may be used for, and who says
 * whether it is revoked. Pure.
 *
 * @module
 */

import { ifReadable } from "../../certificate/asn1/reader.ts";
import type { Certificate } from "../../certificate/certificate.ts";
import type { SubjectAltName } from "../../certificate/general_name.ts";
import type { CertificateRequest } from "../../certificate/request.ts";
import { oidEntry } from "../../certificate/asn1/oids.ts";
import { visible } from "../../internal/quote.ts";
import { CERTIFICATE_SCHEMA, certificateData, daysLeft } from "../certificate_data.ts";
import type { JsonSchema } from "../result.ts";

/**
 * The name by which people know a certificate: its common name, or else its first name, or its subject.
 * It is one line, whatever the certificate has in it.
 */
export function nameOf(certificate: Certificate): string {
  return visible(
    certificate.commonName ?? namesOf(certificate)[0] ?? (certificate.subject || "(no subject)"),
  );
}

/** What a stranger wrote, in one line: else a name could pass for lines of the report. */
export function listed(texts: readonly string[]): string {
  return texts.map(visible).join(", ");
}

/** The names in a certificate, with their kind where it is not a host name. */
export function namesOf(certificate: Certificate): string[] {
  return nameTexts(ifReadable(() => certificate.subjectAltNames) ?? []);
}

const nameTexts = (names: readonly SubjectAltName[]): string[] =>
  names.map(({ type, value }) => type === "DNS" ? value : `${type}:${value}`);

/** The names that a request asks for. */
export function requestNames(request: CertificateRequest): string[] {
  return nameTexts(ifReadable(() => request.subjectAltNames) ?? []);
}

const purposeName = (oid: string): string => oidEntry(oid)?.sn ?? oid;

/** Everything about a certificate as data. An extension that cannot be read counts as absent. */
export function certificateDetails(
  certificate: Certificate,
  now: number,
): Record<string, unknown> {
  const read = <T>(get: () => T): T | undefined => ifReadable(get);
  return {
    kind: "certificate",
    ...certificateData(certificate),
    daysLeft: daysLeft(certificate, now),
    names: namesOf(certificate),
    selfIssued: certificate.isSelfIssued,
    keyUsage: read(() => certificate.keyUsage) ?? [],
    extKeyUsage: (read(() => certificate.extKeyUsage) ?? []).map(purposeName),
    ocsp: read(() => certificate.ocspUris) ?? [],
    crls: read(() => certificate.crlUris) ?? [],
    issuers: read(() => certificate.aiaIssuers) ?? [],
    mustStaple: read(() => certificate.mustStaple) ?? false,
  };
}

const TEXTS: JsonSchema = { type: "array", items: { type: "string" } };
const BASE = CERTIFICATE_SCHEMA as {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, JsonSchema>>;
};

const MORE: Readonly<Record<string, JsonSchema>> = {
  kind: { const: "certificate" },
  daysLeft: { type: "integer" },
  names: TEXTS,
  selfIssued: { type: "boolean" },
  keyUsage: TEXTS,
  extKeyUsage: TEXTS,
  ocsp: TEXTS,
  crls: TEXTS,
  issuers: TEXTS,
  mustStaple: { type: "boolean" },
};

/** The schema of {@linkcode certificateDetails}. */
export const DETAILS_SCHEMA: JsonSchema = {
  type: "object",
  required: [...BASE.required, ...Object.keys(MORE)],
  properties: { ...BASE.properties, ...MORE },
  additionalProperties: false,
};
