/**
 * The commands about names and pins.
 *
 * @module
 */

import type { Command } from "../command.ts";
import { CONNECTION_OPTIONS, CONNECTION_PERMISSIONS } from "../connect/options.ts";
import { SCHEME_NAMES } from "../../verify/schemes.ts";

const PERMISSIONS = [
  { flag: "--allow-read=FILE", why: "the certificate, where it is a file" },
  { ...CONNECTION_PERMISSIONS[0]!, why: "the connection, where it is a server" },
  ...CONNECTION_PERMISSIONS.slice(2),
];

/** The rows of the table. */
export const NAME_COMMANDS: readonly Command[] = [
  {
    name: "pin",
    summary: "shows the pins of a server or of a certificate",
    operands: "HOST[:PORT]|FILE",
    count: [1, 1],
    completes: "file",
    options: {
      all: { kind: "flag", help: "the pin of the certificate and curl's form as well" },
      ...CONNECTION_OPTIONS,
    },
    about: [
      "The pin is that of the key, which a renewal may keep. It is shown for a server that is not to be " +
      "trusted, too, and the exit code says so: compare it with what its owner says in another way.",
    ],
    examples: [
      { args: "pin example.com", does: "the pin, for --pin" },
      { args: "pin server.pem --all", does: "all pins of a certificate in a file" },
    ],
    permissions: PERMISSIONS,
    load: () => import("./pin.ts"),
  },
  {
    name: "names",
    summary: "says which name of a certificate matches a host, by which rule, or why none does",
    operands: "FILE|HOST[:PORT] NAME...",
    count: [2, 1000],
    completes: "file",
    options: {
      scheme: {
        kind: "choice",
        value: "SCHEME",
        choices: SCHEME_NAMES,
        default: "rfc9525",
        help: "the rules by which names are compared",
      },
      ...CONNECTION_OPTIONS,
    },
    examples: [
      { args: "names server.pem www.example.com", does: "is the certificate for that name?" },
      {
        args: "names server.pem a.example.com b.a.example.com",
        does: "how far does the wildcard go?",
      },
    ],
    permissions: PERMISSIONS,
    load: () => import("./names.ts"),
  },
];
