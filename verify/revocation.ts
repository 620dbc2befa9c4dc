/**
 * What the revocation lists in force say about a certificate (RFC 5280 5, 6.3).
 *
 * OpenSSL verifies the lists and refuses a certificate that a complete list of its
 * issuer revokes. It applies a delta CRL only if the complete list or the certificate
 * has the extension freshestCRL, and of several delta CRLs it takes the first that it
 * finds. It does not look for an indirect CRL of another CA. So OpenSSL gets the
 * newest delta CRL that fits (selectDeltas), and the other lists are looked up here. A
 * certificate that one of them revokes is revoked. A removal counts only where OpenSSL
 * applies it. A delta CRL that is newer than the complete list and does not fit it
 * refuses the peer: what was revoked between the two is unknown. Pure.
 *
 * @module
 */

import { equalBytes } from "../internal/bytes.ts";
import type { Certificate } from "../certificate/certificate.ts";
import {
  type DistributionPoint,
  EXT,
  readDistributionPoints,
} from "../certificate/extensions/read.ts";
import { canonicalName } from "../certificate/name.ts";
import { type Crl, entryOf, readCrl, type Revocation } from "./crl.ts";
import { span } from "./explain/sentences.ts";

const REMOVED = "removeFromCRL";

/** The lists that can be read; the engine has refused the malformed ones. */
function readable(crls: readonly Uint8Array[]): Crl[] {
  return crls.flatMap((der) => {
    try {
      return [readCrl(der)];
    } catch {
      return [];
    }
  });
}

/** Reads a part of a certificate; `undefined` where it is malformed. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const isCurrent = ({ thisUpdate, nextUpdate }: Crl, now: Date): boolean =>
  thisUpdate <= now && (nextUpdate === undefined || nextUpdate >= now);

/** Sorts lists: the current ones first, then by date, the newest first. */
const byDate = (now: Date) => (a: Crl, b: Crl): number =>
  Number(isCurrent(b, now)) - Number(isCurrent(a, now)) ||
  b.thisUpdate.getTime() - a.thisUpdate.getTime();

/** Whether a delta CRL is newer than a complete list: by number, or by date without numbers. */
const isNewer = (delta: Crl, base: Crl): boolean =>
  delta.number === undefined || base.number === undefined
    ? delta.thisUpdate >= base.thisUpdate
    : delta.number > base.number;

/** How many lists there are, and how many of them have the name of a certificate's issuer. */
export function countLists(
  certificate: Certificate,
  crls: readonly Uint8Array[],
): { readonly given: number; readonly ofIssuer: number } {
  return { given: crls.length, ofIssuer: listsAbout(certificate, crls).length };
}

/** Sorts delta CRLs, the newest first. */
const byNumber = (a: Crl, b: Crl): number => isNewer(a, b) ? -1 : 1;

/**
 * Whether a delta CRL may be combined with a complete list of its series (RFC 5280 5.2.4). Where one
 * of the numbers is missing, no comparison with it is true.
 */
const fits = (delta: Crl, base: Crl): boolean =>
  delta.base! <= base.number! && delta.number! > base.number!;

/** The distribution points of a certificate. */
function pointsOf(certificate: Certificate): readonly DistributionPoint[] {
  const extension = certificate.extension(EXT.crlDistributionPoints);
  return extension && attempt(() => readDistributionPoints(extension.value)) || [];
}

const issuerNameOf = (certificate: Certificate): string =>
  canonicalName(certificate.rawIssuer, "issuer of certificate");

/**
 * The lists that may have an entry about a certificate: those of its issuer, whatever the key, and
 * indirect ones, whose entries name the issuer.
 */
function listsAbout(certificate: Certificate, crls: readonly Uint8Array[]): Crl[] {
  const issuer = issuerNameOf(certificate);
  return readable(crls).filter((crl) => crl.issuerName === issuer || crl.scope?.indirect === true);
}

/** The lists signed by the issuer's key, where both name it: a CA keeps its name with a new key. */
function ofKey(certificate: Certificate, lists: readonly Crl[]): Crl[] {
  const issuer = issuerNameOf(certificate);
  const signer = attempt(() => certificate.authorityKeyIdentifier?.keyId);
  return lists.filter(({ keyId, issuerName }) =>
    keyId === undefined || signer === undefined || issuerName !== issuer ||
    equalBytes(keyId, signer)
  );
}

/** Groups lists by series. */
function seriesOf(lists: readonly Crl[]): readonly Crl[][] {
  const groups = new Map<string, Crl[]>();
  for (const list of lists) groups.set(list.series, [...groups.get(list.series) ?? [], list]);
  return [...groups.values()];
}

/** The complete list of a series that counts, and the delta CRLs that are newer, the newest first. */
function inForce(series: readonly Crl[], now: Date): { base: Crl | undefined; deltas: Crl[] } {
  const base = series.filter((crl) => crl.base === undefined).sort(byDate(now))[0];
  const deltas = series.filter((crl) =>
    crl.base !== undefined && crl.thisUpdate <= now && (base === undefined || isNewer(crl, base))
  ).sort(byNumber);
  return { base, deltas };
}

/** The entry about a certificate; `undefined` for malformed entries, which the engine has seen. */
const lookUp = (crl: Crl | undefined, certificate: Certificate): Revocation | undefined =>
  crl && attempt(() => entryOf(crl, issuerNameOf(certificate), certificate.rawSerial));

/** The entry of the newest delta CRL that has one. */
function changeOf(
  certificate: Certificate,
  deltas: readonly Crl[],
): { readonly delta: Crl; readonly entry: Revocation } | undefined {
  for (const delta of deltas) {
    const entry = lookUp(delta, certificate);
    if (entry !== undefined) return { delta, entry };
  }
  return undefined;
}

/** An entry that revokes, with its list. */
export interface FoundRevocation extends Revocation {
  readonly crl: Crl;
}

/** The revocation in a series, by its newest change, else by its base; `undefined` for none. */
function revocationIn(
  certificate: Certificate,
  series: readonly Crl[],
  now: Date,
): FoundRevocation | undefined {
  const { base, deltas } = inForce(series, now);
  const change = changeOf(certificate, deltas);
  const entry = change?.entry ?? lookUp(base, certificate);
  const crl = change?.delta ?? base;
  return entry === undefined || crl === undefined || entry.reason === REMOVED
    ? undefined
    : { ...entry, crl };
}

/** The revocation of a certificate in the lists that are in force, if there is one. */
export function revocationOf(
  certificate: Certificate,
  crls: readonly Uint8Array[],
  now: Date = new Date(),
): FoundRevocation | undefined {
  for (const series of seriesOf(ofKey(certificate, listsAbout(certificate, crls)))) {
    const found = revocationIn(certificate, series, now);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a delta CRL removes the revocation of a certificate that its base has. */
export function isLifted(
  certificate: Certificate,
  crls: readonly Uint8Array[],
  now: Date = new Date(),
): boolean {
  return seriesOf(ofKey(certificate, listsAbout(certificate, crls))).some((series) => {
    const { base, deltas } = inForce(series, now);
    return changeOf(certificate, deltas)?.entry.reason === REMOVED &&
      lookUp(base, certificate) !== undefined;
  });
}

/** Whether a list is about a certificate by its scope (RFC 5280 6.3.3 (b)). */
function covers({ scope }: Crl, certificate: Certificate): boolean {
  if (scope === undefined) return true;
  const isCa = attempt(() => certificate.basicConstraints?.ca) === true;
  if (scope.onlyAttributes || (isCa ? scope.onlyUsers : scope.onlyCas)) return false;
  const { names } = scope;
  if (names === undefined) return true;
  return pointsOf(certificate).some(({ fullName }) =>
    fullName.some((a) => names.some((b) => a.type === b.type && a.value === b.value))
  );
}

/** What lists that OpenSSL does not apply say against a certificate. */
export type Objection =
  | { readonly revoked: FoundRevocation }
  | { readonly unfit: Crl; readonly base: Crl | undefined };

/**
 * The objection to a certificate by lists in force that OpenSSL did not apply: delta and indirect
 * CRLs, and lists with a scope, of which OpenSSL applies one. A newer list without a scope replaces
 * the issuer's older ones.
 */
export function objectionTo(
  certificate: Certificate,
  crls: readonly Uint8Array[],
  now: Date = new Date(),
): Objection | undefined {
  const issuer = issuerNameOf(certificate);
  // Lists of other issuers are here only if their scope says that they are indirect.
  const plain = ({ base, scope }: Crl) => base === undefined && scope === undefined;
  const named = listsAbout(certificate, crls);
  if (named.every(plain)) return undefined;
  const keyed = ofKey(certificate, named);
  // A CA may sign its lists with another key than its certificates: then all lists of its name count.
  const lists = keyed.some((crl) => crl.base === undefined) ? keyed : named;
  const newest = lists.filter(plain).sort(byDate(now))[0];
  const replaced = ({ base, issuerName, thisUpdate }: Crl) =>
    base === undefined && issuerName === issuer && newest !== undefined &&
    newest.thisUpdate > thisUpdate;
  let unfit: Objection | undefined;
  for (const series of seriesOf(lists)) {
    const { base, deltas } = inForce(series, now);
    const revoked = revocationIn(certificate, series, now);
    if (revoked !== undefined && !plain(revoked.crl) && !replaced(revoked.crl)) return { revoked };
    const [delta] = deltas;
    if (delta?.issuerName !== issuer || !covers(delta, certificate)) continue;
    if (base === undefined || !fits(delta, base)) unfit ??= { unfit: delta, base };
  }
  return unfit;
}

/** The lists that an engine gets, and the delta CRLs that it does not get. */
export interface SelectedCrls {
  /** Complete lists, and of each series the newest delta CRL that fits. */
  readonly crls: readonly Uint8Array[];
  /** The other delta CRLs. */
  readonly deltas: readonly Uint8Array[];
}

/** Chooses the delta CRLs for OpenSSL, which applies the first that it finds. */
export function selectDeltas(crls: readonly Uint8Array[], now: Date): SelectedCrls {
  const chosen = new Set<Crl>();
  for (const series of seriesOf(readable(crls))) {
    const { base, deltas } = inForce(series, now);
    const best = base && deltas.find((delta) => fits(delta, base));
    if (best !== undefined) chosen.add(best);
  }
  const withheld = new Set(
    readable(crls).filter((crl) => crl.base !== undefined && !chosen.has(crl)).map(({ der }) =>
      der
    ),
  );
  return {
    crls: crls.filter((der) => !withheld.has(der)),
    deltas: crls.filter((der) => withheld.has(der)),
  };
}

const iso = (date: Date): string => date.toISOString().replace(".000", "");

const age = (crl: Crl, now: Date): string =>
  `of ${iso(crl.thisUpdate)}, ${span(now.getTime() - crl.thisUpdate.getTime())} old, ${
    crl.nextUpdate === undefined ? "which names no next one" : `next one due ${iso(crl.nextUpdate)}`
  }`;

/** The list that counts for a certificate, in words: its issuer, its age, and when the next is due. */
export function describeCrl(
  certificate: Certificate,
  crls: readonly Uint8Array[],
  now: Date = new Date(),
): string | undefined {
  const issuer = issuerNameOf(certificate);
  const all = ofKey(certificate, listsAbout(certificate, crls));
  const own = all.filter(({ issuerName }) => issuerName === issuer).sort(byDate(now));
  const base = own.find((crl) => crl.base === undefined);
  if (base === undefined) {
    if (own[0] !== undefined) {
      return `${describeList(own[0], now)}, without the complete CRL that it builds on`;
    }
    const [indirect] = all;
    return indirect && `${describeList(indirect, now)}, which can revoke it, but not clear it`;
  }
  const { deltas: [delta] } = inForce(own.filter((crl) => crl.series === base.series), now);
  const changed = delta === undefined || !fits(delta, base)
    ? ""
    : `, with ${describeList(delta, now)}`;
  return `${describeList(base, now)}${changed}`;
}

/** A list in words, with its kind if it is not a plain one of the certificate's issuer. */
export function describeList(crl: Crl, now: Date = new Date()): string {
  const kind = crl.base !== undefined ? "delta " : crl.scope?.indirect ? "indirect " : "";
  return `the ${kind}CRL of ${JSON.stringify(crl.issuer)} ${age(crl, now)}`;
}

/** Why a delta CRL cannot be combined with the complete list. */
export function describeUnfit(
  { unfit, base }: Extract<Objection, { readonly unfit: Crl }>,
): string {
  const whose = `the delta CRL ${unfit.number} of ${JSON.stringify(unfit.issuer)}`;
  const needs = `${whose} builds on the complete CRL ${unfit.base}`;
  if (base === undefined) return `${needs}, and no complete CRL of that kind was given`;
  return `${needs}, and the one that was given ${
    base.number === undefined ? "has no number" : `has the number ${base.number}`
  }`;
}

/** An entry in words: `since 2025-01-01T00:00:00Z, keyCompromise`. */
export function describeRevocation({ time, reason }: Revocation): string {
  return `since ${iso(time)}${reason ? `, ${reason}` : ""}`;
}
