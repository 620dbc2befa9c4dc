/**
 * `ssl cert match`: does the key belong to the certificate?
 *
 * @module
 */

import { keyMatches } from "../../certificate/keys/decode.ts";
import { quotePath } from "../../internal/quote.ts";
import type { Call } from "../call.ts";
import { spkiText } from "../certificate_data.ts";
import { sourceOf } from "../files.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";
import { type Contents, openKeyOf } from "./contents.ts";
import { nameOf } from "./describe.ts";
import { fileContents } from "./source.ts";

const text = { type: "string" };

/** What the document has. */
export const schema: DataSchema = {
  properties: {
    certificate: text,
    key: text,
    matches: { type: "boolean" },
    certificateKey: text,
    keyKind: text,
    name: text,
  },
};

/** The first thing that has a public key: a certificate or a request. */
function ownerOf({ items }: Contents, path: string) {
  for (const item of items) {
    if (item.kind === "certificate") {
      return { spki: item.certificate.rawSpki, name: nameOf(item.certificate) };
    }
    if (item.kind === "request") return { spki: item.request.rawSpki, name: item.request.subject };
  }
  throw new UsageError(`there is no certificate and no request in ${quotePath(path)}`);
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const [certificate, keyFile] = call.operands as readonly [string, string];
  const { spki, name } = ownerOf(await fileContents(call, certificate), certificate);
  const key = openKeyOf(await fileContents(call, keyFile), sourceOf(keyFile));
  if (key === undefined) throw new UsageError(`there is no private key in ${quotePath(keyFile)}`);
  const matches = keyMatches(spki, key);
  const [certificateKey, keyKind] = [spkiText(spki), spkiText(key.publicSpki)];
  const { page } = call;
  const word = matches ? page.mood("good", "MATCH") : page.mood("bad", "NO MATCH");
  const detail = certificateKey === keyKind
    ? `both are ${keyKind}${matches ? "" : ", and not the same key"}`
    : `the certificate is for ${certificateKey}, the key is ${keyKind}`;
  return {
    verdict: matches ? "ok" : "findings",
    data: { certificate, key: keyFile, matches, certificateKey, keyKind, name },
    text: `${page.spread(`${name}: ${keyFile}`, word)}\n${page.labelled("  ", detail)}`,
  };
}
