/**
 * The explanations of the alerts that the peer sent, and of handshakes that found
 * nothing in common.
 *
 * @module
 */

import type { Offer } from "../../errors.ts";
import { type Case, type Explanation, lines, overLimit, peer } from "./sentences.ts";

const LOG = "its log says why";

/** What an alert means for a client, and for a server. */
interface AlertText {
  /** We are the client. */
  readonly client: string;
  /** We are the server. */
  readonly server: string;
}

/** What an alert of the peer means for us (RFC 8446 6, RFC 5246 7.2). */
export const ALERTS: Readonly<Record<string, string | AlertText>> = {
  unknown_ca: {
    client:
      "It does not trust the CA of our certificate: give a certificate of a CA that it accepts with cert and key.",
    server:
      "The client does not trust the CA of our certificate: give the client that CA, or check that certFile has the intermediate CAs, too.",
  },
  bad_certificate: {
    client: `It refuses our certificate: ${LOG}.`,
    server:
      "The client refuses our certificate, often because it is for another name than the client asked for: its log says why.",
  },
  unsupported_certificate: {
    client:
      "Our certificate is not of the kind that it accepts: a client needs the extended key usage clientAuth.",
    server:
      "Our certificate is not of the kind that it accepts: a server needs the extended key usage serverAuth.",
  },
  certificate_unknown: `It refuses our certificate: ${LOG}.`,
  certificate_expired:
    "It says that our certificate has expired or is not valid yet; or its clock is wrong.",
  certificate_revoked: "It says that our certificate has been revoked.",
  certificate_required: "It wants a client certificate: give one with cert and key.",
  access_denied: `It accepts our certificate as valid, but does not allow us access: ${LOG}.`,
  handshake_failure: {
    client:
      "It and we have no cipher, group, version or kind of certificate in common, or it wants a client certificate (cert and key). Compare version, cipherList, ciphersuites and ecdhCurve of both sides.",
    server:
      "It and we have no cipher, group, version or kind of certificate in common. Compare version, cipherList, ciphersuites and ecdhCurve of both sides.",
  },
  protocol_version: {
    client:
      "It and we have no TLS version in common. We offer what version, minVersion and maxVersion allow, TLS 1.2 and 1.3 by default; an old server may need version with TLSv1.",
    server:
      "It and we have no TLS version in common. We take what version, minVersion and maxVersion allow, TLS 1.2 and 1.3 by default; an old client may need version with TLSv1.",
  },
  insufficient_security: "It demands stronger ciphers than we offer: see cipherList.",
  unrecognized_name: "It has no certificate for that name: check serverName.",
  no_application_protocol:
    "It speaks none of the protocols in alpnProtocols: add one that it supports, or leave the option out.",
  unknown_psk_identity: "It does not know our pre-shared key: check the identity in psk.",
  bad_record_mac: "A record was altered on its way, or the keys of the two sides differ.",
  decrypt_error: "A signature or a key did not fit what it expected.",
  illegal_parameter: "It says that something in our message breaks the protocol.",
  decode_error: "It could not read our message: something on the way may alter it.",
  unexpected_message:
    "It did not expect our message at this point: check that it expects TLS here.",
  internal_error: "Something failed on its side: its log says what.",
  user_canceled: "Its user or its program cancelled the handshake.",
};

/** What an alert means for one side. */
export function alertText(alert: string, role: "client" | "server" = "client"): string | undefined {
  const text = ALERTS[alert];
  return typeof text === "object" ? text[role] : text;
}

/** What a pre-shared key had to do with a failure. */
export function aboutPsk({ error }: Case): string | undefined {
  const { psk, role } = error.facts;
  if (psk === "other key") {
    return "The two sides seem to have different pre-shared keys: compare the keys, and the identity they belong to.";
  }
  if (psk !== "unknown identity") return undefined;
  return role === "server"
    ? "The client offered no identity that psk has a key for, and no certificate could be used instead."
    : "The server seems not to know the identity in psk, or not to use pre-shared keys.";
}

/** The alerts for which it matters what either side offered. */
const NEGOTIATION = new Set([
  "handshake_failure",
  "protocol_version",
  "insufficient_security",
  "no_application_protocol",
  "illegal_parameter",
]);

function list(what: string, items: readonly string[] | undefined): string | undefined {
  if (items === undefined || items.length === 0) return undefined;
  const shown = items.slice(0, 12).join(", ");
  return `${what} ${shown}${items.length > 12 ? ` and ${items.length - 12} more` : ""}`;
}

function offered(whose: string, offer: Offer | undefined): string | undefined {
  if (offer === undefined) return undefined;
  const parts = [
    list("versions", offer.versions),
    list("ciphers", offer.ciphers),
    list("groups", offer.groups),
    list("signature algorithms", offer.signatureAlgorithms),
    list("ALPN", offer.alpnProtocols),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `${whose}: ${parts.join("; ")}.`;
}

function offers({ error }: Case): readonly (string | undefined)[] {
  const { own, peer } = error.offers ?? {};
  return [offered("We offered", own), offered("The peer offered", peer)];
}

/** An alert that the peer sent. */
export function alertFrom(c: Case): Explanation {
  const alert = c.error.alert ?? "";
  const { role, limit } = c.error.facts;
  const text = alertText(alert, role) ??
    "It refuses something about this connection; its own log says what.";
  return lines(
    `${peer(c)} refused the connection with the alert "${alert}".`,
    text,
    aboutPsk(c),
    limit === undefined ? undefined : overLimit(c).at(-1),
    ...NEGOTIATION.has(alert) ? offers(c) : [],
  );
}

/** What to compare when the two sides have nothing in common. */
const COMPARE = {
  version:
    "Compare version, minVersion and maxVersion of both sides. TLS 1.0 and 1.1 must be asked for with version, and OpenSSL 3 allows them only with @SECLEVEL=0 in cipherList.",
  cipher:
    "Compare cipherList and ciphersuites of both sides, and the kinds of key: a cipher with ECDSA needs a certificate with such a key.",
  group: "Compare ecdhCurve of both sides.",
  "signature algorithm":
    "Compare sigalgs of both sides, and the kind of key of the certificate: old versions of TLS sign with SHA-1, which security level 2 does not allow.",
};

/** A handshake that found nothing in common, as we noticed ourselves. */
export function incompatible(c: Case): Explanation {
  const { lacks, limit } = c.error.facts;
  return lines(
    `The peer and we have no ${
      lacks === undefined
        ? "TLS version, cipher, group or signature algorithm"
        : lacks === "version"
        ? "TLS version"
        : lacks
    } in common.`,
    `What was said: ${c.error.reason}.`,
    aboutPsk(c),
    ...offers(c),
    limit === undefined ? undefined : overLimit(c)[0],
    lacks === undefined
      ? "Compare version, minVersion, cipherList, ciphersuites, ecdhCurve and sigalgs of both sides."
      : COMPARE[lacks],
  );
}

/** No ALPN protocol in common, as we noticed ourselves. */
export function noProtocol(c: Case): Explanation {
  return lines(
    "The peer and we have no protocol of alpnProtocols in common.",
    alertText("no_application_protocol"),
    ...offers(c),
  );
}
