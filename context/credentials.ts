/**
 * Our certificates and keys: from PEM text, bytes, objects and files in PEM,
 * DER and PKCS#12, detected in this order, to what an engine takes: DER chains
 * and plain PKCS#8 keys, each pair checked to belong together.
 *
 * @module
 */

import { quote, quotePath } from "../internal/quote.ts";
import { CERT_LABELS, Certificate } from "../certificate/certificate.ts";
import { decodeKey, keyMatches } from "../certificate/keys/decode.ts";
import {
  foreignBlock,
  foreignFormat,
  isPkcs12,
  withoutFinalNewline,
} from "../certificate/foreign.ts";
import {
  looksLikePem,
  type PemBlock,
  pemBlocks,
  pemText,
  shownLabels,
} from "../certificate/keys/pem.ts";
import { parsePkcs12, type Pkcs12 } from "../certificate/keys/pkcs12.ts";
import { PrivateKey } from "../certificate/keys/private_key.ts";
import type { Credential } from "../engine/engine.ts";
import { SslError } from "../errors.ts";
import { readHost } from "../internal/host.ts";
import { isRecord } from "./option_values.ts";
import { readOptionFile } from "./option_file.ts";
import type { SslOptions } from "./options.ts";

/** The options that name our certificates. */
export type CredentialOptions = Pick<
  SslOptions,
  "cert" | "certFile" | "key" | "keyFile" | "passwdCb"
>;

/** Our certificates by SNI name in lower case; `""` is the default. */
export type CredentialsByName = ReadonlyMap<string, readonly Credential[]>;

type PasswordCallback = (() => string | Promise<string>) | undefined;

/** What one source of certificates held. */
interface Loaded {
  readonly chain: readonly Certificate[];
  readonly key: PrivateKey | undefined;
  /** Whether the key is the certificate's own, of one PKCS#12: then no other one is looked at, as in Perl. */
  readonly binding: boolean;
  /** For messages: `certFile "server.pem"`, or `cert`. */
  readonly source: string;
}

const reasonOf = (error: unknown): string =>
  error instanceof SslError ? error.reason : error instanceof Error ? error.message : String(error);

/** Asks for the password: at most once per source, and only when it is needed. */
async function askPassword(passwdCb: PasswordCallback, source: string): Promise<string> {
  if (passwdCb === undefined) {
    const reason = "it is encrypted and there is no passwdCb";
    throw new SslError(`Cannot read ${source}: ${reason}: give passwdCb: () => password`, {
      code: "PASSWORD_REQUIRED",
      reason,
    });
  }
  const password = await passwdCb();
  if (typeof password !== "string") {
    throw new TypeError(
      `Cannot read ${source}: passwdCb must give a string: received ${typeof password}`,
    );
  }
  return password;
}

/** Tries without a password; asks when one is needed and tries once more. */
async function withPassword<T>(
  passwdCb: PasswordCallback,
  source: string,
  read: (password: string | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await read(undefined);
  } catch (error) {
    if (!(error instanceof SslError) || error.code !== "PASSWORD_REQUIRED") throw error;
  }
  return await read(await askPassword(passwdCb, source));
}

/** A private key from PEM text, bytes or an object that has its PEM text. */
async function loadKey(
  data: string | Uint8Array,
  source: string,
  passwdCb: PasswordCallback,
): Promise<PrivateKey> {
  const { pkcs8 } = await withPassword(
    passwdCb,
    source,
    (password) => decodeKey(data, { source, ...(password === undefined ? {} : { password }) }),
  );
  return new PrivateKey(pkcs8);
}

/** The option `key`, of which the check has seen the looks only. */
async function keyFromOption(
  key: unknown,
  source: string,
  passwdCb: PasswordCallback,
): Promise<PrivateKey> {
  if (key instanceof PrivateKey) return key;
  if (typeof key === "string" || key instanceof Uint8Array) {
    return await loadKey(key, source, passwdCb);
  }
  throw new TypeError(
    `Cannot use option "key": key must be PEM text, a Uint8Array or a PrivateKey: received ${typeof key}`,
  );
}

/** Without a password first, as Perl does; then with the one from the callback. */
async function loadPkcs12(
  bytes: Uint8Array,
  source: string,
  passwdCb: PasswordCallback,
): Promise<Pkcs12> {
  try {
    return await parsePkcs12(bytes);
  } catch (error) {
    if (!(error instanceof SslError) || error.code !== "BAD_DECRYPT") throw error;
  }
  return await parsePkcs12(bytes, await askPassword(passwdCb, source));
}

const isKeyBlock = ({ label }: PemBlock): boolean => label.endsWith("PRIVATE KEY");

/** What one item held. */
type Part = Omit<Loaded, "source">;

/** The certificates of PEM text, and the key in it if that is wanted. */
async function loadPem(
  data: string,
  source: string,
  passwdCb: PasswordCallback,
  wantKey: boolean,
): Promise<Part> {
  const blocks = pemBlocks(data, source);
  if (blocks.some(({ label }) => CERT_LABELS.includes(label))) {
    const key = wantKey && blocks.some(isKeyBlock)
      ? await loadKey(data, source, passwdCb)
      : undefined;
    return { chain: Certificate.allFromPem(data, source), key, binding: false };
  }
  const foreign = foreignBlock(blocks);
  throw formatError(source, [
    [
      "PEM",
      `no certificate found: received ${shownLabels(blocks)}${foreign ? `: ${foreign}` : ""}`,
    ],
    ["DER", "it is PEM"],
    ["PKCS12", "it is PEM"],
  ]);
}

/** The certificates of a PKCS#12 file, and its key, which is that of the first. */
async function loadPfx(
  bytes: Uint8Array,
  source: string,
  passwdCb: PasswordCallback,
): Promise<Part> {
  const { cert, chain, key } = await loadPkcs12(bytes, source, passwdCb);
  if (cert === undefined) {
    const reason = "no certificate found in it";
    throw new SslError(`Cannot use ${source}: ${reason}`, { code: "ERR_CERTIFICATE", reason });
  }
  return { chain: [cert, ...chain], key, binding: key !== undefined };
}

/** The certificates of one item, and a key that came along with them. */
async function loadCertificates(
  data: string | Uint8Array,
  source: string,
  passwdCb: PasswordCallback,
  wantKey: boolean,
): Promise<Part> {
  if (looksLikePem(data)) return await loadPem(pemText(data), source, passwdCb, wantKey);
  const foreign = foreignFormat(data);
  if (foreign !== undefined) throw formatError(source, [["PEM, DER, PKCS12", foreign]]);
  if (typeof data === "string") throw formatError(source, [["PEM", "no start line"]]);
  return await loadBinary(data, source, passwdCb);
}

/** The certificates of DER or PKCS#12. */
async function loadBinary(
  bytes: Uint8Array,
  source: string,
  passwdCb: PasswordCallback,
): Promise<Part> {
  let derError: unknown;
  try {
    const cert = Certificate.fromDer(withoutFinalNewline(bytes));
    return { chain: [cert], key: undefined, binding: false };
  } catch (error) {
    derError = error;
  }
  try {
    return await loadPfx(bytes, source, passwdCb);
  } catch (error) {
    if (error instanceof SslError && error.code === "PASSWORD_REQUIRED") throw error;
    if (!(error instanceof SslError)) throw error;
    throw formatError(source, [
      ["PEM", bytes.length === 0 ? "it is empty" : "no start line"],
      ["DER", reasonOf(derError)],
      ["PKCS12", reasonOf(error)],
    ], error);
  }
}

/** Perl's message: the source and why each format failed. */
function formatError(
  source: string,
  tried: readonly (readonly [format: string, reason: string])[],
  cause?: unknown,
): SslError {
  const reasons = tried.map(([format, reason]) => `[format:${format}] ${reason}`).join(" ** ");
  const from = source.replace(/^certFile(?:\[[^\]]*\])? /, "file ");
  const code = cause instanceof SslError && cause.code === "BAD_DECRYPT"
    ? "BAD_DECRYPT"
    : "ERR_CERTIFICATE";
  return new SslError(`Failed to load certificate from ${from}: ${reasons}`, {
    code,
    reason: reasons,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** One value of `cert`: an item or a list `[leaf, chain...]`. */
async function fromOption(
  value: unknown,
  source: string,
  passwdCb: PasswordCallback,
  wantKey: boolean,
): Promise<Loaded> {
  const chain: Certificate[] = [];
  let key: PrivateKey | undefined;
  let binding = false;
  for (const item of Array.isArray(value) ? value : [value]) {
    if (item instanceof Certificate) {
      chain.push(item);
      continue;
    }
    const part = await loadCertificates(
      item as string | Uint8Array,
      source,
      passwdCb,
      wantKey && key === undefined,
    );
    if (key === undefined) ({ key, binding } = part);
    chain.push(...part.chain);
  }
  return { chain, key, binding, source };
}

async function fromFile(
  file: string | URL,
  option: string,
  passwdCb: PasswordCallback,
  wantKey: boolean,
): Promise<Loaded> {
  const bytes = await readOptionFile(option, file);
  const source = `${option} ${quotePath(file)}`;
  return { ...await loadCertificates(bytes, source, passwdCb, wantKey), source };
}

async function keyFromFile(
  file: string | URL,
  option: string,
  passwdCb: PasswordCallback,
): Promise<{ key: PrivateKey; source: string }> {
  const bytes = await readOptionFile(option, file);
  const source = `${option} ${quotePath(file)}`;
  if (looksLikePem(bytes) || !isPkcs12(bytes)) {
    return { key: await loadKey(bytes, source, passwdCb), source };
  }
  const { key } = await loadPkcs12(bytes, source, passwdCb);
  if (key === undefined) throw missingKey(source);
  return { key, source };
}

function missingKey(source: string): SslError {
  const reason = "there is no private key in it";
  return new SslError(`Cannot use ${source}: ${reason}: give key or keyFile`, {
    code: "ERR_NO_KEY",
    reason,
  });
}

/** The part of a `PerName` option for one name: a plain value is for all names. */
function part(value: unknown, name: string): unknown {
  if (!isRecord(value)) return value;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The names of the records among the values; `[""]` when the values hold no records. */
function namesOf(...values: readonly unknown[]): string[] {
  const names = new Set<string>();
  for (const value of values) {
    if (isRecord(value)) { for (const name of Object.keys(value)) names.add(name); }
    else if (value !== undefined) names.add("");
  }
  return [...names];
}

/** `host%tag` is the host; in lower case and ASCII, as it comes in SNI. */
export function sniName(name: string): string {
  const host = name.replace(/%[^%]*$/, "");
  if (host === "" || host === ".") return "";
  const read = readHost(host);
  if (read.kind === "dns") return read.name;
  const reason = read.kind === "ip" ? "an IP address never comes as a server name" : read.reason;
  const hint = host.includes("*") ? `: names are compared as they are, "" is for all others` : "";
  throw new TypeError(
    `Cannot use a value by server name: not a host name: ${reason}: received ` +
      `${quote(name)}${hint}`,
  );
}

async function loadOne(
  options: CredentialOptions,
  name: string,
  byName: boolean,
): Promise<Credential> {
  const cert = part(options.cert, name);
  const certFile = part(options.certFile, name) as string | URL | undefined;
  const key = part(options.key, name);
  const keyFile = part(options.keyFile, name) as string | URL | undefined;
  const label = (option: string) => byName ? `${option}[${quote(name)}]` : option;
  if (cert !== undefined && certFile !== undefined) {
    throw new TypeError(`Cannot use both ${label("cert")} and ${label("certFile")}: give one`);
  }
  if (key !== undefined && keyFile !== undefined) {
    throw new TypeError(`Cannot use both ${label("key")} and ${label("keyFile")}: give one`);
  }
  if (cert === undefined && certFile === undefined) {
    throw new TypeError(
      `Cannot use ${
        label(key === undefined ? "keyFile" : "key")
      }: there is no certificate for it: ` +
        "give cert or certFile",
    );
  }
  const wantKey = key === undefined && keyFile === undefined;
  const loaded = certFile === undefined
    ? await fromOption(cert, label("cert"), options.passwdCb, wantKey)
    : await fromFile(certFile, label("certFile"), options.passwdCb, wantKey);
  const own = loaded.binding ? loaded : key !== undefined
    ? {
      key: await keyFromOption(key, label("key"), options.passwdCb),
      source: label("key"),
    }
    : keyFile !== undefined
    ? await keyFromFile(keyFile, label("keyFile"), options.passwdCb)
    : { key: loaded.key, source: loaded.source };
  if (own.key === undefined) throw missingKey(loaded.source);
  return pair(loaded, own.key, own.source);
}

/** Checks that certificate and key belong together, where the platform can tell. */
function pair(loaded: Loaded, key: PrivateKey, keySource: string): Credential {
  const leaf = loaded.chain[0]!;
  let matches = true;
  try {
    matches = keyMatches(leaf.rawSpki, key);
  } catch {
    // A kind of key that only the engine knows; the engine checks the pair too.
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
 * Loads our certificates. The map is empty when none is given; its key is the
 * SNI name, `""` for the default. Several credentials of a name have different
 * key types.
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
    ? namesOf(
      ...[cert, certFile].filter(isRecord),
      ...[key, keyFile].filter(isRecord),
    )
    : namesOf(cert, certFile, key, keyFile);
  const result = new Map<string, Credential[]>();
  const kinds = new Map<string, string>();
  for (const name of names) {
    const credential = await loadOne(options, name, byName);
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
