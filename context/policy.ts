/**
 * What counts for one connection: the options of its context, with those of
 * the operation on top.
 *
 * @module
 */

import type { Role } from "../engine/types.ts";
import { resolveScheme } from "../verify/schemes.ts";
import { verifyModeOf } from "./config.ts";
import { type SslContext, stateOf } from "./context.ts";
import { requireFeatures } from "./versions.ts";
import type { Policy } from "./judge.ts";
import { clientNames, type Names, serverNames } from "./names.ts";
import type { SslOptions } from "./options.ts";
import { parsePins } from "../verify/fingerprint.ts";
import { optionsIn } from "./table.ts";

/** The members of `options` in a scope, as a new object. */
export function inScope(options: SslOptions, scope: "context" | "connection"): SslOptions {
  const picked: Record<string, unknown> = {};
  for (const name of optionsIn(scope)) {
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/** What an operation says about its connection that its context does not say already. */
export function beyondContext(context: SslContext, own: SslOptions): SslOptions {
  const shared = stateOf(context).options as Readonly<Record<string, unknown>>;
  const entries = Object.entries(inScope(own, "connection"));
  return Object.fromEntries(entries.filter(([name, value]) => !Object.is(shared[name], value)));
}

/** What counts for one connection. */
export interface ConnectionPolicy {
  /** How the peer is judged. */
  readonly policy: Policy;
  /** The names sent and verified. */
  readonly names: Names;
  /** The options that it was made from. */
  readonly options: SslOptions;
}

/** A client's own function is asked even without a name to ask about; Perl's word for that is "unknown". */
function nameForCallback({ role, scheme }: Policy, names: Names): Names {
  const asks = typeof scheme === "object" && scheme.callback !== undefined;
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
  context: SslContext,
  role: Role,
  own: SslOptions,
  more: { readonly hostname?: string | undefined; readonly defaults?: readonly string[] } = {},
): ConnectionPolicy {
  const { engine, options: shared, defaultsApplied } = stateOf(context);
  const options: SslOptions = {
    ...inScope(shared, "connection"),
    ...inScope(own, "connection"),
    verifyMode: verifyModeOf(role, shared),
  };
  requireFeatures(engine, role, options);
  resolveScheme(options.verifycnScheme);
  const policy: Policy = {
    role,
    engine: engine.name,
    verifyMode: options.verifyMode!,
    scheme: options.verifycnScheme ?? "rfc9525",
    publicSuffix: options.verifycnPublicsuffix,
    pins: parsePins(options),
    forceFingerprint: options.forceFingerprint ?? false,
    defaultsApplied: [...new Set([...defaultsApplied, ...more.defaults ?? []])],
  };
  if (policy.verifyMode === 0 && policy.pins.length > 0) {
    throw new TypeError(
      `Cannot use option "fingerprint": the context has verifyMode SSL_VERIFY_NONE, so nothing ` +
        `would be checked: make it with verifyMode SSL_VERIFY_PEER`,
    );
  }
  const { hostname } = more;
  const names = role === "client" ? clientNames({ ...options, hostname }) : serverNames(options);
  return { policy, names: nameForCallback(policy, names), options };
}
