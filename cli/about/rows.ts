/**
 * The commands about the library: what its codes mean, and what it finds here.
 *
 * @module
 */

import type { Command } from "../command.ts";

/** The rows of the table. */
export const ABOUT_COMMANDS: readonly Command[] = [
  {
    name: "explain",
    summary:
      "says what a code means and what to do: an error's code, an alert, a number of OpenSSL",
    operands: "[CODE...]",
    count: [0, 100],
    options: { list: { kind: "flag", help: "every code that can be explained" } },
    examples: [
      { args: "explain CERT_HAS_EXPIRED", does: "a code of an error" },
      { args: "explain 20", does: "a number of X509_V_ERR, as openssl shows it" },
      { args: "explain unknown_ca", does: "an alert, as both sides see it" },
      {
        args: "explain 'error:0A00010B:SSL routines::wrong version number'",
        does: "a message of OpenSSL, or of Deno's TLS",
      },
    ],
    permissions: [],
    load: () => import("./explain.ts"),
  },
  {
    name: "doctor",
    summary: "says what is there: engines, trust anchors, permissions, and what is missing",
    operands: "",
    count: [0, 0],
    options: {},
    examples: [{ args: "doctor", does: "looks at this machine under the given permissions" }],
    permissions: [
      { flag: "--allow-ffi", why: "whether OpenSSL loads", optional: true },
      {
        flag: "--allow-read=/etc/ssl/certs/ca-certificates.crt",
        why: "where the system's trust anchors are",
        optional: true,
      },
      {
        flag: "--allow-env=SSL_CERT_FILE,SSL_CERT_DIR,SOCKET_SSL_LIBSSL",
        why: "what the environment names",
        optional: true,
      },
    ],
    load: () => import("./doctor.ts"),
  },
];
