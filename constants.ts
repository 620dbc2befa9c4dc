/**
 * The constants that IO::Socket::SSL exports, under their Perl names: the flags of the options
 * `verifyMode` and `ocspMode`, and the types of names.
 *
 * @module
 */

/**
 * Do not verify the peer.
 *
 * Perl: `SSL_VERIFY_NONE`
 *
 * @category Constants
 */
export const SSL_VERIFY_NONE = 0;
/**
 * Verify the peer; a server also asks for a certificate.
 *
 * Perl: `SSL_VERIFY_PEER`
 *
 * @category Constants
 */
export const SSL_VERIFY_PEER = 1;
/**
 * Server: refuse a client that sends no certificate (with `SSL_VERIFY_PEER`).
 *
 * Perl: `SSL_VERIFY_FAIL_IF_NO_PEER_CERT`
 *
 * @category Constants
 */
export const SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;
/**
 * Server: ask for the certificate only in the first handshake.
 *
 * Perl: `SSL_VERIFY_CLIENT_ONCE`
 *
 * @category Constants
 */
export const SSL_VERIFY_CLIENT_ONCE = 4;

/**
 * Do not ask for a stapled OCSP response.
 *
 * Perl: `SSL_OCSP_NO_STAPLE`
 *
 * @category Constants
 */
export const SSL_OCSP_NO_STAPLE = 1;
/**
 * Fail without a good stapled OCSP response.
 *
 * Perl: `SSL_OCSP_MUST_STAPLE`
 *
 * @category Constants
 */
export const SSL_OCSP_MUST_STAPLE = 2;
/**
 * Soft OCSP errors (no answer, unknown) are failures too.
 *
 * Perl: `SSL_OCSP_FAIL_HARD`
 *
 * @category Constants
 */
export const SSL_OCSP_FAIL_HARD = 4;
/**
 * The OCSP resolver checks the whole chain, not the leaf alone.
 *
 * Perl: `SSL_OCSP_FULL_CHAIN`
 *
 * @category Constants
 */
export const SSL_OCSP_FULL_CHAIN = 8;
/**
 * Ask for a stapled OCSP response and check it if there is one.
 *
 * Perl: `SSL_OCSP_TRY_STAPLE`
 *
 * @category Constants
 */
export const SSL_OCSP_TRY_STAPLE = 16;

/**
 * The GeneralName type of a dNSName.
 *
 * Perl: `GEN_DNS`
 *
 * @category Constants
 */
export const GEN_DNS = 2;
/**
 * The GeneralName type of an iPAddress.
 *
 * Perl: `GEN_IPADD`
 *
 * @category Constants
 */
export const GEN_IPADD = 7;
