/**
 * The explanations that need evidence: what is wrong, from the certificate and the
 * report, and what to do; and those of the alerts that the peer sent, and of
 * handshakes that found nothing in common.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import type { Offer, SslError } from "../errors.ts";
import { quoteName, visible } from "./names.ts";
import type { CheckName } from "./report.ts";

/** What an explanation is made from. */
export interface Case {
  readonly error: SslError;
  readonly chain: readonly Certificate[];
  readonly leaf: Certificate | undefined;
  /** The certificate that the error is about. */
  readonly at: Certificate | undefined;
}

/** Lines: what is wrong, then what to do. */
export type Explanation = readonly string[];

/** From the code of an error to its explanation. */
export type Table = Readonly<Record<string, (c: Case) => Explanation>>;

export function certificateAt(
  error: SslError,
  chain: readonly Certificate[],
): Certificate | undefined {
  const depth = Number(/ at depth (\d+)/.exec(error.message)?.[1] ?? 0);
  return chain[depth] ?? chain[0];
}

/** A time in words: minutes up to two hours, hours up to two days, then days. */
export function span(ms: number): string {
  const minutes = Math.max(1, Math.floor(Math.abs(ms) / 60_000));
  if (minutes >= 2 * 24 * 60) return `${Math.floor(minutes / (24 * 60))} days`;
  if (minutes >= 120) return `${Math.floor(minutes / 60)} hours`;
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

const iso = (date: Date): string => date.toISOString().replace(".000", "");

export function who({ at }: Case): string {
  return at === undefined ? "The peer's certificate" : `The certificate "${at.subject}"`;
}

/** Where one more anchor goes: a server that asks for certificates has its own options for that. */
function anchorOptions({ error }: Case): string {
  return error.message.includes("certificate of the client")
    ? "clientCa or clientCaFile"
    : "extraCa or extraCaFile";
}

function names(leaf: Certificate | undefined): string | undefined {
  if (leaf === undefined) return undefined;
  const all = leaf.subjectAltNames.map(({ type, value }) => `${type}:${visible(value)}`);
  if (all.length > 0) return `The certificate is valid for: ${all.join(", ")}.`;
  return leaf.commonName === undefined
    ? "The certificate has no subjectAltName at all."
    : `The certificate has no subjectAltName, only the commonName ${
      quoteName(leaf.commonName)
    }, which the scheme rfc9525 does not count; verifycnScheme: "default" does.`;
}

function pinLine(leaf: Certificate | undefined): string | undefined {
  if (leaf === undefined) return undefined;
  return `If you know this very certificate (compare it with what its owner tells you by another way), pin it: fingerprint: "${
    leaf.fingerprint("sha256")
  }"`;
}

export function lines(...items: readonly (string | undefined)[]): Explanation {
  return items.filter((item): item is string => item !== undefined);
}

/** Where the Deno engine refused a certificate, which it does not show. */
const UNSEEN =
  "The Deno engine does not show a certificate that it refuses: with --allow-ffi this explanation says more, or look with: openssl s_client -showcerts -connect host:port";

const unseen = ({ leaf }: Case): string | undefined => leaf === undefined ? UNSEEN : undefined;

/** What a check of the report found, in words. */
function found({ error }: Case, name: CheckName): string | undefined {
  return error.report?.checks.find((check) => check.name === name)?.detail;
}

/** A date that the Deno engine says in its reason. */
function dateIn(reason: string): Date | undefined {
  const text = /\((?:since|from) ([-\dT:]+Z)\)/.exec(reason)?.[1];
  return text === undefined ? undefined : new Date(text);
}

export function expired(c: Case): Explanation {
  const end = c.at?.notAfter ?? dateIn(c.error.reason);
  return lines(
    end === undefined
      ? `${who(c)} has expired.`
      : `${who(c)} expired on ${iso(end)}, ${span(Date.now() - end.getTime())} ago.`,
    `This machine's clock says ${iso(new Date())}: if that is wrong, set the clock.`,
    "Otherwise whoever runs the peer must install a renewed certificate.",
  );
}

export function notYet(c: Case): Explanation {
  const start = c.at?.notBefore ?? dateIn(c.error.reason);
  return lines(
    start === undefined
      ? `${who(c)} is not valid yet.`
      : `${who(c)} is valid from ${iso(start)} on, in ${span(start.getTime() - Date.now())}.`,
    `This machine's clock says ${
      iso(new Date())
    }: if it is slow, set it. Otherwise wait, or ask whoever runs the peer.`,
  );
}

export function wrongName(c: Case): Explanation {
  const { message, reason } = c.error;
  const name = /certificate of (\S+): hostname verification failed/.exec(message)?.[1] ??
    /not valid for "([^"]*)"/.exec(reason)?.[1];
  // Why a wildcard does not count is worth saying; that a name is a different one is not.
  const why = found(c, "hostname")?.split("; ").filter((part) => /wildcard|NUL/.test(part)) ?? [];
  return lines(
    name === undefined
      ? "The certificate is for another name than the one you connected to."
      : `You connected to "${name}", but the peer's certificate is for another name.`,
    names(c.leaf) ?? `${reason[0]?.toUpperCase()}${reason.slice(1)}.`,
    ...why.map((part) => `${part}.`),
    "Connect under one of these names, or name the one you expect with verifycnName (and serverName if the server has several certificates). If none of them is whom you want, this is another server.",
  );
}

export function missingIssuer(c: Case): Explanation {
  const last = c.chain.at(-1) ?? c.leaf;
  if (last === undefined) {
    return lines(
      "No trusted CA issued the peer's certificate, or the server forgot to send an intermediate CA.",
      `If you trust its CA (or the certificate itself, when it is self-signed), give that certificate as ${
        anchorOptions(c)
      }.`,
      UNSEEN,
    );
  }
  const [aia] = last.aiaIssuers;
  return lines(
    `No way leads from the certificate "${last.subject}" to a trusted CA: its issuer "${last.issuer}" is neither sent by the peer nor among the trust anchors.`,
    aia === undefined
      ? undefined
      : `If that is an intermediate CA, the server forgot to send it; it says where to find it: ${aia}. The server's operator should add it to the certificate file.`,
    `If it is a CA that you trust, give its certificate as ${
      anchorOptions(c)
    } (or as ca, to trust no other).`,
    pinLine(c.leaf),
  );
}

export function selfSigned(c: Case): Explanation {
  return lines(
    `${who(c)} is signed by itself: nobody you trust vouches for it.`,
    pinLine(c.leaf),
    "Or give it as ca if it is meant to be its own anchor.",
  );
}

export function selfSignedInChain(c: Case): Explanation {
  const root = c.chain.at(-1);
  return lines(
    `The chain ends in the CA "${root?.subject ?? "?"}", which is not among the trust anchors.`,
    `If you trust that CA, give its certificate as ${
      anchorOptions(c)
    } (or as ca, to trust no other).`,
    pinLine(c.leaf),
  );
}

export function revoked(c: Case): Explanation {
  const since = /revoked (since \S+Z(?:, \w+)?)/.exec(found(c, "crl") ?? "")?.[1];
  return lines(
    `${who(c)} has been revoked by its issuer${
      since === undefined ? "" : ` (${since})`
    }: its key may be in the wrong hands.`,
    "Do not go on. The server's operator must install a new certificate. No pin overrides this.",
  );
}

export function purpose(c: Case): Explanation {
  const uses = c.at?.extKeyUsage;
  return lines(
    `${who(c)} is not made for this use.`,
    uses === undefined ? unseen(c) : `Its extended key usages are: ${uses.join(", ")}.`,
    "A server needs serverAuth (1.3.6.1.5.5.7.3.1), a client clientAuth (1.3.6.1.5.5.7.3.2): ask its CA for the right kind.",
  );
}

export function noCrl(c: Case): Explanation {
  return lines(
    `checkCrl is on, and there is no CRL from "${c.at?.issuer ?? "the issuer"}".`,
    c.at?.crlUris[0] === undefined ? undefined : `It is published at ${c.at.crlUris[0]}.`,
    'Give it as crl or crlFile, or in caPath; checkCrl: "chain" needs one from every CA of the chain.',
  );
}

/** A CRL that does not count: what is wrong with it. */
export function badCrl(what: string): (c: Case) => Explanation {
  return (c) =>
    lines(
      `The CRL of "${c.at?.issuer ?? "the issuer"}" ${what}.`,
      c.at?.crlUris[0] === undefined
        ? "Fetch the current one from the CA."
        : `Fetch the current one from ${c.at.crlUris[0]}.`,
    );
}

/** Something about a certificate that only its makers can put right. */
export function fault(what: string, fix: string): (c: Case) => Explanation {
  return (c) => lines(`${who(c)} ${what}.`, fix, unseen(c));
}

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
  illegal_parameter:
    "It takes something in our message for a breach of the protocol (with psk: the keys differ).",
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
