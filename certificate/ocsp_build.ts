/**
 * Making OCSP responses (RFC 6960), and reading requests: what the test CA's
 * responder needs.
 *
 * @module
 */

import type { Certificate } from "./certificate.ts";
import { digestByOid, digests } from "../internal/digest.ts";
import {
  children,
  derError,
  type DerNode,
  expectTag,
  integerBytes,
  oid,
  readDer,
  sequence,
  TAG,
} from "./asn1/reader.ts";
import {
  bits,
  explicit,
  generalizedTime,
  int,
  nul,
  octets,
  oidDer,
  seq,
  tlv,
} from "./asn1/writer.ts";
import { encodeExtensions } from "./extensions/write.ts";
import { readExtensions } from "./extensions/read.ts";
import { nodeCrypto } from "../internal/node_crypto.ts";
import type { PrivateKey } from "./keys/private_key.ts";
import { defaultDigest, signatureAlgorithm, signBytes } from "./signature.ts";
import { CRL_REASONS, type CrlReason } from "./crl_reason.ts";

/** The OID of the nonce extension. */
export const OCSP_NONCE = "1.3.6.1.5.5.7.48.1.2";

/**
 * The digests a CertID can be made with.
 *
 * @category OCSP
 */
export type OcspDigest = "sha1" | "sha256" | "sha384" | "sha512";

const OCSP_DIGESTS: readonly OcspDigest[] = ["sha1", "sha256", "sha384", "sha512"];

/** OCSPResponseStatus (RFC 6960 4.2.1). */
export const OCSP_STATUS = {
  successful: 0,
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const;

/**
 * What a responder says about one certificate.
 *
 * @category OCSP
 */
export type OcspCertStatus =
  | { readonly status: "good" }
  | { readonly status: "unknown" }
  | { readonly status: "revoked"; readonly time: Date; readonly reason?: CrlReason };

/**
 * Which certificate a request or an answer is about.
 *
 * @category OCSP
 */
export interface OcspCertId {
  /** The DER of the whole CertID. */
  readonly raw: Uint8Array;
  /** The name of the digest, if it is known. */
  readonly digest: string | undefined;
  /** The digest of the issuer's name. */
  readonly nameHash: Uint8Array;
  /** The digest of the issuer's key. */
  readonly keyHash: Uint8Array;
  /** The content octets of the serial number. */
  readonly serial: Uint8Array;
}

/** The DER of a CertID. */
export function ocspCertId(
  issuer: Pick<Certificate, "rawSubject" | "publicKeyDigest">,
  serial: Uint8Array,
  digest: OcspDigest = "sha1",
): Uint8Array {
  const name = new Uint8Array(nodeCrypto().createHash(digest).update(issuer.rawSubject).digest());
  return seq(
    seq(oidDer(digests()[digest]!.oid), nul()),
    octets(name),
    octets(issuer.publicKeyDigest(digest)),
    int(serial),
  );
}

/** Reads a CertID. @throws {SslError} code `ERR_DER` if it is malformed. */
export function readCertId(node: DerNode | undefined): OcspCertId {
  const what = "OCSP CertID";
  const [algorithm, name, key, serial] = sequence(node, what);
  return {
    raw: node!.raw,
    digest: digestByOid(oid(sequence(algorithm, what)[0], what), OCSP_DIGESTS),
    nameHash: expectTag(name, TAG.OCTET_STRING, what).body,
    keyHash: expectTag(key, TAG.OCTET_STRING, what).body,
    serial: integerBytes(serial, what),
  };
}

/**
 * An OCSP request.
 *
 * @category OCSP
 */
export interface OcspRequest {
  /** The certificates asked about. */
  readonly ids: readonly OcspCertId[];
  /** The value of the nonce extension, if there is one. */
  readonly nonce: Uint8Array | undefined;
}

/** Reads an OCSP request. @throws {SslError} code `ERR_DER` if it is malformed. */
export function readOcspRequest(der: Uint8Array): OcspRequest {
  const what = "OCSP request";
  const ids: OcspCertId[] = [];
  let nonce: Uint8Array | undefined;
  for (const part of sequence(sequence(readDer(der, what), what)[0], what)) {
    if (part.tag === TAG.SEQUENCE) {
      for (const request of children(part, what)) ids.push(readCertId(sequence(request, what)[0]));
    } else if (part.tag === 0xa2) {
      const list = readExtensions(children(part, what)[0], what);
      nonce = list.find((extension) => extension.oid === OCSP_NONCE)?.value;
    }
  }
  if (ids.length === 0) throw derError(what, "no certificate is asked about");
  return { ids, nonce };
}

/** One answer of a response. */
export interface OcspSingleResponse {
  /** The DER of the CertID. */
  readonly id: Uint8Array;
  /** The answer. */
  readonly status: OcspCertStatus;
  /** When the answer was known to be right. */
  readonly thisUpdate: Date;
  /** When there is newer information; `undefined` leaves it out. */
  readonly nextUpdate: Date | undefined;
}

/** The parts of a successful OCSP response. */
export interface OcspResponseParts {
  /** The answers. */
  readonly responses: readonly OcspSingleResponse[];
  /** The certificate of the signer. */
  readonly signer: Certificate;
  /** The key of the signer. */
  readonly key: PrivateKey;
  /** Certificates to send along. */
  readonly certs: readonly Certificate[];
  /** The nonce to repeat. */
  readonly nonce: Uint8Array | undefined;
  /** When the response is made. */
  readonly producedAt: Date;
}

function certStatus(status: OcspCertStatus): Uint8Array {
  if (status.status === "good") return tlv(0x80);
  if (status.status === "unknown") return tlv(0x82);
  const reason = status.reason === undefined
    ? []
    : [explicit(0, int(CRL_REASONS[status.reason], 0x0a))];
  return tlv(0xa1, generalizedTime(status.time), ...reason);
}

/** Writes and signs a successful OCSP response. */
export function buildOcspResponse(parts: OcspResponseParts): Uint8Array {
  const nonce = parts.nonce === undefined
    ? []
    : [explicit(1, encodeExtensions([{ oid: OCSP_NONCE, critical: false, value: parts.nonce }]))];
  const tbs = seq(
    explicit(2, octets(parts.signer.publicKeyDigest("sha1"))),
    generalizedTime(parts.producedAt),
    seq(...parts.responses.map((single) =>
      seq(
        single.id,
        certStatus(single.status),
        generalizedTime(single.thisUpdate),
        ...(single.nextUpdate === undefined
          ? []
          : [explicit(0, generalizedTime(single.nextUpdate))]),
      )
    )),
    ...nonce,
  );
  const digest = defaultDigest(parts.key);
  const certs = parts.certs.length === 0
    ? []
    : [explicit(0, seq(...parts.certs.map((cert) => cert.der)))];
  const basic = seq(
    tbs,
    signatureAlgorithm(parts.key, digest),
    bits(signBytes(parts.key, digest, tbs)),
    ...certs,
  );
  return seq(
    int(OCSP_STATUS.successful, 0x0a),
    explicit(0, seq(oidDer("1.3.6.1.5.5.7.48.1.1"), octets(basic))),
  );
}

/** An OCSP response without an answer, which only says why. */
export function ocspErrorResponse(
  status: Exclude<keyof typeof OCSP_STATUS, "successful">,
): Uint8Array {
  return seq(int(OCSP_STATUS[status], 0x0a));
}
