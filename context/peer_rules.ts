/**
 * The options by which one peer is judged, in the form that the judgement reads: pins parsed, the
 * scheme looked up. A context has them once; a connection that says more has its own.
 *
 * @module
 */

import type { NameSyntax } from "../internal/host.ts";
import { parsePins } from "../verify/fingerprint.ts";
import type { Policy } from "../verify/policy.ts";
import { resolveScheme } from "../verify/schemes.ts";
import type { SslOptions } from "./options.ts";

/** By which rules a peer is judged, whichever side and context it has. */
export interface PeerRules
  extends Pick<Policy, "scheme" | "publicSuffix" | "pins" | "forceFingerprint"> {
  /** How `verifycnName` is read; `undefined` where it may be any text. */
  readonly syntax: NameSyntax | undefined;
}

/** The options that the rules are made from. */
export const RULE_OPTIONS = [
  ...["fingerprint", "forceFingerprint", "allowWeakPins"] as const,
  ...["verifycnScheme", "verifycnPublicsuffix"] as const,
] as const;

/**
 * Reads the options of a connection.
 *
 * @throws {TypeError} For a pin or a scheme that means nothing.
 */
export function peerRules(
  options: Pick<SslOptions, typeof RULE_OPTIONS[number]>,
): PeerRules {
  const { verifycnScheme, verifycnPublicsuffix, forceFingerprint } = options;
  const pins = parsePins(options);
  const scheme = resolveScheme(verifycnScheme), { rules } = scheme;
  return {
    scheme,
    publicSuffix: verifycnPublicsuffix,
    pins,
    forceFingerprint: forceFingerprint ?? false,
    // A function of one's own may be asked about any text.
    syntax: rules?.callback === undefined ? rules?.syntax : undefined,
  };
}
