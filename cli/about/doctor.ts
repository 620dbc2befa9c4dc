/**
 * `ssl doctor`. It asks for no permission: it looks at what is granted.
 *
 * @module
 */

import { defaultCa } from "../../context/trust/default_ca.ts";
import { type Feature, FEATURES } from "../../engine/features.ts";
import type { EngineName } from "../../engine/engine.ts";
import { engineInfo } from "../../engine/select.ts";
import type { Call } from "../call.ts";
import type { DataSchema, Result } from "../result.ts";
import { inOurWords } from "../our_words.ts";
import { ENGINES } from "../connect/options.ts";

const text = { type: "string" }, list = { type: "array", items: text };
const textOrNull = { type: ["string", "null"] };

const PERMISSIONS = ["net", "ffi", "read", "env", "sys", "write", "run"] as const;
const state = { enum: ["granted", "prompt", "denied"] };

/** The schema of its document. */
export const schema: DataSchema = {
  properties: {
    package: text,
    deno: text,
    engine: { enum: ENGINES },
    engines: {
      type: "array",
      items: {
        type: "object",
        required: ["name", "version", "path", "problem", "missing"],
        properties: {
          name: text,
          version: textOrNull,
          path: textOrNull,
          problem: textOrNull,
          missing: list,
        },
        additionalProperties: false,
      },
    },
    anchors: {
      type: "object",
      required: ["source", "detail"],
      properties: { source: text, detail: text },
      additionalProperties: false,
    },
    permissions: {
      type: "object",
      required: PERMISSIONS,
      properties: Object.fromEntries(PERMISSIONS.map((name) => [name, state])),
      additionalProperties: false,
    },
    findings: list,
  },
};

interface EngineState {
  readonly name: string;
  readonly version: string | null;
  readonly path: string | null;
  readonly problem: string | null;
  readonly missing: readonly string[];
}

const stateOf = (name: (typeof PERMISSIONS)[number]): Deno.PermissionState =>
  Deno.permissions.querySync({ name }).state;

/** Whether asking for an engine could make Deno ask for the permission to load its library. */
const mayAsk = (name: EngineName): boolean =>
  name === "openssl" && engineInfo().name !== name && stateOf("ffi") !== "granted";

/** What is known of an engine. */
async function look(name: EngineName): Promise<EngineState> {
  const nothing = { name, version: null, path: null, missing: [] };
  if (mayAsk(name)) return { ...nothing, problem: "the permission is missing: --allow-ffi" };
  try {
    const { version, path = null, features } = engineInfo(name);
    if (name === "wasm") await (await import("../../engine/wasm/loader.ts")).loadModule();
    const missing = (Object.keys(FEATURES) as Feature[]).filter((each) => !features.has(each));
    const texts = missing.map((each) => FEATURES[each].text);
    return { name, version, path, problem: null, missing: texts };
  } catch (error) {
    return { ...nothing, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function packageVersion(): Promise<string> {
  const { default: config } = await import("../../deno.json", { with: { type: "json" } });
  return config.version;
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const engines = await Promise.all(ENGINES.map(look));
  const engine = engineInfo().name;
  const { source, detail } = defaultCa();
  const permissions = Object.fromEntries(PERMISSIONS.map((name) => [name, stateOf(name)]));
  const version = await packageVersion();
  const findings = [
    ...engines.flatMap(({ name, problem }) =>
      problem === null ? [] : [`the engine ${name} is not there: ${problem}`]
    ),
    ...(engine === "openssl" && source === "none"
      ? [
        "OpenSSL has no trust anchors: allow reading the system's file (--allow-read) or Mozilla's list (--allow-sys)",
      ]
      : []),
    ...(permissions.net === "granted"
      ? []
      : ["connections need --allow-net, for all or for HOST:PORT"]),
  ];
  const { page } = call;
  const rows = engines.map(({ name, version, path, problem }) => [
    name === engine ? page.mood("good", `${name} (used)`) : name,
    problem === null ? [version, path].filter(Boolean).join("  ") : page.mood("warn", problem),
  ]);
  const { missing } = engines.find(({ name }) => name === engine)!;
  const lines = [
    page.columns([
      ["package", `@socket/ssl ${version}`],
      ["Deno", Deno.version.deno],
      ...rows,
      [
        "anchors",
        engine === "openssl"
          ? `${source}: ${detail}`
          : "those of Deno (DENO_TLS_CA_STORE, DENO_CERT)",
      ],
      ["permissions", Object.entries(permissions).map(([name, is]) => `${name} ${is}`).join(", ")],
      ...(missing.length === 0 ? [] : [["cannot do", missing.join("; ")]]),
    ], ""),
    ...findings.map((finding) => page.labelled("! ", inOurWords(finding))),
  ];
  return {
    // Without OpenSSL much works; without anchors nothing can be verified.
    verdict: engine === "openssl" && source === "none" ? "findings" : "ok",
    data: {
      ...{ package: version, deno: Deno.version.deno, engine, engines },
      ...{ anchors: { source, detail }, permissions, findings },
    },
    text: lines.join("\n"),
  };
}
