/**
 * What the Deno engine can and cannot do with a configuration.
 *
 * What it cannot do, as errors: which feature, which option, and the way out. One
 * table holds a {@linkcode ContextConfig} against what Deno's own TLS can honour; a
 * row that applies throws. Nothing is ignored.
 *
 * Certificates and keys in the form that Deno takes: PEM, keys not encrypted. What
 * Deno would refuse at the first connection is refused here, by name.
 *
 * @module
 */

import { ownRecord } from "../../internal/own_options.ts";
import { quote } from "../../internal/quote.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { type Feature, FEATURES } from "../features.ts";
import type { ContextConfig, ContextHooks, Credential } from "../engine.ts";

/** The way out of everything the Deno engine cannot do. */
export const REMEDY = "run with --allow-ffi to use the OpenSSL engine";

/** The error of a missing feature. `option` is what asked for it; `remedy` replaces the usual one. */
export function unsupported(
  feature: Feature,
  option: string,
  remedy: string = REMEDY,
): SslUnsupportedError {
  const reason = `the Deno engine lacks ${feature}: ${FEATURES[feature].text}`;
  return new SslUnsupportedError(`Cannot use ${option}: ${reason}: ${remedy}`, {
    code: "ERR_UNSUPPORTED",
    reason,
  });
}

interface Rule {
  /** The feature that is missing. */
  readonly feature: Feature;
  /** The option, as the user knows it. */
  readonly option: string;
  /** Whether the configuration asks for it. */
  readonly asked: (config: ContextConfig) => boolean;
  /** The way out, where it is not the OpenSSL engine alone. */
  readonly remedy?: string;
}

const server = (config: ContextConfig): boolean => config.role === "server";

const RULES: readonly Rule[] = [
  {
    feature: "versions",
    option: "version, minVersion or maxVersion other than TLS 1.2 with 1.3",
    asked: ({ versions }) => versions.size !== 2 || !versions.has(0x0303) || !versions.has(0x0304),
  },
  { feature: "ciphers", option: "cipherList", asked: (c) => c.cipherList !== undefined },
  { feature: "ciphers", option: "ciphersuites", asked: (c) => c.ciphersuites !== undefined },
  { feature: "ciphers", option: "ecdhCurve", asked: (c) => c.groups !== undefined || c.noEcdh },
  { feature: "ciphers", option: "sigalgs", asked: (c) => c.sigalgs !== undefined },
  // dh: null asks for no finite-field DH, which Deno never does.
  { feature: "ciphers", option: "dh or dhFile", asked: (c) => c.dh instanceof Uint8Array },
  {
    feature: "ownAnchors",
    option: "ca, caFile or caPath",
    asked: (c) => c.trust.anchors !== undefined,
    remedy: `use extraCa or extraCaFile to trust a CA besides Deno's own roots, or ${REMEDY}`,
  },
  {
    feature: "crl",
    option: "crl, crlFile or checkCrl",
    asked: ({ trust }) => trust.crls.length > 0 || trust.checkCrl !== "none",
  },
  {
    feature: "verifyNone",
    option: "verifyMode NONE",
    asked: (c) => !server(c) && c.verifyMode === 0,
    remedy: "give the peer's CA as extraCa, start Deno with its own " +
      `--unsafely-ignore-certificate-errors=<host>, or ${REMEDY}`,
  },
  {
    feature: "requestClientCertificate",
    option: "verifyMode other than NONE on a server",
    asked: (c) => server(c) && c.verifyMode !== 0,
  },
  {
    feature: "requestClientCertificate",
    option: "clientCa or clientCaFile",
    asked: (c) => c.clientCa.length > 0,
  },
  { feature: "npn", option: "npnProtocols", asked: (c) => c.npn.length > 0 },
  { feature: "ocsp", option: "ocspMode", asked: (c) => c.requestOcsp },
  {
    feature: "sessionIdContext",
    option: "sessionIdContext",
    asked: (c) => c.sessionIdContext !== undefined,
  },
  { feature: "sessions", option: "sessionCache", asked: (c) => c.sessions === true },
  { feature: "psk", option: "psk", asked: (c) => c.psk === true },
  {
    feature: "multiCert",
    option: "several certificates with keys of different types",
    asked: (c) => c.credentials.length > 1,
  },
  { feature: "releaseBuffers", option: "modeReleaseBuffers", asked: (c) => c.releaseBuffers },
];

/** What each hook is for; `verify` is the one that Deno's own TLS allows. */
const HOOKS: Readonly<
  Record<Exclude<keyof ContextHooks, "verify">, readonly [Feature, string]>
> = {
  verifyEach: ["verifyCallback", "verifyCallback"],
  selectContext: ["sniServer", "certificates by server name, sniCallback or clientHelloCallback"],
  newSession: ["sessions", "sessionCache"],
  ticketKey: ["ticketKeys", "ticketKeycb"],
  mayResume: ["verifyCallback", "verifyCallback"],
  ocsp: ["ocsp", "ocspMode"],
  ocspStaple: ["ocsp", "ocspStaple"],
  psk: ["psk", "psk"],
  message: ["msgCallback", "msgCallback"],
  keylog: ["keylog", "keylog"],
};

function refuse(feature: Feature | undefined, option: string, remedy?: string): never {
  if (feature !== undefined) throw unsupported(feature, option, remedy);
  throw new SslUnsupportedError(
    `Cannot use ${option}: the Deno engine cannot do that: ${REMEDY}`,
    { code: "ERR_UNSUPPORTED", reason: `the Deno engine cannot do ${option}` },
  );
}

/**
 * Checks a configuration.
 *
 * @throws {SslUnsupportedError} Naming the first option that Deno's own TLS cannot honour.
 * @throws {TypeError} For a server without a certificate, or ALPN names that have no wire form.
 */
export function checkConfig(config: ContextConfig): void {
  for (const { feature, option, asked, remedy } of RULES) {
    if (asked(config)) refuse(feature, option, remedy);
  }
  for (const [name, hook] of Object.entries(config.hooks)) {
    if (hook === undefined || name === "verify") continue;
    // A hook that came later than this table is refused too.
    const [feature, option] = HOOKS[name as keyof typeof HOOKS] ?? [undefined, `the hook ${name}`];
    refuse(feature, option);
  }
  if (server(config) && config.credentials.length === 0) {
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
        `${MIN_RSA_BITS} bits or more, P-256, P-384, P-521 or Ed25519, or ${REMEDY}`,
      { code: "ERR_UNSUPPORTED", reason: `Deno's TLS refuses ${kind}` },
    );
  }
  if (!keyMatches(new Certificate(leaf).rawSpki, privateKey)) {
    throw new SslError(
      `Cannot use the certificate from ${source}: the key from ${key.source} does not belong to it`,
      { code: "KEY_VALUES_MISMATCH", reason: "certificate and key do not belong together" },
    );
  }
  return { cert: certificatesPem(chain).join(""), key: pem, leaf, source };
}
