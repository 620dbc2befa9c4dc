/**
 * Pins: the fingerprints of the option `fingerprint`. Pure.
 *
 * @module
 */

import { digests } from "../internal/digest.ts";
import { encodeHex } from "../internal/bytes.ts";
import { quote } from "../internal/quote.ts";
import { type CertificateInput, toCertificate } from "../certificate/certificate.ts";

/**
 * One pin: a digest of a certificate or of its public key.
 *
 * @category Verification
 */
export interface Pin {
  /** As it was given. */
  readonly text: string;
  /** The digest. */
  readonly algorithm: string;
  /** Whether it is the digest of the public key alone. */
  readonly publicKey: boolean;
  /** The digest in lower-case hex. */
  readonly hex: string;
}

/** The digests that a pin can have. */
const PIN_DIGESTS: readonly string[] = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
/** The algorithm of a bare digest, by its length; as in Perl. */
const BARE = new Map([[32, "md5"], [40, "sha1"], [64, "sha256"]]);
/** Digests for which collisions can be made. */
const WEAK = new Set(["md5", "sha1"]);

/**
 * Reads one pin: `algo$hex`, `algo$pub$hex` or bare hex; colons and case do not matter.
 *
 * Perl: `SSL_fingerprint`
 *
 * @param text The pin.
 * @param allowWeak Whether md5 and sha1 are accepted. @default {false}
 * @throws {TypeError} `invalid fingerprint "..."` or `cannot detect hash algorithm ...`, and for a
 * weak digest unless `allowWeak` is true.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parsePin } from "@socket/ssl/verify";
 *
 * const pin = parsePin("sha256$pub$" + "0A:".repeat(31) + "0A");
 * assertEquals([pin.algorithm, pin.publicKey], ["sha256", true]);
 * ```
 *
 * @category Verification
 */
export function parsePin(text: string, allowWeak = false): Pin {
  const match = /^(?:([a-z0-9-]+)\$(?:(pub)\$)?)?([0-9a-f:]+)$/i.exec(text.trim());
  if (match === null) {
    throw new TypeError(
      `Cannot use fingerprint: invalid fingerprint ${quote(text)}: write it as sha256$hex`,
    );
  }
  const hex = match[3]!.replaceAll(":", "").toLowerCase();
  const algorithm = match[1]?.toLowerCase().replace(/^sha-/, "sha") ?? BARE.get(hex.length);
  if (algorithm === undefined) {
    throw new TypeError(
      `Cannot use fingerprint: cannot detect hash algorithm from fingerprint ${
        quote(text)
      }: write it as sha256$hex`,
    );
  }
  if (!PIN_DIGESTS.includes(algorithm)) {
    throw new TypeError(
      `Cannot use fingerprint: invalid fingerprint ${quote(text)}: unknown hash algorithm ${
        quote(algorithm)
      }`,
    );
  }
  const length = 2 * digests()[algorithm]!.length;
  if (hex.length !== length) {
    throw new TypeError(
      `Cannot use fingerprint: invalid fingerprint ${
        quote(text)
      }: ${algorithm} has ${length} hex digits: received ${hex.length}`,
    );
  }
  if (WEAK.has(algorithm) && !allowWeak) {
    throw new TypeError(
      `Cannot pin with ${algorithm}: collisions can be made: use sha256, or allowWeakPins: true: ` +
        `received ${quote(text)}`,
    );
  }
  return { text, algorithm, publicKey: match[2] !== undefined, hex };
}

/**
 * Whether a certificate has the digest of a pin.
 *
 * Perl: `SSL_fingerprint`
 *
 * @throws {SslUnsupportedError} for a digest that this runtime does not have.
 *
 * @example
 * ```ts
 * import { Certificate, parsePin, pinMatches } from "@socket/ssl";
 * import { selfSigned } from "@socket/ssl/testing";
 *
 * const certificate = Certificate.fromPem((await selfSigned("localhost")).cert);
 * console.log(pinMatches(parsePin(certificate.fingerprint()), certificate)); // true
 * ```
 * @category Verification
 */
export function pinMatches(pin: Pin, certificate: CertificateInput): boolean {
  const own = toCertificate(certificate, "certificate");
  const bytes = pin.publicKey
    ? own.publicKeyDigest(pin.algorithm)
    : own.fingerprintBin(pin.algorithm);
  return encodeHex(bytes) === pin.hex;
}

/** The options of a connection that concern pins. */
export interface PinOptions {
  /** The pins. */
  readonly fingerprint?: string | readonly string[] | undefined;
  /** Whether the pins alone decide. */
  readonly forceFingerprint?: boolean | undefined;
  /** Whether md5 and sha1 are accepted. */
  readonly allowWeakPins?: boolean | undefined;
}

/**
 * The pins among the options.
 *
 * @throws {TypeError} for an invalid pin, or `forceFingerprint` without a pin.
 */
export function parsePins(options: PinOptions): readonly Pin[] {
  const { fingerprint, forceFingerprint, allowWeakPins } = options;
  if (fingerprint === undefined) {
    if (forceFingerprint !== true) return [];
    throw new TypeError(
      `Cannot use option "forceFingerprint": there is no fingerprint: give fingerprint`,
    );
  }
  const texts = typeof fingerprint === "string" ? [fingerprint] : fingerprint;
  return texts.map((text) => parsePin(text, allowWeakPins));
}
