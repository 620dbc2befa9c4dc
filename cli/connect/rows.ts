/**
 * The commands that connect to a server.
 *
 * @module
 */

import type { Command } from "../command.ts";
import { CONNECTION_OPTIONS, CONNECTION_PERMISSIONS } from "./options.ts";

/** How long the other side may be silent, for the commands that send something. */
const IDLE = {
  kind: "number",
  value: "SECONDS",
  range: [0, 86_400],
  help: "end when both sides have been silent for so long; 0 waits for ever",
} as const;

/** The rows of the table. */
export const CONNECT_COMMANDS: readonly Command[] = [
  {
    name: "connect",
    summary: "connects and says whether the server is to be trusted, and why",
    operands: "HOST[:PORT]",
    count: [1, 1],
    options: {
      ...CONNECTION_OPTIONS,
      interactive: {
        kind: "flag",
        short: "i",
        help: "send what you type (or what standard input has) and show what comes back",
        elsewhere: ["-interactive", "-crlf"],
      },
      "no-input": {
        kind: "flag",
        short: "n",
        help: "leave standard input alone, even where it is a pipe",
        elsewhere: ["-quiet_input"],
      },
      idle: { ...IDLE, default: 2 },
    },
    about: [
      "The certificate and the name are always verified; the exit code says what failed. What a pipe " +
      "has on standard input is sent after the report, and the answer is written after it.",
    ],
    examples: [
      { args: "connect example.com", does: "is example.com:443 to be trusted?" },
      { args: "connect imap.example.org --starttls imap", does: "the same for a mail server" },
      {
        args: "connect 192.0.2.7:8443 --name intranet.example --ca ca.pem",
        does: "an address, under the name in its certificate and with a CA of your own",
      },
      {
        args: "connect api.example.com --cert client.pem --key client.key --alpn h2,http/1.1",
        does: "with a client certificate",
      },
    ],
    permissions: CONNECTION_PERMISSIONS,
    load: () => import("./run.ts"),
  },
  {
    name: "cat",
    summary: "sends standard input to a server and writes its answer: sslcat",
    operands: "HOST[:PORT]",
    count: [1, 1],
    options: { ...CONNECTION_OPTIONS, idle: { ...IDLE, default: 0 } },
    about: [
      "Our direction ends with the input; the answer goes to standard output as it comes, and nothing " +
      "else does. A server that is not to be trusted gets nothing: the exit code is that of connect.",
    ],
    examples: [
      {
        args: "cat example.com < request.txt > answer.txt",
        does: "sends a request and keeps the answer",
      },
    ],
    permissions: CONNECTION_PERMISSIONS,
    load: () => import("./cat.ts"),
  },
];
