/**
 * The explanations by code of certificate verification errors (error_codes.ts) and of
 * what else can fail on the wire. Pure.
 *
 * @module
 */

import { aboutPsk, incompatible, noProtocol } from "./alerts.ts";
import {
  badCrl,
  type Case,
  engineName,
  expired,
  type Explanation,
  fault,
  lines,
  missingIssuer,
  noCrl,
  notYet,
  peer,
  purpose,
  revoked,
  selfSigned,
  selfSignedInChain,
  serving,
  type Table,
  tooWeak,
  who,
  wrongName,
} from "./sentences.ts";

const ITS_CA = "Do not go on; the CA's operator must fix this.";
const REISSUE = "Its CA must issue a new one.";
const POLICY = "Ask its CA for a certificate under one of the policies that you demand.";

const signature = fault(
  "does not have a valid signature of its issuer: it is forged or damaged, or the known CA of that name has another key",
  "Do not go on. If the CA renewed its key, update the anchor that you give.",
);
const malformed = fault("is malformed", "Do not go on. " + REISSUE);
const notCa = fault(
  "is used as a CA's certificate, but does not say that it is a CA's",
  "Do not go on: only a CA may issue certificates.",
);
const mismatch = fault(
  "was not issued by the CA above it in the chain: names or key identifiers differ",
  "The peer's operator must install the right intermediate CA.",
);
const shortKey = tooWeak(
  "has a key that is too short",
  "Its owner must make a new one: RSA of at least 2048 bits, or ECDSA.",
);
const algorithm = fault(
  "is signed with an algorithm that is refused, such as SHA-1",
  REISSUE,
);
const strict = fault(
  "breaks a rule of RFC 5280 that strict verification demands",
  REISSUE + " Or verify without strict.",
);
const constraints = fault(
  "comes from a CA with name constraints that are not understood, so it is unknown whether that CA may issue the name",
  ITS_CA,
);

const noCertificate = (c: Case): Explanation =>
  serving(c)
    ? [
      "The client sent no certificate, and verifyMode demands one.",
      "Give the client one (cert and key) of a CA in clientCa; without SSL_VERIFY_FAIL_IF_NO_PEER_CERT a client may show none.",
    ]
    : [
      "The peer sent no certificate, and verifyMode demands one.",
      "A server always has one, unless it was set up for pre-shared keys or anonymous ciphers alone: this may not be the server that you expect.",
    ];

/** Revoked, or unknown, by OCSP. */
const ocspFound = ({ error }: Case): string | undefined => {
  const { ocsp } = error.facts;
  return ocsp === undefined ? undefined : `What was found: ${ocsp.state}: ${ocsp.detail}.`;
};

function noStaple(c: Case): Explanation {
  const { ocsp } = c.error.facts;
  const by = ocsp?.demandedBy;
  return lines(
    ocsp === undefined || ocsp.state === "missing"
      ? "A stapled OCSP response was demanded, and the server sent none."
      : "A stapled OCSP response was demanded, and the server sent none that proves the certificate good.",
    by === "certificate"
      ? "The certificate itself demands it (must-staple, RFC 7633): the server's operator must switch OCSP stapling on."
      : `Its operator must switch OCSP stapling on${
        by === "ocspMode"
          ? "; without SSL_OCSP_MUST_STAPLE in ocspMode the response is optional"
          : ""
      }.`,
  );
}

/** With a small first letter, for the middle of a sentence. */
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function tooManyCertificates(c: Case): Explanation {
  const { limit } = c.error.facts;
  const most = limit?.value === undefined ? "" : `: at most ${limit.value} CAs`;
  return lines(
    limit === undefined || limit.value !== undefined
      ? `The chain of ${lower(who(c))} has too many certificates.`
      : `Verifying ${lower(who(c))} takes more work than ${engineName(c)} spends on one chain.`,
    `The limit is this side's${most}.`,
    "The peer's operator should send the shortest chain; verifyCertificate has the option depth.",
  );
}

function wrongPin(c: Case): Explanation {
  if (c.error.facts.psk === "used") {
    return [
      "A certificate is pinned, but the connection uses a pre-shared key, so the peer sent no certificate.",
      "Leave out fingerprint and forceFingerprint for this peer, or psk.",
    ];
  }
  return lines(
    "The certificate is not the one that is pinned.",
    c.leaf === undefined ? undefined : `It has ${c.leaf.fingerprint("sha256")}.`,
    "If the owner has renewed it, ask them for the new fingerprint in another way, and pin both during the change. Otherwise somebody is intercepting the connection.",
  );
}

function notTls(c: Case): Explanation {
  const { spoke } = c.error.facts;
  if (serving(c)) {
    return [
      spoke === "http"
        ? "The client sent a plain HTTP request to this port, which speaks TLS."
        : "The client does not speak TLS: what it sent is not a ClientHello.",
      "Configure the client to use TLS here (https:// instead of http://). Port scanners and health checks also do this: their connections can be ignored.",
    ];
  }
  return [
    "The peer does not speak TLS on this port.",
    "Check the port (HTTPS is 443, not 80). If the protocol upgrades with STARTTLS, talk plain text first and then use SslSocket.start.",
  ];
}

function endInHandshake(c: Case): Explanation {
  return [
    `${peer(c)} closed the connection during the handshake, without saying why.`,
    serving(c)
      ? "Some clients do this when they refuse the server's certificate; so do port scanners and health checks. The client's log says more."
      : "It may not speak TLS here, may not serve this serverName, or may want a client certificate; its log says more.",
  ];
}

/** The chain: its issuers, signatures and dates. */
const ofChains = (): Table => ({
  UNABLE_TO_GET_ISSUER_CERT: missingIssuer,
  UNABLE_TO_GET_CRL: noCrl,
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: signature,
  UNABLE_TO_DECRYPT_CRL_SIGNATURE: badCrl("has a signature that cannot be read"),
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: fault(
    "has an issuer whose public key cannot be read",
    ITS_CA,
  ),
  CERT_SIGNATURE_FAILURE: signature,
  CRL_SIGNATURE_FAILURE: badCrl("is not signed by its issuer: it is forged or damaged"),
  CERT_NOT_YET_VALID: notYet,
  CERT_HAS_EXPIRED: expired,
  CRL_NOT_YET_VALID: badCrl("is not valid yet: it was made after the time of the verification"),
  CRL_HAS_EXPIRED: badCrl("is older than its own nextUpdate"),
  ERROR_IN_CERT_NOT_BEFORE_FIELD: malformed,
  ERROR_IN_CERT_NOT_AFTER_FIELD: malformed,
  ERROR_IN_CRL_LAST_UPDATE_FIELD: badCrl("is malformed"),
  ERROR_IN_CRL_NEXT_UPDATE_FIELD: badCrl("is malformed"),
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: selfSignedInChain,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: missingIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: missingIssuer,
  CERT_CHAIN_TOO_LONG: tooManyCertificates,
  CERT_REVOKED: revoked,
  NO_ISSUER_PUBLIC_KEY: fault("has an issuer without a public key", ITS_CA),
  PATH_LENGTH_EXCEEDED: fault(
    "is below a CA that may not have that many CAs below it",
    "The CA's operator must fix this.",
  ),
  INVALID_PURPOSE: purpose,
  CERT_UNTRUSTED: fault("is not trusted for this use", "Give another anchor as ca or extraCa."),
  CERT_REJECTED: fault("is marked as rejected for this use", "Do not go on."),
  SUBJECT_ISSUER_MISMATCH: mismatch,
  AKID_SKID_MISMATCH: mismatch,
  AKID_ISSUER_SERIAL_MISMATCH: mismatch,
});

/** What the extensions say: purposes, policies, name constraints, CRLs. */
const ofExtensions = (): Table => ({
  KEYUSAGE_NO_CERTSIGN: fault(
    "is a CA whose keyUsage does not let it sign certificates",
    ITS_CA,
  ),
  UNABLE_TO_GET_CRL_ISSUER: badCrl("is signed by an issuer that is not in the chain"),
  UNHANDLED_CRITICAL_EXTENSION: fault(
    "has a critical extension that is not supported here, so its meaning is unknown",
    REISSUE,
  ),
  KEYUSAGE_NO_CRL_SIGN: badCrl("is signed by a CA whose keyUsage does not let it sign CRLs"),
  UNHANDLED_CRITICAL_CRL_EXTENSION: badCrl("has a critical extension that is not supported"),
  INVALID_NON_CA: notCa,
  PROXY_PATH_LENGTH_EXCEEDED: fault("is below too many proxy certificates", ITS_CA),
  KEYUSAGE_NO_DIGITAL_SIGNATURE: fault(
    "has a keyUsage without digitalSignature, which this use needs",
    REISSUE,
  ),
  PROXY_CERTIFICATES_NOT_ALLOWED: fault(
    "is a proxy certificate (RFC 3820), which is never accepted here",
    "The peer must show a certificate of a CA.",
  ),
  INVALID_EXTENSION: malformed,
  INVALID_POLICY_EXTENSION: fault("has malformed certificate policies", REISSUE),
  NO_EXPLICIT_POLICY: fault("was issued under none of the policies that you demand", POLICY),
  DIFFERENT_CRL_SCOPE: badCrl("is not for this certificate"),
  UNSUPPORTED_EXTENSION_FEATURE: fault(
    "uses a feature of an extension that is not supported",
    REISSUE,
  ),
  UNNESTED_RESOURCE: fault("claims more (RFC 3779) than its issuer has", ITS_CA),
  PERMITTED_VIOLATION: fault(
    "has a name that its CA may not issue (name constraints)",
    ITS_CA,
  ),
  EXCLUDED_VIOLATION: fault(
    "has a name that its CA must not issue (name constraints)",
    ITS_CA,
  ),
  SUBTREE_MINMAX: constraints,
  APPLICATION_VERIFICATION: ({ error }) =>
    lines(
      "The program's own verifyCallback refused the peer.",
      error.reason === "" ? undefined : `What it said: ${error.reason}.`,
      "error.report has the checks that were made before that.",
    ),
  UNSUPPORTED_CONSTRAINT_TYPE: constraints,
  UNSUPPORTED_CONSTRAINT_SYNTAX: constraints,
  UNSUPPORTED_NAME_SYNTAX: constraints,
  CRL_PATH_VALIDATION_ERROR: badCrl("is signed by an issuer whose own chain is not valid"),
  PATH_LOOP: fault("leads in a circle: its issuers issued each other", ITS_CA),
});

/** Names, sizes and algorithms, OCSP, and the rules of RFC 5280. */
const ofRules = (): Table => ({
  HOSTNAME_MISMATCH: wrongName,
  IP_ADDRESS_MISMATCH: wrongName,
  EE_KEY_TOO_SMALL: shortKey,
  CA_KEY_TOO_SMALL: shortKey,
  CA_MD_TOO_WEAK: (c) =>
    tooWeak(
      `is signed with a digest that is too weak${
        c.at === undefined ? "" : `: ${c.at.signatureAlgorithm}`
      }`,
      REISSUE,
    )(c),
  OCSP_VERIFY_NEEDED: noStaple,
  OCSP_VERIFY_FAILED: (c) =>
    lines(
      "The stapled OCSP response is not valid.",
      ocspFound(c) ??
        "It is not signed by the certificate's issuer, is about another certificate, or is out of date.",
      "The server's operator must renew the response; nothing has to change here.",
    ),
  OCSP_CERT_UNKNOWN: (c) =>
    lines(
      "The OCSP responder does not know the certificate.",
      ocspFound(c),
      "Do not go on: a CA knows the certificates that it issued.",
    ),
  UNSUPPORTED_SIGNATURE_ALGORITHM: algorithm,
  SIGNATURE_ALGORITHM_MISMATCH: malformed,
  SIGNATURE_ALGORITHM_INCONSISTENCY: malformed,
  INVALID_CA: notCa,
  PATHLEN_INVALID_FOR_NON_CA: strict,
  PATHLEN_WITHOUT_KU_KEY_CERT_SIGN: strict,
  KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA: strict,
  ISSUER_NAME_EMPTY: strict,
  SUBJECT_NAME_EMPTY: strict,
  MISSING_AUTHORITY_KEY_IDENTIFIER: strict,
  MISSING_SUBJECT_KEY_IDENTIFIER: strict,
  EMPTY_SUBJECT_ALT_NAME: strict,
  EMPTY_SUBJECT_SAN_NOT_CRITICAL: strict,
  CA_BCONS_NOT_CRITICAL: strict,
  AUTHORITY_KEY_IDENTIFIER_CRITICAL: strict,
  SUBJECT_KEY_IDENTIFIER_CRITICAL: strict,
  CA_CERT_MISSING_KEY_USAGE: strict,
  EXTENSIONS_REQUIRE_VERSION_3: strict,
  EC_KEY_EXPLICIT_PARAMS: fault(
    "has a key on a curve that it describes by parameters, not by name",
    "Do not go on: such a curve can be chosen so that it is weak. " + REISSUE,
  ),
});

/** X509_V_ERR_*, by their names without that prefix. */
export const byVerifyCode = (): Table => ({ ...ofChains(), ...ofExtensions(), ...ofRules() });

/** All codes but those of alerts. */
export const byCode = (): Table => ({
  ...byVerifyCode(),
  FINGERPRINT_MISMATCH: wrongPin,
  ERR_NO_TRUST_ANCHORS: () => [
    "There is no list of trusted CAs to verify the peer against.",
    "Run with --allow-read so that the system's list can be read, name a file in SSL_CERT_FILE (with --allow-env), allow Mozilla's list with --allow-sys, or give ca or caFile.",
  ],
  ERR_SSL_NOT_TLS: notTls,
  ERR_SSL_HANDSHAKE_EOF: endInHandshake,
  ERR_SSL_TRUNCATED: () => [
    "The connection ended before the peer said that its data is complete: some of it may be missing, and an attacker could have cut it.",
    "Do not use what came as if it were complete. If this peer is known never to send close_notify and the protocol itself has the length, use allowTruncation.",
  ],
  ERR_SSL_BAD_RECORD: (c) =>
    lines(
      "A record did not decrypt: it was altered on its way, or the peer is broken.",
      "None of it was delivered.",
      aboutPsk(c),
    ),
  ERR_SSL_INCOMPATIBLE: incompatible,
  ERR_SSL_NO_APPLICATION_PROTOCOL: noProtocol,
  ERR_SSL_NO_CERTIFICATE: noCertificate,
  ERR_SSL_UNRECOGNIZED_NAME: () => [
    "The client asked for a name that this server has no certificate for.",
    'Add the name to the record of certificates, or "" for all other names.',
  ],
  ERR_INJECTION: () => [
    "Plain bytes came before the handshake: an attacker may have injected them, so that they look as if they had come over TLS.",
    "Read the answer to STARTTLS to its end, and nothing more, before starting TLS.",
  ],
  ECONNREFUSED: () => [
    "Nothing listens at that address.",
    "Check host and port, and that the server runs; some firewalls also answer like this.",
  ],
  ENOTFOUND: () => ["The host name is not known.", "Check its spelling, and the name server."],
  ECONNRESET: () => [
    "The peer, or something on the way, reset the connection.",
    "What came before is not a complete answer. The peer's log may say why.",
  ],
  EADDRINUSE:
    () => ["Another program listens on that address.", "Choose another port, or 0 for any."],
});
