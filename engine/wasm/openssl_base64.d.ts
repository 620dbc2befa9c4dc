/**
 * The types of openssl_base64.js, which hold where the file was not built, too.
 *
 * @module
 */

/** The gzip of openssl.wasm in base64. */
declare const base64: string;
export default base64;
/** The SHA-256 of openssl.wasm, in hex. */
export declare const sha256: string;
/** What OpenSSL calls itself. */
export declare const version: string;
