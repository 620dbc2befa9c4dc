/**
 * `ssl ca init`: makes a development CA.
 *
 * @module
 */

import { issue, type TestKeyType } from "../../certificate/issue.ts";
import { fileError } from "../../internal/file_error.ts";
import type { Call } from "../call.ts";
import { CERTIFICATE_SCHEMA, certificateData, dayText, keyText } from "../certificate_data.ts";
import { writeOutputs } from "../files.ts";
import type { DataSchema, Result } from "../result.ts";
import { caFiles } from "./folder.ts";
import { limitsFrom } from "./limits.ts";

const DAY = 86_400_000;
const text = { type: "string" };

/** What the document has. */
export const schema: DataSchema = {
  properties: {
    folder: text,
    certFile: text,
    keyFile: text,
    limitedTo: { type: "array", items: text },
    certificate: CERTIFICATE_SCHEMA,
  },
};

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw fileError("", path, cause, "write");
  }
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const files = caFiles(call);
  const { folder, certFile, keyFile } = files;
  const { permitted: limitedTo, excluded } = limitsFrom(call.texts("for"));
  const now = call.io.now();
  const { cert, key } = await issue(
    {
      commonName: call.text("name")!,
      keyType: call.text("key-type") as TestKeyType,
      keyUsage: ["keyCertSign", "cRLSign"],
      pathLength: 0,
      notBefore: new Date(now - DAY),
      notAfter: new Date(now + call.number("days")! * DAY),
      ...{ permitted: limitedTo, excluded },
    },
    true,
    undefined,
  );
  await makeFolder(folder);
  const force = call.flag("force");
  await writeOutputs([
    { path: keyFile, data: key.pem, secret: true },
    { path: certFile, data: cert.pem, secret: false },
  ], force);
  const limit = limitedTo.length === 0
    ? "It can vouch for any name: with its key, others can deceive those who trust it."
    : `It can vouch for ${limitedTo.join(", ")} and what is below, and for no other server.`;
  const { page } = call;
  return {
    verdict: "ok",
    data: { folder, certFile, keyFile, limitedTo, certificate: certificateData(cert) },
    text: [
      `${cert.commonName}, ${keyText(cert)}, until ${dayText(cert.notAfter)}`,
      page.columns([["root", certFile], ["key", `${keyFile} (for its owner alone)`]]),
      page.labelled("  ", limit),
      page.labelled(
        "  next  ",
        "ssl ca trust says how browsers and programs come to trust it; " +
          "ssl cert make localhost makes a certificate",
      ),
    ].join("\n"),
  };
}
