/**
 * Certificates and ciphers in the shape of node's `tls.TLSSocket`.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import type { Certificate } from "../certificate/certificate.ts";

/** A certificate as `X509Certificate` of `node:crypto`. */
export function toX509(certificate: Certificate): X509Certificate {
  return new X509Certificate(certificate.der);
}

/** A certificate as node's `getPeerCertificate()` has it. */
export function legacyCertificate(certificate: Certificate): PeerCertificate {
  const legacy = toX509(certificate).toLegacyObject() as PeerCertificate;
  // Deno gives this one as plain bytes.
  const { pubkey } = legacy as { pubkey?: Uint8Array };
  return pubkey === undefined ? legacy : Object.assign(legacy, { pubkey: Buffer.from(pubkey) });
}

/**
 * A chain as node's `getPeerCertificate(true)` has it: each certificate with its issuer, and a
 * self-signed one with itself.
 */
export function legacyChain(chain: readonly Certificate[]): PeerCertificate | undefined {
  type Link = PeerCertificate & { issuerCertificate?: PeerCertificate };
  const links: Link[] = chain.map(legacyCertificate);
  links.forEach((link, at) => {
    const { subject, issuer } = chain[at]!;
    const above = subject === issuer ? link : links[at + 1];
    if (above !== undefined) link.issuerCertificate = above;
  });
  return links[0];
}

/** The key exchanges that begin OpenSSL's names; the other suites exchange keys by RSA. */
const EXCHANGES =
  /^(?:ECDHE-(?:ECDSA|RSA|PSK)|DHE-(?:RSA|DSS|PSK)|RSA-PSK|PSK|ADH|AECDH|SRP(?:-RSA|-DSS)?)-/;

/** The names of anonymous exchanges in the registry. */
const ANONYMOUS: Readonly<Record<string, string>> = { ADH: "DH_anon", AECDH: "ECDH_anon" };

/** The name of a cipher suite in IANA's registry, from OpenSSL's name. */
export function standardName(name: string): string {
  if (name.startsWith("TLS_")) return name;
  const prefix = EXCHANGES.exec(name)?.[0] ?? "";
  const exchange = prefix.slice(0, -1) || "RSA";
  let cipher = name.slice(prefix.length)
    .replace(/^(AES|CAMELLIA|ARIA)(\d{3})/, "$1-$2")
    .replace("DES-CBC3", "3DES-EDE-CBC")
    .replace("CCM8", "CCM-8");
  if (/POLY1305$/.test(cipher)) cipher += "-SHA256";
  else if (/^(?:AES|CAMELLIA|ARIA)-\d+-SHA/.test(cipher)) {
    cipher = cipher.replace("-SHA", "-CBC-SHA");
  }
  return `TLS_${ANONYMOUS[exchange] ?? exchange}_WITH_${cipher}`.replaceAll("-", "_");
}
