/**
 * What went wrong, in plain words, and the nearest safe fix. A table from the
 * code of an error to its explanation; the evidence comes from the error and
 * its report. Nothing here advises to switch verification off.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import {
  SslError,
  SslPeerError,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../errors.ts";

/** What an explanation is made from. */
interface Case {
  readonly error: SslError;
  readonly chain: readonly Certificate[];
  readonly leaf: Certificate | undefined;
  /** The certificate that the error is about. */
  readonly at: Certificate | undefined;
}

/** Lines: what is wrong, then what to do. */
type Explanation = readonly string[];

const day = 86_400_000;

function certificateAt(error: SslError, chain: readonly Certificate[]): Certificate | undefined {
  const depth = Number(/ at depth (\d+)/.exec(error.message)?.[1] ?? 0);
  return chain[depth] ?? chain[0];
}

function span(ms: number): string {
  const abs = Math.abs(ms);
  if (abs >= 2 * day) return `${Math.floor(abs / day)} days`;
  if (abs >= 7_200_000) return `${Math.floor(abs / 3_600_000)} hours`;
  return `${Math.max(1, Math.floor(abs / 60_000))} minutes`;
}

const iso = (date: Date): string => date.toISOString().replace(".000", "");

function who({ at }: Case): string {
  return at === undefined ? "The peer's certificate" : `The certificate "${at.subject}"`;
}

function names(leaf: Certificate | undefined): string | undefined {
  if (leaf === undefined) return undefined;
  const all = leaf.subjectAltNames.map(({ type, value }) => `${type}:${value}`);
  if (all.length > 0) return `The certificate is valid for: ${all.join(", ")}.`;
  return leaf.commonName === undefined
    ? "The certificate has no subjectAltName at all."
    : `The certificate has no subjectAltName, only the commonName "${leaf.commonName}", which the scheme rfc9525 does not count; verifycnScheme: "default" does.`;
}

function pinLine(leaf: Certificate | undefined): string | undefined {
  if (leaf === undefined) return undefined;
  return `If you know this very certificate (compare it with what its owner tells you by another way), pin it: fingerprint: "${
    leaf.fingerprint("sha256")
  }"`;
}

function lines(...items: readonly (string | undefined)[]): Explanation {
  return items.filter((item): item is string => item !== undefined);
}

function expired(c: Case): Explanation {
  const end = c.at?.notAfter;
  return lines(
    end === undefined
      ? `${who(c)} has expired.`
      : `${who(c)} expired on ${iso(end)}, ${span(Date.now() - end.getTime())} ago.`,
    `This machine's clock says ${iso(new Date())}: if that is wrong, set the clock.`,
    "Otherwise the server's operator must install a renewed certificate.",
  );
}

function notYet(c: Case): Explanation {
  const start = c.at?.notBefore;
  return lines(
    start === undefined
      ? `${who(c)} is not valid yet.`
      : `${who(c)} is valid from ${iso(start)} on, in ${span(start.getTime() - Date.now())}.`,
    `This machine's clock says ${
      iso(new Date())
    }: if it is slow, set it. Otherwise wait, or ask the server's operator.`,
  );
}

function wrongName(c: Case): Explanation {
  const name = /(?:of|for name) "?([^\s":]+)"?: hostname verification failed/.exec(c.error.message)
    ?.[1];
  return lines(
    name === undefined
      ? "The certificate is for another name than the one you connected to."
      : `You connected to "${name}", but the server's certificate is for another name.`,
    names(c.leaf) ?? c.error.reason,
    "Connect under one of these names, or name the one you expect with verifycnName (and serverName if the server has several certificates). If none of them is whom you want, this is another server.",
  );
}

function missingIssuer(c: Case): Explanation {
  const last = c.chain.at(-1) ?? c.leaf;
  if (last === undefined) {
    return [
      "No trusted CA issued the peer's certificate.",
      "If you trust its CA, give the CA's certificate as extraCa or extraCaFile.",
    ];
  }
  const [aia] = last.aiaIssuers;
  return lines(
    `No way leads from the certificate "${last.subject}" to a trusted CA: its issuer "${last.issuer}" is neither sent by the peer nor among the trust anchors.`,
    aia === undefined
      ? undefined
      : `If that is an intermediate CA, the server forgot to send it; it says where to find it: ${aia}. The server's operator should add it to the certificate file.`,
    "If it is a CA that you trust, give its certificate as extraCa or extraCaFile (or as ca, to trust no other).",
    pinLine(c.leaf),
  );
}

function selfSigned(c: Case): Explanation {
  return lines(
    `${who(c)} is signed by itself: nobody you trust vouches for it.`,
    pinLine(c.leaf),
    "Or give it as ca if it is meant to be its own anchor.",
  );
}

function selfSignedInChain(c: Case): Explanation {
  const root = c.chain.at(-1);
  return lines(
    `The chain ends in the CA "${root?.subject ?? "?"}", which is not among the trust anchors.`,
    "If you trust that CA, give its certificate as extraCa or extraCaFile (or as ca, to trust no other).",
    pinLine(c.leaf),
  );
}

function revoked(c: Case): Explanation {
  return lines(
    `${who(c)} has been revoked by its issuer: its key may be in the wrong hands.`,
    "Do not go on. The server's operator must install a new certificate. No pin overrides this.",
  );
}

function purpose(c: Case): Explanation {
  const uses = c.at?.extKeyUsage;
  return lines(
    `${who(c)} is not made for this use.`,
    uses === undefined ? undefined : `Its extended key usages are: ${uses.join(", ")}.`,
    "A server needs serverAuth (1.3.6.1.5.5.7.3.1), a client clientAuth (1.3.6.1.5.5.7.3.2): ask its CA for the right kind.",
  );
}

function noCrl(c: Case): Explanation {
  return lines(
    `checkCrl is on, and there is no CRL from "${c.at?.issuer ?? "the issuer"}".`,
    c.at?.crlUris[0] === undefined ? undefined : `It is published at ${c.at.crlUris[0]}.`,
    "Give it as crl or crlFile.",
  );
}

function alertFrom(c: Case): Explanation {
  const { alert } = c.error;
  const text = ALERTS[alert ?? ""] ??
    "It does not like something about this connection; its own log says what.";
  return [`The peer refused the connection with the alert "${alert}".`, text];
}

/** What an alert of the peer means for us. */
const ALERTS: Readonly<Record<string, string>> = {
  unknown_ca:
    "It does not trust the CA of our certificate: give a certificate of a CA that it accepts with cert and key.",
  bad_certificate: "It refuses our certificate: its log says why.",
  certificate_unknown: "It refuses our certificate: its log says why.",
  certificate_expired: "Our certificate has expired, or its clock is wrong.",
  certificate_revoked: "Our certificate has been revoked.",
  certificate_required: "It wants a client certificate: give one with cert and key.",
  handshake_failure:
    "It and we have no cipher, group, version or kind of certificate in common, or it wants a client certificate (cert and key). Compare version, cipherList, ciphersuites and ecdhCurve of both sides.",
  protocol_version:
    "It and we have no TLS version in common. We offer what version, minVersion and maxVersion allow, TLS 1.2 and 1.3 by default; an old server may need version with TLSv1.",
  insufficient_security: "It demands stronger ciphers than we offer.",
  unrecognized_name: "It serves nothing under that name: check serverName.",
  no_application_protocol:
    "It speaks none of the protocols in alpnProtocols: add one that it knows, or leave the option out.",
  unknown_psk_identity: "It does not know our pre-shared key: check the identity in psk.",
  bad_record_mac:
    "A record was altered on its way, or the keys differ (with psk: the key is wrong).",
  decrypt_error: "A signature or the pre-shared key is wrong.",
  internal_error: "Something failed on its side: its log says what.",
  user_canceled: "It gave up on its own.",
};

function incompatible(c: Case): Explanation {
  return [
    "The peer and we have no TLS version, cipher, group or signature algorithm in common.",
    `What was said: ${c.error.reason}.`,
    "Compare version, minVersion, cipherList, ciphersuites, ecdhCurve and sigalgs of both sides. TLS 1.0 and 1.1 must be asked for with version, and OpenSSL 3 allows them only with @SECLEVEL=0 in cipherList.",
  ];
}

/** The explanations by code. */
const BY_CODE: Readonly<Record<string, (c: Case) => Explanation>> = {
  CERT_HAS_EXPIRED: expired,
  CERT_NOT_YET_VALID: notYet,
  HOSTNAME_MISMATCH: wrongName,
  IP_ADDRESS_MISMATCH: wrongName,
  UNABLE_TO_GET_ISSUER_CERT: missingIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: missingIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: missingIssuer,
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: selfSignedInChain,
  CERT_REVOKED: revoked,
  INVALID_PURPOSE: purpose,
  UNABLE_TO_GET_CRL: noCrl,
  CRL_HAS_EXPIRED: () => [
    "The CRL that was given is older than its own nextUpdate.",
    "Fetch the current one from the CA.",
  ],
  CERT_SIGNATURE_FAILURE: (c) => [
    `${
      who(c)
    } does not carry a valid signature of its issuer: it is forged or damaged, or a CA of the same name has another key.`,
    "Do not go on. If the CA renewed its key, update the anchor that you give.",
  ],
  INVALID_CA: (c) => [
    `${who(c)} signs another one, but is not a CA.`,
    "Do not go on: a certificate of a mere server was used to make another.",
  ],
  PATH_LENGTH_EXCEEDED: (c) => [
    `A CA above ${who(c)} may not have that many CAs below it.`,
    "The CA's operator must fix this.",
  ],
  PERMITTED_VIOLATION: (c) => [
    `${who(c)} has a name that its CA may not issue (name constraints).`,
    "Do not go on; the CA's operator must fix this.",
  ],
  EXCLUDED_VIOLATION: (c) => [
    `${who(c)} has a name that its CA must not issue (name constraints).`,
    "Do not go on; the CA's operator must fix this.",
  ],
  EE_KEY_TOO_SMALL: (c) => [
    `${who(c)} has a key that is too short to be safe.`,
    "Its owner must make a new one: RSA of at least 2048 bits, or ECDSA.",
  ],
  CA_MD_TOO_WEAK: (c) => [
    `${who(c)} is signed with a broken digest (MD5 or SHA-1).`,
    "Its CA must issue a new one.",
  ],
  FINGERPRINT_MISMATCH: (c) => [
    "The certificate is not the one that is pinned.",
    c.leaf === undefined ? c.error.reason : `It has ${c.leaf.fingerprint("sha256")}.`,
    "If the owner has renewed it, check the new fingerprint with them by another way and pin both while they change. Otherwise somebody is in between.",
  ],
  NO_PEER_CERTIFICATE: () => ["The peer sent no certificate, and verifyMode demands one."],
  PEER_DID_NOT_RETURN_A_CERTIFICATE: () => [
    "The peer sent no certificate, and verifyMode demands one.",
  ],
  APPLICATION_VERIFICATION: () => ["The program's own verifyCallback refused the peer."],
  OCSP_VERIFY_NEEDED: () => [
    "A stapled OCSP response was demanded, and the server sent none, or no good one.",
    "Its operator must switch OCSP stapling on; without SSL_OCSP_MUST_STAPLE the response is optional.",
  ],
  OCSP_VERIFY_FAILED: () => [
    "The OCSP response is not signed by the certificate's issuer: it is forged or for another CA.",
  ],
  OCSP_CERT_UNKNOWN: () => ["The OCSP responder does not know the certificate."],
  ERR_NO_TRUST_ANCHORS: () => [
    "There is no list of trusted CAs to verify the peer with.",
    "Run with --allow-read so that the system's list can be read, name a file in SSL_CERT_FILE (with --allow-env), allow Mozilla's list with --allow-sys, or give ca or caFile.",
  ],
  ERR_SSL_NOT_TLS: () => [
    "The peer does not speak TLS on this port.",
    "Check the port (HTTPS is 443, not 80). If the protocol upgrades with STARTTLS, talk plain text first and then use SslSocket.start.",
  ],
  ERR_SSL_HANDSHAKE_EOF: () => [
    "The peer closed the connection in the middle of the handshake, without saying why.",
    "It may not speak TLS here, may not serve this serverName, or may want a client certificate; its log says more.",
  ],
  ERR_SSL_TRUNCATED: () => [
    "The connection ended before the peer said that its data is complete: some of it may be missing, and an attacker could have cut it.",
    "Do not use what came as if it were whole. If this peer is known never to end properly and the protocol tells the length by itself, use allowTruncation.",
  ],
  ERR_SSL_BAD_RECORD: () => [
    "A record did not decrypt: it was altered on its way, or the peer is broken. Nothing of it was delivered.",
  ],
  ERR_SSL_INCOMPATIBLE: incompatible,
  ERR_SSL_NO_APPLICATION_PROTOCOL: () => [
    "The peer and we have no protocol of alpnProtocols in common.",
    ALERTS.no_application_protocol!,
  ],
  ERR_SSL_NO_CERTIFICATE: () => [
    "The client sent no certificate, and verifyMode demands one.",
    "It must be given one of a CA in clientCa.",
  ],
  ERR_INJECTION: () => [
    "Plain bytes came ahead of the handshake: somebody may have put them there to be taken for what came over TLS.",
    "Read the answer to STARTTLS to its end, and nothing more, before starting TLS.",
  ],
  ECONNREFUSED:
    () => ["Nothing listens at that address.", "Check host and port, and that the server runs."],
  ENOTFOUND: () => ["The host name is not known.", "Check its spelling, and the name server."],
  ECONNRESET: () => ["The peer, or something on the way, reset the connection."],
  EADDRINUSE:
    () => ["Another program listens on that address.", "Choose another port, or 0 for any."],
};

function byClass(c: Case): Explanation {
  const { error } = c;
  if (error.alert !== undefined && error instanceof SslPeerError) return alertFrom(c);
  const known = BY_CODE[error.code];
  if (known !== undefined) return known(c);
  if (error instanceof SslTimeoutError) {
    return [
      "The peer did not answer in time.",
      "Check that it runs and that nothing on the way drops packets; a longer timeout (in milliseconds, 0 = none) is an option.",
    ];
  }
  if (error instanceof SslUnsupportedError) {
    return ["The engine in use cannot do this.", "The message says how to get it."];
  }
  if (error instanceof SslTruncatedError) return BY_CODE.ERR_SSL_TRUNCATED!(c);
  if (error instanceof SslVerifyError) return [`${who(c)} was refused: ${error.reason}.`];
  if (error instanceof SslPeerError) return ["The peer broke the protocol."];
  return [];
}

/** The nearest safe fix for an error, in words; `undefined` if there is nothing to say. */
export function hintFor(error: SslError): string | undefined {
  const text = explanationOf(error).slice(1).join(" ");
  return text === "" ? undefined : text;
}

function explanationOf(error: SslError): Explanation {
  const chain = error.report?.chain ?? [];
  return byClass({ error, chain, leaf: chain[0], at: certificateAt(error, chain) });
}

/**
 * Says in plain words what failed and the nearest safe fix. The message of the
 * error comes first, then a line each for the cause and for what to do.
 *
 * @param error Anything thrown; errors that are not of this library are told as they are.
 * @example Explain a failed connection
 * ```ts
 * import { explain, SslSocket } from "@socket/ssl";
 *
 * try {
 *   await SslSocket.connect("127.0.0.1:1", { serverName: "localhost", extraCa: [] });
 * } catch (error) {
 *   console.log(explain(error));
 * }
 * ```
 */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const head = error.message || error.name;
  if (error.name === "NotCapable") {
    return `${head}\nDeno does not permit this: run with the flag that the message names.`;
  }
  if (!(error instanceof SslError)) {
    const misuse = error instanceof TypeError || error instanceof RangeError;
    return misuse ? `${head}\nThis is a mistake in the call, not on the wire.` : head;
  }
  return [head, ...explanationOf(error)].join("\n");
}
