/**
 * One call of a command: what was given, and where what it says goes.
 *
 * @module
 */

import { EXITS } from "./exit_codes.ts";
import type { CliIo, CliOutput } from "./io.ts";
import { harmless, Page } from "./layout.ts";
import type { Result } from "./result.ts";
import type { Arguments } from "./signature.ts";

/** The version of the JSON documents: it changes when a member changes its meaning or goes. */
export const SCHEMA_VERSION = 1;

/** How results are written. */
export type Form = "text" | "json" | "jsonl";

/** The document of a result. */
export function documentOf(command: string, { verdict, data }: Result): Record<string, unknown> {
  const exitCode = EXITS[verdict].code;
  return { schema: SCHEMA_VERSION, command, verdict, exitCode, ...data };
}

/** One call of a command. */
export class Call {
  /** The command, as one types it: `cert show`. */
  readonly command: string;
  /** The arguments that are not options. */
  readonly operands: readonly string[];
  /** The streams, the clock and the rest of the world. */
  readonly io: CliIo;
  /** How results are written. */
  readonly form: Form;
  /** Whether only the exit code is wanted. */
  readonly quiet: boolean;
  /** The page for people. */
  readonly page: Page;
  readonly #values: Arguments["values"];
  #items = 0;
  #progress = false;

  /** Makes the call from what was given. */
  constructor(command: string, { values, operands }: Arguments, io: CliIo) {
    this.command = command;
    this.operands = operands;
    this.io = io;
    this.form = values.jsonl === true ? "jsonl" : values.json === true ? "json" : "text";
    this.quiet = values.quiet === true;
    this.#values = values;
    const columns = this.number("width") ?? (io.stdout.isTerminal ? io.columns : undefined);
    this.page = new Page(columns, io.stdout.isTerminal && !io.noColor && this.form === "text");
  }

  /** Whether a flag was given. */
  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** The value of a text, a file or a choice; `undefined` when it was not given. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return value === undefined ? undefined : String(value);
  }

  /** The values of an option that may be given several times. */
  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : [];
  }

  /** The value of a number; `undefined` when it was not given. */
  number(name: string): number | undefined {
    const value = this.#values[name];
    return value === undefined ? undefined : Number(value);
  }

  /** Whether people read standard output, and not a program. */
  get isText(): boolean {
    return this.form === "text" && !this.quiet;
  }

  /** How far it has come, for a person at a terminal. The next one takes its place. */
  async progress(text: string): Promise<void> {
    if (this.quiet || !this.io.stderr.isTerminal || text === "" && !this.#progress) return;
    this.#progress = text !== "";
    await this.io.stderr.write(`\r\x1b[K${harmless(text).replaceAll("\n", " ")}`);
  }

  /** Something that a person should know and that is not part of the result: on standard error. */
  async note(text: string): Promise<void> {
    if (this.quiet) return;
    await this.#write(this.io.stderr, `${text}\n`);
  }

  /** Writes one of several results as it comes: a line of JSON with --jsonl, its text otherwise. */
  async item(result: Result): Promise<void> {
    this.#items++;
    if (this.form === "jsonl") await this.#writeJson(result, undefined);
    else if (this.isText && result.text !== "") {
      await this.#write(this.io.stdout, `${result.text}\n`);
    }
  }

  /** Writes bytes as they are: what a peer sent. */
  async bytes(data: Uint8Array): Promise<void> {
    await this.progress("");
    await this.io.stdout.write(data);
  }

  /** Writes the result, and gives its exit code. */
  async finish(result: Result): Promise<number> {
    if (this.form === "json") await this.#writeJson(result, 2);
    else if (this.form === "jsonl") {
      if (this.#items === 0) await this.#writeJson(result, undefined);
    } else if (this.isText && result.text !== "") {
      await this.#write(this.io.stdout, `${result.text}\n`);
    } else await this.progress("");
    return EXITS[result.verdict].code;
  }

  async #writeJson(result: Result, indent: number | undefined): Promise<void> {
    const text = JSON.stringify(documentOf(this.command, result), undefined, indent);
    await this.progress("");
    await this.io.stdout.write(`${text}\n`);
  }

  async #write(output: CliOutput, text: string): Promise<void> {
    await this.progress("");
    await output.write(harmless(text, this.page.colors));
  }
}
