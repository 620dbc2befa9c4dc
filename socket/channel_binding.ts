/**
 * Keying material (RFC 5705), and channel bindings (RFC 5056): bytes that both ends of this very connection
 * know and no man in the middle does, to tie an authentication above TLS to it.
 *
 * `tls-unique` and, below TLS 1.3, `tls-exporter` need the extended master
 * secret: without it an attacker can make two connections with the same
 * secrets (the triple handshake attack, RFC 7627 1).
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { Certificate } from "../certificate/certificate.ts";
import { children, oid, readDer, sequence } from "../certificate/asn1/reader.ts";
import { oidLongName } from "../certificate/asn1/oids.ts";
import type { TlsStream } from "../engine/engine.ts";
import type { Negotiated } from "../engine/connection_facts.ts";
import { SslUnsupportedError } from "../errors.ts";
import { TLS1_3 } from "../engine/tls_versions.ts";

/**
 * The types of channel bindings.
 *
 * @category Sockets
 */
export type ChannelBindingType = "tls-exporter" | "tls-unique" | "tls-server-end-point";

const EXPORTER_LABEL = "EXPORTER-Channel-Binding";
const EXPORTER_LENGTH = 32;

function cannot(type: ChannelBindingType, why: string, remedy: string): SslUnsupportedError {
  return new SslUnsupportedError(`Cannot use channel binding ${type}: ${why}: ${remedy}`, {
    code: "ERR_CHANNEL_BINDING",
    reason: why,
  });
}

function needExtendedMasterSecret(type: ChannelBindingType, negotiated: Negotiated): void {
  if (negotiated.versionInt === TLS1_3 || negotiated.extendedMasterSecret === true) return;
  throw cannot(
    type,
    "the extended master secret (RFC 7627) was not negotiated",
    'use TLS 1.3 with "tls-exporter", or "tls-server-end-point"',
  );
}

/** RFC 9266. */
function exporter(tls: TlsStream): Uint8Array {
  needExtendedMasterSecret("tls-exporter", tls.negotiated());
  return tls.exportKeyingMaterial(EXPORTER_LABEL, EXPORTER_LENGTH, new Uint8Array());
}

/** RFC 5929 3: the first Finished message of the handshake, the server's when a session was resumed. */
function unique(tls: TlsStream): Uint8Array {
  const negotiated = tls.negotiated();
  if (negotiated.versionInt === TLS1_3) {
    throw cannot("tls-unique", "TLS 1.3 has none (RFC 8446 C.5)", 'use "tls-exporter"');
  }
  needExtendedMasterSecret("tls-unique", negotiated);
  const first = negotiated.reused === true ? "server" : "client";
  return tls.finished(first === tls.role ? "own" : "peer");
}

/** Digests by what is in the name of the signature algorithm, or of the digest. */
const DIGESTS: readonly (readonly [RegExp, string])[] = [
  [/md5|sha-?1(?!\d)/i, "sha256"], // too weak
  [/sha-?224/i, "sha224"],
  [/sha-?256/i, "sha256"],
  [/sha-?384/i, "sha384"],
  [/sha-?512/i, "sha512"],
];

/** RSASSA-PSS has its digest in the parameters (RFC 4055 3.1); the default is SHA-1. */
function pssDigest(certificate: Certificate): string {
  const what = "RSASSA-PSS parameters of certificate";
  const parameters = sequence(readDer(certificate.rawSignatureAlgorithm, what), what)[1];
  const hash = parameters && sequence(parameters, what).find(({ tag }) => tag === 0xa0);
  if (hash === undefined) return "sha1";
  return oidLongName(oid(sequence(children(hash, what)[0], what)[0], what));
}

/**
 * The digest of a certificate for `tls-server-end-point` (RFC 5929 4.1): that of its signature, or
 * SHA-256 where that one is MD5 or SHA-1. `undefined` where it has no digest, as for Ed25519.
 */
export function endPointDigest(certificate: Certificate): string | undefined {
  const { signatureAlgorithm } = certificate;
  const name = /pss/i.test(signatureAlgorithm) ? pssDigest(certificate) : signatureAlgorithm;
  if (/sha-?512.(224|256)/i.test(name)) return undefined;
  return DIGESTS.find(([pattern]) => pattern.test(name))?.[1];
}

/** RFC 5929 4: a digest of the server's certificate. */
function serverEndPoint(tls: TlsStream): Uint8Array {
  const der = tls.role === "client" ? tls.peerChain()[0] : tls.ownCertificate();
  if (der === undefined) {
    throw cannot(
      "tls-server-end-point",
      "the server showed no certificate",
      'use "tls-exporter"',
    );
  }
  const certificate = Certificate.fromDer(der);
  const digest = endPointDigest(certificate);
  if (digest === undefined) {
    throw cannot(
      "tls-server-end-point",
      `it is not defined for certificates signed with ${certificate.signatureAlgorithm}`,
      'use "tls-exporter"',
    );
  }
  return certificate.fingerprintBin(digest);
}

/** The channel binding of an established connection. */
export function channelBinding(tls: TlsStream, type: ChannelBindingType): Uint8Array {
  switch (type) {
    case "tls-exporter":
      return exporter(tls);
    case "tls-unique":
      return unique(tls);
    case "tls-server-end-point":
      return serverEndPoint(tls);
    default:
      throw new TypeError(
        `Cannot use channelBinding(): it must be "tls-exporter", "tls-unique" or ` +
          `"tls-server-end-point": received ${quote(type)}`,
      );
  }
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
