/**
 * The ciphers of a context whose options name none. Where AES is looked up in tables, ChaCha20 comes
 * first among those that agree on keys in the same way.
 *
 * @module
 */

/** Perl's default since 2.074. */
const DEFAULT_CIPHERS = "DEFAULT:!EXP:!MEDIUM:!LOW:!eNULL:!aNULL:!RC4:!DES:!MD5:!PSK:!SRP";

/** "DEFAULT" is a keyword only at the start of a list; this is what it stands for. */
const DEFAULT = "ALL:!COMPLEMENTOFDEFAULT";

/** The ways in which a pre-shared key agrees on the key of a connection, the best first. */
const PSK_EXCHANGES = ["kECDHEPSK", "kDHEPSK", "kPSK"];

const CHACHA20 = "TLS_CHACHA20_POLY1305_SHA256";
const AES_128 = "TLS_AES_128_GCM_SHA256";
const AES_256 = "TLS_AES_256_GCM_SHA384";

/** The ciphers of TLS 1.2 and below where no option names any. */
export function defaultCiphers(psk: boolean, aesByTables: boolean): string {
  const chacha20First = (exchange: string) =>
    aesByTables ? [`${exchange}+CHACHA20`, exchange] : [exchange];
  const first = [
    // A program that gives a pre-shared key means to use it, even beside certificates.
    ...(psk ? PSK_EXCHANGES.flatMap(chacha20First) : []),
    ...(aesByTables ? ["ECDHE+CHACHA20", "DHE+CHACHA20"] : []),
  ];
  const list = psk ? DEFAULT_CIPHERS.replace(":!PSK", "") : DEFAULT_CIPHERS;
  return first.length === 0 ? list : [...first, list.replace("DEFAULT", DEFAULT)].join(":");
}

/**
 * The suites of TLS 1.3 where no option names any; undefined for OpenSSL's own. It uses pre-shared
 * keys with SHA-256 only, so the suites with SHA-256 come first then: otherwise a server with a
 * certificate would choose another suite, and use the certificate.
 */
export function defaultSuites(psk: boolean, aesByTables: boolean): string | undefined {
  if (!psk && !aesByTables) return undefined;
  const aes = psk ? [AES_128, AES_256] : [AES_256, AES_128];
  return (aesByTables ? [CHACHA20, ...aes] : [AES_128, CHACHA20, AES_256]).join(":");
}
