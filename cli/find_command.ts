/**
 * Finds a command by what was typed, and says what was meant where there is no such command.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { nearest } from "../internal/suggest.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./usage_error.ts";

/** A command by its name; `undefined` for another name. */
export function commandOf(commands: readonly Command[], name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}

/** What `openssl` and others call our commands. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  s_client: "connect",
  s_server: "serve",
  x509: "cert show",
  show: "cert show",
  verify: "cert verify",
  inspect: "cert show",
  scan: "analyze",
  errstr: "explain",
  sslcat: "cat",
  version: "doctor",
};

/** The error for a command that does not exist. */
export function unknownCommand(commands: readonly Command[], word: string): UsageError {
  const names = commands.map(({ name }) => name);
  const same = Object.hasOwn(ELSEWHERE, word) ? ELSEWHERE[word]! : undefined;
  const group = names.filter((name) => name.startsWith(`${word} `));
  const near = same !== undefined && names.includes(same) ? same : nearest(word, names);
  const fix = group.length > 0
    ? `use one of: ${group.map((name) => `ssl ${name}`).join(", ")}`
    : near === undefined
    ? "ssl help lists the commands"
    : `use ssl ${near}`;
  return new UsageError(`unknown command ${quote(word)}`, fix);
}

/**
 * Finds the command among the words; flags may stand before it.
 *
 * @returns The command and the words without its name; `undefined` where no command is named.
 * @throws {UsageError} If there is a word in its place that names no command.
 */
export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  const at = words.findIndex((word) => !word.startsWith("-"));
  if (at < 0) return undefined;
  const [first, second] = [words[at]!, words[at + 1]];
  const two = second === undefined ? undefined : commandOf(commands, `${first} ${second}`);
  const command = two ?? commandOf(commands, first);
  if (command === undefined) throw unknownCommand(commands, first);
  const rest = [...words.slice(0, at), ...words.slice(at + (two === undefined ? 1 : 2))];
  return { command, rest };
}
