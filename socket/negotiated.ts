/**
 * What the getters of a socket ask of established TLS. Without TLS, before the handshake and after
 * the close, there is nothing to know.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import type { SubjectAltName } from "../certificate/general_name.ts";
import { engineOf } from "../context/context_record.ts";
import { type Feature, requireFeature } from "../engine/features.ts";
import { autoFeatures } from "../engine/select.ts";
import type { TlsStream } from "../engine/engine.ts";
import { SslError } from "../errors.ts";
import { quote } from "../internal/quote.ts";
import type { VerifyReport } from "../verify/report.ts";
import type { Connection } from "./connection.ts";

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

/** A field of a certificate. */
export function fieldOf(
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

/** The established TLS, if the engine can tell what the call asks for. */
export function tlsFor(
  connection: Connection,
  call: string,
  feature?: Feature,
): TlsStream | undefined {
  const tls = connection.established;
  if (tls === undefined || feature === undefined) return tls;
  requireFeature(engineOf(connection.context), feature, call);
  return tls;
}

/** The same; without TLS an error. */
export function mustTls(connection: Connection, call: string, feature: Feature): TlsStream {
  const tls = tlsFor(connection, call, feature);
  if (tls !== undefined) return tls;
  throw notConnected(call, `there is no TLS with ${connection.peer}`);
}

/** The error of a call for which something is missing. */
export function notConnected(call: string, what: string): SslError {
  return new SslError(`Cannot use ${call}: ${what}`, { code: "ENOTCONN" });
}

/** Refuses what no exporter takes (RFC 5705 4, RFC 8446 7.1 and 7.5). */
export function checkExporter(label: unknown, length: unknown, context: unknown): void {
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

/** The report before a handshake. */
export function nothingVerified(): VerifyReport {
  const nothing = { ok: false, chain: [], checks: [] };
  return Object.defineProperty({ ...nothing } as unknown as VerifyReport, "toJSON", {
    value: () => ({ ...nothing }),
  });
}

/** Whether the engine that `"auto"` chooses has a feature: before it is in use, by the ffi permission alone. */
export function can(feature: Feature): boolean {
  return autoFeatures().has(feature);
}
