/**
 * The command that looks after many servers.
 *
 * @module
 */

import type { Command } from "../command.ts";
import { CONNECTION_OPTIONS, CONNECTION_PERMISSIONS } from "../connect/options.ts";

const days = { kind: "number", value: "DAYS", range: [0, 36_500] } as const;

/** The rows of the table. */
export const CHECK_COMMANDS: readonly Command[] = [
  {
    name: "check",
    summary: "checks many servers at once, a line each: for cron and monitoring",
    operands: "HOST[:PORT]...",
    count: [0, 100_000],
    options: {
      warn: {
        ...days,
        default: 30,
        help: "warn when the certificate ends within so many days",
        elsewhere: ["-w", "--warning", "--days"],
      },
      crit: {
        ...days,
        default: 7,
        help: "the same, as critical",
        elsewhere: ["-c", "--critical"],
      },
      file: {
        kind: "file",
        value: "LIST",
        help:
          "take hosts from LIST, one a line: HOST[:PORT] [PROTOCOL], # begins a comment; - is standard input",
        elsewhere: ["-f", "--input", "-l", "-iL"],
      },
      problems: { kind: "flag", help: "show only the servers that have a problem" },
      html: {
        kind: "file",
        value: "FILE",
        help: "write a page with every server and a calendar of what ends when",
        elsewhere: ["--report", "-o", "--output"],
      },
      jobs: {
        kind: "number",
        value: "N",
        range: [1, 256],
        default: 16,
        help: "how many servers are asked at the same time",
        elsewhere: ["-j", "--parallel", "--concurrency"],
      },
      ...CONNECTION_OPTIONS,
      timeout: { ...CONNECTION_OPTIONS.timeout!, default: 10 },
    },
    about: [
      "The exit code is that of the gravest outcome; a certificate that ends within --warn days is 10.",
    ],
    examples: [
      { args: "check example.com example.org:8443", does: "checks two servers" },
      {
        args: "check --file hosts.txt --problems --warn 21",
        does: "in cron: silent while all is well",
      },
      {
        args: "check --file hosts.txt --jsonl",
        does: "a line of JSON for each server, as it answers",
      },
      { args: "check --file hosts.txt --html expiries.html", does: "a page to look at" },
    ],
    permissions: [
      { flag: "--allow-net=HOST:PORT,...", why: "the connections" },
      ...CONNECTION_PERMISSIONS.slice(1),
      { flag: "--allow-write=FILE", why: "--html", optional: true },
    ],
    load: () => import("./run.ts"),
  },
];
