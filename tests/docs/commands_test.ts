/**
 * The commands of the pages, one after the other in one folder, as a reader gives them: under exactly
 * their flags, and with servers of this run in place of those that they name.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../structure/tree.ts";
import { blocksOf, type Command, commandsOf, looksLike } from "./blocks.ts";
import { makeWorld, type World } from "./world.ts";

const PAGES = [...Deno.readDirSync(new URL("docs", ROOT))].map(({ name }) => `docs/${name}`)
  .filter((name) => name.endsWith(".md")).sort();

/** What other tests run: the examples, by tests/permissions/, and the command line, by tests/cli/. */
const ELSEWHERE = /^(?:examples\/|jsr:@socket\/ssl\/cli$)/;

const filesOf = (page: string) => blocksOf(page).filter(({ file }) => file !== undefined);

Deno.test("pages: every command runs a program of its page, or one that other tests run", () => {
  for (const page of PAGES) {
    const files = filesOf(page).map(({ file }) => file!);
    const commands = commandsOf(page).map(({ file }) => file);
    assertEquals(commands.filter((it) => !files.includes(it) && !ELSEWHERE.test(it)), [], page);
    assertEquals(files.filter((file) => !commands.includes(file)), [], `${page}: never run`);
  }
});

/** What a command is doing. */
interface Running extends AsyncDisposable {
  /** The port that the program names, and the one in its place, if it serves. */
  readonly served: readonly [number, number] | undefined;
  /** All that it prints, when it is done; a server is ended for that. */
  printed(): Promise<string>;
}

/** The program, with other servers in place of those that it names. */
const preload = (hosts: Readonly<Record<string, number>>): string => `
import { StandIn } from ${JSON.stringify(new URL("tests/docs/stand_in.ts", ROOT).href)};
new StandIn(${JSON.stringify(hosts)}).install((wanted, port) =>
  Deno.stderr.writeSync(new TextEncoder().encode("serves " + wanted + " " + port + "\\n")));
`;

/** The flags, with the places where the other servers are. */
function widened(flags: readonly string[], hosts: Readonly<Record<string, number>>): string[] {
  const ports = Object.entries(hosts).filter(([host]) => host.startsWith("localhost:"));
  const places = ["127.0.0.1", ...ports.map(([, port]) => `localhost:${port}`)].join(",");
  return flags.map((flag) => flag.startsWith("--allow-net=") ? `${flag},${places}` : flag);
}

async function start(
  { flags, file, args }: Command,
  { folder, world, hosts }: { folder: string; world: World; hosts: Record<string, number> },
): Promise<Running> {
  await Deno.writeTextFile(`${folder}/preload.ts`, preload(hosts));
  const config = new URL("deno.json", ROOT).pathname;
  const fixed = ["run", "--quiet", "--no-check", "--no-prompt", "--config", config];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...fixed, "--preload", `${folder}/preload.ts`, ...widened(flags, hosts), file, ...args],
    cwd: folder,
    env: { NO_COLOR: "1", DENO_CERT: `${world.folder}/ca.pem` },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const serves = Promise.withResolvers<[number, number] | undefined>();
  let said = "";
  const stderr = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      const port = /^serves (\d+) (\d+)$/m.exec(said);
      if (port !== null) serves.resolve([Number(port[1]), Number(port[2])]);
    }
    serves.resolve(undefined);
  })();
  const stdout = new Response(child.stdout).text();
  const limit = setTimeout(() => child.kill(), 30_000);
  const served = await serves.promise;
  clearTimeout(limit);
  const end = async () => {
    if (served !== undefined) child.kill();
    const [text] = await Promise.all([stdout, stderr, child.status]);
    return text + said.replace(/^serves .*\n/m, "");
  };
  let ended: Promise<string> | undefined;
  const printed = () => ended ??= end();
  return { served, printed, [Symbol.asyncDispose]: async () => void await printed() };
}

/** One command after the other, as in two terminals; a server runs until the page is done. */
async function follow(page: string, world: World): Promise<void> {
  const folder = await world.page(`reader of ${page}`);
  for (const { file, code } of filesOf(page)) await Deno.writeTextFile(`${folder}/${file}`, code);
  const hosts: Record<string, number> = { ...world.hosts };
  await using servers = new AsyncDisposableStack();
  const checks: (() => Promise<void>)[] = [];
  for (const command of commandsOf(page)) {
    if (ELSEWHERE.test(command.file)) continue;
    const running = servers.use(await start(command, { folder, world, hosts }));
    const check = async () => {
      const printed = await running.printed();
      const shown = command.prints ?? "";
      assert(looksLike(printed, shown), `${command.name}\nprints\n${printed}\nnot\n${shown}`);
    };
    if (running.served === undefined) await check();
    else {
      checks.push(check);
      const [wanted, port] = running.served;
      hosts[`localhost:${wanted}`] = port;
    }
  }
  for (const check of checks) await check();
}

Deno.test("pages: the commands of a page do what it shows", async (t) => {
  await using world = await makeWorld();
  const pages = PAGES.filter((page) => filesOf(page).length > 0);
  assert(pages.length >= 2);
  for (const page of pages) await t.step(page, () => follow(page, world));
});
