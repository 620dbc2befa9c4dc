/**
 * Our certificates and keys by server name, as an engine takes them: DER chains and plain PKCS#8
 * keys, each pair checked to belong together.
 *
 * @module
 */

import { Certificate } from "../../certificate/certificate.ts";
import { keySeemsToMatch } from "../../certificate/keys/decode.ts";
import type { PrivateKey } from "../../certificate/keys/private_key.ts";
import type { Credential } from "../../engine/engine.ts";
import { SslError } from "../../errors.ts";
import { quote } from "../../internal/quote.ts";
import { isRecord } from "../option_values.ts";
import type { SslOptions } from "../options.ts";
import { entryFor, namesOf, sniName } from "../per_name.ts";
import {
  certificatesFromFile,
  certificatesFromOption,
  type LoadedCertificates,
} from "./certificates.ts";
import { keyFromFile, keyFromOption, missingKey } from "./keys.ts";

/** The options that name our certificates. */
export type CredentialOptions = Pick<
  SslOptions,
  "cert" | "certFile" | "key" | "keyFile" | "passwdCb"
>;

/** Our certificates by SNI name in lower case; `""` is the default. */
export type CredentialsByName = ReadonlyMap<string, readonly Credential[]>;

/** What the options say of one server name. */
interface OwnValues {
  readonly cert: unknown;
  readonly certFile: string | URL | undefined;
  readonly key: unknown;
  readonly keyFile: string | URL | undefined;
  readonly passwdCb: CredentialOptions["passwdCb"];
  /** The name of an option, for messages: `certFile["a.example"]`. */
  readonly label: (option: string) => string;
}

function valuesOf(options: CredentialOptions, name: string, byName: boolean): OwnValues {
  const own: OwnValues = {
    cert: entryFor(options.cert, name),
    certFile: entryFor(options.certFile, name) as string | URL | undefined,
    key: entryFor(options.key, name),
    keyFile: entryFor(options.keyFile, name) as string | URL | undefined,
    passwdCb: options.passwdCb,
    label: (option) => byName ? `${option}[${quote(name)}]` : option,
  };
  const { cert, certFile, key, keyFile, label } = own;
  if (cert !== undefined && certFile !== undefined) {
    throw new TypeError(`Cannot use both ${label("cert")} and ${label("certFile")}: give one`);
  }
  if (key !== undefined && keyFile !== undefined) {
    throw new TypeError(`Cannot use both ${label("key")} and ${label("keyFile")}: give one`);
  }
  if (cert === undefined && certFile === undefined) {
    throw new TypeError(
      `Cannot use ${label(key === undefined ? "keyFile" : "key")}: there is no certificate for ` +
        "it: give cert or certFile",
    );
  }
  return own;
}

/** The certificates and the key of one server name. */
async function loadOne(own: OwnValues): Promise<Credential> {
  const { cert, certFile, key, keyFile, passwdCb, label } = own;
  const wantKey = key === undefined && keyFile === undefined;
  const loaded = certFile === undefined
    ? await certificatesFromOption(cert, label("cert"), passwdCb, wantKey)
    : await certificatesFromFile(certFile, label("certFile"), passwdCb, wantKey);
  if (!loaded.binding && key !== undefined) {
    return pair(loaded, await keyFromOption(key, label("key"), passwdCb), label("key"));
  }
  if (!loaded.binding && keyFile !== undefined) {
    const read = await keyFromFile(keyFile, label("keyFile"), passwdCb);
    return pair(loaded, read.key, read.source);
  }
  if (loaded.key === undefined) throw missingKey(loaded.source);
  return pair(loaded, loaded.key, loaded.source);
}

/** Checks that certificate and key belong together, where the platform can tell. */
function pair(loaded: LoadedCertificates, key: PrivateKey, keySource: string): Credential {
  const leaf = loaded.chain[0]!;
  let matches = true;
  try {
    matches = keySeemsToMatch(leaf.rawSpki, key);
  } catch {
    // Only the engine knows this kind of key; it checks the pair, too.
  }
  if (!matches) {
    const reason = "the private key does not belong to the certificate";
    throw new SslError(
      `Cannot use ${keySource} with ${loaded.source}: ${reason} (subject ${leaf.subject})`,
      { code: "KEY_VALUES_MISMATCH", reason },
    );
  }
  return {
    chain: loaded.chain.map(({ der }) => der),
    key: { data: new TextEncoder().encode(key.pem), format: "pem", source: keySource },
    source: loaded.source,
  };
}

/**
 * Loads our certificates. The map is empty when no certificate is given; its key is the SNI name,
 * `""` for the default. Several credentials of one name have keys of different types.
 *
 * @throws {SslError} for what cannot be read, decrypted or paired: it names the option and the file.
 * @throws {TypeError} for options that contradict each other.
 * @throws {Deno.errors.NotCapable} for a file without read permission.
 */
export async function loadCredentials(options: CredentialOptions): Promise<CredentialsByName> {
  const { cert, certFile, key, keyFile } = options;
  const byName = isRecord(cert) || isRecord(certFile);
  if (!byName && (isRecord(key) || isRecord(keyFile))) {
    throw new TypeError(
      "Cannot use a record of keys: cert or certFile must be a record of the same names",
    );
  }
  const names = byName
    ? namesOf(...[cert, certFile, key, keyFile].filter(isRecord))
    : namesOf(cert, certFile, key, keyFile);
  const result = new Map<string, Credential[]>();
  const kinds = new Map<string, string>();
  for (const name of names) {
    const credential = await loadOne(valuesOf(options, name, byName));
    const host = sniName(name);
    const kind = Certificate.fromDer(credential.chain[0]!).publicKeyAlgorithm;
    const earlier = kinds.get(`${host}\n${kind}`);
    if (earlier !== undefined) {
      throw new TypeError(
        `Cannot use ${quote(name)} besides ${quote(earlier)}: ` +
          `both have a certificate with a key of the type ${kind}, and a host has one of each type`,
      );
    }
    kinds.set(`${host}\n${kind}`, name);
    result.set(host, [...(result.get(host) ?? []), credential]);
  }
  return result;
}
