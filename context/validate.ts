/**
 * The one check of given options, against the table: every name is known, stands where it may, and
 * has a value of the right type. Pure.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";
import { ownOptions } from "../internal/own_options.ts";
import { quote, quoteMisplaced } from "../internal/quote.ts";
import { unknownOption } from "./option_names.ts";
import * as table from "./option_table.ts";
import type { OptionKind, OptionRow } from "./option_table.ts";

declare const CHECKED: unique symbol;
declare const RESOLVED: unique symbol;

/** Options whose names and values were checked, one by one. */
export type Checked<T extends object> = Readonly<T> & { readonly [CHECKED]: true };

/** Options that were checked, with the process-wide defaults in: `resolved_options.ts` makes them. */
export type Resolved<T extends object> = Readonly<T> & { readonly [RESOLVED]: true };

function namesFor(kind: OptionKind | undefined): string[] {
  if (kind === undefined) return Object.keys(table.OPTIONS);
  const rows = kind === "close" ? table.CLOSE_OPTIONS : table.OPTIONS;
  return Object.entries(rows).filter(([, row]) => row.kinds.includes(kind)).map(([name]) => name);
}

/** The error for a name that is not an option of this operation. */
function unknownError(name: string, kind: OptionKind | undefined): Error {
  if ((kind ?? "connect") === "connect" && Object.hasOwn(table.IMPOSSIBLE, name)) {
    return new SslUnsupportedError(`Cannot use option "${name}": ${table.IMPOSSIBLE[name]}`, {
      code: "ERR_UNSUPPORTED",
    });
  }
  return new TypeError(unknownOption(name, namesFor(kind)));
}

/** A refused value, for the message. A text where no text belongs may be a secret. */
function shownValue(row: OptionRow, value: unknown): string {
  if (row.secret) return typeof value;
  return row.check("text") === undefined ? quote(value) : quoteMisplaced(value);
}

/**
 * Checks that every name is known, stands where it may, and has a value of the
 * right type; without a kind it may stand anywhere. Gives a copy without the
 * members that are `undefined`.
 */
export function checkNames(options: object, kind?: OptionKind): Record<string, unknown> {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Cannot use options: must be an object: received ${quote(options)}`);
  }
  const own = ownOptions(options as Record<string, unknown>, {
    operation: "use options",
    names: table.tableOf(kind),
    unknown: (name) => unknownError(name, kind),
  });
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, given] of Object.entries(own)) {
    const value = table.snapshot(name, given);
    const row = table.optionRow(kind, name)!;
    if (kind !== undefined && !row.kinds.includes(kind)) {
      throw new TypeError(
        `unknown option ${quote(name)}: it belongs to ${row.kinds.join(", ")}, ` +
          `not to ${kind}`,
      );
    }
    if (value === undefined) continue;
    const must = row.check(value);
    if (must !== undefined) {
      const shown = shownValue(row, value);
      throw new TypeError(`Cannot use option "${name}": ${must}: received ${shown}`);
    }
    copy[name] = row.resolve === undefined ? value : row.resolve(value);
  }
  return copy;
}
