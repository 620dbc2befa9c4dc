/**
 * What is wrong with a chain as a server sends it. Pure: each fault is seen in the certificates
 * themselves. Whether a client trusts them is for the engine to say.
 *
 * @module
 */

import { Certificate } from "../../certificate/certificate.ts";
import { ifReadable } from "../../certificate/asn1/reader.ts";
import { verifySignature } from "../../certificate/signature.ts";
import { equalBytes } from "../../internal/bytes.ts";
import { quoteName } from "../../internal/quote.ts";
import { explainHostname } from "../../verify/hostname.ts";
import { checkOcspResponse } from "../../verify/ocsp/response.ts";
import { nameOf, namesOf } from "../cert/describe.ts";
import { certificateData, daysLeft, dayText, keyData, keyText } from "../certificate_data.ts";
import type { ChainFault, ChainFound } from "./model.ts";

/** The purpose that the certificate of a server has (RFC 5280 4.2.1.12). */
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
/** The longest life that browsers accept, in days. */
const LONGEST_LIFE = 398;
/** When the end of a certificate is worth a word, in days, and when it is worth more. */
const SOON = 30, VERY_SOON = 7;
/** The smallest key, in bits of RSA. */
const LEAST_KEY = 2048;
const DAY = 86_400_000;

/** What a chain is judged by. */
export interface ChainQuestion {
  /** The name that was asked for. */
  readonly host: string;
  /** The time. */
  readonly now: number;
}

type Fault = Omit<ChainFault, "depth">;
/** Looks at one certificate. */
type Check = (
  certificate: Certificate,
  depth: number,
  chain: readonly Certificate[],
  question: ChainQuestion,
) => Fault | false | undefined;

const fault = (id: string, detail: string): Fault => ({ id, detail });

/** Whether one certificate names another as its issuer. */
function issued(issuer: Certificate, child: Certificate): boolean {
  return equalBytes(issuer.rawSubject, child.rawIssuer);
}

const weakKey: Check = (certificate) => {
  const { type, curve, bits } = keyData(certificate);
  if (curve === undefined && !/^(?:RSA|DSA)/.test(type)) return undefined;
  // The bits of a curve are in its name; ten of RSA for each is about right in this range.
  const size = curve === undefined ? bits : 10 * Number(/\d{3}/.exec(curve)?.[0] ?? 999);
  if (size === undefined || size >= LEAST_KEY) return undefined;
  const id = size <= LEAST_KEY / 2 ? "broken-key" : "weak-key";
  return fault(id, `${quoteName(nameOf(certificate))} has a key of ${keyText(certificate)}`);
};

const weakSignature: Check = (certificate) => {
  // A root is trusted by itself; nobody reads its signature.
  if (certificate.isSelfIssued) return undefined;
  const { signatureAlgorithm } = certificate;
  if (!/md[245]|sha-?1(?!\d)/i.test(signatureAlgorithm)) return undefined;
  return fault("weak-signature", `${quoteName(nameOf(certificate))}: ${signatureAlgorithm}`);
};

const dates: Check = (certificate, depth, _chain, { now }) => {
  const name = quoteName(nameOf(certificate));
  const days = daysLeft(certificate, now);
  if (certificate.notAfter.getTime() < now) {
    return fault("expired", `${name} ended on ${dayText(certificate.notAfter)}, ${-days} days ago`);
  }
  if (certificate.notBefore.getTime() > now) {
    return fault("not-yet-valid", `${name} begins on ${dayText(certificate.notBefore)}`);
  }
  if (days >= SOON || depth > 0) return undefined;
  const id = days < VERY_SOON ? "expires-very-soon" : "expires-soon";
  return fault(id, `${name} ends on ${dayText(certificate.notAfter)}, in ${days} days`);
};

/** Checks of every certificate. */
const EACH: readonly Check[] = [
  dates,
  weakKey,
  weakSignature,
  (certificate, depth, chain) => {
    const issuer = chain[depth + 1];
    if (issuer === undefined || issued(issuer, certificate)) return undefined;
    const elsewhere = chain.some((other) => other !== certificate && issued(other, certificate));
    const name = quoteName(nameOf(certificate));
    if (elsewhere) return fault("wrong-order", `the issuer of ${name} does not follow it`);
    if (certificate.isSelfIssued) return fault("unrelated", `more certificates follow the root`);
    return fault("gap", `what follows ${name} did not issue it: ${quoteName(nameOf(issuer))}`);
  },
  (certificate, depth, chain) => {
    const issuer = chain[depth + 1];
    if (issuer === undefined || !issued(issuer, certificate)) return undefined;
    const right = ifReadable(() =>
      verifySignature(
        issuer.rawSpki,
        certificate.rawSignatureAlgorithm,
        certificate.signature,
        certificate.rawTbs,
      )
    );
    return right === false &&
      fault("bad-signature", `the signature of ${quoteName(nameOf(certificate))} is wrong`);
  },
  (certificate, depth) =>
    depth > 0 && certificate.isSelfIssued &&
    fault("root-sent", `${quoteName(nameOf(certificate))} is a root: clients have it or do not`),
  (certificate, depth) =>
    depth > 0 && !(ifReadable(() => certificate.isCa) ?? false) && !certificate.isSelfIssued &&
    fault("not-a-ca", `${quoteName(nameOf(certificate))} may not issue certificates`),
];

/** Checks of the leaf alone. */
const LEAF: readonly Check[] = [
  (leaf, _depth, _chain, { host }) => {
    const report = ifReadable(() => explainHostname(leaf, host));
    if (report?.ok === true) return undefined;
    const names = namesOf(leaf);
    const shown = names.slice(0, 5).map(quoteName).join(", ") || "no name";
    return fault("wrong-name", `asked for ${quoteName(host)}; the certificate is for ${shown}`);
  },
  (leaf) => namesOf(leaf).length === 0 && fault("no-names", "it has no subjectAltName"),
  (leaf, _depth, chain) =>
    leaf.isSelfIssued && chain.length === 1 &&
    fault("self-signed", `${quoteName(nameOf(leaf))} vouches for itself`),
  (leaf) => {
    const usage = ifReadable(() => leaf.extKeyUsage);
    return usage !== undefined && !usage.includes(SERVER_AUTH) &&
      fault("not-for-servers", "its extendedKeyUsage does not allow servers");
  },
  (leaf) => {
    const days = Math.round((leaf.notAfter.getTime() - leaf.notBefore.getTime()) / DAY);
    return days > LONGEST_LIFE &&
      fault("long-life", `it is valid for ${days} days; browsers accept ${LONGEST_LIFE}`);
  },
];

/** The faults of a chain, leaf first. */
export function chainFaults(
  chain: readonly Certificate[],
  question: ChainQuestion,
): ChainFault[] {
  return chain.flatMap((certificate, depth) => {
    const checks = depth === 0 ? [...LEAF, ...EACH] : EACH;
    const found = checks.map((check) => check(certificate, depth, chain, question));
    return found.filter((one) => typeof one === "object").map((one) => ({ ...one, depth }));
  });
}

/** What the stapled response says of the leaf. */
function stapleFound(
  chain: readonly Certificate[],
  staple: Uint8Array | undefined,
  now: number,
): { readonly staple: ChainFound["staple"]; readonly faults: readonly ChainFault[] } {
  const [leaf, second] = chain;
  const demanded = ifReadable(() => leaf!.mustStaple) ?? false;
  if (staple === undefined) {
    const detail = "the certificate promises a stapled OCSP response and none came";
    const faults = demanded ? [{ depth: 0, id: "must-staple", detail }] : [];
    return { staple: { sent: false }, faults };
  }
  const issuer = leaf!.isSelfIssued ? leaf : second;
  if (issuer === undefined) {
    const detail = "the issuer that would have signed it was not sent";
    return { staple: { sent: true, status: "unreadable", detail }, faults: [] };
  }
  const { state, detail } = checkOcspResponse(staple, {
    certificate: leaf!,
    issuer,
    time: new Date(now),
  });
  const id = state === "revoked" ? "revoked" : "bad-staple";
  const faults = state === "good" ? [] : [{ depth: 0, id, detail: `${state}: ${detail}` }];
  return { staple: { sent: true, status: state, detail }, faults };
}

/** A chain as the server sent it, with its faults. */
export function chainFound(
  ders: readonly Uint8Array[],
  staple: Uint8Array | undefined,
  question: ChainQuestion,
): ChainFound {
  const read = ders.map((der) => ifReadable(() => new Certificate(der)));
  const chain = read.filter((one) => one !== undefined);
  const malformed = read.flatMap((one, depth): ChainFault[] =>
    one === undefined ? [{ depth, id: "malformed", detail: `number ${depth} is not X.509` }] : []
  );
  if (read[0] === undefined) {
    return { certificates: [], names: [], faults: malformed, staple: { sent: false } };
  }
  const stapled = stapleFound(chain, staple, question.now);
  return {
    certificates: chain.map(certificateData),
    names: namesOf(chain[0]!),
    faults: [...malformed, ...chainFaults(chain, question), ...stapled.faults],
    staple: stapled.staple,
  };
}
