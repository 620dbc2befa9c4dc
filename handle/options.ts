/**
 * The options of a handle and of its calls, their defaults, and their checks.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { NO_OPTIONS, ownOptions } from "../internal/own_options.ts";
import type { WaitOptions } from "../engine/engine.ts";
import type { ConnectOptions } from "../socket/options.ts";
import type { Encoding } from "./encoding.ts";
import type { Separator } from "./separator.ts";

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
   * Whether bytes that are not UTF-8 are an error. With `false`, U+FFFD stands for them, and what
   * was sent is altered.
   *
   * @default {true}
   */
  fatal?: boolean | undefined;
  /**
   * Whether lines come without their end when a call does not say. Default: as the name of the call:
   * `true` for `readLine`, `tryReadLine`, `lines`, `lineBatches` and the loop over the handle, `false`
   * for Perl's `getline` and `getlines`. What is taken off: {@linkcode RecordOptions.chomp}.
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

/** Options of the calls that read lines. */
export interface RecordOptions extends WaitOptions {
  /**
   * Whether the end of the line is taken off. In `readLine`, `tryReadLine`, `lines`, `lineBatches` and
   * the loop over the handle that is the separator, and for the separator `"\n"` also a `"\r"` before
   * it; in `getline` and `getlines` it is the separator exactly. Of a paragraph (separator `""`) all
   * newlines at its end are taken off. A record of a number of characters, the whole stream
   * (separator `null`) and a last line that has no end stay as they are. Default: the handle's
   * `chomp`; without it `true`, but `false` in `getline` and `getlines`.
   *
   * Perl: `chomp`
   */
  readonly chomp?: boolean | undefined;
  /**
   * What ends a line, for this call. Default: the handle's `inputRecordSeparator`.
   *
   * Perl: `$/`
   */
  readonly separator?: Separator | undefined;
}

/** The members of {@linkcode RecordOptions}. */
export const RECORD_NAMES: readonly (keyof RecordOptions)[] = ["chomp", "separator", "signal"];

/** Options of `Handle.connect`: those of `SslSocket.connect` and those of a handle. */
export interface HandleConnectOptions extends ConnectOptions, HandleOptions {}

/**
 * The options with their defaults, as an open handle keeps them. `chomp` has no default: that goes
 * by the call.
 */
export type HandleSettings =
  & { -readonly [K in Exclude<keyof HandleOptions, "chomp">]-?: NonUndefined<K> }
  & { chomp: boolean | undefined };
type NonUndefined<K extends keyof HandleOptions> = Exclude<HandleOptions[K], undefined>;

const DEFAULTS: Readonly<HandleSettings> = Object.freeze({
  encoding: "utf-8",
  fatal: true,
  chomp: undefined,
  autoflush: true,
  inputRecordSeparator: "\n",
  outputFieldSeparator: "",
  outputRecordSeparator: "",
  maxLineLength: 1 << 20,
  maxBytes: 1 << 26,
  syswriteSize: 16384,
});

/** The names of the options. */
export const NAMES = Object.keys(DEFAULTS) as (keyof HandleOptions)[];
const BOOLEANS: ReadonlySet<string> = new Set(["fatal", "chomp", "autoflush"]);
const SIZES: ReadonlySet<string> = new Set(["maxLineLength", "maxBytes", "syswriteSize"]);
const TEXTS: ReadonlySet<string> = new Set(["outputFieldSeparator", "outputRecordSeparator"]);

/**
 * Checks an encoding.
 *
 * @throws {TypeError} If it is another value.
 */
function checkEncoding(value: unknown): Encoding {
  if (value === "utf-8" || value === "latin1") return value;
  throw new TypeError(
    `Cannot set encoding: it must be "utf-8" or "latin1": received ${quote(value)}`,
  );
}

/**
 * Checks a separator.
 *
 * @throws {TypeError} If it is of another type.
 * @throws {RangeError} If it is a number that cannot be a length.
 */
function checkSeparator(value: unknown): Separator {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") {
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new RangeError(
      `Cannot set inputRecordSeparator: a record needs a positive length: received ${quote(value)}`,
    );
  }
  throw new TypeError(
    `Cannot set inputRecordSeparator: it must be a string, a number or null: received ${typeof value}`,
  );
}

/** Checks a text setting. */
function checkText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError(`Cannot set ${name}: it must be a string: received ${typeof value}`);
}

/** Checks a setting that is on or off. */
function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot set ${name}: it must be a boolean: received ${typeof value}`);
}

/**
 * Checks the value of one option.
 *
 * @throws {TypeError} If it has the wrong type.
 * @throws {RangeError} If it is a number that is out of range.
 */
export function checkSetting<K extends keyof HandleSettings>(
  name: K,
  value: unknown,
): HandleSettings[K] {
  return checkValue(name, value) as HandleSettings[K];
}

function checkValue(name: string, value: unknown): unknown {
  if (name === "encoding") return checkEncoding(value);
  if (name === "inputRecordSeparator") return checkSeparator(value);
  if (TEXTS.has(name)) return checkText(name, value);
  if (BOOLEANS.has(name)) return checkBoolean(name, value);
  if (SIZES.has(name)) {
    if (Number.isSafeInteger(value) && (value as number) > 0) return value;
    throw new RangeError(
      `Cannot set ${name}: it must be a positive number of bytes: received ${quote(value)}`,
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
export function checkHandleOptions(options: HandleOptions | undefined): HandleSettings {
  const own = ownOptions(options, { operation: "create Handle", names: DEFAULTS });
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined) settings[name] = checkValue(name, value);
  }
  return settings as HandleSettings;
}

/** The options of one call, with no others than the call knows. */
export function callOptions<T extends object>(
  operation: string,
  options: T | undefined,
  known: readonly (keyof T & string)[],
): T {
  if (options === undefined) return NO_OPTIONS as T;
  return ownOptions(options, {
    operation,
    names: Object.fromEntries(known.map((name) => [name, true])),
    unknown: (name) =>
      new TypeError(
        `Cannot ${operation}: unknown option ${quote(name)}: use ${
          known.map((k) => JSON.stringify(k)).join(" or ")
        }`,
      ),
  });
}
