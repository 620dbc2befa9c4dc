/**
 * Takes the words after the name of a command apart, by the options of its row.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import { nearest } from "../internal/suggest.ts";
import { COMMON } from "./common_options.ts";
import type { Arguments, OptionSpec, OptionSpecs, OptionValue, Signature } from "./signature.ts";
import { UsageError } from "./usage_error.ts";

/** How other programs switch verification off. */
const LENIENT = new Set([
  "-k",
  "--insecure",
  "--no-verify",
  "--no-check-certificate",
  "--noverify",
  "--skip-verify",
  "--unsafely-ignore-certificate-errors",
]);

const NO_LENIENCE = "Verification cannot be switched off. --ca FILE adds the CA that issued the " +
  "certificate, --pin PIN accepts exactly one certificate; ssl pin HOST shows its pin.";

/** The options of a command, with those that all have. */
export function optionsOf(command: Signature): OptionSpecs {
  return { ...command.options, ...COMMON };
}

/** The error for an option that the command does not have. */
function unknownOption(command: Signature, specs: OptionSpecs, word: string): UsageError {
  const typed = word.replace(/=.*$/s, "");
  const message = `unknown option ${quote(typed)}`;
  if (LENIENT.has(typed)) return new UsageError(message, NO_LENIENCE);
  if (typed === "-connect" || typed === "--host") {
    return new UsageError(message, `give the host by itself: ssl ${command.name} HOST:PORT`);
  }
  const same = Object.entries(specs).find(([, { elsewhere }]) => elsewhere?.includes(typed))?.[0];
  const bare = typed.replace(/^-+/, "");
  const near = same ?? nearest(bare, Object.keys(specs));
  const fix = near === undefined ? `ssl ${command.name} --help lists the options` : `use --${near}`;
  return new UsageError(message, fix);
}

const takesValue = (spec: OptionSpec | undefined): boolean =>
  spec !== undefined && spec.kind !== "flag";

const specOf = (specs: OptionSpecs, name: string): OptionSpec | undefined =>
  Object.hasOwn(specs, name) ? specs[name] : undefined;

/** Puts each value beside its option with "=", so that a value may be "-". */
function joinValues(words: readonly string[], specs: OptionSpecs): string[] {
  const joined: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "--") return [...joined, ...words.slice(i)];
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const spec = name === undefined ? undefined : specOf(specs, name);
    if (spec?.kind === "flag" && value !== undefined && !/^(?:true|false)$/.test(value)) {
      throw new UsageError(`--${name} takes no value`);
    }
    if (!takesValue(spec)) {
      joined.push(word);
      continue;
    }
    const given = value ?? words[++i];
    if (given === undefined || given === "" || value === undefined && /^-./.test(given)) {
      throw new UsageError(`--${name} needs a value: --${name} ${spec!.value ?? "VALUE"}`);
    }
    joined.push(`--${name}=${given}`);
  }
  return joined;
}

/** A number or a choice as what it is; a text as it came. */
function typedValue(name: string, spec: OptionSpec, text: string): string | number {
  if (spec.kind === "choice" && !spec.choices!.includes(text)) {
    const near = nearest(text, spec.choices!);
    const fix = near === undefined ? `use one of ${spec.choices!.join(", ")}` : `use ${near}`;
    throw new UsageError(`--${name}: ${quote(text)} is not known`, fix);
  }
  if (spec.kind !== "number") return text;
  const number = /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  const [least, greatest] = spec.range ?? [0, Number.MAX_SAFE_INTEGER];
  if (number >= least && number <= greatest) return number;
  const limits = spec.range === undefined ? "" : ` from ${least} to ${greatest}`;
  throw new UsageError(`--${name} must be a number${limits}: received ${quote(text)}`);
}

/** The value of one option: what was given, or its default. */
function valueOf(name: string, spec: OptionSpec, given: unknown): OptionValue | undefined {
  if (spec.kind === "flag") return given === true;
  const texts = given as readonly string[];
  if (spec.repeatable) return texts.map((text) => String(typedValue(name, spec, text)));
  if (texts.length > 1) throw new UsageError(`--${name} was given ${texts.length} times`);
  return texts.length === 0 ? spec.default : typedValue(name, spec, texts[0]!);
}

function checkCount({ name, operands, count: [least, most] }: Signature, given: number): void {
  if (given >= least && given <= most) return;
  const fix = `ssl ${name} ${operands}`.trim();
  throw new UsageError(given < least ? "an argument is missing" : "too many arguments", fix);
}

/**
 * Takes the words apart.
 *
 * @throws {UsageError} If an option is not known, lacks its value or has a wrong one, or if there
 * are too few or too many other arguments.
 */
export function parseArguments(command: Signature, words: readonly string[]): Arguments {
  const specs = optionsOf(command);
  const names = Object.keys(specs);
  const flags = names.filter((name) => specs[name]!.kind === "flag");
  const others = names.filter((name) => specs[name]!.kind !== "flag");
  const alias = Object.fromEntries(
    flags.flatMap((name) => specs[name]!.short === undefined ? [] : [[name, specs[name]!.short]]),
  ) as Record<string, string>;
  const parsed: Record<string, unknown> = parseArgs(joinValues(words, specs), {
    boolean: flags,
    string: [...others, "_"],
    collect: others,
    alias,
    unknown: (word, name) => {
      if (name !== undefined) throw unknownOption(command, specs, word);
      return true;
    },
  });
  const values: Record<string, OptionValue> = ownRecord({});
  for (const name of names) {
    const value = valueOf(name, specs[name]!, parsed[name]);
    if (value !== undefined) values[name] = value;
  }
  const operands = parsed._ as readonly string[];
  if (values.help !== true) checkCount(command, operands.length);
  return { values, operands };
}
