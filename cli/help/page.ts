/**
 * The pages of the help, made from the table of commands.
 *
 * @module
 */

import { optionsOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXITS, VERDICTS } from "../exit_codes.ts";
import type { Page } from "../layout.ts";
import type { OptionSpec } from "../signature.ts";

/** An option as one types it: `-q, --quiet`, `--warn DAYS`. */
export function typedOption(name: string, { kind, short, value, choices }: OptionSpec): string {
  const front = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return kind === "flag" ? front : `${front} ${value ?? choices?.join("|") ?? "VALUE"}`;
}

function helpOf({ help, default: usual, repeatable, choices, value }: OptionSpec): string {
  const more = [
    ...(choices !== undefined && value !== undefined ? [choices.join(", ")] : []),
    ...(usual === undefined ? [] : [`default ${usual}`]),
    ...(repeatable ? ["may be given several times"] : []),
  ];
  return more.length === 0 ? help : `${help} (${more.join("; ")})`;
}

const exits = (page: Page): string =>
  page.columns(VERDICTS.map((verdict) => {
    const { code, means } = EXITS[verdict];
    return [String(code).padStart(2), verdict, means];
  }));

/** The page of one command. */
export function commandPage(command: Command, page: Page): string {
  const { name, summary, operands, about = [], examples, permissions } = command;
  const options = Object.entries(optionsOf(command));
  const needs = permissions.map(({ flag, why, optional }) => [
    flag,
    optional ? `${why} (it goes on without)` : why,
  ]);
  return [
    page.labelled(`ssl ${name}: `, summary),
    "",
    page.labelled("usage: ", `ssl ${name} ${operands} [options]`.replace(/ +/g, " ")),
    ...about.flatMap((paragraph) => ["", page.labelled("  ", paragraph)]),
    "",
    "options:",
    page.columns(options.map(([option, spec]) => [typedOption(option, spec), helpOf(spec)])),
    "",
    "examples:",
    ...examples.flatMap(({ args, does }) => [
      page.labelled("  # ", does),
      `  ssl ${args}`,
    ]),
    "",
    "permissions (deno run FLAGS jsr:@socket/ssl/cli ...):",
    needs.length === 0 ? "  none" : page.columns(needs),
    "",
    "exit codes:",
    exits(page),
  ].join("\n");
}

/** The page of all commands. */
export function overview(commands: readonly Command[], page: Page): string {
  return [
    page.labelled("", "ssl: TLS connections, certificates and servers, looked at and explained"),
    "",
    "usage: ssl COMMAND [arguments] [options]",
    "",
    page.columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    page.labelled("", "ssl COMMAND --help shows its options, with examples."),
    page.labelled(
      "",
      "All commands know --json, --jsonl, --quiet and --width. The report is on standard output, " +
        "everything else on standard error.",
    ),
    "",
    "exit codes, which are the verdict in JSON:",
    exits(page),
  ].join("\n");
}
