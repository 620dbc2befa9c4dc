/**
 * `ssl cert make`: a certificate of the development CA.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { issue, leafUsage, type TestKeyType } from "../../certificate/issue.ts";
import { createPkcs12 } from "../../certificate/keys/pkcs12_write.ts";
import { ipVersion, readHost } from "../../internal/host.ts";
import { quote } from "../../internal/quote.ts";
import { caFiles, caIdentity } from "../ca/folder.ts";
import { checkWithin } from "../ca/limits.ts";
import type { Call } from "../call.ts";
import { CERTIFICATE_SCHEMA, certificateData, dayText, keyText } from "../certificate_data.ts";
import { type Output, writeOutputs } from "../files.ts";
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

/**
 * A name as a certificate has it: a host in ASCII, an address, for a client also a mail address.
 *
 * @throws {UsageError} If it cannot be a name in a certificate.
 */
function nameInside(given: string, client: boolean): string {
  if (client && given.includes("@")) {
    if (/^[!-~]+$/.test(given)) return given;
    throw new UsageError(`${quote(given)} is not a mail address of ASCII characters alone`);
  }
  const [wildcard, host] = given.startsWith("*.") ? ["*.", given.slice(2)] : ["", given];
  const read = readHost(host);
  if (read.kind === "dns" || read.kind === "ip" && wildcard === "") return wildcard + read.name;
  const problem = read.kind === "invalid" ? read.reason : "an address has no wildcard";
  throw new UsageError(`${quote(given)} is not a host name: ${problem}`);
}

/**
 * The subject. Where no name is a domain, OpenSSL and GnuTLS take the commonName for one and hold it to
 * the limits of the CA, so that addresses alone have none.
 */
function subjectOf(names: readonly string[]): Record<string, string> {
  const [first] = names as [string];
  const addresses = names.every((name) => ipVersion(name) !== undefined);
  return addresses ? { organizationName: first } : { commonName: first };
}

/** Refuses a CA that has ended, or has not begun: nobody would accept the certificate. */
function checkLife({ notBefore, notAfter }: Certificate, now: number): void {
  if (notBefore.getTime() <= now && now < notAfter.getTime()) return;
  throw new UsageError(
    `the CA is valid from ${dayText(notBefore)} to ${dayText(notAfter)}, and not now`,
    "ssl ca init --force makes a new one, which has to be trusted anew",
  );
}

/** `example.com`, `_wildcard.example.com+2`: a name for files. */
function fileName(names: readonly string[]): string {
  const first = names[0]!.replace("*", "_wildcard").replace(/[^\w.@-]/g, "_");
  return names.length === 1 ? first : `${first}+${names.length - 1}`;
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const client = call.flag("client"), now = call.io.now();
  const names = [...new Set(call.operands.map((name) => nameInside(name, client)))];
  const files = caFiles(call);
  const issuer = await caIdentity(files);
  checkLife(issuer.cert, now);
  for (const name of names) checkWithin(issuer.cert, name);
  const end = Math.min(now + call.number("days")! * DAY, issuer.cert.notAfter.getTime());
  const keyType = call.text("key-type") as TestKeyType;
  const { cert, key } = await issue(
    {
      names,
      subject: subjectOf(names),
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
  const outputs: Output[] = [
    { path: keyFile, data: key.pem, secret: true },
    { path: certFile, data: cert.pem, secret: false },
  ];
  if (pkcs12File !== null) {
    const data = await createPkcs12({ cert, key, chain: [issuer.cert], password: password! });
    outputs.push({ path: pkcs12File, data, secret: true });
  }
  await writeOutputs(outputs, force);
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
