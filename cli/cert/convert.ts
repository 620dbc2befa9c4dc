/**
 * `ssl cert convert`: between PEM, DER, PKCS#12 and PKCS#8.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { encryptedKeyPem } from "../../certificate/keys/decode.ts";
import { derToPem } from "../../certificate/keys/pem.ts";
import { createPkcs12 } from "../../certificate/keys/pkcs12_write.ts";
import type { PrivateKey } from "../../certificate/keys/private_key.ts";
import { quotePath } from "../../internal/quote.ts";
import type { Call } from "../call.ts";
import { sourceOf, writeOutput } from "../files.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";
import { certificatesOf, contentsText, type Item, openKeyOf } from "./contents.ts";
import { fileContents, passwordOf } from "./source.ts";

const text = { type: "string" };

/** What the document has. */
export const schema: DataSchema = {
  properties: {
    source: text,
    output: text,
    format: { enum: ["pem", "der", "pkcs12", "pkcs8"] },
    contains: text,
    secret: { type: "boolean" },
  },
};

/** What is to be written. */
interface Material {
  readonly path: string;
  readonly items: readonly Item[];
  readonly certificates: readonly Certificate[];
  readonly key: PrivateKey | undefined;
  readonly password: string | undefined;
}

interface Written {
  readonly data: Uint8Array | string;
  /** Whether there is a key in it. */
  readonly secret: boolean;
}

const keyPem = (key: PrivateKey, password: string | undefined): string =>
  password === undefined ? key.pem : encryptedKeyPem(key, password);

function itemPem(item: Item): string[] {
  switch (item.kind) {
    case "certificate":
      return [item.certificate.pem];
    case "request":
      return [item.request.pem];
    case "crl":
      return [derToPem(item.crl.der, "X509 CRL")];
    default:
      return []; // the key comes last
  }
}

function toPem({ items, key, password }: Material): Written {
  const keys = key === undefined ? [] : [keyPem(key, password)];
  const data = [...items.flatMap(itemPem), ...keys].join("");
  return { data, secret: key !== undefined };
}

function toDer({ items, key, path, password }: Material): Written {
  if (items.length !== 1) {
    const fix = "DER holds one thing: take the file apart, or use --to pem or --to pkcs12";
    throw new UsageError(
      `${quotePath(path)} holds ${contentsText({ encoding: "PEM", items })}`,
      fix,
    );
  }
  if (password !== undefined) {
    throw new UsageError("DER is written without a password", "use --to pkcs8 or --to pkcs12");
  }
  const [item] = items as readonly [Item];
  switch (item.kind) {
    case "certificate":
      return { data: item.certificate.der, secret: false };
    case "request":
      return { data: item.request.der, secret: false };
    case "crl":
      return { data: item.crl.der, secret: false };
    default:
      return { data: needKey(key, path).der, secret: true };
  }
}

function needKey(key: PrivateKey | undefined, path: string): PrivateKey {
  if (key !== undefined) return key;
  throw new UsageError(`there is no private key in ${quotePath(path)}`, "--key FILE names it");
}

async function toPkcs12({ certificates, key, path, password }: Material): Promise<Written> {
  const [cert, ...chain] = certificates;
  if (cert === undefined) throw new UsageError(`there is no certificate in ${quotePath(path)}`);
  if (key !== undefined && password === undefined) {
    const fix = "--out-password-file FILE protects the key; an empty file is an empty password";
    throw new UsageError("PKCS#12 with a key needs a password", fix);
  }
  const data = await createPkcs12({
    cert,
    chain,
    ...(key !== undefined && { key }),
    ...(password !== undefined && { password }),
  });
  return { data, secret: key !== undefined };
}

function toPkcs8({ key, path, password }: Material): Written {
  return { data: keyPem(needKey(key, path), password), secret: true };
}

const WRITERS: Readonly<Record<string, (material: Material) => Written | Promise<Written>>> = {
  pem: toPem,
  der: toDer,
  pkcs12: toPkcs12,
  pkcs8: toPkcs8,
};

async function materialOf(call: Call, path: string): Promise<Material> {
  const contents = await fileContents(call, path);
  const [keyFile, chainFile] = [call.text("key"), call.text("chain")];
  const more = chainFile === undefined ? [] : (await fileContents(call, chainFile)).items;
  const items = [...contents.items, ...more.filter(({ kind }) => kind === "certificate")];
  const key = keyFile === undefined
    ? openKeyOf(contents, sourceOf(path))
    : openKeyOf(await fileContents(call, keyFile), sourceOf(keyFile));
  if (keyFile !== undefined) items.push({ kind: "key", key });
  const password = await passwordOf(call, "out-password-file");
  return { path, items, certificates: certificatesOf({ encoding: "PEM", items }), key, password };
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const [path] = call.operands as readonly [string];
  const format = call.text("to"), output = call.text("out");
  if (format === undefined) {
    throw new UsageError("--to is missing", "--to pem, der, pkcs12 or pkcs8");
  }
  if (output === undefined) throw new UsageError("--out is missing", "--out FILE, or --out - ");
  if (output === "-" && !call.isText) {
    throw new UsageError("--out - and a report cannot both go to standard output", "name a file");
  }
  const material = await materialOf(call, path);
  const { data, secret } = await WRITERS[format]!(material);
  const contains = contentsText({ encoding: "PEM", items: material.items });
  const result = { source: path, output, format, contains, secret };
  if (output === "-") {
    await call.bytes(typeof data === "string" ? new TextEncoder().encode(data) : data);
    return { verdict: "ok", data: result, text: "" };
  }
  await writeOutput(output, data, { secret, force: call.flag("force") });
  const mode = secret ? ", for its owner alone (mode 0600)" : "";
  return { verdict: "ok", data: result, text: `${output}: ${format}, ${contains}${mode}` };
}
