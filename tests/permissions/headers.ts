/** The commands in the headers of the examples, and running them under exactly these flags. */

import { assert } from "@std/assert";
import { engineInfo } from "../../engine/select.ts";

/** The project. */
export const ROOT = new URL("../../", import.meta.url);

/** The path of libssl; `undefined` where it is not installed: the cases that need it are skipped by name. */
export const LIBSSL: string | undefined = (() => {
  try {
    return engineInfo("openssl").path;
  } catch {
    return undefined;
  }
})();

/** A documented command. */
export interface Command {
  /** The line as it is documented. */
  readonly line: string;
  readonly flags: readonly string[];
  readonly script: string;
  readonly args: readonly string[];
}

/** Reads a line `deno run <flags> <script> <arguments>`; quotes keep a word together. */
export function parseCommand(line: string): Command {
  const [deno, run, ...words] = line.match(/'[^']*'|\S+/g)!
    .map((word) => word.replace(/^'(.*)'$/, "$1"));
  assert(deno === "deno" && run === "run", line);
  const at = words.findIndex((word) => !word.startsWith("--"));
  return { line, flags: words.slice(0, at), script: words[at]!, args: words.slice(at + 1) };
}

/** The commands in the header of an example. */
export function documented(example: string): Command[] {
  const header = /^\/\*\*[\s\S]*?\*\//.exec(Deno.readTextFileSync(new URL(example, ROOT)))![0];
  const lines = [...header.matchAll(/^ \* (deno run .*)$/gm)].map(([, line]) => line!);
  return lines.map(parseCommand);
}

/** What stands in the documentation for what only a test knows: addresses, files, the library. */
export type Stand = Readonly<Record<string, string>>;

function fill(word: string, stand: Stand): string {
  const names = Object.keys(stand).toSorted((a, b) => b.length - a.length)
    .map((name) => RegExp.escape(name));
  if (names.length === 0) return word;
  return word.replace(new RegExp(names.join("|"), "g"), (name) => stand[name]!);
}

/** A process that runs, with what it has said. */
export interface Running extends AsyncDisposable {
  readonly child: Deno.ChildProcess;
  /** Resolves when the line appears on its standard output; rejects with all it said when it ends before. */
  said(text: string): Promise<void>;
  /** Its outcome. */
  readonly ended: Promise<Outcome>;
}

/** What came out. */
export interface Outcome {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

async function collect(stream: ReadableStream<Uint8Array>, add: (text: string) => void) {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) add(text);
}

/** How a command is started. */
export interface Starting {
  /** In place of the command's own. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether somebody writes to its standard input. */
  readonly stdin?: "null" | "piped";
}

/** Starts a command under its flags and no others; nobody is there to be asked. */
export function spawn(
  command: Command,
  stand: Stand,
  { flags = command.flags, env = {}, stdin = "null" }: Starting = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", ...flags.map((flag) => fill(flag, stand))],
      ...[command.script, ...command.args.map((arg) => fill(arg, stand))],
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Starts a command as {@linkcode spawn} does, and collects what it says. */
export function start(command: Command, stand: Stand, starting?: Starting): Running {
  const child = spawn(command, stand, starting);
  let [stdout, stderr] = ["", ""];
  let wake = Promise.withResolvers<void>();
  const outputs = Promise.all([
    collect(child.stdout, (text) => {
      stdout += text;
      wake.resolve();
      wake = Promise.withResolvers();
    }),
    collect(child.stderr, (text) => stderr += text),
  ]);
  const ended = (async () => {
    const { success } = await child.status;
    await outputs;
    return { success, stdout, stderr };
  })();
  return {
    child,
    ended,
    async said(text) {
      while (!stdout.includes(text)) {
        const over = await Promise.race([wake.promise, ended]);
        if (over && !stdout.includes(text)) throw new Error(`It ended: ${stdout}${stderr}`);
      }
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill();
      } catch {
        // It has ended.
      }
      await ended;
    },
  };
}

/** Runs a command to its end. */
export async function run(...args: Parameters<typeof start>): Promise<Outcome> {
  return await start(...args).ended;
}

/** The flags without the one of a name. */
export function without(command: Command, name: string): readonly string[] {
  const left = command.flags.filter((flag) => flag.split("=")[0] !== name);
  assert(left.length < command.flags.length, `${name} is not in ${command.line}`);
  return left;
}
