/**
 * What is in a file: certificates, requests, revocation lists and keys, in PEM, DER or PKCS#12.
 *
 * @module
 */

import { Certificate } from "../../certificate/certificate.ts";
import { ifReadable } from "../../certificate/asn1/reader.ts";
import { foreignFormat, isPkcs12, withoutFinalNewline } from "../../certificate/foreign.ts";
import { decodeKey } from "../../certificate/keys/decode.ts";
import { looksLikePem, type PemBlock, pemBlocks, pemText } from "../../certificate/keys/pem.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { PrivateKey } from "../../certificate/keys/private_key.ts";
import { CertificateRequest } from "../../certificate/request.ts";
import { SslError } from "../../errors.ts";
import { quoteName, quotePath } from "../../internal/quote.ts";
import { type Crl, readCrl } from "../../verify/crl.ts";
import { UsageError } from "../usage_error.ts";

/** One thing in a file. */
export type Item =
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | { readonly kind: "request"; readonly request: CertificateRequest }
  | { readonly kind: "crl"; readonly crl: Crl }
  | {
    readonly kind: "key";
    /** The key; `undefined` while it is encrypted and no password was given. */
    readonly key: PrivateKey | undefined;
  }
  | { readonly kind: "other"; readonly label: string };

/** How the contents are encoded. */
export type Encoding = "PEM" | "DER" | "PKCS#12";

/** What is in a file. */
export interface Contents {
  /** How it is encoded. */
  readonly encoding: Encoding;
  /** Everything in it, in order. */
  readonly items: readonly Item[];
  /** The name of the entry of PKCS#12. */
  readonly friendlyName?: string;
}

/** Reads a key; one that is encrypted stays closed without a password. */
async function keyItem(
  data: string | Uint8Array,
  source: string,
  password: string | undefined,
): Promise<Item> {
  try {
    const { pkcs8 } = await decodeKey(data, { source, password });
    return { kind: "key", key: new PrivateKey(pkcs8) };
  } catch (error) {
    const closed = error instanceof SslError && error.code === "PASSWORD_REQUIRED";
    if (closed) return { kind: "key", key: undefined };
    throw error;
  }
}

async function pemItem(
  block: PemBlock,
  text: string,
  source: string,
  password: string | undefined,
): Promise<Item> {
  const { label, der } = block;
  if (/^(?:X509 |TRUSTED )?CERTIFICATE$/.test(label)) {
    return { kind: "certificate", certificate: new Certificate(der) };
  }
  if (/^(?:NEW )?CERTIFICATE REQUEST$/.test(label)) {
    return { kind: "request", request: new CertificateRequest(der) };
  }
  if (label === "X509 CRL") return { kind: "crl", crl: readCrl(der) };
  if (!label.endsWith("PRIVATE KEY")) return { kind: "other", label };
  // The reader of keys takes the first one of a text: the lines from this one on.
  const lines = text.split(/\r\n?|\n/).slice(block.line - 1).join("\n");
  return await keyItem(lines, source, password);
}

async function derItems(
  data: Uint8Array,
  source: string,
  password: string | undefined,
): Promise<Item[]> {
  const der = withoutFinalNewline(data);
  const certificate = ifReadable(() => new Certificate(der));
  if (certificate !== undefined) return [{ kind: "certificate", certificate }];
  const crl = ifReadable(() => readCrl(der));
  if (crl !== undefined) return [{ kind: "crl", crl }];
  const request = ifReadable(() => new CertificateRequest(der));
  if (request !== undefined) return [{ kind: "request", request }];
  return [await keyItem(data, source, password)];
}

/**
 * Reads all that is in a file.
 *
 * @param source What the data is called in messages.
 * @param password Opens keys and PKCS#12.
 * @throws {UsageError} If it has another encoding.
 * @throws {SslError} If what is in it is malformed, or a password is wrong or missing.
 */
export async function readContents(
  data: Uint8Array,
  source: string,
  password?: string,
): Promise<Contents> {
  if (isPkcs12(data)) {
    const { cert, key, chain, friendlyName } = await parsePkcs12(data, password);
    const certificates = cert === undefined ? chain : [cert, ...chain];
    const items: Item[] = certificates.map((certificate) => ({ kind: "certificate", certificate }));
    if (key !== undefined) items.push({ kind: "key", key });
    return { encoding: "PKCS#12", items, ...(friendlyName !== undefined && { friendlyName }) };
  }
  if (data[0] !== 0x30 && looksLikePem(data)) {
    const text = pemText(data);
    const blocks = pemBlocks(text, source);
    const items: Item[] = [];
    for (const block of blocks) items.push(await pemItem(block, text, source, password));
    if (items.length > 0) return { encoding: "PEM", items };
  }
  if (data.length === 0 || foreignFormat(data) !== undefined || data[0] !== 0x30) {
    const what = data.length === 0 ? "it is empty" : foreignFormat(data) ?? "neither PEM nor DER";
    throw new UsageError(
      `cannot read ${quotePath(source)}: ${what}`,
      "give certificates, requests, CRLs or keys in PEM, DER or PKCS#12",
    );
  }
  return { encoding: "DER", items: await derItems(data, source, password) };
}

/** The certificates among what is in a file. */
export const certificatesOf = ({ items }: Contents): Certificate[] =>
  items.flatMap((item) => item.kind === "certificate" ? [item.certificate] : []);

/** The first key in a file that is open. */
export function openKeyOf({ items }: Contents, source: string): PrivateKey | undefined {
  const keys = items.flatMap((item) => item.kind === "key" ? [item.key] : []);
  if (keys.length > 0 && keys[0] === undefined) {
    throw new SslError(
      `Cannot read the key in ${quotePath(source)}: it is encrypted: give --password-file FILE`,
      { code: "PASSWORD_REQUIRED", reason: "the key is encrypted" },
    );
  }
  return keys[0];
}

/** What the things in a file are called: `2 certificates, 1 key`. */
export function contentsText({ items }: Contents): string {
  const names = { certificate: "certificate", request: "request", crl: "CRL", key: "key" };
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = item.kind === "other" ? quoteName(item.label) : names[item.kind];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, n]) => `${n} ${name}${n === 1 ? "" : "s"}`).join(", ");
}
