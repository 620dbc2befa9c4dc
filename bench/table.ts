/**
 * A table in plain text.
 *
 * @module
 */

/** Prints rows in columns; the first is aligned left. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? "").length)));
  for (const row of all) {
    const cells = widths.map((w, i) => i ? (row[i] ?? "").padStart(w) : (row[i] ?? "").padEnd(w));
    console.log(cells.join("  ").trimEnd());
  }
}

/** A ratio such as `0.97x`, or a dash. */
export function ratio(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(2)}x` : "-";
}
