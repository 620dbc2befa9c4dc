/**
 * What an OCSP response of a test CA says.
 *
 * @module
 */

/**
 * Options of `TestCa.ocspResponse`.
 *
 * @category Testing
 */
export interface TestOcspResponseOptions {
  /** The answer. @default {"revoked" if the certificate is, else "good"} */
  status?: "good" | "revoked" | "unknown";
  /** Makes an answer whose nextUpdate was an hour ago. @default {false} */
  expired?: boolean;
  /** When the answer was known to be right. @default {an hour ago} */
  thisUpdate?: Date;
  /** When there is newer information; `null` leaves it out. @default {in a day} */
  nextUpdate?: Date | null;
  /**
   * Who signs: the CA, a responder it delegated to, a responder without the
   * OCSPSigning usage, or a stranger whose certificate has the CA's name.
   *
   * @default {"ca"}
   */
  signer?: "ca" | "delegate" | "wrong-usage" | "wrong";
  /** The value of the nonce extension to repeat (the DER inside the extension). */
  nonce?: Uint8Array;
  /** An error in place of an answer. */
  error?: "malformedRequest" | "internalError" | "tryLater" | "sigRequired" | "unauthorized";
  /** The digest of the CertID. @default {"sha1"} */
  digest?: "sha1" | "sha256";
  /** The CertID to answer, in place of one made from the certificate. */
  id?: Uint8Array;
}
