/**
 * What one connection is held to: the options of its context, with those of the operation on top;
 * the name that a client sends in SNI, and the name that is verified.
 *
 * @module
 */

import { equalBytes } from "../internal/bytes.ts";
import { quote } from "../internal/quote.ts";
import type { Names, Role } from "../verify/peer.ts";
import { requireFeatures } from "../engine/requirements.ts";
import { SSL_VERIFY_NONE, SSL_VERIFY_PEER } from "../constants.ts";
import { recordOf } from "./context_record.ts";
import type { Policy } from "../verify/policy.ts";
import type { SharedContext, SslOptions } from "./options.ts";
import { peerRules, RULE_OPTIONS } from "./peer_rules.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { isRecord } from "./option_values.ts";
import { optionRow, type OptionScope } from "./option_table.ts";
import { type NameSyntax, readHost, stripPort } from "../internal/host.ts";

/** The flags of verifyMode; by default a client verifies and a server does not. */
export function verifyModeOf(role: Role, options: SslOptions): number {
  return options.verifyMode ?? (role === "client" ? SSL_VERIFY_PEER : SSL_VERIFY_NONE);
}

/** What the names of a connection come from. */
export interface NameInput {
  /** The option `serverName`. */
  readonly serverName?: string | undefined;
  /** The option `verifycnName`. */
  readonly verifycnName?: string | undefined;
  /** The host that was connected to. */
  readonly hostname?: string | undefined;
}

/** The error for a name that no certificate and no server can have. */
function noHost(option: string, reason: string, given: string): TypeError {
  return new TypeError(
    `Cannot use option "${option}": it is not a host name: ${reason}: received ${quote(given)}`,
  );
}

/**
 * The form in which a name goes over the wire: ASCII, without the dot at its end (RFC 6066 3);
 * `undefined` for an IP address, which never does.
 */
function wireName(option: "serverName" | "hostname", name: string): string | undefined {
  const read = readHost(name);
  if (read.kind === "invalid") throw noHost(option, read.reason, name);
  return read.kind === "dns" ? read.name : undefined;
}

/** The name that the certificate must have, without a port; `""` for no name. */
function nameToVerify(given: string | undefined, syntax: NameSyntax | undefined): string {
  const name = given === undefined ? "" : stripPort(given);
  if (name === "" || syntax === undefined) return name;
  const read = readHost(name, syntax);
  if (read.kind === "invalid") throw noHost("verifycnName", read.reason, name);
  return name;
}

/**
 * The names for a client. `serverName: ""` sends none; by default the host
 * name is sent if it contains a letter and no `:`, as in Perl. An IP address
 * is never sent (RFC 6066 3), but it is what gets verified.
 *
 * @param syntax How `verifycnName` is read; without it, it may be any text.
 * @throws {TypeError} For a name that is not a host.
 */
export function clientNames(input: NameInput, syntax?: NameSyntax): Names {
  const given = input.serverName === undefined ? undefined : stripPort(input.serverName);
  const host = input.hostname === undefined ? undefined : stripPort(input.hostname);
  const verifycnName = nameToVerify(input.verifycnName, syntax);
  const verifyName = verifycnName || given || host || undefined;
  if (given !== undefined) {
    return { serverName: given === "" ? undefined : wireName("serverName", given), verifyName };
  }
  const sent = host && wireName("hostname", host);
  return { serverName: sent && /[a-z]/.test(sent) ? sent : undefined, verifyName };
}

/** The names for a server: a client certificate's name is only verified when one is asked for. */
export function serverNames(input: NameInput, syntax?: NameSyntax): Names {
  const name = nameToVerify(input.verifycnName, syntax);
  return { serverName: undefined, verifyName: name || undefined };
}

/** The members of `options` in a scope, as a new object. */
export function inScope(options: SslOptions, scope: OptionScope): SslOptions {
  const picked: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && optionRow(undefined, name)?.scope === scope) picked[name] = value;
  }
  return picked;
}

/** Whether two values of an option are equal; each is a copy, so identity says nothing. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return equalBytes(a, b);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name]));
}

/** The options of a connection that differ from those of its context. */
export function beyondContext(context: SharedContext, own: SslOptions): SslOptions {
  const shared = recordOf(context).options as Readonly<Record<string, unknown>>;
  const entries = Object.entries(inScope(own, "connection"));
  return ownRecord(
    Object.fromEntries(entries.filter(([name, value]) => !sameValue(shared[name], value))),
  );
}

/** What one connection is held to. */
export interface ConnectionPolicy {
  /** How the peer is judged. */
  readonly policy: Policy;
  /** The names sent and verified. */
  readonly names: Names;
  /** The options that it was made from. */
  readonly options: SslOptions;
}

/** A client's own function is called even without a name; it gets Perl's word for that, "unknown". */
function nameForCallback({ role, scheme }: Policy, names: Names): Names {
  const asks = scheme.rules?.callback !== undefined;
  if (role === "server" || !asks || names.verifyName !== undefined) return names;
  return { ...names, verifyName: "unknown" };
}

/**
 * Makes the policy of one connection.
 *
 * @param own The options of the operation.
 * @throws {TypeError} for pins where nothing is verified.
 */
export function connectionPolicy(
  context: SharedContext,
  role: Role,
  own: SslOptions,
  more: { readonly hostname?: string | undefined; readonly defaults?: readonly string[] } =
    NO_OPTIONS,
): ConnectionPolicy {
  const { engine, options: shared, rules: ofContext, defaultsApplied } = recordOf(context);
  const options: SslOptions = ownRecord({
    ...inScope(shared, "connection"),
    ...inScope(own, "connection"),
    verifyMode: verifyModeOf(role, shared),
  });
  const beyond = beyondContext(context, own);
  const isOwn = Object.keys(beyond).length > 0;
  if (isOwn) requireFeatures(engine, role, options);
  const hasRules = isOwn && RULE_OPTIONS.some((name) => name in beyond);
  const { syntax, ...rules } = hasRules ? peerRules(options) : ofContext;
  const policy: Policy = {
    role,
    engine: engine.name,
    verifyMode: options.verifyMode!,
    ...rules,
    defaultsApplied: [...new Set([...defaultsApplied, ...more.defaults ?? []])],
  };
  if (policy.verifyMode === 0 && policy.pins.length > 0) {
    throw new TypeError(
      `Cannot use option "fingerprint": the context has verifyMode SSL_VERIFY_NONE, so nothing ` +
        `would be checked: make it with verifyMode SSL_VERIFY_PEER`,
    );
  }
  const { hostname } = more;
  const input = ownRecord({ ...options, hostname });
  const names = role === "client" ? clientNames(input, syntax) : serverNames(input, syntax);
  return { policy, names: nameForCallback(policy, names), options };
}
