/**
 * The handshake as a waterfall: each step begins where the one before it ends. Pure.
 *
 * @module
 */

import { type Markup, markup } from "./markup.ts";
import { drawing } from "./page.ts";

const ROW = 28, LABEL = 190, WIDTH = 460, RIGHT = 110;

const NAMES: Readonly<Record<string, string>> = {
  dns: "looking up the name",
  tcp: "connecting (TCP)",
  starttls: "STARTTLS and handshake",
  tls: "handshake (TLS)",
};

const shown = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** The steps of one connection, in milliseconds; loading the engine is not among them. */
export function waterfall(timings: Readonly<Record<string, number>>): Markup {
  const steps = Object.entries(timings);
  const total = steps.reduce((sum, [, ms]) => sum + ms, 0);
  let before = 0;
  const rows = steps.map(([name, ms], i) => {
    const x = LABEL + Math.round((before / total) * WIDTH);
    const width = Math.max(2, Math.round((ms / total) * WIDTH));
    before += ms;
    const y = i * ROW;
    return markup`<text x="0" y="${y + 18}">${NAMES[name] ?? name}</text>
<line class="line" x1="${LABEL}" x2="${LABEL + WIDTH}" y1="${y + ROW}" y2="${y + ROW}"/>
<rect class="mark" x="${x}" y="${y + 7}" width="${width}" height="14"/>
<text class="small" x="${x + width + 6}" y="${y + 18}">${shown(ms)}</text>`;
  });
  const label = steps.map(([name, ms]) => `${NAMES[name] ?? name} ${shown(ms)}`).join(", ");
  return drawing(LABEL + WIDTH + RIGHT, steps.length * ROW + 4, label, rows);
}
