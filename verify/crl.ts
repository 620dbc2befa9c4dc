/**
 * What the certificate revocation lists in force say, for the report: whose
 * list, how old, and since when something is revoked (RFC 5280 5). Whether a
 * list is signed by whom it says is the engine's business. Pure.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import {
  children,
  type DerNode,
  equalBytes,
  expectTag,
  integerBytes,
  oid,
  readDer,
  sequence,
  TAG,
  time,
  toHex,
} from "../certificate/der.ts";
import { EXT, readAuthorityKeyIdentifier, readExtensions } from "../certificate/extensions.ts";
import { onelineName, readName } from "../certificate/name.ts";
import { span } from "./explain_parts.ts";

const WHAT = "CRL";
const REASON_CODE = "2.5.29.21";
const DELTA = "2.5.29.27";
const DISTRIBUTION_POINT = "2.5.29.28";
/** CRLReason by number (RFC 5280 5.3.1). */
const REASONS: readonly string[] = [
  "unspecified",
  "keyCompromise",
  "cACompromise",
  "affiliationChanged",
  "superseded",
  "cessationOfOperation",
  "certificateHold",
  "",
  "removeFromCRL",
  "privilegeWithdrawn",
  "aACompromise",
];

/** A revocation list, without its entries. */
export interface CrlHeader {
  /** The issuer in the form `/CN=Some CA`. */
  readonly issuer: string;
  /** The issuer's name in DER. */
  readonly rawIssuer: Uint8Array;
  /** When it was made. */
  readonly thisUpdate: Date;
  /** When there will be a newer one, if it says so. */
  readonly nextUpdate: Date | undefined;
}

/** One revoked certificate. */
export interface Revocation {
  /** Since when. */
  readonly time: Date;
  /** Why, if the list says so. */
  readonly reason: string | undefined;
}

interface Crl extends CrlHeader {
  readonly entries: DerNode | undefined;
  /** The identifier of the key that signed it, if it says so. */
  readonly keyId: Uint8Array | undefined;
  /** What it is about, where that is not all that its issuer issued: no other list replaces it. */
  readonly scope: string;
}

const isTime = (node: DerNode | undefined): boolean =>
  node?.tag === TAG.UTC_TIME || node?.tag === TAG.GENERALIZED_TIME;

const parsed = new WeakMap<Uint8Array, Crl | null>();

/** Reads the outer fields, once per list; `undefined` for one that is malformed. */
export function crlHeader(der: Uint8Array): Crl | undefined {
  const known = parsed.get(der);
  if (known !== undefined) return known ?? undefined;
  let crl: Crl | null = null;
  try {
    const fields = sequence(sequence(readDer(der, WHAT), WHAT)[0], WHAT);
    let at = fields[0]?.tag === TAG.INTEGER ? 2 : 1; // version is optional; then the algorithm
    const issuer = expectTag(fields[at++], TAG.SEQUENCE, WHAT);
    const thisUpdate = time(fields[at++], WHAT);
    const nextUpdate = isTime(fields[at]) ? time(fields[at++], WHAT) : undefined;
    const entries = fields[at]?.tag === TAG.SEQUENCE ? fields[at++] : undefined;
    const list = fields[at]?.tag === 0xa0
      ? readExtensions(children(fields[at]!, WHAT)[0], WHAT)
      : [];
    const value = (id: string) => list.find((extension) => extension.oid === id)?.value;
    const authority = value(EXT.authorityKeyIdentifier);
    crl = {
      issuer: onelineName(readName(issuer.raw, WHAT)),
      rawIssuer: issuer.raw,
      thisUpdate,
      nextUpdate,
      entries,
      keyId: authority && readAuthorityKeyIdentifier(authority).keyId,
      scope: value(DELTA) ? "delta" : toHex(value(DISTRIBUTION_POINT) ?? new Uint8Array()),
    };
  } catch {
    // The engine reads it its own way; the report then says less.
  }
  parsed.set(der, crl);
  return crl ?? undefined;
}

/** The key that signed a certificate, if it says so. */
function signerOf(certificate: Certificate): Uint8Array | undefined {
  try {
    return certificate.authorityKeyIdentifier?.keyId;
  } catch {
    return undefined;
  }
}

/**
 * The lists that count for a certificate: of its issuer, by name and, where both tell it, by key (a
 * new key does not change a CA's name); those in time first, the newest first.
 */
function listsFor(certificate: Certificate, crls: readonly Uint8Array[]): Crl[] {
  const now = Date.now();
  const signer = signerOf(certificate);
  const current = (crl: Crl): number =>
    crl.nextUpdate === undefined || crl.nextUpdate.getTime() >= now ? 1 : 0;
  return crls.map(crlHeader)
    .filter((crl): crl is Crl =>
      crl !== undefined && equalBytes(crl.rawIssuer, certificate.rawIssuer) &&
      (crl.keyId === undefined || signer === undefined || equalBytes(crl.keyId, signer))
    )
    .sort((a, b) => current(b) - current(a) || b.thisUpdate.getTime() - a.thisUpdate.getTime());
}

function entryOf(crl: Crl, serial: Uint8Array): Revocation | undefined {
  if (crl.entries === undefined) return undefined;
  for (const entry of children(crl.entries, WHAT)) {
    const [number, since, extensions] = sequence(entry, WHAT);
    if (!equalBytes(integerBytes(number, WHAT), serial)) continue;
    const reason = extensions && reasonOf(extensions);
    return { time: time(since, WHAT), reason };
  }
  return undefined;
}

function reasonOf(extensions: DerNode): string | undefined {
  for (const extension of sequence(extensions, WHAT)) {
    const parts = sequence(extension, WHAT);
    if (oid(parts[0], WHAT) !== REASON_CODE) continue;
    const code = readDer(expectTag(parts.at(-1), TAG.OCTET_STRING, WHAT).body, WHAT);
    return REASONS[code.body[0] ?? 0];
  }
  return undefined;
}

/** The entry of a certificate in a list of its issuer, if there is one. */
export function revocationOf(
  certificate: Certificate,
  crls: readonly Uint8Array[],
): Revocation | undefined {
  const scopes = new Set<string>();
  for (const crl of listsFor(certificate, crls)) {
    // A list replaces older ones about the same, and not one about other certificates or reasons.
    if (scopes.has(crl.scope)) continue;
    scopes.add(crl.scope);
    try {
      const entry = entryOf(crl, certificate.rawSerial);
      if (entry !== undefined && entry.reason !== "removeFromCRL") return entry;
    } catch {
      // a malformed list revokes nothing that the engine did not see revoked
    }
  }
  return undefined;
}

const iso = (date: Date): string => date.toISOString().replace(".000", "");

/** The list that counts for a certificate, in words: whose, how old, when the next is due. */
export function describeCrl(
  certificate: Certificate,
  crls: readonly Uint8Array[],
): string | undefined {
  const [crl] = listsFor(certificate, crls);
  if (crl === undefined) return undefined;
  const next = crl.nextUpdate === undefined
    ? "which names no next one"
    : `next one due ${iso(crl.nextUpdate)}`;
  return `the CRL of ${JSON.stringify(crl.issuer)} of ${iso(crl.thisUpdate)}, ${
    span(Date.now() - crl.thisUpdate.getTime())
  } old, ${next}`;
}

/** An entry in words: `since 2025-01-01T00:00:00Z, keyCompromise`. */
export function describeRevocation({ time, reason }: Revocation): string {
  return `since ${iso(time)}${reason ? `, ${reason}` : ""}`;
}
