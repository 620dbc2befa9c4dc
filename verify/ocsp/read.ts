/**
 * Reading OCSP responses (RFC 6960 4.2.1): structure only, no judgement.
 *
 * @module
 */

import {
  bitString,
  children,
  derError,
  type DerNode,
  expectTag,
  oid,
  readDer,
  sequence,
  smallInteger,
  TAG,
  time,
} from "../../certificate/asn1/reader.ts";
import { type Extension, readExtensions } from "../../certificate/extensions/read.ts";
import { crlReason } from "../../certificate/crl_reason.ts";
import {
  OCSP_NONCE,
  OCSP_STATUS,
  type OcspCertId,
  type OcspCertStatus,
  readCertId,
} from "../../certificate/ocsp_build.ts";

/**
 * The longest response that is read: 256 KiB. Real ones have 0.3 to 10 KiB.
 *
 * @category OCSP
 */
export const MAX_OCSP_RESPONSE_LENGTH: number = 256 * 1024;

const WHAT = "OCSP response";
const BASIC = "1.3.6.1.5.5.7.48.1.1";

/**
 * The name of an OCSPResponseStatus (RFC 6960 4.2.1).
 *
 * @category OCSP
 */
export type OcspResponseStatus =
  | "successful"
  | "malformedRequest"
  | "internalError"
  | "tryLater"
  | "sigRequired"
  | "unauthorized";

/**
 * What a response says about one certificate.
 *
 * @category OCSP
 */
export interface OcspAnswer {
  /** The certificate it is about. */
  readonly id: OcspCertId;
  /** The status. */
  readonly status: OcspCertStatus;
  /** When the status was known to be right. */
  readonly thisUpdate: Date;
  /** When there will be newer information; `undefined` when the responder does not say. */
  readonly nextUpdate: Date | undefined;
  /** The extensions of this answer. */
  readonly extensions: readonly Extension[];
}

/**
 * Whose signature a response carries, as it says itself.
 *
 * @category OCSP
 */
export type OcspResponderId =
  | { readonly type: "name"; readonly name: Uint8Array }
  | { readonly type: "key"; readonly hash: Uint8Array };

/**
 * The content of a successful response.
 *
 * @category OCSP
 */
export interface OcspBasicResponse {
  /** Whose signature it is. */
  readonly responder: OcspResponderId;
  /** When it was signed. */
  readonly producedAt: Date;
  /** The answers. */
  readonly answers: readonly OcspAnswer[];
  /** The extensions of the whole response. */
  readonly extensions: readonly Extension[];
  /** The value of the nonce extension (the DER inside it), if there is one. */
  readonly nonce: Uint8Array | undefined;
  /** The DER of the part that is signed. */
  readonly rawTbs: Uint8Array;
  /** The DER of the signature's AlgorithmIdentifier. */
  readonly rawSignatureAlgorithm: Uint8Array;
  /** The signature. */
  readonly signature: Uint8Array;
  /** The DER of each certificate that came along. */
  readonly certs: readonly Uint8Array[];
}

/**
 * An OCSP response.
 *
 * @category OCSP
 */
export interface OcspResponse {
  /** `successful` with an answer; anything else says why the responder gave no answer. */
  readonly status: OcspResponseStatus;
  /** The content; `undefined` unless the status is `successful`. */
  readonly basic: OcspBasicResponse | undefined;
}

/** Takes elements off a list in their order, and complains about what is left. */
class Fields {
  readonly #nodes: readonly DerNode[];
  readonly #what: string;
  #at = 0;

  constructor(node: DerNode | undefined, what: string) {
    this.#nodes = sequence(node, what);
    this.#what = what;
  }

  next(): DerNode | undefined {
    return this.#nodes[this.#at++];
  }

  optional(tag: number): DerNode | undefined {
    return this.#nodes[this.#at]?.tag === tag ? this.next() : undefined;
  }

  end(): void {
    if (this.#at < this.#nodes.length) throw derError(this.#what, "unexpected element");
  }
}

/** The one element inside an explicit tag. */
function inner(node: DerNode, what: string): DerNode {
  const [only, ...rest] = children(node, what);
  if (only === undefined || rest.length > 0) {
    throw derError(what, `expected one element inside tag 0x${node.tag.toString(16)}`);
  }
  return only;
}

function generalizedTime(node: DerNode | undefined, what: string): Date {
  return time(expectTag(node, TAG.GENERALIZED_TIME, what), what);
}

function readStatus(node: DerNode | undefined): OcspCertStatus {
  const what = "certStatus of OCSP response";
  switch (node?.tag) {
    case 0x80:
    case 0x82:
      if (node.body.length > 0) throw derError(what, "expected NULL");
      return { status: node.tag === 0x80 ? "good" : "unknown" };
    case 0xa1: {
      const [when, reason, ...rest] = children(node, what);
      const revoked = { status: "revoked", time: generalizedTime(when, what) } as const;
      if (rest.length > 0) throw derError(what, "unexpected element");
      if (reason === undefined) return revoked;
      const number = smallInteger(
        inner(expectTag(reason, 0xa0, what), what),
        what,
        TAG.ENUMERATED,
      );
      const name = crlReason(number);
      // A reason that is not known yet does not make the certificate less revoked.
      return name === undefined ? revoked : { ...revoked, reason: name };
    }
    default:
      throw derError(what, "neither good, revoked nor unknown");
  }
}

function readAnswer(node: DerNode): OcspAnswer {
  const what = "answer of OCSP response";
  const fields = new Fields(node, what);
  const id = readCertId(fields.next());
  const status = readStatus(fields.next());
  const thisUpdate = generalizedTime(fields.next(), what);
  const next = fields.optional(0xa0);
  const extensions = fields.optional(0xa1);
  fields.end();
  return {
    id,
    status,
    thisUpdate,
    nextUpdate: next && generalizedTime(inner(next, what), what),
    extensions: extensions === undefined ? [] : readExtensions(inner(extensions, what), what),
  };
}

function readResponder(node: DerNode | undefined): OcspResponderId {
  const what = "responderID of OCSP response";
  if (node?.tag === 0xa1) {
    return { type: "name", name: expectTag(inner(node, what), TAG.SEQUENCE, what).raw };
  }
  const key = inner(expectTag(node, 0xa2, what), what);
  return { type: "key", hash: expectTag(key, TAG.OCTET_STRING, what).body };
}

function readBasic(der: Uint8Array): OcspBasicResponse {
  const outer = new Fields(readDer(der, WHAT), WHAT);
  const tbs = expectTag(outer.next(), TAG.SEQUENCE, WHAT);
  const algorithm = expectTag(outer.next(), TAG.SEQUENCE, WHAT);
  const { bytes: signature, unused } = bitString(outer.next(), "signature of OCSP response");
  if (unused > 0) throw derError(WHAT, "signature is not a whole number of bytes");
  const certs = outer.optional(0xa0);
  outer.end();

  const fields = new Fields(tbs, WHAT);
  const version = fields.optional(0xa0);
  if (version !== undefined && smallInteger(inner(version, WHAT), WHAT) !== 0) {
    throw derError(WHAT, "unknown version");
  }
  const responder = readResponder(fields.next());
  const producedAt = generalizedTime(fields.next(), WHAT);
  const answers = sequence(fields.next(), WHAT).map(readAnswer);
  const extensionList = fields.optional(0xa1);
  fields.end();
  const extensions = extensionList === undefined
    ? []
    : readExtensions(inner(extensionList, WHAT), WHAT);
  return {
    responder,
    producedAt,
    answers,
    extensions,
    nonce: extensions.find((extension) => extension.oid === OCSP_NONCE)?.value,
    rawTbs: tbs.raw,
    rawSignatureAlgorithm: algorithm.raw,
    signature,
    certs: certs === undefined ? [] : sequence(inner(certs, WHAT), WHAT).map((node) => node.raw),
  };
}

/**
 * Reads an OCSP response (RFC 6960 4.2.1). Nothing is verified: that is
 * {@linkcode checkOcspResponse}.
 *
 * Perl: `d2i_OCSP_RESPONSE`
 *
 * @param der The response; at most {@linkcode MAX_OCSP_RESPONSE_LENGTH} bytes.
 * @throws {SslError} code `ERR_DER` if it is malformed.
 *
 * @category OCSP
 */
export function readOcspResponse(der: Uint8Array): OcspResponse {
  if (der.length > MAX_OCSP_RESPONSE_LENGTH) {
    throw derError(WHAT, `${der.length} bytes is more than the limit of 256 KiB`);
  }
  const fields = new Fields(readDer(der, WHAT), WHAT);
  const number = smallInteger(fields.next(), WHAT, TAG.ENUMERATED);
  const status = (Object.keys(OCSP_STATUS) as OcspResponseStatus[])
    .find((name) => OCSP_STATUS[name] === number);
  if (status === undefined) throw derError(WHAT, `unknown status ${number}`);
  const bytes = fields.optional(0xa0);
  fields.end();
  if (status !== "successful") return { status, basic: undefined };
  if (bytes === undefined) throw derError(WHAT, "successful, but without an answer");
  const typed = new Fields(inner(bytes, WHAT), WHAT);
  const type = oid(typed.next(), WHAT);
  if (type !== BASIC) throw derError(WHAT, `unknown type ${type}`);
  const content = expectTag(typed.next(), TAG.OCTET_STRING, WHAT);
  typed.end();
  return { status, basic: readBasic(content.body) };
}
