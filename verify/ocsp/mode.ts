/**
 * What the `SSL_OCSP_*` flags ask of a handshake. Pure.
 *
 * @module
 */

import {
  SSL_OCSP_FAIL_HARD,
  SSL_OCSP_MUST_STAPLE,
  SSL_OCSP_NO_STAPLE,
  SSL_OCSP_TRY_STAPLE,
} from "../../constants.ts";

/**
 * Whether a client with these `SSL_OCSP_*` flags asks the server for a stapled
 * response. `judgeStaple` refuses nothing if it does not.
 *
 * Perl: `SSL_ocsp_mode`
 *
 * @category OCSP
 */
export function asksForStaple(ocspMode: number): boolean {
  const asks = SSL_OCSP_TRY_STAPLE | SSL_OCSP_MUST_STAPLE | SSL_OCSP_FAIL_HARD;
  return (ocspMode & SSL_OCSP_NO_STAPLE) === 0 && (ocspMode & asks) !== 0;
}
