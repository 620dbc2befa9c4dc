/**
 * The options of a handle.
 *
 * @module
 */

import { didYouMean } from "../verify/suggest.ts";
import type { Separator } from "./line_reader.ts";
import type { Encoding } from "./text.ts";

/** Options of a `Handle`. */
export interface HandleOptions {
  /**
   * How bytes become text and text bytes: `"utf-8"`, or `"latin1"` with one character for each
   * byte, which is what Perl does.
   *
   * @default {"utf-8"}
   *
   * Perl: `binmode`
   */
  encoding?: Encoding | undefined;
  /**
   * Whether bytes that are no UTF-8 are an error. With `false`, U+FFFD stands for them, and what
   * was sent is altered.
   *
   * @default {true}
   */
  fatal?: boolean | undefined;
  /**
   * Whether lines come without their separator when a call does not say.
   *
   * @default {false}
   *
   * Perl: `chomp`
   */
  chomp?: boolean | undefined;
  /**
   * Whether each print goes out at once. With `false`, output is collected until there are 8,192
   * bytes, or `flush` or `close` is called.
   *
   * @default {true}
   *
   * Perl: `$|`
   */
  autoflush?: boolean | undefined;
  /**
   * What ends a line: text; `""` for paragraphs; `null` to read up to the end; a number for
   * records of that many characters.
   *
   * @default {"\n"}
   *
   * Perl: `$/`
   */
  inputRecordSeparator?: Separator | undefined;
  /**
   * What `print` and `say` put between items.
   *
   * @default {""}
   *
   * Perl: `$,`
   */
  outputFieldSeparator?: string | undefined;
  /**
   * What `print` puts at the end.
   *
   * @default {""}
   *
   * Perl: `$\`
   */
  outputRecordSeparator?: string | undefined;
  /**
   * The longest line or paragraph, in bytes. A longer one is an `SslPeerError`.
   *
   * @default {1_048_576}
   */
  maxLineLength?: number | undefined;
  /**
   * The most bytes that `getlines`, and `readLine` without a separator, take in. More is an
   * `SslPeerError`.
   *
   * @default {67_108_864}
   */
  maxBytes?: number | undefined;
  /**
   * The most bytes that one `syswrite` writes.
   *
   * @default {16_384}
   */
  syswriteSize?: number | undefined;
}

/** The options with their defaults, where a running handle keeps them. */
export type HandleSettings = { -readonly [K in keyof HandleOptions]-?: NonUndefined<K> };
type NonUndefined<K extends keyof HandleOptions> = Exclude<HandleOptions[K], undefined>;

const DEFAULTS: Readonly<HandleSettings> = Object.freeze({
  encoding: "utf-8",
  fatal: true,
  chomp: false,
  autoflush: true,
  inputRecordSeparator: "\n",
  outputFieldSeparator: "",
  outputRecordSeparator: "",
  maxLineLength: 1 << 20,
  maxBytes: 1 << 26,
  syswriteSize: 16384,
});

const NAMES = Object.keys(DEFAULTS) as (keyof HandleOptions)[];
const BOOLEANS: ReadonlySet<string> = new Set(["fatal", "chomp", "autoflush"]);
const SIZES: ReadonlySet<string> = new Set(["maxLineLength", "maxBytes", "syswriteSize"]);
const TEXTS: ReadonlySet<string> = new Set(["outputFieldSeparator", "outputRecordSeparator"]);

/** Whether a value is an encoding, else a TypeError. */
export function checkEncoding(value: unknown): Encoding {
  if (value === "utf-8" || value === "latin1") return value;
  throw new TypeError(
    `Cannot set encoding: it must be "utf-8" or "latin1": received ${JSON.stringify(value)}`,
  );
}

/** Whether a value can be a separator, else a TypeError or RangeError. */
export function checkSeparator(value: unknown): Separator {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") {
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new RangeError(
      `Cannot set inputRecordSeparator: a record needs a positive length: received ${value}`,
    );
  }
  throw new TypeError(
    `Cannot set inputRecordSeparator: it must be a string, a number or null: received ${typeof value}`,
  );
}

/** Checks a text setting. */
export function checkText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError(`Cannot set ${name}: it must be a string: received ${typeof value}`);
}

/** Checks a setting that is on or off. */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot set ${name}: it must be a boolean: received ${typeof value}`);
}

function checkValue(name: string, value: unknown): unknown {
  if (name === "encoding") return checkEncoding(value);
  if (name === "inputRecordSeparator") return checkSeparator(value);
  if (TEXTS.has(name)) return checkText(name, value);
  if (BOOLEANS.has(name)) return checkBoolean(name, value);
  if (SIZES.has(name)) {
    if (Number.isSafeInteger(value) && (value as number) > 0) return value;
    throw new RangeError(
      `Cannot set ${name}: it must be a positive number of bytes: received ${String(value)}`,
    );
  }
  return value;
}

/**
 * Checks the options of a handle and fills in the defaults.
 *
 * @throws {TypeError} `unknown option "seperator": use "..."`, or a value of the wrong type.
 * @throws {RangeError} If a size is not positive.
 */
export function checkHandleOptions(options: HandleOptions): HandleSettings {
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw new TypeError(
        `Cannot create Handle: unknown option ${JSON.stringify(name)}${didYouMean(name, NAMES)}`,
      );
    }
    if (value !== undefined) settings[name] = checkValue(name, value);
  }
  return settings as HandleSettings;
}

/** Splits options into those of a handle and the others. */
export function splitOptions<T extends object>(
  options: T,
): [handle: HandleOptions, rest: Omit<T, keyof HandleOptions>] {
  const handle: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    (Object.hasOwn(DEFAULTS, name) ? handle : rest)[name] = value;
  }
  return [handle, rest as Omit<T, keyof HandleOptions>];
}
