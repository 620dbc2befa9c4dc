/**
 * The versions of TLS: their numbers on the wire (RFC 8446 4.2.1, RFC 5246 6.2.1) and the names
 * that OpenSSL and Perl have for them. Pure.
 *
 * @module
 */

/** The number of a version. */
export const TLS1_2 = 0x0303;
/** The number of a version. */
export const TLS1_3 = 0x0304;

/** The versions by name. */
export const VERSIONS = {
  SSLv3: 0x0300,
  TLSv1: 0x0301,
  TLSv1_1: 0x0302,
  TLSv1_2: TLS1_2,
  TLSv1_3: TLS1_3,
} as const;

const NAMES = Object.keys(VERSIONS) as readonly (keyof typeof VERSIONS)[];

/** The name of a version, `TLSv1_3`; for an unknown number the number itself, `0x7f1c`. */
export function versionName(version: number): string {
  return NAMES[version - VERSIONS.SSLv3] ?? `0x${version.toString(16).padStart(4, "0")}`;
}
