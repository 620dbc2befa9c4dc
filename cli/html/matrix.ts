/**
 * The matrix of versions and suites: a shape in each cell says how much the suite is worth there. Pure.
 *
 * @module
 */

import type { SuiteFound, VersionFound } from "../analyze/model.ts";
import type { Strength } from "../analyze/suites.ts";
import { versionText } from "../analyze/words.ts";
import { type Markup, markup } from "./markup.ts";
import { drawing, shortened, type Tone } from "./page.ts";

const ROW = 22, LABEL = 330, COLUMN = 92, HEAD = 26;

const TONES: Readonly<Record<Strength, Tone>> = {
  good: "good",
  fair: "plain",
  weak: "warn",
  broken: "bad",
  none: "bad",
};

/** A full square, a hollow one, a triangle, a cross: each strength has its shape. */
export function shape(strength: Strength, x: number, y: number): Markup {
  const tone = `tone-${TONES[strength]}`;
  switch (strength) {
    case "good":
      return markup`<rect class="${tone}" x="${x - 6}" y="${y - 6}" width="12" height="12"/>`;
    case "fair":
      return markup`<rect class="${tone} hollow" x="${x - 5}" y="${
        y - 5
      }" width="10" height="10"/>`;
    case "weak":
      return markup`<path class="${tone}" d="M${x} ${y - 6} L${x + 7} ${y + 6} H${x - 7} Z"/>`;
    default:
      return markup`<path class="${tone} hollow" stroke-width="3" d="M${x - 6} ${y - 6} L${x + 6} ${
        y + 6
      } M${x + 6} ${y - 6} L${x - 6} ${y + 6}"/>`;
  }
}

/** What the shapes mean. */
export function legend(): Markup {
  const strengths: readonly (readonly [Strength, string, x: number])[] = [
    ["good", "good: forward secret, AEAD", 10],
    ["fair", "fair", 220],
    ["weak", "weak", 300],
    ["broken", "broken, or no protection", 380],
  ];
  const cells = strengths.map(([strength, text, x]) =>
    markup`${shape(strength, x, 10)}<text class="small" x="${x + 14}" y="14">${text}</text>`
  );
  return drawing(600, 20, "The shapes of the matrix", cells);
}

/** Rows of suites, columns of versions; the newest version and its first suites come first. */
export function suiteMatrix(versions: readonly VersionFound[]): Markup {
  const offered = versions.filter((one) => one.offered).toReversed();
  const suites = new Map<string, SuiteFound>();
  for (const { suites: found } of offered) {
    for (const suite of found) if (!suites.has(suite.id)) suites.set(suite.id, suite);
  }
  const heads = offered.map(({ version }, i) =>
    markup`<text class="strong" text-anchor="middle" x="${LABEL + COLUMN * (i + 0.5)}" y="16">${
      versionText(version)
    }</text>`
  );
  const rows = [...suites.values()].map(({ id, openssl, name, bits }, row) => {
    const y = HEAD + row * ROW;
    const cells = offered.map(({ version, suites: found }, i) => {
      const here = found.find((suite) => suite.id === id);
      const how = here?.exchange === undefined ? "" : `, ${here.exchange}`;
      return here &&
        markup`<g><title>${openssl} in ${versionText(version)}: ${here.strength}${how}</title>${
          shape(here.strength, LABEL + COLUMN * (i + 0.5), y + ROW / 2)
        }</g>`;
    });
    return markup`<line class="line" x1="0" x2="${
      LABEL + COLUMN * offered.length
    }" y1="${y}" y2="${y}"/>
<g><title>${name}, ${bits} bits</title><text x="0" y="${y + 15}">${
      shortened(openssl, 44)
    }</text></g>${cells}`;
  });
  const width = LABEL + COLUMN * offered.length;
  const height = HEAD + suites.size * ROW + 2;
  const label = `${suites.size} suites in ${
    offered.map((one) => versionText(one.version)).join(", ")
  }`;
  return drawing(width, height, label, heads, rows);
}
