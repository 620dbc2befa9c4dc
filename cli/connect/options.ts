/**
 * The options of the commands that open a connection, and what they mean to the library.
 *
 * @module
 */

import { SSL_OCSP_MUST_STAPLE, SSL_OCSP_TRY_STAPLE } from "../../constants.ts";
import type { Certificate } from "../../certificate/certificate.ts";
import type { ContextOptions } from "../../context/options.ts";
import { hostProblem } from "../../internal/host.ts";
import { quote } from "../../internal/quote.ts";
import type { StartTlsProtocol } from "../../starttls/options.ts";
import { parsePin } from "../../verify/fingerprint.ts";
import type { Call } from "../call.ts";
import type { Permission } from "../command.ts";
import { readCertificates, readInput } from "../files.ts";
import type { CliIo } from "../io.ts";
import type { OptionSpecs } from "../signature.ts";
import { UsageError } from "../usage_error.ts";
import { STARTTLS_PORTS } from "./target.ts";

/** The options of every command that connects. */
export const CONNECTION_OPTIONS: OptionSpecs = {
  starttls: {
    kind: "choice",
    value: "PROTOCOL",
    choices: Object.keys(STARTTLS_PORTS),
    help: "begin in plain text and switch to TLS, in the way of that protocol",
    elsewhere: ["-starttls", "-t", "--start-tls"],
  },
  name: {
    kind: "text",
    value: "NAME",
    help: "the name that the certificate must be for, in place of HOST; it is sent to the server",
    elsewhere: [
      ...["-servername", "--servername", "--sni", "--server-name", "-verify_hostname"],
      ...["--resolve", "--sni-hostname", "--hostname"],
    ],
  },
  ca: {
    kind: "file",
    value: "FILE",
    repeatable: true,
    help: "trust the CAs in FILE (PEM or DER), beside the default ones",
    elsewhere: [
      ...["-CAfile", "--cacert", "--ca-cert", "--ca-certificate", "--ca-file", "--x509cafile"],
      ...["--root", "--roots", "--cafile"],
    ],
  },
  only: { kind: "flag", help: "trust the CAs of --ca alone, and none of the default ones" },
  crl: {
    kind: "file",
    value: "FILE",
    help: "refuse certificates that are revoked by the list in FILE",
    elsewhere: ["-CRL", "--crlfile", "--crl-file"],
  },
  "must-staple": {
    kind: "flag",
    help: "refuse a server that staples no OCSP response",
    elsewhere: ["-status", "--cert-status", "--ocsp"],
  },
  cert: {
    kind: "file",
    value: "FILE",
    help: "our certificate, with its chain (PEM, DER or PKCS#12)",
    elsewhere: ["-cert", "-E", "--x509certfile", "--certificate", "--client-cert"],
  },
  key: {
    kind: "file",
    value: "FILE",
    help: "the private key of --cert, where it is not in the same file",
    elsewhere: ["-key", "--x509keyfile", "--private-key", "--client-key"],
  },
  "password-file": {
    kind: "file",
    value: "FILE",
    help: "the first line of FILE is the password of the key",
    elsewhere: ["-pass", "-passin", "--pass", "--password", "--password-file"],
  },
  pin: {
    kind: "text",
    value: "PIN",
    repeatable: true,
    help: "accept this certificate and no other: sha256$HEX, or sha256$pub$HEX for its key",
    elsewhere: ["--pinnedpubkey", "--fingerprint", "-fingerprint"],
  },
  alpn: {
    kind: "text",
    value: "LIST",
    help: "the protocols to offer, such as h2,http/1.1",
    elsewhere: ["-alpn", "--alpn-protocols", "--http2"],
  },
  tls: {
    kind: "choice",
    value: "VERSION",
    choices: ["1.2", "1.3"],
    help: "offer this version of TLS alone",
    elsewhere: ["-tls1_2", "-tls1_3", "--tlsv1.2", "--tlsv1.3", "--tls-max", "--version"],
  },
  timeout: {
    kind: "number",
    value: "SECONDS",
    range: [0.001, 86_400],
    default: 30,
    help: "how long connecting may take, TLS included",
    elsewhere: ["--connect-timeout", "-m", "--max-time"],
  },
  engine: {
    kind: "choice",
    choices: ["auto", "openssl", "deno"],
    default: "auto",
    help: "which implementation of TLS to use; auto is OpenSSL where --allow-ffi is given",
    elsewhere: ["-engine"],
  },
};

/** The permissions of every command that connects. */
export const CONNECTION_PERMISSIONS: readonly Permission[] = [
  { flag: "--allow-net=HOST:PORT", why: "the connection" },
  { flag: "--allow-read=FILE", why: "the files that options name", optional: true },
  {
    flag: "--allow-ffi",
    why: "OpenSSL: shows version, cipher and certificates, and checks pins, names, CRLs and OCSP",
    optional: true,
  },
  {
    flag: "--allow-read=/etc/ssl/certs/ca-certificates.crt",
    why: "OpenSSL: the system's trust anchors; or --allow-sys for Mozilla's, as Deno has them",
    optional: true,
  },
  {
    flag: "--allow-env=SSL_CERT_FILE,SSL_CERT_DIR",
    why: "OpenSSL: the trust anchors that the environment names",
    optional: true,
  },
];

/** What a command that connects was asked for. */
export interface ConnectionSettings {
  /** The protocol that starts TLS; `undefined` where TLS begins at once. */
  readonly starttls: StartTlsProtocol | undefined;
  /** The port where none is named. */
  readonly usualPort: number;
  /** The name to verify in place of the host. */
  readonly name: string | undefined;
  /** How long connecting may take, in milliseconds. */
  readonly timeout: number;
  /** The CAs of --ca. */
  readonly anchors: readonly Certificate[];
  /** What the library is given. */
  readonly tls: ContextOptions;
}

function pinsOf(pins: readonly string[]): readonly string[] {
  for (const pin of pins) {
    try {
      parsePin(pin);
    } catch (error) {
      throw new UsageError(
        `--pin: ${(error as Error).message}`,
        "ssl pin HOST shows a server's pin",
      );
    }
  }
  return pins;
}

async function firstLine(path: string, io: CliIo): Promise<string> {
  const [line] = new TextDecoder().decode(await readInput(path, io)).split(/\r?\n/, 1);
  return line!;
}

/** The members of options that have a value. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}

/** The certificates of the files of --ca. */
async function anchorsOf(call: Call): Promise<readonly Certificate[]> {
  const files = call.texts("ca").map((file) => readCertificates(file, call.io));
  return (await Promise.all(files)).flat();
}

function tlsOf(call: Call, anchors: readonly Certificate[]): ContextOptions {
  const cas = call.texts("ca"), pins = pinsOf(call.texts("pin"));
  if (call.flag("only") && cas.length === 0) {
    throw new UsageError("--only needs --ca", "name the CA: --ca FILE --only");
  }
  if (call.text("key") !== undefined && call.text("cert") === undefined) {
    throw new UsageError("--key needs --cert", "name the certificate, too: --cert FILE --key FILE");
  }
  const pem = cas.length === 0 ? undefined : anchors.map((each) => each.pem).join("");
  const crl = call.text("crl"), password = call.text("password-file"), tls = call.text("tls");
  return given<ContextOptions>({
    engine: call.text("engine") as "auto" | "openssl" | "deno",
    ...(call.flag("only") ? { ca: pem } : { extraCa: pem }),
    crlFile: crl,
    checkCrl: crl === undefined ? undefined : "leaf",
    ocspMode: call.flag("must-staple") ? SSL_OCSP_TRY_STAPLE | SSL_OCSP_MUST_STAPLE : undefined,
    certFile: call.text("cert"),
    keyFile: call.text("key"),
    passwdCb: password === undefined ? undefined : () => firstLine(password, call.io),
    fingerprint: pins.length === 0 ? undefined : pins,
    forceFingerprint: pins.length === 0 ? undefined : true,
    alpnProtocols: call.text("alpn")?.split(",").map((each) => each.trim()).filter(Boolean),
    version: tls === undefined ? undefined : `TLSv1_${tls.slice(2)}`,
  });
}

/** What the options of a call ask for. */
export async function settingsOf(call: Call): Promise<ConnectionSettings> {
  const starttls = call.text("starttls") as StartTlsProtocol | undefined;
  const name = call.text("name");
  const problem = name === undefined ? undefined : hostProblem(name);
  if (problem !== undefined) {
    throw new UsageError(`--name: ${quote(name)} is not a host name: ${problem}`);
  }
  const anchors = await anchorsOf(call);
  return {
    starttls,
    usualPort: starttls === undefined ? 443 : STARTTLS_PORTS[starttls],
    name,
    timeout: 1000 * call.number("timeout")!,
    anchors,
    tls: tlsOf(call, anchors),
  };
}
