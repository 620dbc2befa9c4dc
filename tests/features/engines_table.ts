/**
 * The table of engines for docs/engines.md, made from engine/features.ts. Pure.
 *
 * @module
 */

import { type FeatureColumn, type FeatureRow, FEATURES } from "../../engine/features.ts";

const COLUMNS: readonly (readonly [FeatureColumn, string])[] = [
  ["openssl", "OpenSSL"],
  ["openssl-narrow", "OpenSSL, `--allow-ffi=<path>`"],
  ["deno", "Deno"],
  ["wasm", "OpenSSL as WebAssembly"],
];

const BEGIN = /^<!-- engines:begin .*-->$/m;
const END = /^<!-- engines:end -->$/m;

function cell(row: FeatureRow, column: FeatureColumn): string {
  if (row.on.includes(column)) return "yes";
  return row.maybe?.includes(column) ? "yes (1)" : "";
}

/** As `deno fmt` has it: the first column to the left, the others in the middle. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((cells) => cells[i]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const pad = (text: string, i: number) => {
    const left = i === 0 ? 0 : Math.floor((widths[i]! - text.length) / 2);
    return (" ".repeat(left) + text).padEnd(widths[i]!);
  };
  const rule = widths.map((width, i) => i === 0 ? "-".repeat(width) : `:${"-".repeat(width - 2)}:`);
  const [head, ...body] = rows.map((cells) => line(cells.map(pad)));
  return [head!, line(rule), ...body];
}

/** The table in Markdown, with its footnote. */
export function featuresTable(): string {
  const rows = Object.entries(FEATURES).map(([name, row]) => [
    `${row.text} (\`${name}\`)`,
    ...COLUMNS.map(([column]) => cell(row, column)),
  ]);
  const head = ["feature", ...COLUMNS.map(([, title]) => title)];
  const note =
    "(1) where the runtime tells it, by a way that is not public: looked for at run time.";
  return `${aligned([head, ...rows]).join("\n")}\n\n${note}`;
}

/**
 * A page with the table put between its two marks.
 *
 * @throws {TypeError} If the page does not have both marks, in this order.
 */
export function withFeaturesTable(page: string): string {
  const begin = BEGIN.exec(page);
  const end = END.exec(page);
  if (begin === null || end === null || end.index < begin.index) {
    throw new TypeError(
      "Cannot write the table of engines: the page has no lines <!-- engines:begin ... --> and <!-- engines:end -->",
    );
  }
  const start = begin.index + begin[0].length;
  return `${page.slice(0, start)}\n\n${featuresTable()}\n\n${page.slice(end.index)}`;
}

if (import.meta.main) {
  const page = new URL("../../docs/engines.md", import.meta.url);
  Deno.writeTextFileSync(page, withFeaturesTable(Deno.readTextFileSync(page)));
}
