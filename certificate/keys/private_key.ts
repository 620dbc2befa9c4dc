/**
 * A view of one private key, and making new ones.
 *
 * @module
 */

import { KEY_TYPES } from "../certificate_parts.ts";
import type { KeyType } from "../public_key_info.ts";
import { describe, quote } from "../../internal/quote.ts";
import type { KeyObject } from "node:crypto";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { bitString, oid, readDer, sequence } from "../asn1/reader.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { oidEntry } from "../asn1/oids.ts";
import type { ForeignKey } from "../foreign_objects.ts";
import { derToPem } from "./pem.ts";

/**
 * A private key: itself, its PEM text or DER, an exportable `CryptoKey`, or a `KeyObject` of
 * `node:crypto`. Where a password cannot be given, it is not encrypted.
 *
 * @category Keys
 */
export type PrivateKeyInput = PrivateKey | string | Uint8Array | ForeignKey;

/**
 * One private key, not encrypted, held as PKCS#8. It never prints its secret:
 * that takes {@linkcode PrivateKey.pem} or {@linkcode PrivateKey.der}.
 *
 * Perl: `EVP_PKEY*`
 *
 * @category Keys
 */
export class PrivateKey {
  readonly #der: Uint8Array;
  readonly #type: KeyType;
  readonly #curve: string | undefined;
  #object: KeyObject | undefined;
  #spki: Uint8Array | undefined;

  /**
   * Takes over a key.
   *
   * @param pkcs8 The DER of a plain PKCS#8 `PrivateKeyInfo`; it is copied.
   *   For every other format there is `decodeKey`.
   * @throws {SslError} code `ERR_DER` if it is malformed.
   */
  constructor(pkcs8: Uint8Array) {
    if (!(pkcs8 instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot create PrivateKey: expected PKCS#8 DER as Uint8Array: received ${describe(pkcs8)}`,
      );
    }
    this.#der = Uint8Array.from(pkcs8);
    const what = "PKCS#8 private key";
    const algorithm = sequence(sequence(readDer(this.#der, what), what)[1], what);
    this.#type = KEY_TYPES[oid(algorithm[0], what)] ?? "other";
    if (this.#type === "ec" && algorithm[1]?.tag === 0x06) {
      const curve = oid(algorithm[1], what);
      this.#curve = oidEntry(curve)?.sn ?? curve;
    }
  }

  /** The plain PKCS#8 DER. Secret. */
  get der(): Uint8Array {
    return this.#der.slice();
  }

  /**
   * The plain PKCS#8 PEM. Secret.
   *
   * Perl: `PEM_key2string`
   */
  get pem(): string {
    return derToPem(this.#der, "PRIVATE KEY");
  }

  /** What kind of key it is. */
  get type(): KeyType {
    return this.#type;
  }

  /** OpenSSL's name of the curve of an EC key, e.g. `prime256v1`. */
  get curve(): string | undefined {
    return this.#curve;
  }

  /** The size of an RSA key in bits. */
  get bits(): number | undefined {
    if (!this.#type.startsWith("rsa")) return undefined;
    return this.keyObject.asymmetricKeyDetails?.modulusLength;
  }

  /** The key of `node:crypto`. Throws {@linkcode SslUnsupportedError} for a kind it does not know. */
  get keyObject(): KeyObject {
    if (this.#object !== undefined) return this.#object;
    try {
      // The types of Deno want a Buffer; a Uint8Array does.
      this.#object = nodeCrypto().createPrivateKey({
        key: this.#der as never,
        format: "der",
        type: "pkcs8",
      });
    } catch (cause) {
      const kind = this.#curve ?? this.#type;
      const reason = `${kind} key is malformed or of a kind that is not supported`;
      throw new SslUnsupportedError(`Cannot use private key: ${reason}`, {
        code: "UNSUPPORTED_KEY",
        reason,
        cause,
      });
    }
    return this.#object;
  }

  /** The DER of the public half, a SubjectPublicKeyInfo. */
  get publicSpki(): Uint8Array {
    return this.#spki ??= new Uint8Array(
      nodeCrypto().createPublicKey(this.keyObject).export({ type: "spki", format: "der" }),
    );
  }

  /** The content of the public key's BIT STRING: what key identifiers are hashed from. */
  get publicBits(): Uint8Array {
    const what = "public key";
    return bitString(sequence(readDer(this.publicSpki, what), what)[1], what).bytes;
  }

  /** Names the kind of key, not its secret. */
  toString(): string {
    return `PrivateKey(${this.#curve ?? this.#type})`;
  }

  /** Names the kind of key, not its secret. */
  toJSON(): string {
    return this.toString();
  }

  /** Names the kind of key, not its secret. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

function generate(type: string, options: Record<string, unknown>): Promise<PrivateKey> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, _public: unknown, key: KeyObject): void => {
      if (error !== null) return reject(error);
      resolve(new PrivateKey(new Uint8Array(key.export({ type: "pkcs8", format: "der" }))));
    };
    // One call for all kinds; the overloads of the types want literals.
    (nodeCrypto().generateKeyPair as unknown as (t: string, o: unknown, cb: typeof done) => void)(
      type,
      options,
      done,
    );
  });
}

/**
 * Makes a new RSA key with the public exponent 65537.
 *
 * Perl: `KEY_create_rsa`
 *
 * @param bits The size of the modulus: 1024 to 16384, below 2048 for tests only. @default {2048}
 * @throws {RangeError} for another size.
 *
 * @category Keys
 */
export function keyCreateRsa(bits = 2048): Promise<PrivateKey> {
  if (!Number.isInteger(bits) || bits < 1024 || bits > 16384 || bits % 8 !== 0) {
    throw new RangeError(
      `Cannot create RSA key: bits must be a multiple of 8 from 1024 to 16384: received ${
        quote(bits)
      }`,
    );
  }
  return generate("rsa", { modulusLength: bits, publicExponent: 65537 });
}

const CURVES: Readonly<Record<string, string>> = {
  "prime256v1": "P-256",
  "p-256": "P-256",
  "secp256r1": "P-256",
  "p-384": "P-384",
  "secp384r1": "P-384",
  "p-521": "P-521",
  "secp521r1": "P-521",
  "p-224": "secp224r1",
  "secp224r1": "secp224r1",
  "secp256k1": "secp256k1",
};

/**
 * Makes a new EC key on a named curve.
 *
 * Perl: `KEY_create_ec`
 *
 * @param curve `prime256v1` (`P-256`), `secp384r1` (`P-384`), `secp521r1` (`P-521`),
 *   `secp224r1` (`P-224`) or `secp256k1`. @default {"prime256v1"}
 * @throws {SslUnsupportedError} for another curve.
 *
 * @category Keys
 */
export function keyCreateEc(curve = "prime256v1"): Promise<PrivateKey> {
  const name = CURVES[String(curve).toLowerCase()];
  if (name === undefined) {
    throw new SslUnsupportedError(
      `Cannot create EC key: unknown curve, use one of prime256v1, secp384r1, secp521r1, ` +
        `secp224r1, secp256k1: received ${quote(curve)}`,
      { code: "UNSUPPORTED_CURVE" },
    );
  }
  return generate("ec", { namedCurve: name });
}

/**
 * Makes a new Ed25519 key (RFC 8410).
 *
 * @category Keys
 */
export function keyCreateEd25519(): Promise<PrivateKey> {
  return generate("ed25519", {});
}

/** Makes the error for a key that cannot be read: code `ERR_KEY`. */
export function keyError(source: string, reason: string, cause?: unknown): SslError {
  return new SslError(`Cannot read private key from ${source}: ${reason}`, {
    code: "ERR_KEY",
    reason,
    ...(cause === undefined ? {} : { cause }),
  });
}
