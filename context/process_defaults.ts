/**
 * The defaults of options in this process. As in Perl, a program can set once what its libraries do
 * not let it pass on; `report.defaultsApplied` lists what they contribute.
 *
 * @module
 */

import type { Role } from "../engine/engine.ts";
import { NO_OPTIONS, ownMembers, ownRecord } from "../internal/own_options.ts";
import { contextIn, recordOf } from "./context_record.ts";
import * as table from "./option_table.ts";
import type { OptionKind, OptionName } from "./option_table.ts";
import type { SharedContext, SslOptions } from "./options.ts";
import type { SessionStore } from "./sessions/session_cache.ts";
import { checkNames } from "./validate.ts";

/**
 * The options of sockets and listeners that can be defaults: see `ConnectOptions` and `ListenOptions`.
 *
 * @category Defaults
 */
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
  /** For every server of `serve` and `serveHttp`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * Options that can be defaults: any of any operation.
 *
 * @category Defaults
 */
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

/**
 * Changes the options of an operation before anything is done with them: in place, or by returning others.
 *
 * @category Defaults
 */
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

/** Options of which one stands for all: an operation that gives one gets no default of the others. */
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
let defaultContext: SharedContext | undefined;
/** Whether the program has set a default for an option. */
export const hasDefault = (role: Role, name: string): boolean => defaults[role].has(name);

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
 * Perl: `set_defaults`
 *
 * @throws {TypeError} for an unknown option or a value of the wrong type.
 *
 * @example
 * ```ts
 * import { setDefaults } from "@socket/ssl";
 *
 * setDefaults({ timeout: 5_000, minVersion: "TLSv1_3" });
 * ```
 * @category Defaults
 */
export function setDefaults(options: DefaultOptions): void {
  setFor(["client", "server"], options);
}

/**
 * As {@linkcode setDefaults}, for clients.
 *
 * Perl: `set_client_defaults`
 *
 * @example
 * ```ts
 * import { setClientDefaults } from "@socket/ssl";
 *
 * setClientDefaults({ minVersion: "TLSv1_3" });
 * ```
 * @category Defaults
 */
export function setClientDefaults(options: DefaultOptions): void {
  setFor(["client"], options);
}

/**
 * As {@linkcode setDefaults}, for servers.
 *
 * Perl: `set_server_defaults`
 *
 * @example
 * ```ts
 * import { setServerDefaults } from "@socket/ssl";
 *
 * setServerDefaults({ handshakeTimeout: 5_000 });
 * ```
 * @category Defaults
 */
export function setServerDefaults(options: DefaultOptions): void {
  setFor(["server"], options);
}

/**
 * Sets the context for every operation that gives no option that is part of a context;
 * `undefined` forgets it.
 *
 * Perl: `set_default_context`
 *
 * @example
 * ```ts
 * import { setDefaultContext, SslContext } from "@socket/ssl";
 *
 * setDefaultContext(await SslContext.create({ minVersion: "TLSv1_3" }));
 * ```
 * @category Defaults
 */
export function setDefaultContext(context: SharedContext | undefined): void {
  defaultContext = context;
}

/**
 * Sets the session cache for every client context that does not say otherwise; `undefined` forgets
 * it.
 *
 * Perl: `set_default_session_cache`
 *
 * @throws {TypeError} for an object without the methods of a `SessionCache`.
 *
 * @example
 * ```ts
 * import { SessionCache, setDefaultSessionCache } from "@socket/ssl";
 *
 * setDefaultSessionCache(new SessionCache(100));
 * ```
 * @category Defaults
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
 *
 * @example
 * ```ts
 * import { setArgsFilterHack } from "@socket/ssl";
 *
 * setArgsFilterHack((isServer, options) => {
 *   if (!isServer) options.timeout = 5_000;
 * });
 * ```
 * @category Defaults
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

/** Options with the defaults in. */
export interface Defaulted {
  /** A new record. */
  readonly options: Record<string, unknown>;
  /** The names of those that came from the defaults or the filter. */
  readonly applied: readonly string[];
  /** The names among them that nothing but a default gave. */
  readonly filled: ReadonlySet<string>;
}

/** Applies the filter of the program; what it puts in is checked, as for the operation `kind`. */
function filtered(
  role: Role,
  given: Readonly<Record<string, unknown>>,
  kind: OptionKind | undefined,
): { readonly options: Record<string, unknown>; readonly changed: Iterable<string> } {
  const options = ownRecord({ ...given });
  if (filter === undefined) return { options, changed: [] };
  if (filter === "use_defaults") {
    const changed = OWN_DEFAULTS.filter((name) => name in options && !defaults[role].has(name));
    for (const name of changed) delete options[name];
    for (const [name] of defaults[role]) dropGroup(options, name);
    return { options, changed };
  }
  const shown = { ...given }; // a plain object: the program may do with it what it wants
  const other = checkNames(filter(role === "server", shown) ?? shown, kind);
  const names = new Set([...Object.keys(options), ...Object.keys(other)]);
  return {
    options: other,
    changed: [...names].filter((name) => !Object.is(options[name], other[name])),
  };
}

/**
 * Applies filter and defaults to the options of an operation.
 *
 * @param given Checked options.
 * @param checkAs The operation that options of the filter must be for. @default {any}
 */
export function withDefaults(
  kind: OptionKind,
  role: Role,
  given: Readonly<Record<string, unknown>>,
  checkAs?: OptionKind,
): Defaulted {
  const none = filter === undefined && defaultContext === undefined && defaults[role].size === 0;
  if (kind === "close" || none) {
    return { options: ownRecord(given), applied: [], filled: new Set() };
  }
  const { options, changed } = filtered(role, given, checkAs);
  const taken = new Set(Object.keys(options));
  const filled = new Set<string>();
  const hasContext = "reuseCtx" in options;
  const ofContext = [...taken].some((name) => table.optionRow(kind, name)?.scope === "context");
  if (defaultContext !== undefined && !hasContext && !ofContext && kind !== "context") {
    options.reuseCtx = defaultContext;
    filled.add("reuseCtx");
  }
  const reused = filter === "use_defaults" ? undefined : contextIn(options.reuseCtx);
  const ofReused = reused ? recordOf(reused).options : NO_OPTIONS;
  for (const [name, value] of defaults[role]) {
    const row = table.OPTIONS[name as OptionName];
    if (!row.kinds.includes(kind) || isTaken(taken, name)) continue;
    // The options of a context that is reused are its own; what it says of connections goes before.
    if ("reuseCtx" in options && (row.scope === "context" || name in ofReused)) continue;
    options[name] = value;
    filled.add(name);
  }
  return { options, applied: [...new Set([...changed, ...filled])], filled };
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
