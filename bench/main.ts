/**
 * The benchmark: what this library costs compared to Deno's own TLS, to C with
 * OpenSSL and to Perl's IO::Socket::SSL, side by side in one run. Numbers of
 * one machine say little; ratios of the same run do. Sides take turns
 * (A B A B ...), and medians are compared.
 *
 *     deno task bench                          everything, about ten minutes
 *     deno task bench --rounds=3 --only=download,round --scale=0.2
 *     deno task bench --only=handshakes --role=client --profile=/tmp/prof --sides=openssl
 *
 * `wall` is how fast, `cpu` how much work for the side under test; 1.00x is
 * the reference, more is better for us.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { type Measured, output, Peers, type Server, startSideServer } from "./peers.ts";
import { SideProcess } from "./process.ts";
import { median, printTable, ratio } from "./table.ts";

const MIB = 1 << 20;
const PERL = new URL("./peers/side.pl", import.meta.url).pathname;

const flags = parseArgs(Deno.args, {
  string: ["rounds", "scale", "version", "only", "role", "sides", "profile"],
  default: { rounds: "5", scale: "1", version: "13", sides: "openssl,deno-engine,deno,C,perl" },
  unknown: (argument) => {
    throw new TypeError(`unknown argument ${argument}: see the top of bench/main.ts`);
  },
});
const rounds = Number(flags.rounds);
const scale = Number(flags.scale);
const version = flags.version as "12" | "13";
const only = flags.only?.split(",");
const role = flags.role;
const sides = flags.sides.split(",");

/** One thing that is measured. */
interface Scenario {
  readonly name: string;
  readonly role: "client" | "server";
  /** In the protocol of bench/peers. */
  readonly command: "D" | "U" | "P" | "H" | "L";
  readonly total: number;
  readonly second: number;
  readonly resume?: boolean;
}

const mib = (n: number) => Math.round(n * scale) * MIB;
const count = (n: number) => Math.max(10, Math.round(n * scale));

function both(name: string, rest: Omit<Scenario, "name" | "role">): Scenario[] {
  return (["client", "server"] as const).map((role) => ({
    name: `${name}, ${role}`,
    role,
    ...rest,
  }));
}

const SCENARIOS: Scenario[] = [
  ...both("download", { command: "D", total: mib(512), second: 65536 }),
  ...both("upload", { command: "U", total: mib(512), second: 65536 }),
  ...both("upload 16 KiB writes", { command: "U", total: mib(256), second: 16384 }),
  ...both("1-byte round trips", { command: "P", total: count(20_000), second: 1 }),
  { name: "lines of 61 bytes, client", role: "client", command: "L", total: count(1e6), second: 0 },
  ...both("full handshakes", { command: "H", total: count(1500), second: 4 }),
  ...both("resumed handshakes", { command: "H", total: count(1500), second: 4, resume: true }),
];

const peers = await Peers.build();
const perl = await output("perl", ["-MIO::Socket::SSL", "-e", "print 1"]) === "1";

type Run = () => Promise<Measured | undefined>;
/** A side that does one scenario; `undefined` where it cannot. */
type Contestant = { readonly name: string; readonly run: Run } & AsyncDisposable;

const processes = new Map<string, SideProcess>();
async function side(kind: string): Promise<SideProcess> {
  let made = processes.get(kind);
  if (!made) {
    processes.set(kind, made = await SideProcess.start(kind, peers.folder, flags.profile));
  }
  return made;
}

function clientRun(kind: string, s: Scenario, port: number): Run {
  const { command, total, second } = s;
  if (kind === "C") {
    if (!peers.native || command === "L") return () => Promise.resolve(undefined);
    const args = [command, String(total), String(second), s.resume ? "1" : "0"];
    return () => peers.client(port, version, ...args);
  }
  if (kind === "perl") {
    if (!perl || s.resume) return () => Promise.resolve(undefined);
    const args = [
      PERL,
      String(port),
      `${peers.folder}/ca.pem`,
      command,
      String(total),
      String(second),
    ];
    return async () => JSON.parse(await output("perl", args) ?? "null") ?? undefined;
  }
  return async () =>
    await (await side(kind)).run<Measured>({
      do: command,
      port,
      total,
      chunk: second,
      size: second,
      concurrency: second,
      resume: s.resume ?? false,
    });
}

/** The side under test is a server; the C client measures the time, the server's own CPU counts. */
async function serverContestant(kind: string, s: Scenario): Promise<Contestant> {
  const nothing = {
    name: kind,
    run: () => Promise.resolve(undefined),
    async [Symbol.asyncDispose]() {},
  };
  if (!peers.native || kind === "perl") return nothing;
  const server: Server = kind === "C"
    ? await peers.server(version)
    : await startSideServer(kind, peers.folder, flags.profile);
  const args = [s.command, String(s.total), String(s.second), s.resume ? "1" : "0"];
  return {
    name: kind,
    run: async () => {
      const before = await server.cpu();
      const measured = await peers.client(server.port, version, ...args);
      return { ...measured, cpu: await server.cpu() - before };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

interface Result {
  readonly wall: number;
  readonly cpu: number;
  readonly reused: number;
  readonly error?: string;
}

async function measure(s: Scenario): Promise<Map<string, Result>> {
  await using stack = new AsyncDisposableStack();
  const fixed = s.role === "client" ? stack.use(await peers.server(version)) : undefined;
  const contestants: Contestant[] = [];
  for (const kind of sides) {
    contestants.push(
      s.role === "client"
        ? { name: kind, run: clientRun(kind, s, fixed!.port), async [Symbol.asyncDispose]() {} }
        : stack.use(await serverContestant(kind, s)),
    );
  }
  const seen = new Map<string, Measured[]>();
  const errors = new Map<string, string>();
  for (let round = 0; round <= rounds; round++) { // the first warms up
    for (const { name, run } of contestants) {
      if (errors.has(name)) continue;
      try {
        const measured = await run();
        if (measured && round > 0) seen.set(name, [...seen.get(name) ?? [], measured]);
      } catch (error) {
        errors.set(name, (error as Error).message);
      }
    }
  }
  const results = new Map<string, Result>();
  for (const [name, all] of seen) {
    results.set(name, {
      wall: median(all.map((m) => m.wall)),
      cpu: median(all.map((m) => m.cpu)),
      reused: median(all.map((m) => m.reused ?? 0)),
    });
  }
  for (const [name, error] of errors) {
    results.set(name, { wall: NaN, cpu: NaN, reused: 0, error });
  }
  return results;
}

function rate(s: Scenario, wall: number): string {
  if (Number.isNaN(wall)) return "-";
  return s.command === "D" || s.command === "U"
    ? `${(s.total / MIB / wall).toFixed(0)} MiB/s`
    : `${(s.total / wall).toFixed(0)}/s`;
}

const rows: string[][] = [];
const notes: string[] = [];
for (const s of SCENARIOS) {
  if (role && s.role !== role) continue;
  if (only && !only.some((word) => s.name.includes(word))) continue;
  const results = await measure(s);
  const mine = results.get("openssl");
  for (const [name, r] of results) {
    if (r.error) {
      notes.push(`${s.name}: ${name}: ${r.error}`);
      continue;
    }
    const { wall: w = NaN, cpu: c = NaN } = mine ?? {};
    const reference = name === "openssl" ? "" : `${ratio(r.wall / w)} wall ${ratio(r.cpu / c)} cpu`;
    const reused = s.resume ? `${r.reused} of ${s.total} resumed` : "";
    rows.push([s.name, name, rate(s, r.wall), `${r.cpu.toFixed(3)} s`, reference, reused]);
    console.error(rows.at(-1)!.join("  "));
  }
}

/** KiB of resident memory that an idle connection costs each side, after a warm-up. */
async function idleMemory(idleRole: "client" | "server", kind: string): Promise<number> {
  const n = count(1000);
  if (idleRole === "client") {
    await using server = await peers.server(version);
    await using made = await SideProcess.start(kind, peers.folder);
    await made.run({ do: "H", port: server.port, total: 500, concurrency: 4 });
    return (await made.run<{ perConnection: number }>({ do: "I", port: server.port, total: n }))
      .perConnection;
  }
  await using server = await startSideServer(kind, peers.folder);
  await peers.client(server.port, version, "H", "500", "4", "0");
  const before = await server.rss();
  const holding = peers.client(server.port, version, "I", String(n), "8");
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const after = await server.rss();
  await holding;
  return (after - before) / n;
}

for (const idleRole of ["client", "server"] as const) {
  const name = `idle memory, ${idleRole}`;
  if ((role && idleRole !== role) || (only && !only.some((word) => name.includes(word)))) continue;
  if (!peers.native) continue;
  let mine = NaN;
  for (const kind of sides.filter((k) => k !== "C" && k !== "perl")) {
    const kib = await idleMemory(idleRole, kind);
    if (kind === "openssl") mine = kib;
    const compared = kind === "openssl" ? "" : `${ratio(kib / mine)} memory`;
    rows.push([name, kind, `${kib.toFixed(1)} KiB`, "", compared]);
    console.error(rows.at(-1)!.join("  "));
  }
}

for (const made of processes.values()) await made[Symbol.asyncDispose]();
await peers[Symbol.asyncDispose]();

console.log(
  `\nDeno ${Deno.version.deno}, TLS 1.${version[1]}, ${navigator.hardwareConcurrency} cores, ` +
    `${rounds} rounds; the other end is ${peers.native ? "C with OpenSSL" : "Deno's own TLS"}\n`,
);
printTable(["", "side", "rate", "cpu", "openssl engine compared to it", ""], rows);
for (const note of notes) console.log(note);
