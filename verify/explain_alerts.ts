/**
 * The explanations of alerts that the peer sent, and of handshakes that found
 * nothing in common: what either side offered.
 *
 * @module
 */

import type { Offer } from "../errors.ts";
import { type Case, type Explanation, lines } from "./explain_parts.ts";

const LOG = "its log says why";

/** What an alert of the peer means for us (RFC 8446 6, RFC 5246 7.2). */
export const ALERTS: Readonly<Record<string, string>> = {
  unknown_ca:
    "It does not trust the CA of our certificate: give a certificate of a CA that it accepts with cert and key.",
  bad_certificate: `It refuses our certificate: ${LOG}.`,
  unsupported_certificate:
    "Our certificate is not of the kind that it wants: a client needs the extended key usage clientAuth.",
  certificate_unknown: `It refuses our certificate: ${LOG}.`,
  certificate_expired: "Our certificate has expired or is not valid yet, or its clock is wrong.",
  certificate_revoked: "Our certificate has been revoked.",
  certificate_required: "It wants a client certificate: give one with cert and key.",
  access_denied: `Our certificate is good, but not allowed in: ${LOG}.`,
  handshake_failure:
    "It and we have no cipher, group, version or kind of certificate in common, or it wants a client certificate (cert and key). Compare version, cipherList, ciphersuites and ecdhCurve of both sides.",
  protocol_version:
    "It and we have no TLS version in common. We offer what version, minVersion and maxVersion allow, TLS 1.2 and 1.3 by default; an old server may need version with TLSv1.",
  insufficient_security: "It demands stronger ciphers than we offer: see cipherList.",
  unrecognized_name: "It serves nothing under that name: check serverName.",
  no_application_protocol:
    "It speaks none of the protocols in alpnProtocols: add one that it knows, or leave the option out.",
  unknown_psk_identity: "It does not know our pre-shared key: check the identity in psk.",
  bad_record_mac:
    "A record was altered on its way, or the keys differ (with psk: the key is wrong).",
  decrypt_error: "A signature or the pre-shared key is wrong.",
  illegal_parameter: "It takes something in our message for a breach of the protocol.",
  decode_error: "It could not read our message: something on the way may alter it.",
  unexpected_message: "Our message came out of turn: is it TLS that it expects at this point?",
  internal_error: "Something failed on its side: its log says what.",
  user_canceled: "It gave up on its own.",
};

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
  const text = ALERTS[alert] ??
    "It does not like something about this connection; its own log says what.";
  return lines(
    `The peer refused the connection with the alert "${alert}".`,
    text,
    ...NEGOTIATION.has(alert) ? offers(c) : [],
  );
}

/** A handshake that found nothing in common, as we noticed ourselves. */
export function incompatible(c: Case): Explanation {
  return lines(
    "The peer and we have no TLS version, cipher, group or signature algorithm in common.",
    `What was said: ${c.error.reason}.`,
    ...offers(c),
    "Compare version, minVersion, cipherList, ciphersuites, ecdhCurve and sigalgs of both sides. TLS 1.0 and 1.1 must be asked for with version, and OpenSSL 3 allows them only with @SECLEVEL=0 in cipherList.",
  );
}

/** No ALPN protocol in common, as we noticed ourselves. */
export function noProtocol(c: Case): Explanation {
  return lines(
    "The peer and we have no protocol of alpnProtocols in common.",
    ALERTS.no_application_protocol,
    ...offers(c),
  );
}
