/**
 * What is reported of one connection: the data of its JSON document, and its lines for people.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import type { EngineName } from "../../engine/engine.ts";
import { SslError } from "../../errors.ts";
import type { SslSocket } from "../../socket/socket.ts";
import { explainHostname } from "../../verify/hostname.ts";
import type { VerifyCheck, VerifyReport } from "../../verify/report.ts";
import {
  certificateData,
  daysLeft,
  dayText,
  endedText,
  keyPin,
  keyText,
  lifeUsed,
  shortName,
} from "../certificate_data.ts";
import { EXITS, type Verdict } from "../exit_codes.ts";
import { errorData, verdictOf } from "../failure.ts";
import { bar, counted, type Mood, padEnd, type Page } from "../layout.ts";
import { adviceFor } from "./fix.ts";
import type { Opened, Timings } from "./open.ts";
import type { ConnectionSettings } from "./connection_settings.ts";

/** What was negotiated. A member that the engine does not show is `null`. */
export interface Negotiated {
  readonly version: string | null;
  readonly cipher: string | null;
  readonly group: string | null;
  readonly signatureAlgorithm: string | null;
  readonly alpn: string | null;
  readonly resumed: boolean | null;
}

/** One line of the checks. */
interface CheckLine {
  readonly name: string;
  readonly ok: boolean | null;
  readonly detail: string;
}

/** What is known of one connection. */
export interface View {
  readonly opened: Opened;
  readonly verdict: Verdict;
  readonly label: string;
  readonly engine: EngineName;
  readonly negotiated: Negotiated | null;
  readonly checks: readonly CheckLine[];
  readonly chain: readonly Certificate[];
  readonly sent: readonly Certificate[];
  readonly anchor: Certificate | undefined;
  readonly anchorFrom: string | undefined;
  readonly fix: string;
  readonly leftOut: readonly string[];
}

/** What a question to the engine gives; `null` where this engine has no answer. */
function shown<T>(ask: () => T | undefined): T | null {
  try {
    return ask() ?? null;
  } catch (error) {
    if (error instanceof SslError) return null;
    throw error;
  }
}

function negotiatedOf(socket: SslSocket): Negotiated {
  return {
    version: shown(() => socket.getSslversion()),
    cipher: shown(() => socket.getCipher()),
    group: shown(() => socket.getGroup()),
    signatureAlgorithm: shown(() => socket.getPeerSignatureAlgorithm()),
    alpn: shown(() => socket.alpnSelected()),
    resumed: shown(() => socket.getSessionReused()),
  };
}

/** Where a trust anchor came from. */
function originOf(report: VerifyReport | undefined): string | undefined {
  const source = report?.anchorOrigin?.source;
  if (report?.anchor === undefined) return undefined;
  return source === "option" ? "--ca" : source ?? "deno";
}

/** What is to be said of the chain as it was sent, beside the one that was built. */
function sentLines(report: VerifyReport | undefined): CheckLine[] {
  const { chain = [], anchor, presented = [] } = report ?? {};
  if (presented.length === 0 || anchor === undefined) return [];
  const builtAt = (sent: Certificate) => chain.findIndex((each) => each.equals(sent));
  const others = presented.filter((sent) => builtAt(sent) < 0 && !sent.equals(anchor));
  const used = presented.filter((sent) => builtAt(sent) >= 0).map(builtAt);
  const said = [
    ...(others.length === 0 ? [] : [`more than is needed: ${others.map(shortName).join(", ")}`]),
    ...(presented.some((sent) => sent.equals(anchor)) ? ["the root, which clients have"] : []),
    ...(used.some((at, i) => at < (used[i - 1] ?? 0)) ? ["not in order"] : []),
  ];
  return said.length === 0 ? [] : [{ name: "sent", ok: null, detail: said.join("; ") }];
}

const LABELS: Readonly<Record<string, string>> = { hostname: "name", fingerprint: "pin" };

function nameDetail(leaf: Certificate | undefined, name: string, detail: string): string {
  const matched = leaf === undefined ? undefined : explainHostname(leaf, name).matched;
  if (matched === undefined) return detail;
  const how = matched.rule === "wildcard" ? " (wildcard)" : "";
  return `"${name}" = ${matched.source} ${matched.type}:${matched.value}${how}`;
}

function chainDetail(view: Pick<View, "chain" | "anchor" | "anchorFrom">): string {
  const { chain, anchor, anchorFrom } = view;
  const names = chain.map(shortName);
  const last = anchor === undefined || chain.at(-1)?.equals(anchor) ? [] : [shortName(anchor)];
  const from = anchorFrom === undefined ? "" : ` (${anchorFrom})`;
  return ["leaf", ...names.slice(1), ...last].join(" <- ") + from;
}

function checkLines(
  { checks }: { readonly checks: readonly VerifyCheck[] },
  name: string,
  view: Pick<View, "chain" | "anchor" | "anchorFrom">,
): CheckLine[] {
  return checks.map(({ name: check, ok = null, detail }) => {
    const label = LABELS[check] ?? check;
    if (check === "chain" && ok && view.anchor !== undefined) {
      return { name: label, ok, detail: chainDetail(view) };
    }
    if (check === "hostname" && ok) {
      return { name: label, ok, detail: nameDetail(view.chain[0], name, detail) };
    }
    return { name: label, ok, detail };
  });
}

/** The check that an outcome is about; the first one that failed for all others. */
const ABOUT: Readonly<Partial<Record<Verdict, string>>> = { "wrong-name": "name", pin: "pin" };

/** The checks of a connection that failed: the one that it is about says it in plain words. */
function failedLines(opened: Opened, lines: readonly CheckLine[], verdict: Verdict): CheckLine[] {
  const { happened } = adviceFor(opened);
  const about = ABOUT[verdict];
  const at = lines.findIndex(({ ok, name }) => ok === false && (about ?? name) === name);
  if (at >= 0) return lines.with(at, { ...lines[at]!, detail: happened });
  const name = verdict === "unreachable" ? "tcp" : verdict === "no-tls" ? "tls" : "peer";
  return [...lines, { name, ok: false, detail: happened }];
}

const NOT_SHOWN = "version, cipher and group: OpenSSL shows them (--allow-ffi, or --engine wasm)";
const NO_CERTIFICATE = "the certificate: OpenSSL shows it (--allow-ffi, or --engine wasm)";

/** Collects what is known of a connection. */
export function viewOf(opened: Opened, settings: ConnectionSettings, engine: EngineName): View {
  const { socket, error, name } = opened;
  const report = socket?.report ?? (error as { report?: VerifyReport } | undefined)?.report;
  const chain = report?.chain ?? [], anchor = report?.anchor;
  const verdict = socket !== undefined ? "ok" : verdictOf(error);
  const anchorFrom = originOf(report);
  const known = { chain, anchor, anchorFrom };
  const lines = [
    ...checkLines({ checks: report?.checks ?? [] }, name, known),
    ...sentLines(report),
  ];
  const pinned = lines.some((line) => line.name === "pin" && line.ok === true);
  const negotiated = socket === undefined ? null : negotiatedOf(socket);
  const leftOut = [
    ...settings.leftOut,
    ...(negotiated !== null && negotiated.cipher === null ? [NOT_SHOWN] : []),
    ...(socket !== undefined && chain.length === 0 ? [NO_CERTIFICATE] : []),
  ];
  return {
    ...{ opened, verdict, engine, negotiated, ...known, leftOut },
    sent: report?.presented ?? [],
    label: verdict === "ok" ? pinned ? "PINNED" : "TRUSTED" : EXITS[verdict].label,
    checks: socket === undefined ? failedLines(opened, lines, verdict) : lines,
    fix: socket === undefined ? adviceFor(opened).fix : "",
  };
}

/** The data of the JSON document. */
export function viewData(
  view: View,
  settings: ConnectionSettings,
  now: number,
): Record<string, unknown> {
  const {
    opened,
    label,
    engine,
    negotiated,
    checks,
    chain,
    sent,
    anchor,
    anchorFrom,
    fix,
    leftOut,
  } = view;
  const { target: { host, port }, name, address = null, timings, error } = opened;
  const [leaf] = chain;
  return {
    ...{ host, port, name, address, label, engine, starttls: settings.starttls ?? null },
    ...{ tls: negotiated, timings, checks },
    chain: chain.map(certificateData),
    sent: sent.map(certificateData),
    anchor: anchor === undefined ? null : { ...certificateData(anchor), from: anchorFrom },
    pin: leaf === undefined ? null : keyPin(leaf),
    daysLeft: leaf === undefined ? null : daysLeft(leaf, now),
    ...{ fix: fix === "" ? null : fix, leftOut },
    error: error === undefined ? null : errorData(error),
  };
}

const ms = (n: number): string => n < 10 ? n.toFixed(1) : String(Math.round(n));

function timingsText(timings: Timings): string {
  // Verifying is a part of the handshake.
  const parts = Object.entries(timings).filter(([name]) => name !== "verify").map(([name, time]) =>
    `${name} ${ms(time)}`
  );
  if (parts.length > 0) parts[0] += " ms";
  return parts.join(" · ");
}

const VERSIONS = /^TLSv1_(\d)$/;

function negotiatedText(negotiated: Negotiated | null): string {
  if (negotiated === null) return "";
  const { version, cipher, group, alpn } = negotiated;
  const shown = [version?.replace(VERSIONS, "TLS 1.$1"), cipher, group].filter(Boolean);
  const protocol = alpn === null ? "no ALPN" : `ALPN ${alpn}`;
  return [...(shown.length === 0 ? ["TLS"] : shown), protocol].join(" · ");
}

function checkText({ name, ok, detail }: CheckLine, page: Page): string {
  const [word, mood]: [string, Mood] = ok === null
    ? ["-", "dim"]
    : ok
    ? ["ok", "good"]
    : ["FAIL", "bad"];
  return page.labelled(`    ${page.mood(mood, padEnd(word, 6))}${padEnd(name, 10)}`, detail);
}

function certificateText(leaf: Certificate, now: number, page: Page): string {
  const left = daysLeft(leaf, now);
  const when = left < 0 ? endedText(left) : counted(left, "day");
  const front = `  until ${dayText(leaf.notAfter)} (${when})  ${bar(lifeUsed(leaf, now), 20)}   ` +
    keyText(leaf);
  return page.spread(front, `pin ${keyPin(leaf)}`);
}

/** The lines for people. */
export function viewText(view: View, page: Page, now: number): string {
  const { opened, verdict, label, negotiated, checks, chain, fix, leftOut } = view;
  const { target, address, timings } = opened;
  const where = address === undefined ? target.text : `${target.text}  [${address}]`;
  const tls = `  ${negotiatedText(negotiated)}`, took = timingsText(timings);
  const lines = [page.spread(where, page.mood(verdict === "ok" ? "good" : "bad", label))];
  if (negotiated !== null) lines.push(page.spread(tls, page.mood("dim", took)));
  lines.push(...checks.map((check) => checkText(check, page)));
  if (chain[0] !== undefined) lines.push(certificateText(chain[0], now, page));
  if (fix !== "") lines.push(page.labelled("  fix   ", fix));
  lines.push(...leftOut.map((what) => page.labelled("  left out: ", what)));
  return lines.join("\n");
}
