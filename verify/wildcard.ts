/**
 * The comparison of one DNS name of a certificate, which may have a wildcard, with a host name.
 *
 * @module
 */

import { hasControlBytes, lowerAscii, withoutFinalDots } from "../internal/host.ts";
import type { HostnameRule, NameComparison } from "./hostname_report.ts";
import { quoteName } from "../internal/quote.ts";
import type { PublicSuffix } from "./public_suffix.ts";
import type { ResolvedPlace, SchemeRules } from "./schemes.ts";

/** The outcome for one name; what {@linkcode NameComparison} is made from. */
export type Outcome = Pick<NameComparison, "ok" | "detail"> & {
  readonly rule?: HostnameRule;
  readonly publicSuffix?: string;
};

/** The outcome for a name that does not match. */
export const no = (detail: string): Outcome => ({ ok: false, detail });

const IS_PART_OF_LABEL = /^[a-z0-9_-]+$/;

/** What a DNS name is compared by. */
export interface Matcher {
  /** The rules of the scheme. */
  readonly rules: SchemeRules;
  /** The list that wildcards are checked against; `undefined` when they are not. */
  readonly publicSuffix: PublicSuffix | undefined;
}

/** Splits `w*w.example.com` at a wildcard that the scheme allows there. */
function splitWildcard(pattern: string, place: ResolvedPlace): [string, string] | undefined {
  const star = pattern.indexOf("*");
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  if (star < 0 || place === 0 || after === "") return undefined;
  if (place === "full_label") return before === "" && /^\../.test(after) ? ["", after] : undefined;
  return before === "" || IS_PART_OF_LABEL.test(before) ? [before, after] : undefined;
}

/** Whether a wildcard may stand for something in `identity`; never for a public suffix. */
function checkSuffix(identity: string, matcher: Matcher): Outcome {
  const labels = identity.split(/\.+/);
  if (labels.length <= matcher.rules.labelsAfterWildcard) {
    return no(
      `too few labels follow the wildcard, ${matcher.rules.labelsAfterWildcard} are needed`,
    );
  }
  const list = matcher.publicSuffix;
  if (!list) {
    return {
      ok: true,
      rule: "wildcard",
      detail: "by its wildcard; public suffixes are not checked",
    };
  }
  const publicSuffix = list.publicSuffix(labels)[1].join(".");
  if (labels.length <= list.publicSuffix(labels, 1)[1].length) {
    const detail = `the wildcard stands for names right below the public suffix ` +
      quoteName(publicSuffix);
    return { ok: false, publicSuffix, detail };
  }
  const detail = `by its wildcard; the public suffix is ${quoteName(publicSuffix)}`;
  return { ok: true, rule: "wildcard", publicSuffix, detail };
}

/**
 * Without the white space around it, by Perl's `\s` for bytes. `trim()` also takes the byte A0, which
 * is part of the name, and makes another name of it.
 */
export function trimAscii(value: string): string {
  let [start, end] = [0, value.length];
  while (/[\t-\r ]/.test(value.charAt(start))) start++;
  while (/[\t-\r ]/.test(value.charAt(end - 1))) end--;
  return value.slice(start, end);
}

/** Compares a DNS name of a certificate, which may have a wildcard, with the host. */
export function matchDns(
  value: string,
  identity: string,
  place: ResolvedPlace,
  matcher: Matcher,
): Outcome {
  if (hasControlBytes(value)) return no("it holds a NUL or another control byte");
  const strict = matcher.rules.syntax === "strict";
  const pattern = lowerAscii(strict ? value : withoutFinalDots(value));
  if (pattern === "") return no("it is empty");
  if (pattern.endsWith(".")) return no("it ends with a dot");
  const wildcard = splitWildcard(pattern, place);
  if (!wildcard) {
    if (identity === pattern) return { ok: true, rule: "exact", detail: "the same name" };
    if (!pattern.includes("*")) return no("a different name");
    return no(
      place === 0
        ? "the scheme allows no wildcard here"
        : place === "full_label"
        ? "the scheme allows a wildcard only as the whole first label"
        : "the scheme allows one wildcard, in the first label",
    );
  }
  const [before, after] = wildcard;
  // "*x.example" too, which Perl overlooks: it reaches into the international label all the same.
  if ((before !== "" || !after.startsWith(".")) && identity.startsWith("xn--")) {
    return no("a part of an international name matches no wildcard (RFC 6125 7.2)");
  }
  const middle = identity.slice(before.length, identity.length - after.length);
  if (!identity.startsWith(before) || !identity.endsWith(after) || !IS_PART_OF_LABEL.test(middle)) {
    return no("the wildcard does not cover the name");
  }
  return checkSuffix(identity, matcher);
}
