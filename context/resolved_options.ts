/**
 * Options as everything behind the public functions takes them: checked, with the process-wide
 * defaults in, and frozen.
 *
 * @module
 */

import type { Role } from "../engine/engine.ts";
import type { OptionKind } from "./option_table.ts";
import type { SslOptions } from "./options.ts";
import { withDefaults } from "./process_defaults.ts";
import { checkNames } from "./validate.ts";

/** Options that were checked, with the names of those that came from defaults. */
const checked = new WeakMap<object, readonly string[]>();

function roleOf(kind: OptionKind, options: object): Role {
  if (kind === "connect") return "client";
  if (kind === "listen") return "server";
  return (options as { server?: unknown }).server === true ? "server" : "client";
}

function check(kind: OptionKind, options: object, strict: boolean, fixed?: Role): object {
  const where = strict ? kind : undefined;
  const own = checkNames(options, where); // read once: from here on nobody looks at what was given
  const role = fixed ?? roleOf(kind, own);
  const merged = withDefaults(kind, role, own);
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
  return check(kind, options, true) as Readonly<T>;
}

/** As {@linkcode checkOptions}, for options that may come from several operations. */
export function checkAny(role: Role, options: SslOptions): Readonly<SslOptions> {
  if (checked.has(options)) return options;
  return check(role === "client" ? "connect" : "listen", options, false, role) as SslOptions;
}

/** The names of the options that came from process-wide defaults. */
export function defaultsIn(options: object): readonly string[] {
  return checked.get(options) ?? [];
}
