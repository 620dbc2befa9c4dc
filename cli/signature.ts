/**
 * What may be given to a command: its options and its other arguments.
 *
 * @module
 */

/** What an option takes. */
export type OptionKind = "flag" | "text" | "number" | "file" | "choice";

/** One option of a command. */
export interface OptionSpec {
  /** What it takes. A `flag` takes no value, a `file` is a path. */
  readonly kind: OptionKind;
  /** What stands for its value in the help: `FILE`. */
  readonly value?: string;
  /** What it does, in a line. */
  readonly help: string;
  /** The letter that is short for it. For flags alone. */
  readonly short?: string;
  /** What a `choice` may be. */
  readonly choices?: readonly string[];
  /** Whether it may be given more than once. */
  readonly repeatable?: boolean;
  /** The value when it is not given, for `text`, `number` and `choice`. */
  readonly default?: string | number;
  /** The least and the greatest of a `number`. */
  readonly range?: readonly [least: number, greatest: number];
  /** What other programs call it: `-servername`. They are answered with this one. */
  readonly elsewhere?: readonly string[];
}

/** The options of a command by name, without dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What may be given to a command. */
export interface Signature {
  /** What one types: `connect`, or two words: `cert show`. */
  readonly name: string;
  /** The arguments that are not options, as the help shows them: `HOST[:PORT]`. */
  readonly operands: string;
  /** How many arguments that are not options there may be. */
  readonly count: readonly [least: number, most: number];
  /** Its own options; those that all commands have come on top. */
  readonly options: OptionSpecs;
}

/** The value of an option: a list where it may be given several times. */
export type OptionValue = boolean | number | string | readonly string[];

/** What was given. */
export interface Arguments {
  /** The values of the options by name; defaults are in it. */
  readonly values: Readonly<Record<string, OptionValue>>;
  /** The arguments that are not options. */
  readonly operands: readonly string[];
}
