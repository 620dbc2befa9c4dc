/**
 * The facts that explain why a chain was refused: about its certificates, the anchors and the
 * revocation lists. Pure. Most refusals are never explained, so the slow facts are computed when
 * they are first read.
 *
 * @module
 */

import { equalBytes } from "../internal/bytes.ts";
import type { Certificate } from "../certificate/certificate.ts";
import type { PeerEvidence } from "./peer.ts";
import type { ErrorFacts, IssuerFacts, IssuerNamesake } from "../errors.ts";
import { countLists, revocationOf } from "./revocation.ts";
import { crlsOf, parseAll } from "./make_report.ts";

/** Reads a part of a certificate; `undefined` where it is malformed. */
function part<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Why a certificate with the issuer's name is not the issuer of another (RFC 5280 4.2.1.1). */
function difference(issuer: Certificate, issued: Certificate): IssuerNamesake["differs"] {
  const wanted = part(() => issued.authorityKeyIdentifier);
  const has = part(() => issuer.subjectKeyIdentifier);
  if (wanted?.keyId !== undefined && has !== undefined && !equalBytes(wanted.keyId, has)) {
    return "key identifier";
  }
  if (wanted?.serial !== undefined && !equalBytes(wanted.serial, issuer.rawSerial)) {
    return "serial number";
  }
  if (part(() => issuer.isCa) === false) return "no CA";
  if (part(() => issuer.keyUsage)?.includes("keyCertSign") === false) return "key usage";
  return "signature";
}

/** What is known about the missing issuer of the last certificate of an incomplete chain. */
function missingIssuer(evidence: PeerEvidence, last: Certificate): IssuerFacts {
  const { trust, presented } = evidence;
  const ofName = (ders: readonly Uint8Array[]): Certificate[] =>
    parseAll(ders).filter((each) =>
      equalBytes(each.rawSubject, last.rawIssuer) && !equalBytes(each.der, last.der)
    );
  const namesakes = (from: IssuerNamesake["from"], ders: readonly Uint8Array[]) =>
    ofName(ders).map((each) => ({ from, differs: difference(each, last) }));
  const [at] = part(() => last.aiaIssuers) ?? [];
  return {
    subject: last.subject,
    issuer: last.issuer,
    alone: presented.length === 1,
    ...(at === undefined ? {} : { at }),
    namesakes: [
      ...namesakes("anchors", [...trust?.anchors ?? [], ...trust?.extra ?? []]),
      ...namesakes("peer", presented),
    ],
  };
}

const NO_ISSUER = new Set([2, 18, 19, 20, 21]);
const NO_CRL = 3, REVOKED = 23, EE_KEY_TOO_SMALL = 66, CA_KEY_TOO_SMALL = 67;

/** The size of a certificate's key in bits. */
function keyBits(certificate: Certificate): number | undefined {
  return part(() => {
    const { modulusLength, namedCurve } = certificate.publicKey.asymmetricKeyDetails ?? {};
    return modulusLength ?? (Number(/\d{3}/.exec(namedCurve ?? "")?.[0]) || undefined);
  });
}

/** The facts about the certificate `at`, where OpenSSL's verification of a chain has failed. */
export function chainFacts(evidence: PeerEvidence, at: Certificate): ErrorFacts {
  const { error, errorDepth, trust, time, securityLevel } = evidence;
  const facts: Record<string, unknown> = { depth: errorDepth };
  const anchors = [...trust?.anchors ?? [], ...trust?.extra ?? []];
  if (anchors.some((der) => equalBytes(der, at.der))) facts.anchor = true;
  if (time !== undefined) facts.time = time;
  if (securityLevel !== undefined) facts.securityLevel = securityLevel;
  if (error === EE_KEY_TOO_SMALL || error === CA_KEY_TOO_SMALL) facts.keyBits = keyBits(at);
  if (error === NO_CRL) facts.crls = countLists(at, crlsOf(evidence));
  if (error === REVOKED) {
    const entry = revocationOf(at, crlsOf(evidence), time);
    const reason = entry?.reason;
    if (entry !== undefined) facts.revoked = { since: entry.time, ...(reason ? { reason } : {}) };
  }
  if (NO_ISSUER.has(error)) {
    let issuer: IssuerFacts | undefined;
    const [last = at] = parseAll(evidence.chain.slice(-1));
    const get = () => issuer ??= missingIssuer(evidence, last);
    Object.defineProperty(facts, "issuer", { enumerable: true, get });
  }
  return facts;
}
