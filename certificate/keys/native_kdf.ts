/**
 * The key derivation of PKCS#12 in native code, if an engine that was loaded has it. Nothing but
 * speed depends on it.
 *
 * @module
 */

/** What one key is derived from with PKCS#12's own derivation (RFC 7292 appendix B.2). */
export interface Pkcs12Derivation {
  readonly kind: "pkcs12";
  readonly hash: string;
  /** The password, in UTF-16 with a final zero. */
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  /** 1 for a key, 2 for an initialization vector, 3 for the key of a MAC. */
  readonly id: 1 | 2 | 3;
  readonly rounds: number;
  readonly length: number;
}

/** Derives on another thread; `undefined` where the engine cannot. */
export type NativeKdf = (of: Pkcs12Derivation) => Promise<Uint8Array | undefined>;

let native: NativeKdf | undefined;

/** An engine offers its derivation. */
export function offerNativeKdf(derive: NativeKdf): void {
  native = derive;
}

/** The derivation that an engine has offered. */
export function nativeKdf(): NativeKdf | undefined {
  return native;
}
