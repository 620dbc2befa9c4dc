/**
 * Reads certificate revocation lists (RFC 5280 5): the issuer, the dates and
 * numbers, the scope and the entries. What they mean for a certificate is in
 * revocation.ts. The engine verifies the signatures. Pure.
 *
 * @module
 */

import { encodeHex, equalBytes } from "../internal/bytes.ts";
import {
  boolean,
  children,
  derError,
  type DerNode,
  expectTag,
  integer,
  integerBytes,
  readDer,
  sequence,
  TAG,
  time,
} from "../certificate/asn1/reader.ts";
import {
  EXT,
  type Extension,
  readAuthorityKeyIdentifier,
  readExtensions,
} from "../certificate/extensions/read.ts";
import { crlReason } from "../certificate/crl_reason.ts";
import { canonicalName, onelineName, readGeneralNames, readName } from "../certificate/name.ts";
import type { SubjectAltName } from "../certificate/general_name.ts";

const WHAT = "CRL";
const REASON_CODE = "2.5.29.21";
const DELTA_INDICATOR = "2.5.29.27";
const ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
const CERTIFICATE_ISSUER = "2.5.29.29";
const FRESHEST_CRL = "2.5.29.46";

/** About which certificates a list is: the issuingDistributionPoint (RFC 5280 5.2.5). */
export interface CrlScope {
  /** The full names of the distribution point; `undefined` where it has no full name. */
  readonly names: readonly SubjectAltName[] | undefined;
  /** Only about certificates of end entities. */
  readonly onlyUsers: boolean;
  /** Only about certificates of CAs. */
  readonly onlyCas: boolean;
  /** Only about attribute certificates. */
  readonly onlyAttributes: boolean;
  /** Only about some reasons. */
  readonly someReasons: boolean;
  /** It may be about certificates of other CAs than its issuer. */
  readonly indirect: boolean;
}

/** A revocation list. */
export interface Crl {
  readonly der: Uint8Array;
  /** The issuer in the form `/CN=Some CA`. */
  readonly issuer: string;
  /** The issuer's name, as names are compared. */
  readonly issuerName: string;
  /** When it was made. */
  readonly thisUpdate: Date;
  /** When there will be a newer one, if it says so. */
  readonly nextUpdate: Date | undefined;
  /** Its number, if it has one. */
  readonly number: bigint | undefined;
  /** Of a delta CRL, the number of the complete list that it builds on; `undefined` for a complete list. */
  readonly base: bigint | undefined;
  /** What it is about, where that is not all that its issuer issued. */
  readonly scope: CrlScope | undefined;
  /** The identifier of the key that signed it, if it says so. */
  readonly keyId: Uint8Array | undefined;
  /** Whether it says where its delta CRLs are. */
  readonly freshest: boolean;
  /** Lists with the same series replace each other: one issuer, one key, one scope. */
  readonly series: string;
  /** The revokedCertificates, if there are any. */
  readonly entries: DerNode | undefined;
}

/** One entry about a certificate. */
export interface Revocation {
  /** Since when. */
  readonly time: Date;
  /** Why, if the list says so. */
  readonly reason: string | undefined;
}

const isTime = (node: DerNode | undefined): boolean =>
  node?.tag === TAG.UTC_TIME || node?.tag === TAG.GENERALIZED_TIME;

function readScope(value: Uint8Array): CrlScope {
  const what = "extension issuingDistributionPoint";
  const parts = sequence(readDer(value, what), what);
  const part = (tag: number) => parts.find((node) => node.tag === tag);
  const flag = (tag: number): boolean => {
    const node = part(tag);
    return node !== undefined && boolean(node, what, tag);
  };
  const point = part(0xa0);
  const name = point && children(point, what)[0];
  return {
    names: name?.tag === 0xa0 ? readGeneralNames(name, what) : undefined,
    onlyUsers: flag(0x81),
    onlyCas: flag(0x82),
    someReasons: part(0x83) !== undefined,
    indirect: flag(0x84),
    onlyAttributes: flag(0x85),
  };
}

const numberIn = (value: Uint8Array | undefined): bigint | undefined =>
  value && integer(readDer(value, WHAT), WHAT);

function read(der: Uint8Array): Crl {
  const fields = sequence(sequence(readDer(der, WHAT), WHAT)[0], WHAT);
  let at = fields[0]?.tag === TAG.INTEGER ? 2 : 1; // version is optional; then the algorithm
  const issuer = expectTag(fields[at++], TAG.SEQUENCE, WHAT);
  const thisUpdate = time(fields[at++], WHAT);
  const nextUpdate = isTime(fields[at]) ? time(fields[at++], WHAT) : undefined;
  const entries = fields[at]?.tag === TAG.SEQUENCE ? fields[at++] : undefined;
  const rest = fields[at];
  if (fields.length > at + 1 || (rest !== undefined && rest.tag !== 0xa0)) {
    throw derError(WHAT, "unknown fields behind the entries");
  }
  const list: Extension[] = rest === undefined ? [] : readExtensions(children(rest, WHAT)[0], WHAT);
  const value = (id: string) => list.find((extension) => extension.oid === id)?.value;
  const authority = value(EXT.authorityKeyIdentifier);
  const point = value(ISSUING_DISTRIBUTION_POINT);
  const issuerName = canonicalName(issuer.raw, WHAT);
  const none = new Uint8Array();
  return {
    der,
    issuer: onelineName(readName(issuer.raw, WHAT)),
    issuerName,
    thisUpdate,
    nextUpdate,
    number: numberIn(value(EXT.crlNumber)),
    base: numberIn(value(DELTA_INDICATOR)),
    scope: point && readScope(point),
    keyId: authority && readAuthorityKeyIdentifier(authority).keyId,
    freshest: value(FRESHEST_CRL) !== undefined,
    series: [issuerName, encodeHex(authority ?? none), encodeHex(point ?? none)].join("\n"),
    entries,
  };
}

const parsed = new WeakMap<Uint8Array, Crl>();

/**
 * Reads all but the entries, once per list.
 *
 * @throws {SslError} code `ERR_DER` for one that is malformed.
 */
export function readCrl(der: Uint8Array): Crl {
  let crl = parsed.get(der);
  if (crl === undefined) parsed.set(der, crl = read(der));
  return crl;
}

interface EntryExtensions {
  readonly reason: string | undefined;
  /** The canonical name of the certificate's issuer, where the entry tells it. */
  readonly issuerName: string | undefined;
}

function entryExtensions(node: DerNode | undefined): EntryExtensions {
  let reason: string | undefined;
  let issuerName: string | undefined;
  for (const { oid, value } of node === undefined ? [] : readExtensions(node, WHAT)) {
    if (oid === REASON_CODE) {
      reason = crlReason(readDer(value, WHAT, TAG.ENUMERATED).body[0] ?? 0);
    } else if (oid === CERTIFICATE_ISSUER) {
      const name = children(readDer(value, WHAT, TAG.SEQUENCE), WHAT).find(({ tag }) =>
        tag === 0xa4
      );
      if (name !== undefined) issuerName = canonicalName(name.body, WHAT);
    }
  }
  return { reason, issuerName };
}

/**
 * The entry of a list about a certificate. Of several the one that revokes counts. An entry is
 * about a certificate of the issuer that it, or one before it, names; else of the list's issuer.
 *
 * @throws {SslError} code `ERR_DER` for entries that are malformed.
 */
export function entryOf(
  crl: Crl,
  issuerName: string,
  serial: Uint8Array,
): Revocation | undefined {
  if (crl.entries === undefined) return undefined;
  let issuer = crl.issuerName;
  let found: Revocation | undefined;
  for (const entry of children(crl.entries, WHAT)) {
    const [number, since, extensions] = sequence(entry, WHAT);
    const same = equalBytes(integerBytes(number, WHAT), serial);
    if (!same && !crl.scope?.indirect) continue;
    const { reason, issuerName: named } = entryExtensions(extensions);
    issuer = named ?? issuer;
    if (!same || issuer !== issuerName) continue;
    if (found === undefined || found.reason === "removeFromCRL") {
      found = { time: time(since, WHAT), reason };
    }
  }
  return found;
}
