/**
 * Certificates and private keys that are objects of other libraries: `X509Certificate` of the
 * package @peculiar/x509 and of `node:crypto`, `CryptoKey` and `KeyObject`. Each is known by what it is, so
 * that no library has to be loaded for the question.
 *
 * @module
 */

import type { KeyObject, X509Certificate } from "node:crypto";
import { SslUnsupportedError } from "../errors.ts";
import { nodeCrypto } from "../internal/node_crypto.ts";
import { describe, quoteSource } from "../internal/quote.ts";

/**
 * What is read of an `X509Certificate` of @peculiar/x509.
 *
 * @category Certificates
 */
export interface PeculiarCertificate {
  /** The DER. */
  readonly rawData: ArrayBuffer;
  /** The serial number in hexadecimal: it tells a certificate from a request or a CRL. */
  readonly serialNumber: string;
}

/**
 * A certificate of another library: of @peculiar/x509 or of `node:crypto`.
 *
 * @category Certificates
 */
export type ForeignCertificate = PeculiarCertificate | X509Certificate;

/**
 * A key of the platform: of WebCrypto, if it can be exported, or of `node:crypto`.
 *
 * @category Certificates
 */
export type ForeignKey = CryptoKey | KeyObject;

/** Whether a value is an instance of a class: no record, and nothing that inherits from an instance. */
function isInstance(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype !== null && prototype !== Object.prototype &&
    Object.hasOwn(prototype, "constructor");
}

function isPeculiar(value: object): value is PeculiarCertificate {
  const { tag, rawData } = value as { tag?: unknown; rawData?: unknown };
  return Object.hasOwn(value, "tag") && tag === "CERTIFICATE" && rawData instanceof ArrayBuffer;
}

/** Asked only of what has the member: loading `node:crypto` takes time. */
const isOfNode = (value: object): value is X509Certificate =>
  "raw" in value && value instanceof nodeCrypto().X509Certificate;

/** Whether a value is a certificate of another library. */
export function isForeignCertificate(value: unknown): value is ForeignCertificate {
  return isInstance(value) && (isPeculiar(value) || isOfNode(value));
}

/** The DER of a certificate of another library. */
export function foreignCertificateDer(value: ForeignCertificate, source: string): Uint8Array {
  if (isPeculiar(value)) return new Uint8Array(value.rawData);
  try {
    return new Uint8Array((value as X509Certificate).raw);
  } catch (cause) {
    const what = `Cannot read ${quoteSource(source)}`;
    if (!/not implemented/i.test(String(cause))) {
      throw new TypeError(`${what}: it has the class X509Certificate and holds no certificate`);
    }
    throw new SslUnsupportedError(
      `${what}: an X509Certificate of node:crypto does not give its DER in this version of Deno: ` +
        "give the PEM text that it was made of",
      { code: "ERR_UNSUPPORTED", cause },
    );
  }
}

const isCryptoKey = (value: unknown): value is CryptoKey => value instanceof CryptoKey;

/** Whether a value is a key of the platform, of whichever type. */
export function isForeignKey(value: unknown): value is ForeignKey {
  return isInstance(value) &&
    (isCryptoKey(value) || ("export" in value && value instanceof nodeCrypto().KeyObject));
}

/** Why a key of the platform cannot be used as a private key; `undefined` when it can. */
export function foreignKeyFault(key: ForeignKey): string | undefined {
  let type: unknown;
  try {
    type = key.type;
  } catch {
    // The getter refuses what has the class alone.
  }
  if (type === "public") return "it is a public key, and the private one is needed";
  if (type === "secret") return "it is a secret key, and a private key is needed";
  if (type !== "private") return `it has the class ${describe(key)} and holds no key`;
  return isCryptoKey(key) && !key.extractable
    ? "it cannot be exported: create or import it with extractable: true"
    : undefined;
}
