/**
 * Bar charts as SVG, for light and dark pages. Each bar has its name and its number in text, so
 * that nothing rests on colours.
 *
 * @module
 */

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The number as text. */
  readonly text: string;
  /** A bar of this library stands out. */
  readonly ours?: boolean;
}

/** Bars under one heading. */
export interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** A whole chart. */
export interface Chart {
  readonly title: string;
  /** What a longer bar means. */
  readonly note: string;
  /** Ratios stand left and right of 1, each doubling as wide as the other; amounts begin at 0. */
  readonly scale: "ratio" | "amount";
  readonly groups: readonly Group[];
}

const WIDTH = 760, LEFT = 190, RIGHT = 90, ROW = 18, BAR = 12, HEAD = 62, GAP = 30;

const STYLE = `text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 } .group { font-weight: 600 }
.note { fill: #59636e } .page { fill: #ffffff } .bar { fill: #8c959f }
.ours { fill: #0969da } text.own { font-weight: 600 }
.line { stroke: #59636e; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .note { fill: #9198a1 } .page { fill: #0d1117 }
.bar { fill: #656c76 } .ours { fill: #4493f8 } .line { stroke: #9198a1 }
}`;

/** A text as it stands in XML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Where a value stands, from 0 at the left edge of the plot to 1 at its right. */
export function placesOf(chart: Chart): { at(value: number): number; origin: number } {
  const values = chart.groups.flatMap(({ bars }) => bars.map(({ value }) => value))
    .filter((value) => Number.isFinite(value) && value > 0);
  if (chart.scale === "amount") {
    const most = Math.max(...values, Number.MIN_VALUE);
    return { at: (value) => Math.max(0, value) / most, origin: 0 };
  }
  const low = Math.log2(Math.min(0.5, ...values)), high = Math.log2(Math.max(2, ...values));
  const at = (value: number) => (Math.log2(value) - low) / (high - low);
  return { at, origin: at(1) };
}

const number = (value: number) => Number(value.toFixed(1));

/** The text of an SVG file. */
export function svg(chart: Chart): string {
  const { at, origin } = placesOf(chart);
  // On the scale of ratios a short bar has its number at its left, which needs room.
  const left = LEFT + (chart.scale === "ratio" ? 50 : 0);
  const x = (place: number) => number(left + place * (WIDTH - RIGHT - left));
  const parts: string[] = [];
  let y = HEAD;
  for (const { title, bars } of chart.groups) {
    parts.push(`<text class="group" x="12" y="${y}">${escaped(title)}</text>`);
    y += 8;
    for (const bar of bars) {
      if (!(bar.value > 0) || !Number.isFinite(bar.value)) continue;
      const place = at(bar.value), back = place < origin;
      const from = x(Math.min(place, origin)), to = x(Math.max(place, origin));
      const middle = number(y + ROW / 2), own = bar.ours ? ' class="own"' : "";
      parts.push(
        `<text${own} x="20" y="${middle + 4}">${escaped(bar.label)}</text>`,
        `<rect class="${bar.ours ? "ours" : "bar"}" x="${from}" y="${middle - BAR / 2}" ` +
          `width="${number(Math.max(1, to - from))}" height="${BAR}"/>`,
        `<text${own} x="${back ? number(from - 5) : number(to + 5)}" y="${middle + 4}"` +
          `${back ? ' text-anchor="end"' : ""}>${escaped(bar.text)}</text>`,
      );
      y += ROW;
    }
    y += GAP;
  }
  const height = y - GAP + 14;
  const line = chart.scale === "ratio"
    ? `<line class="line" x1="${x(origin)}" x2="${x(origin)}" y1="${HEAD - 12}" y2="${y - GAP}"/>\n`
    : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" role="img" aria-labelledby="title note">
<style>${STYLE}</style>
<rect class="page" width="${WIDTH}" height="${height}"/>
<text class="title" id="title" x="12" y="22">${escaped(chart.title)}</text>
<text class="note" id="note" x="12" y="40">${escaped(chart.note)}</text>
${line}${parts.join("\n")}
</svg>
`;
}
