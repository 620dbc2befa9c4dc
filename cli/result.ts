/**
 * What a command comes to, and the schema of the document that says so.
 *
 * @module
 */

import type { Verdict } from "./exit_codes.ts";

/** A JSON Schema, as far as this program writes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of what a command puts into its JSON document. */
export interface DataSchema {
  /** The members by name. */
  readonly properties: Readonly<Record<string, JsonSchema>>;
  /** Members that may be missing. */
  readonly optional?: readonly string[];
  /** For commands that give a line for each of several things: the schema of the data of such a line. */
  readonly item?: DataSchema;
}

/** What a command came to. */
export interface Result {
  /** The outcome, which is the exit code. */
  readonly verdict: Verdict;
  /** What the JSON document has beside `schema`, `command`, `verdict` and `exitCode`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The lines for people; `""` when all was written already. */
  readonly text: string;
}
