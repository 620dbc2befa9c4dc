/**
 * What counts when a peer is judged.
 *
 * @module
 */

import type { ErrorFacts } from "../errors.ts";
import type { Pin } from "./fingerprint.ts";
import type { EngineName, Names, Role } from "./peer.ts";
import type { PublicSuffix } from "./public_suffix.ts";
import type { ResolvedScheme } from "./schemes.ts";

/** What counts when a peer is judged. */
export interface Policy {
  /** Our side; the peer has the other. */
  readonly role: Role;
  /** Which engine verified the chain. */
  readonly engine: EngineName;
  /** The `SSL_VERIFY_*` flags. */
  readonly verifyMode: number;
  /** By which rules names are compared. */
  readonly scheme: ResolvedScheme;
  /** The list that wildcards are checked against; `""` switches the check off. */
  readonly publicSuffix: PublicSuffix | "" | undefined;
  /** The pins of the option `fingerprint`; empty without it. */
  readonly pins: readonly Pin[];
  /** Whether the pins alone decide. */
  readonly forceFingerprint: boolean;
  /** The options that came from process-wide defaults. */
  readonly defaultsApplied: readonly string[];
}

/** The facts of a connection that belong to the error of a refusal. */
export function policyFacts({ role, engine, scheme }: Policy, { verifyName }: Names): ErrorFacts {
  return {
    role,
    engine,
    ...(verifyName === undefined ? {} : { name: verifyName }),
    scheme: scheme.name === "custom" ? "your own" : scheme.name,
  };
}
