/**
 * How programs come to trust a root: the commands for each, and how to take it back. Pure.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { shortName } from "../certificate_data.ts";

/** Where a root can be trusted. */
export type Place = "browsers" | "system" | "deno" | "node" | "curl";

/** One command, as an argument vector. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** One way to trust. */
export interface TrustWay {
  /** Whom it is for. */
  readonly place: Place;
  /** What it does, in words. */
  readonly does: string;
  /** The commands that `--apply` runs. */
  readonly commands: readonly CommandLine[];
  /** What one sets or gives where a command cannot do it. */
  readonly lines: readonly string[];
  /** How to take it back. */
  readonly undo: readonly string[];
}

/** What the ways depend on. */
export interface TrustScene {
  /** The system. */
  readonly os: typeof Deno.build.os;
  /** The root. */
  readonly root: Certificate;
  /** Its file. */
  readonly certFile: string;
  /** The certificate stores of NSS: browsers on Linux. */
  readonly stores: readonly { readonly folder: string; readonly exists: boolean }[];
  /** Which of the programs that manage the system's roots is there. */
  readonly systemTool: "update-ca-certificates" | "update-ca-trust" | undefined;
}

/** A word of a command line as a shell takes it. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A command line as one types it. */
export const shellLine = (command: readonly string[]): string => command.map(shellWord).join(" ");

function browsers({ root, certFile, stores }: TrustScene): TrustWay {
  const name = shortName(root);
  const commands = stores.flatMap(({ folder, exists }): CommandLine[] => {
    const store = `sql:${folder}`;
    return [
      ...(exists
        ? []
        : [["mkdir", "-p", folder], ["certutil", "-d", store, "-N", "--empty-password"]] as const),
      ["certutil", "-d", store, "-A", "-t", "C,,", "-n", name, "-i", certFile],
    ];
  });
  const undo = stores.map(({ folder }) =>
    shellLine(["certutil", "-d", `sql:${folder}`, "-D", "-n", name])
  );
  const does = "Chromium and Firefox on Linux (certutil is in libnss3-tools)";
  return { place: "browsers", does, commands, lines: [], undo };
}

function system({ os, certFile, root, systemTool }: TrustScene): TrustWay {
  const way = { place: "system" as const, lines: [] };
  if (os === "darwin") {
    const keychain = "/Library/Keychains/System.keychain";
    const add = ["sudo", "security", "add-trusted-cert", "-d", "-r", "trustRoot", "-k"] as const;
    return {
      ...way,
      does: "macOS, with Safari and Chrome",
      commands: [[...add, keychain, certFile]],
      undo: [shellLine(["sudo", "security", "remove-trusted-cert", "-d", certFile])],
    };
  }
  if (os === "windows") {
    return {
      ...way,
      does: "Windows, with Edge and Chrome",
      commands: [["certutil", "-addstore", "-user", "-f", "ROOT", certFile]],
      undo: [shellLine(["certutil", "-delstore", "-user", "ROOT", root.serial])],
    };
  }
  const [folder, update] = systemTool === "update-ca-trust"
    ? ["/etc/pki/ca-trust/source/anchors", "update-ca-trust"]
    : ["/usr/local/share/ca-certificates", "update-ca-certificates"];
  const copy = `${folder}/socket-ssl-development.crt`;
  return {
    ...way,
    does: "the system's programs: curl, git, Python, OpenSSL and this library",
    commands: [["sudo", "install", "-m", "644", certFile, copy], ["sudo", update]],
    undo: [shellLine(["sudo", "rm", copy]), shellLine(["sudo", update])],
  };
}

/** Every way, in the order of the report. */
export function trustWays(scene: TrustScene): readonly TrustWay[] {
  const file = shellWord(scene.certFile);
  const ours = { commands: [], undo: [] };
  return [
    ...(scene.os === "linux" ? [browsers(scene)] : []),
    system(scene),
    {
      ...{ place: "deno", does: "Deno, for one program or for all", ...ours },
      lines: [
        `deno run --cert ${file} main.ts`,
        "export DENO_TLS_CA_STORE=system,mozilla   # after the system trusts it",
      ],
    },
    {
      ...{ place: "node", does: "Node and npm", ...ours },
      lines: [`export NODE_EXTRA_CA_CERTS=${file}`],
    },
    {
      ...{ place: "curl", does: "curl, for one call", ...ours },
      lines: [`curl --cacert ${file} https://localhost/`],
    },
  ];
}
