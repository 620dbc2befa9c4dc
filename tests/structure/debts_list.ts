/**
 * The places that still break a rule of the house, by rule.
 *
 * @module
 */

/** What is owed: the places, exactly. */
export const DEBTS: Readonly<Record<string, readonly string[]>> = {
  "length of files": [
    "errors.ts",
    "verify/hostname.ts",
    "verify/ocsp/resolver.ts",
  ],
  "length of functions": [
    "verify/ocsp/resolver.ts",
    "verify/ocsp/response.ts",
  ],
  "words: \\b(?:it|this|that|which|what|who) is no (?!longer\\b|more\\b)[a-z]": [
    "docs/permissions.md",
    "socket/target.ts",
    "verify/ocsp/resolver.ts",
    "verify/public_suffix.ts",
  ],
  "words: \\bwhoever\\b": [
    "docs/errors.md",
    "verify/explain/openssl_codes.ts",
    "verify/explain/sentences.ts",
    "verify/ocsp/fetch.ts",
    "verify/ocsp/response.ts",
    "verify/ocsp/signer.ts",
  ],
  "words: \\bthere (?:is|are|was|were) none\\b": [
    "errors.ts",
    "verify/crl.ts",
    "verify/explain/openssl_codes.ts",
    "verify/explain/sentences.ts",
    "verify/ocsp/fetch.ts",
    "verify/ocsp/read.ts",
    "verify/ocsp/resolver.ts",
    "verify/ocsp/signer.ts",
    "verify/peer.ts",
    "verify/policy.ts",
  ],
  "words: \\bis told\\b": [
    "verify/explain/sentences.ts",
  ],
};
