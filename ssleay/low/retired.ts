/**
 * Functions of Net::SSLeay that have nothing left to do, or cannot be done here.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { toInteger } from "./integer.ts";
import type { Taken } from "./declared_types.ts";
import type { Opaque } from "./handle.ts";
import { objectOf } from "./into.ts";

/** Nothing to do since OpenSSL 1.1.0. Perl: `Net::SSLeay::RAND_cleanup` */
export function RAND_cleanup(): void {}

/**
 * OpenSSL since 3.0 has no FIPS mode to switch: a provider takes its place.
 *
 * Perl: `Net::SSLeay::FIPS_mode_set`
 *
 * @throws {SslUnsupportedError} Always.
 */
export function FIPS_mode_set(_on: number): number {
  throw new SslUnsupportedError(
    'Cannot call FIPS_mode_set(): OpenSSL 3 has no FIPS mode to switch: load the provider with OSSL_PROVIDER_load(null, "fips")',
  );
}

/**
 * Tearing OpenSSL down would break every other connection of this process.
 *
 * Perl: `Net::SSLeay::OPENSSL_cleanup`
 *
 * @throws {SslUnsupportedError} Always.
 */
export function OPENSSL_cleanup(): void {
  throw new SslUnsupportedError(
    "Cannot call OPENSSL_cleanup(): it would break every other use of OpenSSL in this process: free what you made instead",
  );
}

/** Nothing: since OpenSSL 1.1.0 the state cannot be set. Perl: `Net::SSLeay::set_state` */
export function set_state(ssl: Taken<"SSL">, state: number): void {
  objectOf(ssl, "SSL", "set_state");
  toInteger(state, "int", "set_state()");
}

/**
 * Perl gives the address of a C structure, which nothing could free or read.
 *
 * Perl: `Net::SSLeay::X509V3_EXT_d2i`
 *
 * @throws {SslUnsupportedError} Always.
 */
export function X509V3_EXT_d2i(extension: Opaque<"X509_EXTENSION">): never {
  objectOf(extension, "X509_EXTENSION", "X509V3_EXT_d2i");
  throw new SslUnsupportedError(
    "Cannot call X509V3_EXT_d2i(): it gives a structure of C: use X509V3_EXT_print() for text, or X509_EXTENSION_get_data() for DER",
  );
}
