/**
 * Runs a command: finds it, takes its arguments apart, loads its code, and reports what came of it.
 *
 * @module
 */

import { parseArguments } from "./arguments.ts";
import { Call } from "./call.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { EXITS } from "./exit_codes.ts";
import { findCommand } from "./find_command.ts";
import type { CliIo } from "./io.ts";
import { harmless, Page } from "./layout.ts";
import { UsageError } from "./usage_error.ts";

/** The exit code of a command that the user has interrupted, as shells have it: 128 and SIGINT. */
const INTERRUPTED = 130;

/** Whether an error says that nobody reads what is written: `ssl check ... | head -1`. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe;
}

/** The form that the words ask for, for errors in these words themselves. */
function callFor(name: string, words: readonly string[], io: CliIo): Call {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  const asked = (flag: string) => own.includes(flag);
  const values = { json: asked("--json"), jsonl: asked("--jsonl"), quiet: false };
  return new Call(name, { values, operands: [] }, io);
}

async function report(call: Call, error: unknown): Promise<number> {
  if (call.io.signal.aborted) return INTERRUPTED;
  const { failureOf } = await import("./failure.ts");
  const failure = failureOf(call.command, error);
  const { code } = EXITS[failure.verdict];
  try {
    await call.progress("");
    if (call.form !== "text") return await call.finish(failure);
  } catch (error) {
    if (isBrokenPipe(error)) return code;
    // The document cannot be written: then the text says why.
  }
  // Where nobody reads that either, the exit code is left.
  await call.io.stderr.write(`${harmless(failure.text)}\n`).catch(() => {});
  return code;
}

async function runCommand(
  command: Command,
  words: readonly string[],
  io: CliIo,
): Promise<number> {
  let call = callFor(command.name, words, io);
  try {
    const given = parseArguments(command, words);
    call = new Call(command.name, given, io);
    if (call.flag("help")) {
      const { commandPage } = await import("./help/page.ts");
      await io.stdout.write(`${commandPage(command, call.page)}\n`);
      return EXITS.ok.code;
    }
    const { run } = await command.load();
    return await call.finish(await run(call, COMMANDS));
  } catch (error) {
    if (isBrokenPipe(error)) throw error;
    return await report(call, error);
  }
}

async function showOverview(output: CliIo["stdout"], io: CliIo): Promise<void> {
  const { overview } = await import("./help/page.ts");
  const page = new Page(output.isTerminal ? io.columns : undefined, false);
  await output.write(`${overview(COMMANDS, page)}\n`);
}

/** Runs the command that the words name, and gives the exit code. Never throws. */
export async function runMain(words: readonly string[], io: CliIo): Promise<number> {
  try {
    const found = findCommand(COMMANDS, words);
    if (found !== undefined) return await runCommand(found.command, found.rest, io);
    if (words.includes("--version") || words.includes("-V")) {
      const { default: config } = await import("../deno.json", { with: { type: "json" } });
      await io.stdout.write(`ssl ${config.version} (@socket/ssl, Deno ${Deno.version.deno})\n`);
      return EXITS.ok.code;
    }
    if (words.some((word) => word === "--help" || word === "-h")) {
      await showOverview(io.stdout, io);
      return EXITS.ok.code;
    }
    if (words.length > 0) throw new UsageError("no command", "ssl help lists the commands");
    await showOverview(io.stderr, io);
    return EXITS.usage.code;
  } catch (error) {
    if (isBrokenPipe(error)) return EXITS.ok.code;
    return await report(callFor("", words, io), error).catch(() => EXITS.bug.code);
  }
}
