/**
 * The report of `cert show` as a page. Pure.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { equalBytes } from "../../internal/bytes.ts";
import { calendar } from "./calendar.ts";
import { markup } from "./markup.ts";
import { facts, htmlPage, section } from "./page.ts";
import { chainTree, type Link, validityBars } from "./pictures.ts";

/** One thing of the file, as labels and values. */
export interface ShownItem {
  /** What it is: `certificate localhost`. */
  readonly title: string;
  /** What is known of it. */
  readonly rows: readonly (readonly [label: string, text: string])[];
  /** The certificate, if it is one. */
  readonly certificate?: Certificate | undefined;
}

/** The certificates that follow each other in a chain, one list for each leaf. */
function chainsOf(certificates: readonly Certificate[]): Certificate[][] {
  const issues = (a: Certificate, b: Certificate) =>
    a !== b && equalBytes(a.rawSubject, b.rawIssuer) && !b.isSelfIssued;
  const leaves = certificates.filter((one) => !certificates.some((other) => issues(one, other)));
  return leaves.map((leaf) => {
    const chain = [leaf];
    for (let next; (next = certificates.find((one) => issues(one, chain.at(-1)!)));) {
      if (chain.includes(next)) break;
      chain.push(next);
    }
    return chain;
  });
}

const link = (certificate: Certificate): Link => ({
  certificate,
  role: certificate.isSelfIssued ? "root" : "",
  faults: [],
});

/** The page. */
export function certificateReport(
  source: string,
  items: readonly ShownItem[],
  now: number,
): string {
  const certificates = items.flatMap(({ certificate }) => certificate ?? []);
  const chains = chainsOf(certificates);
  const ends = certificates.map((one) => ({
    name: one.commonName ?? one.subject,
    end: one.notAfter,
  }));
  return htmlPage(
    `Certificates of ${source}`,
    now,
    markup`<h1>${source}</h1>`,
    chains.length > 0 &&
      section("Chain", chains.map((chain) => chainTree(chain.map(link), now))),
    certificates.length > 0 && section("Validity", validityBars(certificates, now)),
    items.map(({ title, rows, certificate }, i) =>
      section(
        `${i + 1}. ${title}`,
        facts(rows),
        certificate &&
          markup`<details><summary>PEM</summary><pre><code>${certificate.pem}</code></pre></details>`,
      )
    ),
    ends.length > 0 && section("Calendar of expiries", calendar(ends, now)),
  );
}
