/**
 * `ssl pin`.
 *
 * @module
 */

import { digest } from "../../internal/digest.ts";
import { encodeBase64 } from "../../internal/bytes.ts";
import type { Call } from "../call.ts";
import { CERTIFICATE_SCHEMA, certificateData, keyPin } from "../certificate_data.ts";
import { chainOf } from "../connect/chain_of.ts";
import { EXITS } from "../exit_codes.ts";
import { verdictOf } from "../failure.ts";
import type { DataSchema, Result } from "../result.ts";

const text = { type: "string" };

/** The schema of its document. */
export const schema: DataSchema = {
  properties: {
    from: text,
    verified: { type: ["boolean", "null"] },
    pins: {
      type: "object",
      required: ["key", "certificate", "curl"],
      properties: { key: text, certificate: text, curl: text },
      additionalProperties: false,
    },
    certificate: CERTIFICATE_SCHEMA,
  },
};

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const { from, chain: [leaf], opened } = await chainOf(call, call.operands[0]!);
  const key = keyPin(leaf), certificate = leaf.fingerprint("sha256");
  const curl = `sha256//${encodeBase64(digest("sha256", leaf.rawSpki))}`;
  const failed = opened?.error;
  const verdict = failed === undefined ? "ok" : verdictOf(failed);
  if (failed !== undefined) {
    await call.note(
      call.page.labelled(
        "",
        `${from}: ${EXITS[verdict].label}. Anyone on the way could have shown this certificate: ` +
          "compare the pin with what the owner says in another way.",
      ),
    );
  }
  const rows = [[key, "the key: --pin, fingerprint"], [certificate, "the certificate"], [
    curl,
    "the key, as curl --pinnedpubkey takes it",
  ]];
  return {
    verdict,
    data: {
      from,
      verified: opened === undefined ? null : failed === undefined,
      pins: { key, certificate, curl },
      certificate: certificateData(leaf),
    },
    text: call.flag("all") ? call.page.columns(rows, "") : key,
  };
}
