/**
 * Checks options before anything is done with them, and puts the process-wide
 * defaults in.
 *
 * @module
 */

import type { Role } from "../engine/types.ts";
import { checkNames } from "./check_values.ts";
import { withDefaults } from "./defaults.ts";
import type { SslOptions } from "./options.ts";
import type { OptionKind } from "./table.ts";

export { received } from "./check_values.ts";
export type { OptionKind } from "./table.ts";

/** Options that were checked, with the names of those that came from defaults. */
const checked = new WeakMap<object, readonly string[]>();

function roleOf(kind: OptionKind, options: object): Role {
  if (kind === "connect") return "client";
  if (kind === "listen") return "server";
  return (options as { server?: unknown }).server === true ? "server" : "client";
}

function check(kind: OptionKind, role: Role, options: object, strict: boolean): object {
  const where = strict ? kind : undefined;
  checkNames(options, where);
  const merged = withDefaults(kind, role, options as Readonly<Record<string, unknown>>);
  // Once more: a filter may have put anything in.
  const copy = Object.freeze(checkNames(merged.options, where));
  checked.set(copy, merged.applied);
  return copy;
}

/**
 * Checks the options of one operation: every name is known, stands where it
 * may, and has a value of the right type. Gives a frozen copy with the
 * process-wide defaults and without the members that are `undefined`, so that
 * nothing changes under a running operation.
 *
 * @throws {TypeError} `unknown option "SSL_verify_mode": use "verifyMode"`, or what the value of an
 * option must be.
 * @throws {SslUnsupportedError} for an option that Deno makes impossible.
 */
export function checkOptions<T extends object>(kind: OptionKind, options: T): Readonly<T> {
  if (checked.has(options)) return options;
  return check(kind, roleOf(kind, options ?? {}), options, true) as Readonly<T>;
}

/** As {@linkcode checkOptions}, for options that may come from several operations. */
export function checkAny(role: Role, options: SslOptions): Readonly<SslOptions> {
  if (checked.has(options)) return options;
  return check(role === "client" ? "connect" : "listen", role, options, false) as SslOptions;
}

/** The names of the options that came from process-wide defaults. */
export function defaultsIn(options: object): readonly string[] {
  return checked.get(options) ?? [];
}
