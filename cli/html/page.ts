/**
 * The page around a report: one file, without scripts and without anything that is loaded. It follows
 * the light or dark mode of the reader; what a color says, a word or a shape says, too. Pure.
 *
 * @module
 */

import { type Insertion, type Markup, markup } from "./markup.ts";

/** How something is, which is its color. The words beside it say the same. */
export type Tone = "good" | "warn" | "bad" | "plain";

const STYLE = markup`
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #ffffff;
  --box: #f6f8fa; --good: #1a7f37; --warn: #9a6700; --bad: #cf222e; --plain: #57606a; --mark: #0969da; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --paper: #0d1117; --box: #161b22;
    --good: #3fb950; --warn: #d29922; --bad: #f85149; --plain: #9198a1; --mark: #4493f8; }
}
@media print { :root { --paper: #ffffff; --ink: #000000; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; }
.soft { color: var(--soft); }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.plain { color: var(--plain); }
.word { font-weight: 600; }
.whole { white-space: nowrap; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; white-space: nowrap; }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.picture { overflow-x: auto; }
svg { display: block; margin: .5rem 0; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); }
svg .soft { fill: var(--soft); }
svg .small { font-size: 11px; }
svg .strong { font-weight: 600; }
svg .box { fill: var(--box); stroke: var(--line); }
svg .line { stroke: var(--line); fill: none; }
svg .edge { stroke: var(--soft); fill: none; stroke-width: 1.5; }
svg .tone-good { fill: var(--good); stroke: var(--good); }
svg .tone-warn { fill: var(--warn); stroke: var(--warn); }
svg .tone-bad { fill: var(--bad); stroke: var(--bad); }
svg .tone-plain { fill: var(--plain); stroke: var(--plain); }
svg .bar { stroke: none; }
svg .hollow { fill: none; stroke-width: 2; }
svg .mark { fill: var(--mark); stroke: none; }
svg text.on { fill: var(--paper); }
svg text.tone-good, svg text.tone-warn, svg text.tone-bad, svg text.tone-plain { stroke: none; }
`;

/** A section with its heading. */
export const section = (title: string, ...content: Insertion[]): Markup =>
  markup`<section><h2>${title}</h2>${content}</section>`;

/** A word in the color of its tone. */
export const word = (tone: Tone, text: string): Markup =>
  markup`<span class="word ${tone}">${text}</span>`;

/** A table with a heading for each column; no headings give a table without them. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly Insertion[])[],
): Markup {
  const head = headings.map((one) => markup`<th scope="col">${one}</th>`);
  const body = rows.map((cells) =>
    markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`
  );
  return markup`<table>${headings.length > 0 && markup`<thead><tr>${head}</tr></thead>`}
<tbody>${body}</tbody></table>`;
}

/** Labels with their values; what is empty is left out. */
export function facts(rows: readonly (readonly [label: string, value: Insertion])[]): Markup {
  const shown = rows.filter(([, value]) => value !== "" && value !== undefined);
  const lines = shown.map(([label, value]) =>
    markup`<tr><th scope="row">${label}</th><td>${value}</td></tr>`
  );
  return markup`<table><tbody>${lines}</tbody></table>`;
}

/** A drawing with what it shows in words, for those who do not see it. */
export const drawing = (
  width: number,
  height: number,
  label: string,
  ...content: Insertion[]
): Markup =>
  markup`<div class="picture"><svg role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-label="${label}">${content}</svg></div>`;

/** The first characters of a text, with an ellipsis where some are missing. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : characters.slice(0, length - 1).join("") + "…";
}

/** The whole page. */
export function htmlPage(title: string, now: number, ...content: Insertion[]): string {
  const made = new Date(now).toISOString().replace("T", " ").slice(0, 16);
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${content}
<p class="soft">Made by ssl (@socket/ssl) at ${made} UTC.</p>
</body>
</html>
`.source;
}
