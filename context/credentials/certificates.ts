/**
 * What the options `cert` and `certFile` hold: certificates from PEM text, bytes, objects and files
 * in PEM, DER and PKCS#12, detected in this order, and the key that came with them.
 *
 * @module
 */

import { isForeignCertificate } from "../../certificate/foreign_objects.ts";
import { Certificate, toCertificate } from "../../certificate/certificate.ts";
import { CERT_LABELS } from "../../certificate/certificate_input.ts";
import { foreignBlock, foreignFormat, withoutFinalNewline } from "../../certificate/foreign.ts";
import {
  looksLikePem,
  type PemBlock,
  pemBlocks,
  pemText,
  shownLabels,
} from "../../certificate/keys/pem.ts";
import type { PrivateKey } from "../../certificate/keys/private_key.ts";
import { SslError } from "../../errors.ts";
import { quotePath } from "../../internal/quote.ts";
import { readOptionFile } from "../option_file.ts";
import { loadKey, loadPkcs12 } from "./keys.ts";
import type { PasswordCallback } from "./password.ts";

/** What one source of certificates held. */
export interface LoadedCertificates {
  readonly chain: readonly Certificate[];
  readonly key: PrivateKey | undefined;
  /** Whether key and certificate are from one PKCS#12: then no other key is looked at, as in Perl. */
  readonly binding: boolean;
  /** For messages: `certFile "server.pem"`, or `cert`. */
  readonly source: string;
}

const reasonOf = (error: unknown): string =>
  error instanceof SslError ? error.reason : error instanceof Error ? error.message : String(error);

const isKeyBlock = ({ label }: PemBlock): boolean => label.endsWith("PRIVATE KEY");

/** What one item of the option held. */
type Part = Omit<LoadedCertificates, "source">;

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

/** The certificates of one item, and a key that came with them. */
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
export async function certificatesFromOption(
  value: unknown,
  source: string,
  passwdCb: PasswordCallback,
  wantKey: boolean,
): Promise<LoadedCertificates> {
  const chain: Certificate[] = [];
  let key: PrivateKey | undefined;
  let binding = false;
  for (const item of Array.isArray(value) ? value : [value]) {
    if (item instanceof Certificate || isForeignCertificate(item)) {
      chain.push(toCertificate(item, source));
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

export async function certificatesFromFile(
  file: string | URL,
  option: string,
  passwdCb: PasswordCallback,
  wantKey: boolean,
): Promise<LoadedCertificates> {
  const bytes = await readOptionFile(option, file);
  const source = `${option} ${quotePath(file)}`;
  return { ...await loadCertificates(bytes, source, passwdCb, wantKey), source };
}
