/**
 * Options as everything behind the public functions takes them: checked against the table, with the
 * process-wide defaults in, and frozen. This file alone makes them, once for each operation.
 *
 * @module
 */

import type { Role } from "../engine/engine.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { layOver } from "./lay_over.ts";
import { type OptionKind, optionRow, type OptionScope } from "./option_table.ts";
import type { SharedContext, SslOptions } from "./options.ts";
import { type Defaulted, withDefaults } from "./process_defaults.ts";
import { type Checked, checkNames, type Resolved } from "./validate.ts";

const made = new WeakMap<object, Defaulted>();

function keep<T extends object>(defaulted: Defaulted): Resolved<T> {
  const options = Object.freeze(defaulted.options);
  made.set(options, defaulted);
  return options as Resolved<T>;
}

function roleOf(kind: OptionKind, options: object): Role {
  if (kind === "connect") return "client";
  if (kind === "listen") return "server";
  return (options as { server?: unknown }).server === true ? "server" : "client";
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
export function checkOptions<T extends object>(kind: OptionKind, options: T): Resolved<T> {
  if (made.has(options)) return options as Resolved<T>;
  if (kind === "close" && options === NO_OPTIONS) return options as Resolved<T>;
  const own = checkNames(options, kind); // read once: from here on nobody looks at what was given
  return keep(withDefaults(kind, roleOf(kind, own), own, kind));
}

/**
 * Checks the options that are given to start TLS on a connection which has its own: they count when
 * they have been laid over those, by {@linkcode laidOver}.
 *
 * @throws As {@linkcode checkOptions}.
 */
export function checkStart<T extends object>(options: T): Checked<T> {
  return checkNames(options, "start") as Checked<T>;
}

/**
 * The options of a later start: those given then, over what the connection was made with. The
 * defaults are those for the side that it has now.
 */
export function laidOver<B extends object, G extends object>(
  base: Resolved<B>,
  given: Checked<G>,
  role: Role,
): Resolved<B & G> {
  const { filled } = made.get(base)!;
  const own = ownRecord(
    Object.fromEntries(Object.entries(base).filter(([name]) => !filled.has(name))),
  );
  const kind = role === "client" ? "connect" : "listen";
  return keep(withDefaults(kind, role, layOver(own, given)));
}

/** Options without those of a scope. */
function without(scope: OptionScope, options: Resolved<object>): Record<string, unknown> {
  const kept = Object.entries(options)
    .filter(([name]) => optionRow(undefined, name)?.scope !== scope);
  return ownRecord(Object.fromEntries(kept));
}

/** What the options of an operation say of its context, and of the connections that it makes. */
export function contextOptions(options: Resolved<SslOptions>): Resolved<SslOptions> {
  return keep({ ...made.get(options)!, options: without("operation", options) });
}

/** The options of an operation with another context in place of what they say of one. */
export function withContext<T extends object>(
  options: Resolved<T>,
  context: SharedContext,
): Resolved<T> {
  const other = ownRecord({ ...without("context", options), reuseCtx: context });
  return keep({ ...made.get(options)!, options: other });
}

/** The names of the options that came from process-wide defaults. */
export function defaultsIn(options: object): readonly string[] {
  return made.get(options)?.applied ?? [];
}
