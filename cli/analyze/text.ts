/**
 * An analysis as lines for people. Pure.
 *
 * @module
 */

import { Certificate } from "../../certificate/certificate.ts";
import { joinHostPort } from "../../internal/host.ts";
import { nameOf } from "../cert/describe.ts";
import { dayText, keyText } from "../certificate_data.ts";
import { type Mood, padEnd, type Page } from "../layout.ts";
import type { Analysis, ChainFound, Finding, Severity, SuiteFound, VersionFound } from "./model.ts";
import type { Strength } from "./suites.ts";
import { countText, effortText, featureLines, ORDER_TEXT, versionText } from "./words.ts";

const MOODS: Readonly<Record<Severity | Strength, Mood>> = {
  critical: "bad",
  high: "bad",
  medium: "warn",
  low: "dim",
  info: "dim",
  none: "bad",
  broken: "bad",
  weak: "warn",
  fair: "dim",
  good: "good",
};

const LABEL = 11;
const label = (text: string): string => `  ${padEnd(text, LABEL)}`;

function versionsText({ versions }: Analysis, page: Page): string[] {
  const offered = versions.filter((one) => one.offered).map((one) => versionText(one.version));
  const others = versions.filter((one) => !one.offered).map((one) => versionText(one.version));
  return [
    page.labelled(label("versions"), offered.toReversed().join(", ") || "none"),
    page.labelled(label(""), page.mood("dim", `not: ${others.toReversed().join(", ") || "none"}`)),
  ];
}

function suiteRow({ openssl, exchange = "", bits, strength }: SuiteFound, page: Page): string[] {
  return [page.mood(MOODS[strength], strength), String(bits), exchange, openssl];
}

function suitesText({ version, suites, order }: VersionFound, page: Page): string[] {
  if (suites.length === 0) return [];
  const head = order === undefined ? "" : ` (${ORDER_TEXT[order]})`;
  const rows = suites.map((suite) => suiteRow(suite, page));
  return [`  ${versionText(version)}${head}`, page.columns(rows, "    ")];
}

function groupsText({ groups }: Analysis, page: Page): string[] {
  return groups.map(({ version, groups, order }, i) => {
    const names = groups.map(({ name }) => name).join(", ");
    const whose = order === undefined ? "" : ` (${ORDER_TEXT[order]})`;
    return page.labelled(
      label(i === 0 ? "groups" : ""),
      `${versionText(version)}: ${names}${whose}`,
    );
  });
}

function chainText({ certificates }: ChainFound, page: Page): string[] {
  const chain = certificates.map(({ pem }) => Certificate.fromPem(String(pem)));
  return chain.map((certificate, i) => {
    const { notBefore, notAfter } = certificate;
    const dates = `${dayText(notBefore)} to ${dayText(notAfter)}`;
    const text = `${nameOf(certificate)}, ${keyText(certificate)}, ${dates}`;
    return page.labelled(label(i === 0 ? "chain" : ""), text);
  });
}

function trustText({ trust }: Analysis, page: Page): string[] {
  if (trust === undefined) return [];
  const text = trust.trusted
    ? page.mood("good", "trusted")
    : `${page.mood("bad", "not trusted")}: ${trust.reason}`;
  return [page.labelled(label("trust"), text)];
}

function findingText({ severity, title, detail, fix }: Finding, page: Page): string[] {
  const word = page.mood(MOODS[severity], padEnd(severity.toUpperCase(), 10));
  return [
    page.labelled(`  ${word}`, `${title}: ${detail}`),
    page.labelled(`  ${padEnd("", 10)}`, page.mood("dim", `fix: ${fix}`)),
  ];
}

/** The lines for people. */
export function analysisText(analysis: Analysis, page: Page): string {
  const { target, versions, findings, leftOut, chains } = analysis;
  const starttls = target.starttls === undefined ? "" : ` (${target.starttls})`;
  const where = joinHostPort(target.hostname, target.port) + starttls;
  const mood = findings.some(({ severity }) => MOODS[severity] === "bad") ? "bad" : "good";
  return [
    page.spread(where, page.mood(mood, countText(findings))),
    ...versionsText(analysis, page),
    ...groupsText(analysis, page),
    ...chains.flatMap((chain) => chainText(chain, page)),
    ...trustText(analysis, page),
    page.columns(
      featureLines(analysis).map(({ name, state, good }) => [
        name,
        good === undefined ? state : page.mood(good ? "good" : "bad", state),
      ]),
    ),
    ...versions.toReversed().flatMap((version) => suitesText(version, page)),
    ...findings.flatMap((finding) => findingText(finding, page)),
    ...leftOut.map(({ what, why }) => page.labelled("  not looked at: ", `${what}: ${why}`)),
    page.mood("dim", `  ${effortText(analysis)}`),
  ].join("\n");
}
