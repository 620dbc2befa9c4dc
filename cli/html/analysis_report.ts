/**
 * The report of `analyze` as a page. Pure.
 *
 * @module
 */

import { Certificate } from "../../certificate/certificate.ts";
import { joinHostPort } from "../../internal/host.ts";
import type { Analysis, ChainFound, Finding, Severity } from "../analyze/model.ts";
import { countText, effortText, featureLines, ORDER_TEXT, versionText } from "../analyze/words.ts";
import { type Markup, markup } from "./markup.ts";
import { legend, suiteMatrix } from "./matrix.ts";
import { facts, htmlPage, section, table, type Tone, word } from "./page.ts";
import { chainTree, type Link, validityBars } from "./pictures.ts";
import { waterfall } from "./waterfall.ts";

const TONES: Readonly<Record<Severity, Tone>> = {
  critical: "bad",
  high: "bad",
  medium: "warn",
  low: "plain",
  info: "plain",
};

const certificatesIn = (found: readonly Readonly<Record<string, unknown>>[]): Certificate[] =>
  found.map(({ pem }) => Certificate.fromPem(String(pem)));

function findingRow({ severity, title, detail, fix }: Finding): readonly Markup[] {
  return [
    word(TONES[severity], severity),
    markup`<strong>${title}</strong><br>${detail}<br><span class="soft">To do: ${fix}.</span>`,
  ];
}

function findings({ findings }: Analysis): Markup {
  if (findings.length === 0) return section("Findings", markup`<p>${word("good", "None")}</p>`);
  return section("Findings", table(["severity", "what and why"], findings.map(findingRow)));
}

function chainSection({ certificates, faults }: ChainFound, i: number, now: number): Markup {
  const chain = certificatesIn(certificates);
  if (chain.length === 0) return section("Chain", markup`<p>It cannot be read.</p>`);
  const links = chain.map((certificate, depth): Link => ({
    certificate,
    role: depth === 0 ? "of the server" : `sent, number ${depth}`,
    faults: faults.filter((fault) => fault.depth === depth).map(({ detail }) => detail),
  }));
  const title = i === 0 ? "Chain as it is sent" : "Chain for other clients";
  return section(title, chainTree(links, now), validityBars(chain, now));
}

function trustSection({ trust, chains }: Analysis, now: number): Markup | undefined {
  if (trust === undefined) return undefined;
  const path = certificatesIn(trust.path);
  const sent = chains[0]?.certificates.length ?? 0;
  const links = path.map((certificate, depth): Link => ({
    certificate,
    role: depth === 0 ? "of the server" : depth < sent ? "an intermediate" : "trusted here",
    faults: [],
  }));
  const verdict = trust.trusted
    ? word("good", "Trusted")
    : markup`${word("bad", "Not trusted")}: ${trust.reason}`;
  const steps = Object.values(trust.timings).some((ms) => ms > 0);
  return section(
    "Trust and handshake",
    markup`<p>${verdict} (engine ${trust.engine})</p>`,
    trust.trusted && links.length > 0 && chainTree(links, now),
    steps && waterfall(trust.timings),
  );
}

function groupRows({ groups }: Analysis) {
  return groups.map(({ version, groups: found, order }) => [
    versionText(version),
    found.map(({ name, postQuantum }, i) => [
      i > 0 && ", ",
      postQuantum ? markup`<strong>${name}</strong>` : name,
    ]),
    order === undefined ? "" : ORDER_TEXT[order],
  ]);
}

function protocol(analysis: Analysis): Markup[] {
  const { versions } = analysis;
  const rows = versions.toReversed().map(({ version, offered, refusal = "", order }) => [
    versionText(version),
    offered ? word(/TLSv1_[23]/.test(version) ? "good" : "bad", "offered") : "not offered",
    order === undefined ? refusal : ORDER_TEXT[order],
  ]);
  const lines = featureLines(analysis).map(({ name, state, good }) =>
    [name, good === undefined ? state : word(good ? "good" : "bad", state)] as const
  );
  return [
    section("Versions", table(["version", "state", "order or answer"], rows)),
    section("Versions and suites", legend(), suiteMatrix(versions)),
    ...analysis.groups.length > 0
      ? [section("Groups", table(["version", "groups", "order"], groupRows(analysis)))]
      : [],
    section("The rest", facts(lines)),
  ];
}

/** The page. */
export function analysisReport(analysis: Analysis, now: number): string {
  const { target, findings: found, chains, leftOut } = analysis;
  const where = joinHostPort(target.hostname, target.port);
  const via = target.starttls === undefined ? "" : ` (${target.starttls})`;
  const grave = found.some(({ severity }) => TONES[severity] === "bad");
  return htmlPage(
    `${where}: ${countText(found)}`,
    now,
    markup`<h1>${where}${via}</h1>
<p>${word(grave ? "bad" : "good", countText(found))} <span class="soft">${
      effortText(analysis)
    }</span></p>`,
    findings(analysis),
    chains.map((chain, i) => chainSection(chain, i, now)),
    trustSection(analysis, now),
    protocol(analysis),
    leftOut.length > 0 && section(
      "Not looked at",
      table([], leftOut.map(({ what, why }) => [what, why])),
    ),
  );
}
