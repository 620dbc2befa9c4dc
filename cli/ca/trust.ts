/**
 * `ssl ca trust`: shows or runs what makes programs trust the development CA.
 *
 * @module
 */

import { platformCode } from "../../internal/platform_error.ts";
import type { Call } from "../call.ts";
import { shortName } from "../certificate_data.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";
import { caCertificate, caFiles } from "./folder.ts";
import {
  type CommandLine,
  shellLine,
  type TrustScene,
  type TrustWay,
  trustWays,
} from "./trust_ways.ts";

const text = { type: "string" };
const texts = { type: "array", items: text };

/** What the document has. */
export const schema: DataSchema = {
  properties: {
    certFile: text,
    applied: { type: "boolean" },
    ways: {
      type: "array",
      items: {
        type: "object",
        required: ["place", "does", "commands", "lines", "undo", "outcome"],
        properties: {
          place: text,
          does: text,
          commands: texts,
          lines: texts,
          undo: texts,
          outcome: { enum: ["done", "failed", "not run"] },
          reason: text,
        },
        additionalProperties: false,
      },
    },
  },
};

/** What came of one way. */
interface Outcome {
  readonly outcome: "done" | "failed" | "not run";
  readonly reason?: string;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false; // not there, or not ours to look at: then the command says it
  }
}

/** The profiles of Firefox, each with a store of its own. */
async function firefoxStores(home: string): Promise<string[]> {
  const folders: string[] = [];
  for (const base of [`${home}/.mozilla/firefox`, `${home}/snap/firefox/common/.mozilla/firefox`]) {
    try {
      for await (const { name, isDirectory } of Deno.readDir(base)) {
        if (isDirectory && await exists(`${base}/${name}/cert9.db`)) {
          folders.push(`${base}/${name}`);
        }
      }
    } catch {
      // no Firefox of this kind
    }
  }
  return folders.sort();
}

async function storesOf(call: Call): Promise<TrustScene["stores"]> {
  const given = call.texts("nss");
  const home = given.length > 0 ? "" : Deno.env.get("HOME") ?? "";
  if (given.length === 0 && home === "") {
    throw new UsageError("HOME is not set", "--nss FOLDER names the store of the browser");
  }
  const folders = given.length > 0 ? given : [`${home}/.pki/nssdb`, ...await firefoxStores(home)];
  return await Promise.all(
    folders.map(async (folder) => ({ folder, exists: await exists(`${folder}/cert9.db`) })),
  );
}

async function systemToolOf(): Promise<TrustScene["systemTool"]> {
  for (const tool of ["update-ca-certificates", "update-ca-trust"] as const) {
    for (const folder of ["/usr/sbin", "/usr/bin", "/sbin"]) {
      if (await exists(`${folder}/${tool}`)) return tool;
    }
  }
  return undefined;
}

/** Runs one command; why it failed. */
async function execute([program, ...args]: CommandLine): Promise<string | undefined> {
  try {
    const options = { args, stdin: "null", stdout: "piped", stderr: "piped" } as const;
    const { success, stdout, stderr } = await new Deno.Command(program, options).output();
    if (success) return undefined;
    const said = new TextDecoder().decode(stderr) || new TextDecoder().decode(stdout);
    return `${program}: ${said.trim().split("\n").at(-1) ?? "it failed"}`;
  } catch (error) {
    if (platformCode(error) === "ENOENT") return `${program} is not installed`;
    throw error;
  }
}

async function apply({ commands }: TrustWay): Promise<Outcome> {
  if (commands.length === 0) return { outcome: "not run" };
  for (const command of commands) {
    const reason = await execute(command);
    if (reason !== undefined) return { outcome: "failed", reason };
  }
  return { outcome: "done" };
}

function wayText(way: TrustWay, { outcome, reason }: Outcome, call: Call): string {
  const { page } = call;
  const mood = outcome === "done" ? "good" : "bad";
  const state = outcome === "not run"
    ? ""
    : page.mood(mood, outcome === "done" ? "DONE" : "FAILED");
  const shown = [...way.commands.map((command) => shellLine(command)), ...way.lines];
  return [
    page.spread(`${way.place}: ${way.does}`, state),
    ...(outcome === "done" ? [] : shown.map((line) => `    ${line}`)),
    ...(reason === undefined ? [] : [page.labelled("    failed: ", reason)]),
    ...way.undo.map((line) => page.mood("dim", `    undo: ${line}`)),
  ].join("\n");
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const { certFile } = caFiles(call);
  const root = await caCertificate({ ...caFiles(call) });
  const { os } = Deno.build;
  const places = call.operands;
  const stores = os === "linux" ? await storesOf(call) : [];
  const scene = { os, root, certFile, stores, systemTool: await systemToolOf() };
  const ways = trustWays(scene).filter(({ place }) =>
    places.length === 0 || places.includes(place)
  );
  const unknown = places.find((place) => !trustWays(scene).some((way) => way.place === place));
  if (unknown !== undefined) {
    const known = trustWays(scene).map(({ place }) => place).join(", ");
    throw new UsageError(`nothing here is called "${unknown}"`, `use one of ${known}`);
  }
  const applied = call.flag("apply");
  const outcomes: Outcome[] = [];
  for (const way of ways) {
    await call.progress(applied ? `${way.place} ...` : "");
    outcomes.push(applied ? await apply(way) : { outcome: "not run" });
  }
  const data = ways.map((way, i) => ({
    ...way,
    commands: way.commands.map((command) => shellLine(command)),
    ...outcomes[i]!,
  }));
  return {
    verdict: outcomes.some(({ outcome }) => outcome === "failed") ? "findings" : "ok",
    data: { certFile, applied, ways: data },
    text: [
      `${shortName(root)}: ${certFile}`,
      ...ways.map((way, i) => wayText(way, outcomes[i]!, call)),
    ].join("\n"),
  };
}
