/**
 * The command that is a server.
 *
 * @module
 */

import type { Command } from "../command.ts";
import { CONNECTION_OPTIONS } from "../connect/options.ts";

/** The rows of the table. */
export const SERVE_COMMANDS: readonly Command[] = [
  {
    name: "serve",
    summary: "a quick server: echo, the files of a folder, or a program for each connection",
    operands: "[[ADDRESS:]PORT]",
    count: [0, 1],
    options: {
      echo: { kind: "flag", help: "send back what comes (this is the default)" },
      http: {
        kind: "file",
        value: "DIR",
        help: "serve the files of DIR by HTTP/1.1 and HTTP/2",
        elsewhere: ["-WWW", "-HTTP", "-www"],
      },
      exec: {
        kind: "text",
        value: "COMMAND",
        help: "run COMMAND in a shell for each connection: it reads and writes the connection",
        elsewhere: ["-e", "--sh-exec", "-c"],
      },
      "self-signed": {
        kind: "flag",
        help: "make a certificate for this run (the default without --cert)",
      },
      name: {
        kind: "text",
        value: "NAME",
        repeatable: true,
        help: "a name for the certificate that is made, beside localhost",
        elsewhere: ["--san", "--hostname", "--cn"],
      },
      cert: {
        kind: "file",
        value: "FILE",
        help: "the certificate, with its chain (PEM or DER)",
        elsewhere: ["-cert", "--x509certfile", "--certificate"],
      },
      key: {
        kind: "file",
        value: "FILE",
        help: "its private key, where it is not in the same file",
        elsewhere: ["-key", "--x509keyfile"],
      },
      "password-file": {
        kind: "file",
        value: "FILE",
        help: "the first line of FILE is the password of the key",
        elsewhere: ["-pass", "--password"],
      },
      mtls: {
        kind: "file",
        value: "CA",
        help: "take only clients with a certificate of the CAs in this file",
        elsewhere: ["-Verify", "-verify", "--client-ca", "--x509cafile", "-CAfile"],
      },
      tls: {
        kind: "choice",
        value: "VERSION",
        choices: ["1.2", "1.3"],
        help: "take this version of TLS alone",
        elsewhere: ["-tls1_2", "-tls1_3"],
      },
      connections: {
        kind: "number",
        value: "N",
        range: [1, 1_000_000_000],
        help: "end after so many connections; with --http, after so many requests",
        elsewhere: ["--once", "-naccept"],
      },
      engine: CONNECTION_OPTIONS.engine!,
    },
    about: [
      "It listens on 127.0.0.1:8443, and on all addresses only where the argument says so (0.0.0.0:8443). " +
      "The pin and a line for a client are written first; Ctrl-C ends it.",
    ],
    examples: [
      { args: "serve 8443", does: "echoes, with a certificate made for this run" },
      { args: "serve 8443 --http public", does: "a folder by HTTPS" },
      {
        args: "serve 0.0.0.0:8443 --cert server.pem --key server.key --mtls clients-ca.pem",
        does: "for clients with a certificate of one CA",
      },
      { args: "serve 8443 --exec 'tr a-z A-Z'", does: "a program for each connection" },
    ],
    permissions: [
      {
        flag: "--allow-net=ADDRESS:PORT",
        why: "to listen",
      },
      {
        flag: "--allow-net=127.0.0.1",
        why: "--http: HTTP is spoken behind TLS, on the loopback address",
        optional: true,
      },
      { flag: "--allow-read=FILE", why: "certificate, key, CA, and DIR of --http", optional: true },
      { flag: "--allow-run=sh", why: "--exec", optional: true },
      { flag: "--allow-ffi", why: "OpenSSL: --mtls and --tls need it", optional: true },
    ],
    load: () => import("./run.ts"),
  },
];
