/**
 * Where certificates come from: a file, standard input, or a server as it sends them.
 *
 * @module
 */

import { Certificate } from "../../certificate/certificate.ts";
import { SslPeerError } from "../../errors.ts";
import { Prober } from "../analyze/prober.ts";
import { Survey } from "../analyze/survey.ts";
import type { StartTlsProtocol } from "../../starttls/options.ts";
import type { Call } from "../call.ts";
import { STARTTLS_PORTS } from "../connect/ports.ts";
import { parseTarget } from "../connect/target.ts";
import { firstLine, namesFile, readInput, sourceOf } from "../files.ts";
import { type Contents, readContents } from "./contents.ts";

/** The certificates as a server sends them, read without a handshake. */
async function ofServer(call: Call, operand: string): Promise<Contents> {
  const starttls = call.text("starttls") as StartTlsProtocol | undefined;
  const target = parseTarget(operand, starttls === undefined ? 443 : STARTTLS_PORTS[starttls]);
  const { host: hostname, port } = target;
  const prober = new Prober({
    ...{ hostname, port, starttls, timeout: 10_000, parallel: 2, signal: call.io.signal },
  });
  const survey = new Survey(prober, call.text("name") ?? hostname);
  const newest = await prober.askAll(survey.plan("TLSv1_3"));
  const chain = "choice" in newest ? newest.choice.chain : [];
  const older = chain.length > 0 ? undefined : await survey.choose(survey.plan("TLSv1_2"));
  const ders = older?.chain ?? chain;
  if (ders.length === 0) {
    throw new SslPeerError(`Cannot show the certificates of ${target.text}: it sent none`, {
      code: "ERR_SSL_NO_CERTIFICATE",
      reason: "the server sent no certificate",
    });
  }
  const items = ders.map((der) => ({
    kind: "certificate" as const,
    certificate: new Certificate(der),
  }));
  return { encoding: "DER", items };
}

/** The password of --password-file. */
export async function passwordOf(
  call: Call,
  option = "password-file",
): Promise<string | undefined> {
  const file = call.text(option);
  return file === undefined ? undefined : await firstLine(file, call.io);
}

/** Reads a file, or standard input for "-". */
export async function fileContents(call: Call, path: string): Promise<Contents> {
  const data = await readInput(path, call.io);
  return await readContents(data, sourceOf(path), await passwordOf(call));
}

/** Reads what an argument names: a file, "-" or a server. */
export async function contentsOf(
  call: Call,
  operand: string,
): Promise<Contents & { readonly from: "file" | "server" }> {
  if (namesFile(operand)) return { ...await fileContents(call, operand), from: "file" };
  return { ...await ofServer(call, operand), from: "server" };
}
