/**
 * Checks options before anything is done with them, and puts the process-wide
 * defaults in. As in Perl, a program can set once what its libraries do not let it
 * pass on; what the defaults contribute is listed in `report.defaultsApplied`.
 *
 * @module
 */

import { quote, quoteMisplaced } from "../internal/quote.ts";
import type { Role } from "../engine/engine.ts";
import type { SslOptions } from "./options.ts";
import * as table from "./option_table.ts";
import type { OptionKind, OptionName, OptionRow } from "./option_table.ts";
import { SslUnsupportedError } from "../errors.ts";
import { NO_OPTIONS, ownMembers, ownOptions, ownRecord } from "../internal/own_options.ts";
import { unknownOption } from "./option_names.ts";
import { reusedContext, type SslContext, stateOf } from "./context.ts";
import type { SessionStore } from "./sessions/session_cache.ts";

function namesFor(kind: OptionKind | undefined): string[] {
  if (kind === undefined) return Object.keys(table.OPTIONS);
  const rows = kind === "close" ? table.CLOSE_OPTIONS : table.OPTIONS;
  return Object.entries(rows).filter(([, row]) => row.kinds.includes(kind)).map(([name]) => name);
}

/** The error for a name that no operation, or not this one, has. */
function unknownError(name: string, kind: OptionKind | undefined): Error {
  if ((kind ?? "connect") === "connect" && Object.hasOwn(table.IMPOSSIBLE, name)) {
    return new SslUnsupportedError(`Cannot use option "${name}": ${table.IMPOSSIBLE[name]}`, {
      code: "ERR_UNSUPPORTED",
    });
  }
  return new TypeError(unknownOption(name, namesFor(kind)));
}

/** A value that an option does not take. A text is of no use where none is taken, and may be a secret. */
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

/** The options of sockets and listeners that can be defaults: see `ConnectOptions` and `ListenOptions`. */
export interface SocketDefaults {
  /** For every socket. Its argument is the `SslSocket`. */
  readonly onPeerShutdown?:
    // deno-lint-ignore no-explicit-any -- contexts do not know sockets
    | ((socket: any) => number | null | void | Promise<number | null | void>)
    | undefined;
  /** For every `start`. */
  readonly server?: boolean | undefined;
  /** For every `connect`. */
  readonly transport?: "tcp" | "unix" | undefined;
  /** For every `connect` and `listen`. */
  readonly family?: 4 | 6 | undefined;
  /** For every listener. */
  readonly backlog?: number | undefined;
  /** For every listener, in milliseconds. */
  readonly handshakeTimeout?: number | undefined;
  /** For every listener. */
  readonly maxHandshakes?: number | undefined;
  /** For every listener. */
  readonly onHandshakeError?: ((error: Error, remoteAddr?: Deno.Addr) => void) | undefined;
  /** For every server of `serve`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Options that can be defaults: any of any operation. */
export type DefaultOptions = Omit<SslOptions, "reuseCtx"> & SocketDefaults & {
  /** Short for `verifyMode`, as in Perl. */
  readonly mode?: number | undefined;
  /** Short for `verifyCallback`, as in Perl. */
  readonly callback?: SslOptions["verifyCallback"];
  /** Short for `verifycnScheme`, as in Perl. */
  readonly scheme?: SslOptions["verifycnScheme"];
  /** Short for `verifycnName`, as in Perl. */
  readonly name?: string | undefined;
};

/** Changes the options of an operation before anything is done with them: in place, or by returning others. */
export type ArgsFilter = (
  isServer: boolean,
  options: Record<string, unknown>,
) => Record<string, unknown> | void;

const SHORT: Readonly<Record<string, OptionName>> = {
  mode: "verifyMode",
  callback: "verifyCallback",
  scheme: "verifycnScheme",
  name: "verifycnName",
};

/** Options of which one stands for all: who gives one, gets no default of the others. */
const GROUPS: readonly (readonly OptionName[])[] = [
  ["ca", "caFile", "caPath"],
  ["clientCa", "clientCaFile"],
  ["cert", "certFile", "selfSigned", "key", "keyFile"],
  ["crl", "crlFile"],
  ["dh", "dhFile"],
  ["version", "minVersion", "maxVersion"],
  ["sessionCache", "sessionCacheSize"],
];

type Values = Map<string, unknown>;

const defaults: Readonly<Record<Role, Values>> = { client: new Map(), server: new Map() };
let defaultContext: SslContext | undefined;
let filter: ArgsFilter | "use_defaults" | undefined;

function setFor(roles: readonly Role[], options: DefaultOptions): void {
  const renamed: Record<string, unknown> = Object.create(null);
  const names = { ...table.OPTIONS, ...SHORT };
  for (
    const [name, value] of Object.entries(ownMembers(options, { operation: "set defaults", names }))
  ) {
    renamed[Object.hasOwn(SHORT, name) ? SHORT[name]! : name] = value;
  }
  const checked = checkNames(renamed);
  for (const role of roles) {
    for (const name of Object.keys(renamed)) {
      const value = checked[name];
      if (value === undefined) defaults[role].delete(name);
      else defaults[role].set(name, value);
    }
  }
}

/**
 * Sets options for every connection and context of this process that does not say otherwise.
 * A member that is `undefined` forgets its default.
 *
 * @throws {TypeError} for an unknown option or a value of the wrong type.
 *
 * Perl: `set_defaults`
 */
export function setDefaults(options: DefaultOptions): void {
  setFor(["client", "server"], options);
}

/**
 * As {@linkcode setDefaults}, for clients.
 *
 * Perl: `set_client_defaults`
 */
export function setClientDefaults(options: DefaultOptions): void {
  setFor(["client"], options);
}

/**
 * As {@linkcode setDefaults}, for servers.
 *
 * Perl: `set_server_defaults`
 */
export function setServerDefaults(options: DefaultOptions): void {
  setFor(["server"], options);
}

/**
 * Sets the context for every operation that gives no option that is part of a context;
 * `undefined` forgets it.
 *
 * Perl: `set_default_context`
 */
export function setDefaultContext(context: SslContext | undefined): void {
  defaultContext = context;
}

/**
 * Sets the session cache for every client context that does not say otherwise; `undefined` forgets
 * it.
 *
 * @throws {TypeError} for an object without the methods of a `SessionCache`.
 *
 * Perl: `set_default_session_cache`
 */
export function setDefaultSessionCache(sessionCache: SessionStore | undefined): void {
  setFor(["client"], { sessionCache });
}

/**
 * Sets a function that sees and changes the options of every operation, a last resort against
 * code that sets what it should not. `"use_defaults"` lets the defaults win over what is passed,
 * and takes the library's own verifyMode, verifycnScheme, version and cipherList where none is
 * set; `undefined` removes it.
 *
 * Perl: `set_args_filter_hack`
 */
export function setArgsFilterHack(change: ArgsFilter | "use_defaults" | undefined): void {
  if (change !== undefined && change !== "use_defaults" && typeof change !== "function") {
    throw new TypeError(
      `Cannot set the filter: must be a function, "use_defaults" or undefined: ` +
        `received ${typeof change}`,
    );
  }
  filter = change;
}

/** What the library decides by itself under `"use_defaults"`. */
const OWN_DEFAULTS: readonly OptionName[] = [
  "verifyMode",
  "verifycnScheme",
  "version",
  "minVersion",
  "maxVersion",
  "cipherList",
  "ciphersuites",
];

/** Options with the defaults in, and which of them are defaults. */
export interface WithDefaults {
  /** A new object. */
  readonly options: Record<string, unknown>;
  /** The names of those that came from the defaults or the filter. */
  readonly applied: readonly string[];
}

/** Applies filter and defaults to the options of an operation. */
export function withDefaults(
  kind: OptionKind,
  role: Role,
  given: Readonly<Record<string, unknown>>,
): WithDefaults {
  let options: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) options[name] = value;
  }
  if (kind === "close") return { options, applied: [] };
  const applied = new Set<string>();
  if (filter === "use_defaults") {
    for (const name of OWN_DEFAULTS) {
      if (name in options && !defaults[role].has(name)) {
        delete options[name];
        applied.add(name);
      }
    }
    for (const [name] of defaults[role]) dropGroup(options, name);
  } else if (filter !== undefined) {
    const before = ownRecord(options);
    const shown = { ...options }; // a plain object: the program may do with it what it wants
    options = ownRecord(filter(role === "server", shown) ?? shown);
    for (const name of new Set([...Object.keys(before), ...Object.keys(options)])) {
      if (!Object.is(before[name], options[name])) applied.add(name);
    }
  }
  const taken = new Set(Object.keys(options));
  const hasContext = "reuseCtx" in options;
  const ofContext = [...taken].some((name) => table.optionRow(kind, name)?.scope === "context");
  if (defaultContext !== undefined && !hasContext && !ofContext && kind !== "context") {
    options.reuseCtx = defaultContext;
    applied.add("reuseCtx");
  }
  const reused = filter === "use_defaults" ? undefined : reusedContext(options.reuseCtx);
  const ofReused = reused ? stateOf(reused).options : NO_OPTIONS;
  for (const [name, value] of defaults[role]) {
    const row = table.OPTIONS[name as OptionName];
    if (!row.kinds.includes(kind) || isTaken(taken, name)) continue;
    // The options of a context that is reused are its own; what it says of connections goes before.
    if ("reuseCtx" in options && (row.scope === "context" || name in ofReused)) continue;
    options[name] = value;
    applied.add(name);
  }
  return { options, applied: [...applied] };
}

function groupOf(name: string): readonly string[] {
  return GROUPS.find((group) => group.includes(name as OptionName)) ?? [name];
}

function isTaken(taken: ReadonlySet<string>, name: string): boolean {
  return groupOf(name).some((member) => taken.has(member));
}

function dropGroup(options: Record<string, unknown>, name: string): void {
  for (const member of groupOf(name)) delete options[member];
}

export type { OptionKind } from "./option_table.ts";

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
