/**
 * `ssl cert make`: a certificate of the development CA.
 *
 * @module
 */

import { issue, leafUsage, type TestKeyType } from "../../certificate/issue.ts";
import { createPkcs12 } from "../../certificate/keys/pkcs12_write.ts";
import { hostProblem, ipVersion } from "../../internal/host.ts";
import { quote } from "../../internal/quote.ts";
import { caFiles, caIdentity } from "../ca/folder.ts";
import type { Call } from "../call.ts";
import { CERTIFICATE_SCHEMA, certificateData, dayText, keyText } from "../certificate_data.ts";
import { writeOutput } from "../files.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";
import { passwordOf } from "./source.ts";

const DAY = 86_400_000;
const text = { type: "string" };

/** What the document has. */
export const schema: DataSchema = {
  properties: {
    certFile: text,
    keyFile: text,
    pkcs12File: { type: ["string", "null"] },
    caFile: text,
    certificate: CERTIFICATE_SCHEMA,
  },
};

/** Refuses what cannot be a name in a certificate. */
function checkName(name: string, client: boolean): void {
  if (client && name.includes("@")) return;
  const problem = ipVersion(name) === undefined
    ? hostProblem(name.replace(/^\*\./, ""))
    : undefined;
  if (problem === undefined) return;
  throw new UsageError(`${quote(name)} is not a host name: ${problem}`);
}

/** `example.com`, `_wildcard.example.com+2`: a name for files. */
function fileName(names: readonly string[]): string {
  const first = names[0]!.replace("*", "_wildcard").replace(/[^\w.@-]/g, "_");
  return names.length === 1 ? first : `${first}+${names.length - 1}`;
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const names = call.operands, client = call.flag("client"), now = call.io.now();
  for (const name of names) checkName(name, client);
  const files = caFiles(call);
  const issuer = await caIdentity(files);
  const end = Math.min(now + call.number("days")! * DAY, issuer.cert.notAfter.getTime());
  const keyType = call.text("key-type") as TestKeyType;
  const { cert, key } = await issue(
    {
      names,
      keyType,
      keyUsage: leafUsage({ keyType }),
      extKeyUsage: [client ? "clientAuth" : "serverAuth"],
      notBefore: new Date(now - DAY),
      notAfter: new Date(end),
    },
    false,
    issuer,
  );
  const base = call.text("out") ?? fileName(names) + (client ? "-client" : "");
  const [certFile, keyFile] = [`${base}.pem`, `${base}-key.pem`];
  const force = call.flag("force");
  const pkcs12File = call.flag("pkcs12") ? `${base}.p12` : null;
  const password = await passwordOf(call, "out-password-file");
  if (pkcs12File !== null && password === undefined) {
    const fix = "--out-password-file FILE protects the key; an empty file is an empty password";
    throw new UsageError("PKCS#12 needs a password", fix);
  }
  await writeOutput(keyFile, key.pem, { secret: true, force });
  await writeOutput(certFile, cert.pem, { secret: false, force });
  if (pkcs12File !== null) {
    const bundle = await createPkcs12({ cert, key, chain: [issuer.cert], password: password! });
    await writeOutput(pkcs12File, bundle, { secret: true, force });
  }
  const { page } = call;
  const rows = [["certificate", certFile], ["key", `${keyFile} (for its owner alone)`]];
  if (pkcs12File !== null) rows.push(["PKCS#12", pkcs12File]);
  return {
    verdict: "ok",
    data: {
      ...{ certFile, keyFile, pkcs12File, caFile: files.certFile },
      certificate: certificateData(cert),
    },
    text: [
      `${names.join(", ")}: ${keyText(cert)}, until ${dayText(cert.notAfter)}`,
      page.columns(rows),
      page.labelled("  next  ", `the CA is ${files.certFile}: ssl ca trust`),
    ].join("\n"),
  };
}
