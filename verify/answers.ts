/**
 * What the application and the stapled OCSP response had to say about a peer,
 * beside the engine's evidence. Pure data: verify/judge.ts weighs it.
 *
 * @module
 */

import type { SslVerifyError } from "../errors.ts";

/** An X509_V_ERR at a certificate of the chain. */
export interface ChainError {
  /** The X509_V_ERR number; 0 is none. */
  readonly error: number;
  /** Counted from the leaf, which is 0. */
  readonly depth: number;
}

/** What verifyCallback said. */
export interface CallbackFinding {
  /** How often it was asked. */
  readonly asked: number;
  /** The errors that it accepted. */
  readonly overridden: readonly ChainError[];
  /** The certificate that it refused; with an `error` it agreed with OpenSSL. */
  readonly refused?: ChainError | undefined;
  /** What it threw, which refuses whatever else is right. */
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
  /** The peer is refused for a revocation that was verified, which no pin overrides. */
  readonly revoked?: boolean | undefined;
}

/** All of it. */
export interface Findings {
  /** Of verifyCallback, if there is one. */
  readonly callback?: CallbackFinding | undefined;
  /** Of the stapled OCSP response, once the server's flight is in. */
  readonly ocsp?: OcspFinding | undefined;
}
