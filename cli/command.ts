/**
 * What a command is: a row of the table, and the code that runs it, which is loaded when it runs.
 *
 * @module
 */

import type { Call } from "./call.ts";
import type { DataSchema, Result } from "./result.ts";
import type { Signature } from "./signature.ts";

/** An example for the help of a command. */
export interface Example {
  /** The arguments, as one types them after the name of the program. */
  readonly args: string;
  /** What it does, in a line. */
  readonly does: string;
}

/** A permission that a command needs. */
export interface Permission {
  /** The flag, as narrow as it can be: `--allow-net=HOST:PORT`. */
  readonly flag: string;
  /** What for. */
  readonly why: string;
  /** Whether the command goes on without it, and says what it left out. */
  readonly optional?: boolean;
}

/** The code of a command. */
export interface CommandModule {
  /** Runs it. `commands` is the table, for those that write about it. */
  run(call: Call, commands: readonly Command[]): Promise<Result>;
  /** The schema of each member of its `data`: the `properties`, all of them required unless `optional` names them. */
  readonly schema: DataSchema;
}

/** One row of the table of commands. */
export interface Command extends Signature {
  /** What it does, in a line. */
  readonly summary: string;
  /** What completes an argument in a shell. */
  readonly completes?: "file" | readonly string[];
  /** More about it, in paragraphs; for the help. */
  readonly about?: readonly string[];
  /** At least one example. */
  readonly examples: readonly [Example, ...Example[]];
  /** The permissions that it needs, and those that it can use. */
  readonly permissions: readonly Permission[];
  /** Loads the code. */
  load(): Promise<CommandModule>;
}
