/**
 * The reasons of a revocation, by name and by number (CRLReason, RFC 5280 5.3.1).
 *
 * @module
 */

/**
 * The name of a reason.
 *
 * @category Certificates
 */
export type CrlReason =
  | "unspecified"
  | "keyCompromise"
  | "cACompromise"
  | "affiliationChanged"
  | "superseded"
  | "cessationOfOperation"
  | "certificateHold"
  | "removeFromCRL"
  | "privilegeWithdrawn"
  | "aACompromise";

/** The numbers by name. */
export const CRL_REASONS: Readonly<Record<CrlReason, number>> = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
};

/** The name of a number; `undefined` for a number that is not assigned. */
export function crlReason(number: number): CrlReason | undefined {
  return (Object.keys(CRL_REASONS) as CrlReason[]).find((name) => CRL_REASONS[name] === number);
}
