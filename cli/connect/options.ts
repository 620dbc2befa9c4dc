/**
 * The options and permissions of the commands that open a connection.
 *
 * @module
 */

import type { Permission } from "../command.ts";
import type { OptionSpecs } from "../signature.ts";
import type { EngineName } from "../../engine/engine.ts";
import { STARTTLS_PORTS } from "./ports.ts";

/** The engines. */
export const ENGINES: readonly EngineName[] = ["openssl", "deno", "wasm"];

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
    value: "ENGINE",
    choices: ["auto", ...ENGINES],
    default: "auto",
    help: "which implementation of TLS to use; auto is OpenSSL where --allow-ffi is given, and " +
      "otherwise Deno's own where it can do what is asked",
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
    why: "OpenSSL: the trust anchors that the environment names, which --allow-read has to cover",
    optional: true,
  },
];
