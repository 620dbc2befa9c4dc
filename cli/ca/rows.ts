/**
 * The commands of the development CA.
 *
 * @module
 */

import { KEY_TYPE } from "../cert/rows.ts";
import type { Command } from "../command.ts";
import { FOLDER_OPTION } from "./folder_option.ts";

/** The rows of the table. */
export const CA_COMMANDS: readonly Command[] = [
  {
    name: "ca init",
    summary: "makes a CA for development: a root and its key in a folder of yours",
    operands: "",
    count: [0, 0],
    options: {
      name: {
        kind: "text",
        value: "NAME",
        default: "Development CA (ssl)",
        help: "what the root is called in the lists of browsers",
        elsewhere: ["-subj", "--cn"],
      },
      for: {
        kind: "text",
        value: "DOMAIN",
        repeatable: true,
        help: "limit it to these domains and what is below, or to networks: 127.0.0.0/8",
        elsewhere: ["--permitted", "--name-constraints"],
      },
      days: {
        kind: "number",
        value: "DAYS",
        range: [1, 3650],
        default: 825,
        help: "how long the root is valid",
        elsewhere: ["-days"],
      },
      "key-type": KEY_TYPE,
      force: {
        kind: "flag",
        help: "replace the CA that is there: what it issued is worthless then",
      },
      ...FOLDER_OPTION,
    },
    about: [
      "With the key, others can deceive everybody who trusts the root. It is for its owner alone (mode " +
      "0600), it never leaves the machine by itself, and --for limits what it can be used for.",
    ],
    examples: [
      { args: "ca init", does: "once on each machine" },
      {
        args: "ca init --for localhost --for test --for 127.0.0.0/8",
        does: "a root that can vouch for no other server",
      },
    ],
    permissions: [
      { flag: "--allow-read=FOLDER", why: "whether there is a CA already" },
      { flag: "--allow-write=FOLDER", why: "the root and its key" },
      {
        flag: "--allow-env=HOME,XDG_DATA_HOME",
        why: "where to put it, without --dir; on Windows LOCALAPPDATA",
        optional: true,
      },
    ],
    load: () => import("./init.ts"),
  },
  {
    name: "ca trust",
    summary: "the commands that make browsers, the system, Deno, Node and curl trust the CA",
    operands: "[PLACE...]",
    count: [0, 5],
    completes: ["browsers", "system", "deno", "node", "curl"],
    options: {
      apply: {
        kind: "flag",
        help: "run them, where there are commands; sudo may ask for a password",
      },
      nss: {
        kind: "file",
        value: "FOLDER",
        repeatable: true,
        help: "the certificate store of a browser on Linux (all of yours)",
        elsewhere: ["-d", "--nssdb"],
      },
      ...FOLDER_OPTION,
    },
    about: ["Each place comes with the command that takes it back."],
    examples: [
      { args: "ca trust", does: "shows what to do" },
      { args: "ca trust browsers --apply", does: "makes Chromium and Firefox trust it" },
    ],
    permissions: [
      { flag: "--allow-read", why: "the CA, the stores of browsers, which tools there are" },
      {
        flag: "--allow-env=HOME,XDG_DATA_HOME",
        why: "where the CA and the stores are, without --dir and --nss",
        optional: true,
      },
      {
        flag: "--allow-run=certutil,mkdir,sudo",
        why: "the commands that --apply runs",
        optional: true,
      },
    ],
    load: () => import("./trust.ts"),
  },
];
