/**
 * The options of a handle as it keeps them: with their defaults, and the checks of each.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { NO_OPTIONS, ownOptions } from "../internal/own_options.ts";
import type { Encoding } from "./encoding.ts";
import type { HandleOptions, RecordOptions } from "./options.ts";
import type { Separator } from "./separator.ts";

/** The members of {@linkcode RecordOptions}. */
export const RECORD_NAMES: readonly (keyof RecordOptions)[] = ["chomp", "separator", "signal"];

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

/** How each is checked. */
const CHECKS: {
  readonly [K in keyof HandleSettings]: (value: unknown, name: K) => HandleSettings[K];
} = {
  encoding: checkEncoding,
  fatal: checkBoolean,
  chomp: checkBoolean,
  autoflush: checkBoolean,
  inputRecordSeparator: checkSeparator,
  outputFieldSeparator: checkText,
  outputRecordSeparator: checkText,
  maxLineLength: checkSize,
  maxBytes: checkSize,
  syswriteSize: checkSize,
};

/** The names of a handle's options. */
export function handleOptionNames(): string[] {
  return Object.keys(CHECKS);
}

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
function checkText(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new TypeError(`Cannot set ${name}: it must be a string: received ${typeof value}`);
}

/** Checks a setting that is on or off. */
function checkBoolean(value: unknown, name: string): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot set ${name}: it must be a boolean: received ${typeof value}`);
}

/** Checks a number of bytes. */
function checkSize(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new RangeError(
    `Cannot set ${name}: it must be a positive number of bytes: received ${quote(value)}`,
  );
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
  return CHECKS[name](value, name);
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
    if (value !== undefined) settings[name] = checkSetting(name as keyof HandleSettings, value);
  }
  return settings as HandleSettings;
}

/** The options of one call, with no others than the call knows. */
export function callOptions<T extends object>(
  operation: string,
  options: T | undefined,
  known: readonly (keyof T & string)[],
): T {
  if (options === undefined || options === NO_OPTIONS) return NO_OPTIONS as T; // or checked before
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
