/**
 * What the application and the stapled OCSP response say about a peer, in addition to the engine's
 * evidence. Pure data: verify/judge.ts weighs it.
 *
 * @module
 */

import type { SslVerifyError } from "../errors.ts";

/** An X509_V_ERR at a certificate of the chain. */
export interface ChainError {
  /** The X509_V_ERR number; 0 means no error. */
  readonly error: number;
  /** Counted from the leaf, which is 0. */
  readonly depth: number;
}

/** What verifyCallback said. */
export interface CallbackFinding {
  /** How many times it was called. */
  readonly asked: number;
  /** The errors that it accepted. */
  readonly overridden: readonly ChainError[];
  /** The certificate that it refused. A nonzero `error` means that OpenSSL had refused it before. */
  readonly refused?: ChainError | undefined;
  /** What it threw: the peer is refused even if everything else is right. */
  readonly thrown?: { readonly cause: unknown } | undefined;
}

/** What the stapled OCSP response says. */
export interface OcspFinding {
  /** For the report. */
  readonly ok: boolean | undefined;
  /** For the report. */
  readonly detail: string;
  /** Why the peer must be refused. */
  readonly refuse?: SslVerifyError | undefined;
  /** Whether the peer is refused for a verified revocation, which no pin overrides. */
  readonly revoked?: boolean | undefined;
}

/** What both of them found. */
export interface Findings {
  /** From verifyCallback, if the option was given. */
  readonly callback?: CallbackFinding | undefined;
  /** From the stapled OCSP response, once the server's flight has arrived. */
  readonly ocsp?: OcspFinding | undefined;
}
