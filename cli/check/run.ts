/**
 * `ssl check`.
 *
 * @module
 */

import type { SslContext } from "../../context/context.ts";
import type { Call } from "../call.ts";
import { dayText } from "../certificate_data.ts";
import { contextFor, open } from "../connect/open.ts";
import { type ConnectionSettings, settingsOf } from "../connect/connection_settings.ts";
import { CONNECTION_SCHEMA } from "../connect/schema.ts";
import { type View, viewData, viewOf } from "../connect/view.ts";
import { EXITS, type Verdict, worst } from "../exit_codes.ts";
import { counted, type Mood, padEnd, type Page, textWidth } from "../layout.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";
import { reportPath, writeReport } from "../files.ts";
import { type HostEntry, hostsOf } from "./hosts.ts";

/** How a server fares. */
type Level = "ok" | "warning" | "critical";

const HOST: DataSchema["properties"] = {
  ...CONNECTION_SCHEMA,
  level: { enum: ["ok", "warning", "critical"] },
};

const count = { type: "integer", minimum: 0 };

/** The schema of its document, and of a line for each server. */
export const schema: DataSchema = {
  properties: {
    hosts: {
      type: "array",
      items: {
        type: "object",
        required: ["verdict", "exitCode", ...Object.keys(HOST)],
        properties: { verdict: { type: "string" }, exitCode: { type: "integer" }, ...HOST },
        additionalProperties: false,
      },
    },
    counts: {
      type: "object",
      required: ["ok", "warning", "critical"],
      properties: { ok: count, warning: count, critical: count },
      additionalProperties: false,
    },
  },
  item: { properties: HOST },
};

/** What is known of one server. */
export interface HostResult {
  /** Its connection. */
  readonly view: View;
  /** The outcome, dates included. */
  readonly verdict: Verdict;
  /** How it fares. */
  readonly level: Level;
  /** The data of its line of JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

interface Limits {
  readonly warn: number;
  readonly crit: number;
}

function judge(view: View, left: number | null, { warn, crit }: Limits): [Verdict, Level] {
  if (view.verdict !== "ok") return [view.verdict, "critical"];
  // What cannot be seen is not well.
  if (left === null) return ["usage", "critical"];
  if (left < crit) return ["expires-soon", "critical"];
  return left < warn ? ["expires-soon", "warning"] : ["ok", "ok"];
}

async function look(
  entry: HostEntry,
  settings: ConnectionSettings,
  context: SslContext,
  limits: Limits,
  call: Call,
): Promise<HostResult> {
  const own = { ...settings, starttls: entry.starttls };
  const opened = await open(entry.target, own, context, call.io.signal);
  await opened.socket?.close().catch(() => {}); // what was asked for has been seen
  const view = viewOf(opened, own, context.engine);
  const data = viewData(view, own, call.io.now());
  const [verdict, level] = judge(view, data.daysLeft as number | null, limits);
  const label = verdict === view.verdict ? view.label : EXITS[verdict].label;
  return { view, verdict, level, data: { ...data, label, level } };
}

const WORDS: Readonly<Record<Level, readonly [word: string, mood: Mood]>> = {
  ok: ["ok", "good"],
  warning: ["WARN", "warn"],
  critical: ["CRIT", "bad"],
};

function whatOf({ view, verdict, data }: HostResult): string {
  const [leaf] = view.chain;
  const failed = view.checks.find(({ ok }) => ok === false)?.detail;
  if (view.verdict !== "ok") return `${data.label}: ${failed}`;
  if (leaf === undefined) {
    return `Deno does not show the certificate: OpenSSL does (--allow-ffi, or --engine wasm)`;
  }
  const left = counted(data.daysLeft as number, "day");
  const until = `until ${dayText(leaf.notAfter)} (${left})`;
  return verdict === "ok" ? until : `${data.label}: ${until}`;
}

function lineOf(result: HostResult, width: number, page: Page): string {
  const [word, mood] = WORDS[result.level];
  const { text } = result.view.opened.target;
  return page.labelled(
    `${page.mood(mood, padEnd(word, 4))}  ${padEnd(text, width)}  `,
    whatOf(result),
  );
}

const GRAVE: readonly Level[] = ["critical", "warning", "ok"];

/** Writes the page: the gravest first. */
async function writePage(path: string, results: readonly HostResult[], now: number): Promise<void> {
  const { checkReport } = await import("../html/check_report.ts");
  const sorted = results.toSorted((a, b) => GRAVE.indexOf(a.level) - GRAVE.indexOf(b.level));
  const hosts = sorted.map(({ view, verdict, data }) => ({
    ...view.opened.target,
    verdict,
    label: String(data.label),
    detail: [view.checks.find(({ ok }) => ok === false)?.detail ?? "", view.fix].join(" ").trim(),
    chain: view.chain,
  }));
  await writeReport(path, checkReport(hosts, now));
}

/** Asks for the results of all, so many at a time, and gives each in its turn. */
async function inTurn<T, R>(
  all: readonly T[],
  jobs: number,
  work: (each: T) => Promise<R>,
  give: (result: R) => Promise<void>,
): Promise<void> {
  const results = all.map(() => Promise.withResolvers<R>());
  results.forEach(({ promise }) => promise.catch(() => {})); // the first failure ends the loop below
  let next = 0;
  const worker = async () => {
    for (let i; (i = next++) < all.length;) {
      await work(all[i]!).then(results[i]!.resolve, results[i]!.reject);
    }
  };
  const workers = Array.from({ length: Math.min(jobs, all.length) }, worker);
  for (const { promise } of results) await give(await promise);
  await Promise.all(workers);
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const page = reportPath(call.text("html"));
  const limits = { warn: call.number("warn")!, crit: call.number("crit")! };
  if (limits.crit > limits.warn) {
    throw new UsageError(`--crit ${limits.crit} is more than --warn ${limits.warn}`);
  }
  const settings = await settingsOf(call);
  const hosts = await hostsOf(call, settings.starttls);
  const context = await contextFor(settings);
  const width = Math.min(40, Math.max(...hosts.map(({ target }) => textWidth(target.text))));
  const found: HostResult[] = [];
  const counts = { ok: 0, warning: 0, critical: 0 };
  await call.progress(`checking ${counted(hosts.length, "server")}`);
  await inTurn(
    hosts,
    call.number("jobs")!,
    (entry) => look(entry, settings, context, limits, call),
    async (result) => {
      found.push(result);
      counts[result.level]++;
      const { verdict, level, data } = result;
      if (!call.flag("problems") || level !== "ok") {
        await call.item({ verdict, data, text: lineOf(result, width, call.page) });
      }
      const missing = hosts.length - found.length;
      await call.progress(missing === 0 ? "" : `${counted(missing, "server")} to go`);
    },
  );
  if (page !== undefined) await writePage(page, found, call.io.now());
  const shown = found.filter(({ level }) => !call.flag("problems") || level !== "ok");
  return {
    verdict: worst(found.map(({ verdict }) => verdict)),
    data: {
      hosts: shown.map(({ verdict, data }) => ({
        verdict,
        exitCode: EXITS[verdict].code,
        ...data,
      })),
      counts,
    },
    text: "",
  };
}
