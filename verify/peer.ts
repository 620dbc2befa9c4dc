/**
 * The two sides of a connection, and what is known of the peer when it is judged.
 *
 * @module
 */

/**
 * Which side of the handshake.
 *
 * @category Engines
 */
export type Role = "client" | "server";

/**
 * Where a trust anchor came from.
 *
 * @category Verification
 */
export interface AnchorOrigin {
  /** `"option"` for an option of the program; of the default anchors what `defaultCa().source` says. */
  readonly source: "option" | "user" | "environment" | "system" | "mozilla" | "none";
  /** The option, the variable or the file. */
  readonly detail: string;
}

/**
 * The engines.
 *
 * @category Engines
 */
export type EngineName = "openssl" | "deno" | "wasm";

/** Anchors that came from one place. */
export interface AnchorPlace<B = { readonly certificates: readonly Uint8Array[] }> {
  /** The place. */
  readonly origin: AnchorOrigin;
  /** The anchors, in DER. */
  readonly bundle: B;
}

/** The trust anchors and how chains are built to them. */
export interface TrustConfig {
  /**
   * The anchors in DER: exactly these. `undefined` means the engine's own
   * roots, which only the Deno engine has.
   */
  readonly anchors: readonly Uint8Array[] | undefined;
  /** Anchors in DER that are added to the default ones. */
  readonly extra: readonly Uint8Array[];
  /** Where the anchors came from; the first place of one counts. */
  readonly places?: readonly AnchorPlace[];
  /** Certificate revocation lists in DER: complete ones, and the delta CRLs that the engine may apply. */
  readonly crls: readonly Uint8Array[];
  /** Other delta CRLs in DER. The engine does not get them: verify/crl_objections.ts applies them. */
  readonly deltas?: readonly Uint8Array[];
  /** Whether to check the leaf, or every certificate, against `crls`. */
  readonly checkCrl: "none" | "leaf" | "chain";
}

/** What the engine found out about the peer, for verify/judge.ts. */
export interface PeerEvidence {
  /** The chain that the engine built, leaf first, in DER; empty if it built none. */
  readonly chain: readonly Uint8Array[];
  /** What the peer sent, leaf first, in DER. */
  readonly presented: readonly Uint8Array[];
  /** X509_V_ERR number of the chain verification; 0 is OK. */
  readonly error: number;
  /** The certificate with the error, counted from the leaf, which is 0. */
  readonly errorDepth: number;
  /** The engine's text for the error. */
  readonly errorText: string;
  /** True when a resumed session carries the earlier verification. */
  readonly resumed: boolean;
  /** True when a pre-shared key was used and the peer showed no certificate. */
  readonly psk?: boolean;
  /** The context's trust anchors and revocation lists; the context adds them. */
  readonly trust?: TrustConfig;
  /** The time of the verification; now by default. */
  readonly time?: Date | undefined;
  /** The stapled OCSP response, where the peer sent one and it has arrived. */
  readonly ocspResponse?: Uint8Array;
  /** When the engine began to verify, by `performance.now()`. */
  readonly since?: number;
  /** OpenSSL's security level, where the error depends on it. */
  readonly securityLevel?: number;
}

/** The names of a connection. */
export interface Names {
  /** The name that is sent as SNI; `undefined` sends no SNI. */
  readonly serverName: string | undefined;
  /** The name that the certificate must be valid for; `undefined` where no name is checked. */
  readonly verifyName: string | undefined;
}
