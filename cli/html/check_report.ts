/**
 * The report of `check` as a page: each server, and a calendar of what ends when. Pure.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { joinHostPort } from "../../internal/host.ts";
import { dayText, keyText } from "../certificate_data.ts";
import { EXITS, type Verdict } from "../exit_codes.ts";
import { counted } from "../layout.ts";
import { calendar } from "./calendar.ts";
import { type Markup, markup } from "./markup.ts";
import { htmlPage, section, table, word } from "./page.ts";
import { datesOf, validityBars } from "./pictures.ts";

/** One server that was checked. */
export interface CheckedHost {
  /** Its name or address. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
  /** What came of it. */
  readonly verdict: Verdict;
  /** The words for that; by default those of the verdict. */
  readonly label?: string | undefined;
  /** What is wrong and what to do. */
  readonly detail?: string | undefined;
  /** The chain, leaf first; empty where there was no connection. */
  readonly chain: readonly Certificate[];
}

const at = ({ host, port }: CheckedHost): string => port === 443 ? host : joinHostPort(host, port);

function row(checked: CheckedHost, now: number): readonly (Markup | string)[] {
  const { verdict, label, detail = "", chain: [leaf] } = checked;
  const tone = verdict === "ok" ? "good" : verdict === "expires-soon" ? "warn" : "bad";
  const dates = leaf === undefined ? undefined : datesOf(leaf, now);
  return [
    at(checked),
    markup`<span class="whole">${word(tone, label ?? EXITS[verdict].label)}</span>`,
    leaf === undefined ? "" : markup`${dayText(leaf.notAfter)}, ${word(...dates!)}`,
    leaf === undefined ? "" : markup`<span class="whole">${keyText(leaf)}</span>`,
    detail,
  ];
}

/** The page: the gravest first, as they are given. */
export function checkReport(hosts: readonly CheckedHost[], now: number): string {
  const bad = hosts.filter(({ verdict }) => verdict !== "ok").length;
  const ending = hosts.filter(({ chain }) => chain.length > 0)
    .toSorted((a, b) => a.chain[0]!.notAfter.getTime() - b.chain[0]!.notAfter.getTime());
  const expiries = ending.map((one) => ({ name: at(one), end: one.chain[0]!.notAfter }));
  const leaves = new Map(ending.map(({ chain: [leaf] }) => [leaf!.fingerprint(), leaf!]));
  const summary = bad === 0 ? "all is well" : `${bad} of ${hosts.length} need attention`;
  const title = `${counted(hosts.length, "server")}: ${summary}`;
  return htmlPage(
    title,
    now,
    markup`<h1>${counted(hosts.length, "server")}</h1>
<p>${word(bad === 0 ? "good" : "bad", summary)}</p>`,
    section(
      "Servers",
      table(["server", "verdict", "until", "key", "detail"], hosts.map((one) => row(one, now))),
    ),
    expiries.length > 0 && section("Calendar of expiries", calendar(expiries, now)),
    leaves.size > 0 && section("Validity", validityBars([...leaves.values()], now)),
  );
}
