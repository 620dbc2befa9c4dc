/**
 * The command `analyze`.
 *
 * @module
 */

import type { Command } from "../command.ts";
import { CONNECTION_OPTIONS } from "../connect/options.ts";

const { starttls, name, ca, only, engine } = CONNECTION_OPTIONS;

/** The rows of the table. */
export const ANALYZE_COMMANDS: readonly Command[] = [
  {
    name: "analyze",
    summary: "what a server allows: versions, suites, groups, chain, resumption, old faults",
    operands: "HOST[:PORT]",
    count: [1, 1],
    options: {
      ...{ starttls: starttls!, name: name!, ca: ca!, only: only! },
      fast: {
        kind: "flag",
        help: "what the server prefers, and not all that it takes: some 20 connections",
        elsewhere: ["--quick", "-f"],
      },
      "fail-on": {
        kind: "choice",
        value: "SEVERITY",
        choices: ["critical", "high", "medium", "low", "info", "never"],
        default: "high",
        help: "the exit code is 1 if there is a finding this grave, or graver",
        elsewhere: ["--severity"],
      },
      html: {
        kind: "file",
        value: "FILE",
        help: "write a report to look at: one page without scripts",
        elsewhere: ["--htmlfile", "-oH"],
      },
      parallel: {
        kind: "number",
        value: "N",
        range: [1, 32],
        default: 6,
        help: "how many connections there may be at once",
        elsewhere: ["--parallel-connections", "-c"],
      },
      timeout: {
        kind: "number",
        value: "SECONDS",
        range: [0.1, 600],
        default: 10,
        help: "how long the server has for each answer",
        elsewhere: ["--socket-timeout", "--connect-timeout", "--openssl-timeout"],
      },
      engine: engine!,
    },
    about: [
      "The hellos are made byte by byte, so that the versions, suites and groups are found which no " +
      "library of today speaks: SSL 2.0 to TLS 1.3, and every suite of the registry. One " +
      "connection asks one question; a full analysis makes 60 to 200 of them.",
      "Each finding has a severity (critical, high, medium, low, info) and says what to do.",
    ],
    examples: [
      { args: "analyze example.com", does: "everything about the server at port 443" },
      { args: "analyze example.com --html report.html", does: "the same as a page to look at" },
      { args: "analyze mail.example.com --starttls smtp --fast", does: "a mail server, in short" },
      {
        args: "analyze example.com --fail-on medium --json",
        does: "for a pipeline: exit code 1 for what is medium or graver",
      },
    ],
    permissions: [
      { flag: "--allow-net=HOST:PORT", why: "the questions" },
      { flag: "--allow-read=FILE", why: "the files that options name", optional: true },
      { flag: "--allow-write=FILE", why: "the report of --html", optional: true },
      {
        flag: "--allow-ffi",
        why: "OpenSSL: whether sessions are resumed and clients may renegotiate",
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
    ],
    load: () => import("./run.ts"),
  },
];
