/**
 * What a session holds beside its secret: what the verification of the peer found out.
 *
 * @module
 */

import type { Findings } from "../../verify/answers.ts";

/** What the verification of the peer found out when the session began. */
export interface VerifiedPeer {
  /** By a certificate, by a pre-shared key, or not at all (SSL_VERIFY_NONE). */
  readonly by: "certificate" | "psk" | "nothing";
  /** When, in milliseconds since 1970: sessions that follow from a resumed one keep it. */
  readonly at: number;
  /** The chain that was built, leaf first, in DER. */
  readonly chain: readonly Uint8Array[];
  /** X509_V_ERR number of the chain; not 0 where a pin overrode it. */
  readonly error: number;
  /** At which certificate the error is. */
  readonly errorDepth: number;
  /** The text of the error. */
  readonly errorText: string;
  /** What only a full handshake finds out: the answers of OCSP and verifyCallback, none of which refused. */
  readonly findings: Findings;
}

/** What an {@linkcode SslSession} is made from. */
export interface SessionParts {
  /** SSL_SESSION in DER. */
  readonly der: Uint8Array;
  /** The digest of all that the verification depended on, in hex. */
  readonly policy: string;
  /** What it found. */
  readonly peer: VerifiedPeer;
}

/** What a session that was offered knows of its peer. */
export interface Vouched {
  /** The peer's certificate in DER. */
  readonly leaf: Uint8Array;
  /** What its verification came to. */
  readonly peer: VerifiedPeer;
}
