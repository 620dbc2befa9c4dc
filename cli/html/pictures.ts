/**
 * The drawings about certificates: the chain as a tree, and validity as bars. Pure.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { nameOf } from "../cert/describe.ts";
import { daysLeft, dayText, endedText, keyText, lifeUsed } from "../certificate_data.ts";
import { counted } from "../layout.ts";
import { type Markup, markup } from "./markup.ts";
import { drawing, shortened, type Tone } from "./page.ts";

const SOON = 30;

/** How the dates of a certificate are, as a tone and in words. */
export function datesOf(
  certificate: Certificate,
  now: number,
): readonly [tone: Tone, text: string] {
  const left = daysLeft(certificate, now);
  if (certificate.notBefore.getTime() > now) return ["bad", "not valid yet"];
  if (left < 0) return ["bad", endedText(left)];
  return [left < SOON ? "warn" : "good", `${counted(left, "day")} left`];
}

/** One certificate of the tree. */
export interface Link {
  /** The certificate. */
  readonly certificate: Certificate;
  /** What it is here: "sent by the server". */
  readonly role: string;
  /** What is wrong with it, in words. */
  readonly faults: readonly string[];
}

const BOX = { width: 620, height: 62, gap: 26, step: 28 };

function box({ certificate, role, faults }: Link, i: number, count: number, now: number): Markup {
  const x = 2 + i * BOX.step, y = 2 + i * (BOX.height + BOX.gap);
  const [tone, dates] = datesOf(certificate, now);
  const state: Tone = faults.length > 0 ? "bad" : tone;
  const edge = i === 0
    ? undefined
    : markup`<path class="edge" d="M${x - BOX.step / 2} ${y - BOX.gap} V${
      y + BOX.height / 2
    } H${x}"/>`;
  const facts = `${keyText(certificate)} · ${certificate.signatureAlgorithm} · until ${
    dayText(certificate.notAfter)
  }, ${dates}`;
  const below = faults.length > 0 ? faults.join("; ") : facts;
  const title = i === count - 1 ? "strong" : "";
  return markup`${edge}<g><title>${certificate.subject}
${faults.length > 0 ? facts : ""}</title>
<rect class="box" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6"/>
<rect class="bar tone-${state}" x="${x}" y="${y}" width="5" height="${BOX.height}" rx="2"/>
<text class="${title}" x="${x + 16}" y="${y + 24}">${shortened(nameOf(certificate), 58)}</text>
<text class="soft small" x="${x + BOX.width - 12}" y="${y + 24}" text-anchor="end">${role}</text>
<text class="small ${faults.length > 0 ? "tone-bad" : "soft"}" x="${x + 16}" y="${y + 46}">${
    shortened(below, 98)
  }</text></g>`;
}

/** The chain as a tree: the root above, each certificate below the one that issued it. */
export function chainTree(links: readonly Link[], now: number): Markup {
  const down = links.toReversed();
  const height = down.length * (BOX.height + BOX.gap) - BOX.gap + 4;
  const width = BOX.width + (down.length - 1) * BOX.step + 4;
  const names = down.map(({ certificate }) => nameOf(certificate)).join(", which issued ");
  return drawing(
    width,
    height,
    `The chain: ${names}`,
    down.map((link, i) => box(link, i, down.length, now)),
  );
}

const ROW = { height: 34, bar: 12, label: 250, width: 330, right: 190 };

function validityRow(certificate: Certificate, i: number, now: number): Markup {
  const y = i * ROW.height, used = Math.min(1, lifeUsed(certificate, now));
  const [tone, text] = datesOf(certificate, now);
  const percent = Math.round(100 * used);
  const { notBefore, notAfter } = certificate;
  const x = ROW.label, middle = y + 16;
  return markup`<g><title>${certificate.subject}: ${dayText(notBefore)} to ${
    dayText(notAfter)
  }, ${percent} percent of its life used</title>
<text x="0" y="${middle + 4}">${shortened(nameOf(certificate), 34)}</text>
<rect class="box" x="${x}" y="${middle - 6}" width="${ROW.width}" height="${ROW.bar}"/>
<rect class="bar tone-${tone}" x="${x}" y="${middle - 6}" width="${
    Math.round(used * ROW.width)
  }" height="${ROW.bar}"/>
<text class="soft small" x="${x}" y="${middle + 18}">${dayText(notBefore)}</text>
<text class="soft small" x="${x + ROW.width}" y="${middle + 18}" text-anchor="end">${
    dayText(notAfter)
  }</text>
<text x="${x + ROW.width + 12}" y="${middle + 4}">${percent}% · ${text}</text></g>`;
}

/** A bar for each certificate: which part of its life is behind it. */
export function validityBars(certificates: readonly Certificate[], now: number): Markup {
  const width = ROW.label + ROW.width + ROW.right;
  return drawing(
    width,
    certificates.length * ROW.height + 6,
    "The part of its life that each certificate has used",
    certificates.map((certificate, i) => validityRow(certificate, i, now)),
  );
}
