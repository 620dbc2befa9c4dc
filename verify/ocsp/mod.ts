/**
 * OCSP (RFC 6960): is a certificate revoked? Checking responses, judging a
 * stapled one, and asking responders.
 *
 * Everything is pure but {@linkcode OcspResolver.resolve}, which uses `fetch`
 * and needs the permission to reach the responders that the certificates name.
 *
 * ```ts ignore
 * import { SSL_OCSP_FULL_CHAIN, SslSocket } from "@socket/ssl";
 * import { OcspResolver } from "@socket/ssl/ocsp";
 *
 * await using socket = await SslSocket.connect("example.com:443");
 * const chain = socket.peerCertificates();
 * const resolver = new OcspResolver({ chain, ocspMode: SSL_OCSP_FULL_CHAIN });
 * const error = await resolver.resolve();
 * if (error !== "") throw new Error(`revoked: ${error}`);
 * ```
 *
 * @module
 */

export { OcspCache, type OcspCacheEntry, type OcspCacheStore } from "./cache.ts";
export {
  MAX_OCSP_RESPONSE_LENGTH,
  type OcspAnswer,
  type OcspBasicResponse,
  type OcspResponderId,
  type OcspResponse,
  type OcspResponseStatus,
  readOcspResponse,
} from "./read.ts";
export {
  buildOcspRequest,
  type BuildOcspRequestOptions,
  type BuiltOcspRequest,
  type OcspTarget,
} from "./fetch.ts";
export type { OcspResolverOptions, ResolveOcspOptions } from "./options.ts";
export { OcspResolver } from "./resolver.ts";
export {
  type CheckOcspOptions,
  checkOcspResponse,
  OCSP_CLOCK_SKEW,
  OCSP_MAX_AGE,
  type OcspState,
  type OcspVerdict,
} from "./response.ts";
export { asksForStaple } from "./mode.ts";
export { judgeStaple, type JudgeStapleOptions, type StapleJudgement } from "./stapled.ts";
export type { Certificate, CertificateInput } from "../../certificate/certificate.ts";
export type { CrlReason } from "../../certificate/crl_reason.ts";
export type { OcspCertId, OcspCertStatus, OcspDigest } from "../../certificate/ocsp_build.ts";
export type { Extension } from "../../certificate/extensions/read.ts";
