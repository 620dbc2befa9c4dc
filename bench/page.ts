/**
 * docs/benchmarks.md and its charts, made from the results of a run and from bench/tried.md.
 *
 * @module
 */

import { isOurs, titleOf } from "./contenders.ts";
import { type Chart, type Group, svg } from "./chart.ts";
import { emptyOf } from "./first_connection.ts";
import { goalsOf, startOver } from "./goals.ts";
import { best, type GrowthRow, type Results, type WorkResult } from "./results.ts";
import { median, type Spread, spread, timesBetter } from "./statistics.ts";

const REFERENCE = "deno";
const MIB = 1 << 20;

/** A table in Markdown; the columns after the first are aligned right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, i) => i === 0 ? "---" : "--:");
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

const times = (value: number) => Number.isFinite(value) ? `${value.toFixed(2)}x` : "-";

function range({ median, least, greatest }: Spread): string {
  return Number.isNaN(median) ? "-" : `${times(median)} (${times(least)} to ${times(greatest)})`;
}

const isBulk = ({ work }: WorkResult) => /load/.test(work);

function rate(result: WorkResult, seconds: number): string {
  const perSecond = result.total / seconds;
  if (isBulk(result)) return `${(perSecond / MIB).toFixed(0)} MiB/s`;
  return perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(2)} M/s` : `${perSecond.toFixed(0)}/s`;
}

function cpuEach(result: WorkResult, seconds: number): string {
  if (isBulk(result)) return `${(seconds / (result.total / MIB) * 1e3).toFixed(3)} ms/MiB`;
  return `${(seconds / result.total * 1e6).toFixed(result.work === "lines" ? 3 : 1)} us`;
}

/** How many times better than bare Deno each side is, round by round. */
function better(result: WorkResult, of: "wall" | "cpu"): [string, Spread][] {
  const reference = result.sides[REFERENCE]?.[of];
  return Object.entries(result.sides).map((
    [side, timings],
  ) => [side, spread(timesBetter(timings[of], reference))]);
}

function workTable(result: WorkResult): string {
  const byCpu = new Map(better(result, "cpu"));
  const rows = better(result, "wall").map(([side, ratio]) => {
    const { wall, cpu, reused } = result.sides[side]!;
    return [
      titleOf(side) + (reused === undefined ? "" : ` (${reused} of ${result.total} resumed)`),
      rate(result, median(wall)),
      range(ratio),
      cpuEach(result, median(cpu)),
      times(byCpu.get(side)!.median),
    ];
  });
  const head = ["side", "rate", "of bare Deno's rate", "CPU each", "cheaper than bare Deno"];
  return `### ${result.work}, ${result.role}\n\n${table(head, rows)}`;
}

/** One chart of ratios: works as groups, sides as bars. */
function ratioChart(
  results: Results,
  role: WorkResult["role"],
  of: "wall" | "cpu",
): Chart {
  const groups = results.works.filter((result) => result.role === role).map((result): Group => ({
    title: result.work,
    bars: better(result, of).filter(([side]) => side !== REFERENCE).map(([side, { median }]) => ({
      label: titleOf(side),
      value: median,
      text: times(median),
      ours: isOurs(side),
    })),
  }));
  const what = of === "wall" ? "Rate" : "CPU time";
  const note = of === "wall"
    ? "Right of the dashed line (1.00x) is faster than bare Deno; each doubling is as wide as the other."
    : "Right of the dashed line (1.00x) is cheaper than bare Deno; each doubling is as wide as the other.";
  return { title: `${what}, compared to bare Deno: ${role}s`, note, scale: "ratio", groups };
}

function amountChart(
  title: string,
  note: string,
  bars: readonly [name: string, value: number, ours: boolean][],
  unit: string,
): Chart {
  return {
    title,
    note,
    scale: "amount",
    groups: [{
      title: "",
      bars: bars.filter(([, value]) => value > 0).map(([label, value, ours]) => ({
        label,
        value,
        text: `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`,
        ours,
      })),
    }],
  };
}

/** A server of the load test: `openssl, raw` reads "OpenSSL engine, raw". */
function loadTitle(name: string): string {
  const [side, how] = name.split(", ");
  return titleOf(side!) + (how === undefined ? "" : `, ${how}`);
}

const OURS_STARTED = /engine|@socket/;

/** The charts, by the names of their files. */
export function charts(results: Results): Record<string, string> {
  const made: Record<string, Chart> = {};
  for (const role of ["client", "server"] as const) {
    if (!results.works.some((result) => result.role === role)) continue;
    made[`${role}_rate`] = ratioChart(results, role, "wall");
    made[`${role}_cpu`] = ratioChart(results, role, "cpu");
  }
  const loads = Object.entries(results.load?.sides ?? {}).map(([name, { rate }]) =>
    [loadTitle(name), median(rate) / 1000, isOurs(name.split(", ")[0]!)] as [
      string,
      number,
      boolean,
    ]
  );
  if (loads.length > 0) {
    const title = `Requests a second of a server with ${
      results.load!.clients
    } clients, in thousands`;
    made.load = amountChart(title, "Longer is better.", loads, "k");
  }
  const idle = Object.entries(results.idle ?? {}).map(([side, kib]) =>
    [titleOf(side), median(kib), isOurs(side)] as [string, number, boolean]
  );
  if (idle.length > 0) {
    const title = "Memory of an idle connection of a server, in KiB";
    made.memory = amountChart(title, "Shorter is better.", idle, "KiB");
  }
  const starts = Object.entries(results.starts ?? {}).map(([name, ms]) =>
    [name, median(ms), OURS_STARTED.test(name)] as [string, number, boolean]
  );
  if (starts.length > 0) {
    const title = "A whole process with one connection, in milliseconds";
    made.start = amountChart(title, "Shorter is better.", starts, "ms");
  }
  return Object.fromEntries(
    Object.entries(made).map(([name, chart]) => [`${name}.svg`, svg(chart)]),
  );
}

function goals(results: Results): string {
  const all = goalsOf(results);
  const rows = all.map(({ name, goal, text, measured, reached }) => [
    name,
    goal,
    text,
    Number.isNaN(measured) ? "-" : reached ? "yes" : "no",
  ]);
  const judged = all.filter(({ measured }) => !Number.isNaN(measured));
  const met = judged.filter(({ reached }) => reached).length;
  return `## Goals\n\n${met} of ${judged.length} are reached. The OpenSSL engine is meant where no ` +
    `engine is named.\n\n${table(["what", "goal", "measured", "reached"], rows)}`;
}

function loadSection({ load }: Results): string {
  if (!load) return "";
  const reference = load.sides[`${REFERENCE}, raw`]?.rate;
  const rows = Object.entries(load.sides).map(([name, side]) => [
    loadTitle(name),
    median(side.rate).toFixed(0),
    range(spread(timesBetter(side.rate, reference).map((n) => 1 / n))),
    median(side.cpu).toFixed(1),
    median(side.p50).toFixed(0),
    median(side.p99).toFixed(0),
  ]);
  const head = ["server", "requests/s", "of a bare loop's", "CPU, us", "p50, us", "p99, us"];
  return `## Many clients\n\n${load.clients} clients of one C program; each sends 64 bytes, and the ` +
    `next when they are back. "raw" reads and writes bytes, "lines" reads and prints lines; bare ` +
    `Deno's loop reads \`Deno.listenTls\`.\n\n![Requests a second](benchmarks/load.svg)\n\n` +
    table(head, rows);
}

function amounts(results: Results): string {
  const parts: string[] = [];
  if (results.idle) {
    const rows = Object.entries(results.idle).map(([side, kib]) => [
      titleOf(side),
      median(kib).toFixed(1),
    ]);
    parts.push(
      `## Memory of an idle connection\n\n![Memory](benchmarks/memory.svg)\n\n` +
        table(["server", "KiB"], rows),
    );
  }
  if (results.starts) {
    const rows = Object.entries(results.starts).map(([name, ms]) => [
      name,
      median(ms).toFixed(1),
      name === emptyOf(name) ? "-" : startOver(results, name).toFixed(1),
    ]);
    parts.push(
      `## First connection\n\nA whole process: it starts, connects, reads a byte and ends. ` +
        `"package" is what users get: its compiled files, as \`deno task build:package\` makes ` +
        `them. The goals are judged by it. An empty module has the same deno.json; programs in ` +
        `other languages are compared with the one of the sources.\n\n` +
        `![Start-up](benchmarks/start.svg)\n\n` +
        table(["program", "ms", "ms over an empty module"], rows),
    );
  }
  return parts.join("\n\n");
}

/** WebAssembly beside FFI. */
function pairs({ pairs: rows = [] }: Results): string {
  if (rows.length === 0) return "";
  const cells = rows.map(({ what, unit, wasm, openssl }) => {
    const [ours, ffi] = [best(unit, wasm), best(unit, openssl)];
    const shown = (n: number) =>
      Number.isNaN(n) ? "-" : `${n.toFixed(unit === "ms" ? 2 : 0)} ${unit}`;
    return [what, shown(ours), shown(ffi), times(unit === "ms" ? ffi / ours : ours / ffi)];
  });
  return `## WebAssembly beside FFI\n\nBoth ends of a connection in one process, in CPU time; the best of ` +
    `the rounds. The last three rows are by the clock, in processes of their own that have imported ` +
    `the engine's code: \`import source\` of the file, which Deno reads and V8 validates; from there an ` +
    `instance and its functions, for which there is a goal; and a client's context. A first ` +
    `connection waits for all three.\n\n` +
    table(["what", "WebAssembly", "FFI", "as good as FFI"], cells);
}

const GROWTH: Readonly<Record<GrowthRow["what"], readonly [title: string, text: string]>> = {
  connections: ["Open connections", "A server with idle connections, and what new ones cost it."],
  names: ["Certificates for names", "A server with one more certificate for each of the names."],
  contexts: ["Contexts", "Contexts of clients that a program makes and keeps."],
};

function growth({ growth: rows = [] }: Results): string {
  if (rows.length === 0) return "";
  const parts = Object.entries(GROWTH).flatMap(([what, [title, text]]) => {
    const own = rows.filter((row) => row.what === what);
    if (own.length === 0) return [];
    const cells = own.map((row) => [
      `${titleOf(row.side)}, ${row.count}`,
      row.kib.toFixed(1),
      row.handshake.toFixed(0),
      row.trip?.toFixed(0) ?? "-",
      row.listening?.toFixed(0) ?? "-",
    ]);
    const cpu = what === "contexts" ? "CPU of making one, us" : "CPU of a handshake, us";
    const head = ["side, how many", "KiB each", cpu, "round trip, us", "until it listens, ms"];
    return [`### ${title}\n\n${text}\n\n${table(head, cells)}`];
  });
  return `## Growth\n\n${parts.join("\n\n")}`;
}

function intro({ machine, settings, missing, errors }: Results): string {
  const rows = Object.entries(machine).map(([name, value]) => [name, value]);
  const absent = missing.length > 0
    ? `\n\nNot installed, and so left out: ${missing.map(titleOf).join("; ")}.`
    : "";
  const failed = errors.length > 0
    ? `\n\nWhat failed in this run:\n\n${errors.map((error) => `- ${error}`).join("\n")}`
    : "";
  const small = settings.rounds < 5 || settings.scale < 1
    ? "\n\n**This was a small run, which only shows that everything works: its numbers say little.**"
    : "";
  return `# Benchmarks

This page is made by \`deno task bench\`; \`docs/benchmarks.json\` has every round. It compares this
library with Deno's own TLS and with what other languages have, in one run on one machine.

## Machine

${table(["what", "which"], rows)}

${settings.rounds} rounds at a scale of ${settings.scale}, on ${settings.day}.${small}${absent}${failed}

## How to read it

- The other end is always the same program in C with OpenSSL. TLS 1.3, P-256, AES-128-GCM (where it
  is named, ChaCha20-Poly1305), on loopback.
- The sides take turns. A ratio compares two sides in the same round; the median of these is shown,
  with the least and the greatest. 1.00x is bare Deno: \`Deno.startTls\` and \`Deno.listenTls\`.
- CPU time is the steadier number: a machine that is busy with other things changes it less.
- The floor is the least JavaScript that does TLS over the same C functions. It checks nothing that
  OpenSSL does not check, and keeps no state; what it costs, any such library has to pay.
- Bare Deno never resumes a session, so its row of resumed handshakes has full ones. Perl makes one
  handshake at a time.
- As servers, Perl starts a process and Python a thread for each connection, and Go uses all cores.`;
}

function works(results: Results): string {
  const parts: string[] = [];
  for (const role of ["client", "server"] as const) {
    const own = results.works.filter((result) => result.role === role);
    if (own.length === 0) continue;
    parts.push(
      `## As a ${role}`,
      `![Rate](benchmarks/${role}_rate.svg)`,
      `![CPU](benchmarks/${role}_cpu.svg)`,
      ...own.map(workTable),
    );
  }
  return parts.join("\n\n");
}

/** The page; `tried` is the text of bench/tried.md. */
export function page(results: Results, tried: string): string {
  const parts = [
    intro(results),
    goals(results),
    works(results),
    loadSection(results),
    amounts(results),
    pairs(results),
    growth(results),
    tried.trim(),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
