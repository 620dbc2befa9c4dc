/**
 * The two arguments of `Handle.connect`, taken apart. Loaded by the first call.
 *
 * @module
 */

import { unknownOption } from "../context/option_names.ts";
import * as table from "../context/option_table.ts";
import { connectArguments } from "../socket/open.ts";
import type { HandleConnectOptions, HandleOptions } from "./options.ts";
import { checkHandleOptions, handleOptionNames } from "./checked_options.ts";

const own: ReadonlySet<string> = new Set(handleOptionNames());

/** Splits options into those of a handle and the others. */
function splitOptions<T extends object>(
  options: T,
): [handle: HandleOptions, rest: Omit<T, keyof HandleOptions>] {
  const handle: Record<string, unknown> = Object.create(null);
  const rest: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(options)) {
    (own.has(name) ? handle : rest)[name] = value;
  }
  return [handle, rest as Omit<T, keyof HandleOptions>];
}

/**
 * Refuses options that neither the connection nor the handle knows, with the names of both in mind.
 *
 * @throws {TypeError} `unknown option "chmop": use "chomp"`.
 */
function checkConnectNames(rest: object): void {
  for (const name of Object.keys(rest)) {
    if (table.optionRow("connect", name) || Object.hasOwn(table.IMPOSSIBLE, name)) continue;
    const known = Object.entries(table.OPTIONS).filter(([, row]) => row.kinds.includes("connect"));
    throw new TypeError(unknownOption(name, [...known.map(([own]) => own), ...own]));
  }
}

/**
 * The options of the handle and those of the connection, of which the handle's are checked.
 *
 * @throws {TypeError} If an option is unknown, or one of the handle is wrong.
 * @throws {RangeError} If a size is not positive.
 */
export function connectOptions(
  target: string | HandleConnectOptions,
  options: HandleConnectOptions,
): [handle: HandleOptions, rest: Omit<HandleConnectOptions, keyof HandleOptions>] {
  const [handle, rest] = splitOptions(connectArguments(target, options));
  // Wrong options of the handle are found before there is a connection.
  checkHandleOptions(handle);
  checkConnectNames(rest);
  return [handle, rest];
}
