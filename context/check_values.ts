/**
 * Checks names and values of options against the table. Pure.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";
import { unknownOption } from "./nearest.ts";
import { CLOSE_OPTIONS, IMPOSSIBLE, type OptionKind, optionRow, OPTIONS } from "./table.ts";

/** What a value is, for a message: short, and never the inside of an object. */
export function received(value: unknown): string {
  if (typeof value === "string") {
    if (value.includes("-----BEGIN ")) return "PEM text"; // it may be a key
    return JSON.stringify(value.length > 80 ? value.slice(0, 80) + "..." : value);
  }
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) {
    return `an object (${value.constructor?.name ?? "no class"})`;
  }
  return String(value);
}

function namesFor(kind: OptionKind | undefined): string[] {
  if (kind === undefined) return Object.keys(OPTIONS);
  const table = kind === "close" ? CLOSE_OPTIONS : OPTIONS;
  return Object.entries(table).filter(([, row]) => row.kinds.includes(kind)).map(([name]) => name);
}

/**
 * Checks that every name is known, stands where it may, and has a value of the
 * right type; without a kind it may stand anywhere. Gives a copy without the
 * members that are `undefined`.
 */
export function checkNames(options: object, kind?: OptionKind): Record<string, unknown> {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Cannot use options: must be an object: received ${received(options)}`);
  }
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const row = optionRow(kind, name);
    if (row === undefined) {
      if ((kind ?? "connect") === "connect" && Object.hasOwn(IMPOSSIBLE, name)) {
        throw new SslUnsupportedError(`Cannot use option "${name}": ${IMPOSSIBLE[name]}`, {
          code: "ERR_UNSUPPORTED",
        });
      }
      throw new TypeError(unknownOption(name, namesFor(kind)));
    }
    if (kind !== undefined && !row.kinds.includes(kind)) {
      throw new TypeError(
        `unknown option ${JSON.stringify(name)}: it belongs to ${row.kinds.join(", ")}, ` +
          `not to ${kind}`,
      );
    }
    if (value === undefined) continue;
    const must = row.check(value);
    if (must !== undefined) {
      const shown = row.secret ? typeof value : received(value);
      throw new TypeError(`Cannot use option "${name}": ${name} ${must}: received ${shown}`);
    }
    copy[name] = value;
  }
  return copy;
}
