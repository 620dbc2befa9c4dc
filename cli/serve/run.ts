/**
 * `ssl serve`.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { selfSigned } from "../../certificate/issue.ts";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import type { EngineChoice } from "../../engine/select.ts";
import { encodeBase64 } from "../../internal/bytes.ts";
import { digest } from "../../internal/digest.ts";
import { hostProblem, ipVersion, joinHostPort, splitHostPort } from "../../internal/host.ts";
import { quote } from "../../internal/quote.ts";
import type { ListenOptions } from "../../socket/options.ts";
import type { SslServer } from "../../server/serve.ts";
import { parsePort } from "../../socket/target.ts";
import type { Call } from "../call.ts";
import { CERTIFICATE_SCHEMA, certificateData, keyPin } from "../certificate_data.ts";
import { namesOf } from "../connect/fix.ts";
import { asUsage } from "../connect/open.ts";
import { readCertificates } from "../files.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";
import { startService } from "./services.ts";

const text = { type: "string" };

/** The schema of its document, and of the line that it begins with. */
export const schema: DataSchema = {
  properties: {
    address: text,
    pin: text,
    curlPin: text,
    client: text,
    certificate: CERTIFICATE_SCHEMA,
    connections: { type: "integer", minimum: 0 },
  },
};

interface Address {
  readonly hostname: string;
  readonly port: number;
}

function addressOf(operand: string | undefined): Address {
  const [usual, hostname] = [8443, "127.0.0.1"];
  if (operand === undefined) return { hostname, port: usual };
  try {
    if (/^\d+$/.test(operand)) return { hostname, port: parsePort(operand, 0) };
    const { host, port } = splitHostPort(operand);
    const problem = hostProblem(host);
    if (problem !== undefined) {
      throw new TypeError(`${quote(operand)} is not an address: ${problem}`);
    }
    return { hostname: host, port: port === undefined ? usual : parsePort(port, 0) };
  } catch (error) {
    throw new UsageError((error as Error).message, "ssl serve 8443, or ssl serve 0.0.0.0:8443");
  }
}

interface Identity {
  /** What the library is given. */
  readonly options: ListenOptions;
  readonly leaf: Certificate;
  readonly made: boolean;
}

async function identityOf(call: Call): Promise<Identity> {
  const certFile = call.text("cert"), keyFile = call.text("key");
  if (certFile === undefined) {
    if (keyFile !== undefined) throw new UsageError("--key needs --cert");
    const names = [...call.texts("name"), "localhost", "127.0.0.1", "::1"];
    for (const name of names) {
      const problem = ipVersion(name) === undefined
        ? hostProblem(name.replace(/^\*\./, ""))
        : undefined;
      if (problem !== undefined) {
        throw new UsageError(`--name: ${quote(name)} is not a name: ${problem}`);
      }
    }
    const { cert, key, certificate } = await selfSigned({ names, commonName: names[0]! });
    return { options: { cert, key }, leaf: certificate, made: true };
  }
  if (call.flag("self-signed") || call.texts("name").length > 0) {
    throw new UsageError(
      "--self-signed and --name are for a certificate that is made, --cert names one",
    );
  }
  const password = call.text("password-file");
  const passwdCb = async () => (await Deno.readTextFile(password!)).split(/\r?\n/, 1)[0]!;
  const [leaf] = await readCertificates(certFile, call.io);
  const options = {
    certFile,
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(password === undefined ? {} : { passwdCb }),
  };
  return { options, leaf: leaf!, made: false };
}

function tlsOf(call: Call): ListenOptions {
  const tls = call.text("tls"), ca = call.text("mtls");
  const verifyMode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  return {
    engine: call.text("engine") as EngineChoice,
    ...(tls === undefined ? {} : { version: `TLSv1_${tls.slice(2)}` }),
    ...(ca === undefined ? {} : { clientCaFile: ca, verifyMode }),
  };
}

/** A command line for a client: curl for HTTP, ssl connect for the others. */
function clientLine(call: Call, { leaf, made }: Identity, port: number, curlPin: string): string {
  const host = namesOf(leaf).find((name) => hostProblem(name) === undefined) ?? "localhost";
  const client = call.text("mtls") === undefined ? "" : " --cert client.pem --key client.key";
  const at = joinHostPort(host, port);
  if (call.text("http") === undefined) {
    return `ssl connect ${at} -i${made ? ` --pin '${keyPin(leaf)}'` : ""}${client}`;
  }
  // curl compares the pin with -k as well: it is what takes the place of the chain.
  const pin = made ? ` -k --pinnedpubkey '${curlPin}'` : "";
  return `curl${pin}${client} https://${at}/`;
}

async function until(call: Call, server: SslServer, done: Promise<void>): Promise<void> {
  const interrupted = new Promise<void>((resolve) => {
    if (call.io.signal.aborted) resolve();
    call.io.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([interrupted, done, server.finished]);
  await server.shutdown({ deadline: 2000 });
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const kinds = ["echo", "http", "exec"].filter((each) =>
    call.flag(each) || call.text(each) !== undefined && each !== "echo"
  );
  if (kinds.length > 1) throw new UsageError(`--${kinds[0]} and --${kinds[1]} exclude each other`);
  const address = addressOf(call.operands[0]);
  const identity = await identityOf(call);
  const most = call.number("connections") ?? Infinity;
  const done = Promise.withResolvers<void>();
  let connections = 0;
  const options: ListenOptions = {
    ...address,
    ...identity.options,
    ...tlsOf(call),
    onHandshakeError: (error, from) =>
      void call.note(
        `refused ${
          from !== undefined && "hostname" in from ? from.hostname : ""
        }: ${error.message}`,
      ),
    onError: (error) => void call.note(`failed: ${error instanceof Error ? error.message : error}`),
  };
  const server = await startService(call, options, async (work) => {
    connections++;
    try {
      return await work();
    } finally {
      if (connections >= most) done.resolve();
    }
  });
  const { hostname, port } = await server.addr.catch((error) => {
    throw asUsage(error);
  });
  const { leaf } = identity;
  const curlPin = `sha256//${encodeBase64(digest("sha256", leaf.rawSpki))}`;
  const client = clientLine(call, identity, port, curlPin);
  const known = {
    address: joinHostPort(hostname, port),
    pin: keyPin(leaf),
    curlPin,
    client,
    certificate: certificateData(leaf),
  };
  const lines = [`listening on ${known.address}`, `  pin     ${known.pin}`, `  client  ${client}`];
  await call.item({ verdict: "ok", data: { ...known, connections: 0 }, text: lines.join("\n") });
  await until(call, server, done.promise);
  return { verdict: "ok", data: { ...known, connections }, text: "" };
}
