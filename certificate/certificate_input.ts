/**
 * The DER of what a certificate is given as: PEM text, the bytes of a file, or an object of another
 * library.
 *
 * @module
 */

import { SslError } from "../errors.ts";
import { describe, quoteSource } from "../internal/quote.ts";
import { latin1, readElement, TAG } from "./asn1/reader.ts";
import { foreignBlock, foreignFormat, withoutFinalNewline } from "./foreign.ts";
import { foreignCertificateDer, isForeignCertificate } from "./foreign_objects.ts";
import { looksLikePem, pemBlocks, shownLabels } from "./keys/pem.ts";

/** PEM labels of certificates. `TRUSTED CERTIFICATE` has OpenSSL's trust settings after the DER. */
export const CERT_LABELS: readonly string[] = [
  "CERTIFICATE",
  "X509 CERTIFICATE",
  "TRUSTED CERTIFICATE",
];

/** The certificates of a PEM text, at least one; other blocks are skipped. */
export function pemCertificates(text: string, source: string, firstOnly = false): Uint8Array[] {
  const blocks = pemBlocks(text, source);
  const ders: Uint8Array[] = [];
  for (const { label, der } of blocks) {
    if (!CERT_LABELS.includes(label)) continue;
    ders.push(label.startsWith("TRUSTED") ? readElement(der, 0, "certificate").raw : der);
    if (firstOnly) break;
  }
  if (ders.length > 0) return ders;
  const foreign = foreignBlock(blocks) ?? foreignFormat(text);
  const reason = `no CERTIFICATE block found: received ${shownLabels(blocks)}` +
    (foreign === undefined ? "" : `: ${foreign}`);
  throw new SslError(`Cannot read certificate from ${quoteSource(source)}: ${reason}`, {
    code: "ERR_PEM",
    reason,
  });
}

/** The certificate in the bytes of a file in DER. */
function fromDerFile(data: Uint8Array, source: string): Uint8Array {
  const reason = foreignFormat(data);
  if (reason === undefined) return withoutFinalNewline(data);
  throw new SslError(`Cannot read ${quoteSource(source)}: ${reason}`, { code: "ERR_DER", reason });
}

/** The certificates in PEM text, PEM as bytes, DER, or an object of another library; not checked yet. */
export function certificateDers(data: unknown, source: string): Uint8Array[] {
  if (typeof data === "string") return pemCertificates(data, source);
  if (data instanceof Uint8Array) {
    if (data[0] === TAG.SEQUENCE || !looksLikePem(data)) return [fromDerFile(data, source)];
    return pemCertificates(latin1(data), source);
  }
  if (isForeignCertificate(data)) return [foreignCertificateDer(data, source)];
  throw new TypeError(
    `Cannot read ${quoteSource(source)}: expected PEM text, DER bytes or an X509Certificate: ` +
      `received ${describe(data)}`,
  );
}
