/**
 * Certificates and keys in the form that Deno takes: PEM, keys not encrypted.
 * What Deno would refuse at the first connection is refused here, by name.
 *
 * @module
 */

import { SslError, SslUnsupportedError } from "../../errors.ts";
import type { Credential } from "../types.ts";
import { REMEDY } from "./check.ts";

/** A certificate with its chain and its key as Deno's options take them. */
export interface PemCredential {
  /** The chain, the leaf first. */
  readonly cert: string;
  /** The key as plain PKCS#8. */
  readonly key: string;
  /** The leaf in DER. */
  readonly leaf: Uint8Array;
  /** Where it came from, for messages. */
  readonly source: string;
}

/** Certificates as PEM, one text for each. */
export function certificatesPem(chain: readonly Uint8Array[]): string[] {
  return chain.map((der) => {
    let binary = "";
    for (let i = 0; i < der.length; i += 0x2000) {
      binary += String.fromCharCode(...der.subarray(i, i + 0x2000));
    }
    const lines = btoa(binary).replace(/.{1,64}/g, "$&\n");
    return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
  });
}

const CURVES = new Set(["prime256v1", "secp384r1", "secp521r1"]);
const MIN_RSA_BITS = 2048;

/**
 * Makes one ready. Any format of key is read here, so that Deno gets the one
 * that it knows best.
 *
 * @throws {SslError} If a certificate or the key cannot be read, or they do not belong together.
 * @throws {SslUnsupportedError} For a kind of key that Deno refuses.
 */
export async function pemCredential(credential: Credential): Promise<PemCredential> {
  const { chain, key, source } = credential;
  const leaf = chain[0];
  if (leaf === undefined) {
    throw new SslError(`Cannot use ${source}: it holds no certificate`, { code: "ERR_CERT" });
  }
  // Only a context with a certificate pays for reading keys.
  const [{ decodeKey, keyMatches }, { PrivateKey }, { Certificate }] = await Promise.all([
    import("../../certificate/decode_key.ts"),
    import("../../certificate/private_key.ts"),
    import("../../certificate/certificate.ts"),
  ]);
  const { pkcs8, pem } = await decodeKey(key.data, {
    password: key.password,
    source: key.source,
  });
  const privateKey = new PrivateKey(pkcs8);
  const { type, curve } = privateKey;
  const kind = type === "ec"
    ? CURVES.has(curve ?? "") ? undefined : `an EC key on ${curve ?? "an unnamed curve"}`
    : type === "rsa"
    ? (privateKey.bits ?? 0) < MIN_RSA_BITS ? `an RSA key of ${privateKey.bits} bits` : undefined
    : type === "ed25519"
    ? undefined
    : `a key of the kind ${type}`;
  if (kind !== undefined) {
    throw new SslUnsupportedError(
      `Cannot use the key from ${key.source}: Deno's TLS refuses ${kind}: use RSA of ` +
        `${MIN_RSA_BITS} bits or more, P-256, P-384, P-521 or Ed25519, or ${REMEDY}`,
      { code: "ERR_UNSUPPORTED", reason: `Deno's TLS refuses ${kind}` },
    );
  }
  if (!keyMatches(new Certificate(leaf).rawSpki, privateKey)) {
    throw new SslError(
      `Cannot use the certificate from ${source}: the key from ${key.source} does not belong to it`,
      { code: "ERR_KEY_MISMATCH", reason: "certificate and key do not belong together" },
    );
  }
  return { cert: certificatesPem(chain).join(""), key: pem, leaf, source };
}
