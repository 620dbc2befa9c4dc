/**
 * What Deno's own TLS takes of a configuration: it is held against the table of requirements, and
 * certificates and keys get the form that Deno takes, PEM with keys that are not encrypted. What
 * Deno would refuse at the first connection is refused here, by name.
 *
 * @module
 */

import { derToPem } from "../../certificate/keys/pem.ts";
import { ownRecord } from "../../internal/own_options.ts";
import { quote } from "../../internal/quote.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { USE_OPENSSL } from "../../internal/unsupported.ts";
import type { ContextConfig, Credential } from "../engine.ts";
import { requireConfig } from "../requirements.ts";
import { denoInfo } from "./capabilities.ts";

/** The engine, as its errors name it. */
export const DENO = { name: "deno" } as const;

/**
 * Checks a configuration.
 *
 * @throws {SslUnsupportedError} Naming the first option that Deno's own TLS cannot honour.
 * @throws {TypeError} For a server without a certificate, or ALPN names that have no wire form.
 */
export function checkConfig(config: ContextConfig): void {
  requireConfig(denoInfo(), config);
  if (config.role === "server" && config.credentials.length === 0 && !config.contextByName) {
    throw new TypeError("Cannot create a server context: it needs a certificate and its key");
  }
  for (const name of config.alpn) {
    // rustls sends what it is given, so a bad name would come back as the peer's alert.
    const { length } = new TextEncoder().encode(name);
    if (length < 1 || length > 255) {
      throw new TypeError(
        `Cannot use alpnProtocols: a name must have 1 to 255 bytes: received ${quote(name)}`,
      );
    }
  }
}

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
    throw new SslError(`Cannot use ${source}: it holds no certificate`, {
      code: "ERR_CERTIFICATE",
      facts: { engine: "deno" },
    });
  }
  // Only a context with a certificate pays for reading keys.
  const [{ decodeKey, keyMatches }, { PrivateKey }, { Certificate }] = await Promise.all([
    import("../../certificate/keys/decode.ts"),
    import("../../certificate/keys/private_key.ts"),
    import("../../certificate/certificate.ts"),
  ]);
  const { pkcs8, pem } = await decodeKey(key.data, {
    password: ownRecord(key).password,
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
        `${MIN_RSA_BITS} bits or more, P-256, P-384, P-521 or Ed25519, or ${USE_OPENSSL}`,
      { code: "ERR_UNSUPPORTED", reason: `Deno's TLS refuses ${kind}` },
    );
  }
  if (!keyMatches(new Certificate(leaf).rawSpki, privateKey)) {
    throw new SslError(
      `Cannot use the certificate from ${source}: the key from ${key.source} does not belong to it`,
      { code: "KEY_VALUES_MISMATCH", reason: "certificate and key do not belong together" },
    );
  }
  return { cert: chain.map((der) => derToPem(der)).join(""), key: pem, leaf, source };
}
