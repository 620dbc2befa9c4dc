/**
 * Lays lines out for people: widths from 60 to 200 columns, columns, wrapped text, bars, and colors
 * where they are wanted. Pure.
 *
 * @module
 */

/** The least and the greatest width of a report. */
const WIDTHS = [60, 200] as const;
/** The width where there is no terminal. */
const USUAL = 100;

/** How a word is meant, which is its color on a terminal. The words say the same without it. */
export type Mood = "good" | "bad" | "warn" | "dim";

const SGR: Readonly<Record<Mood, string>> = { good: "32", bad: "31", warn: "33", dim: "2" };

// deno-lint-ignore no-control-regex -- the colors begin with one
const COLORS = /\x1b\[(?:32|31|33|2|0)m/g;

/** The columns that a text takes, colors aside. */
export function textWidth(text: string): number {
  return [...text.replace(COLORS, "")].length;
}

/** A text without control characters, other than line ends and the colors of {@linkcode Page}, where it has them. */
export function harmless(text: string, colors = false): string {
  return text.replace(
    // deno-lint-ignore no-control-regex -- these are what it replaces
    /(\x1b)(\[(?:32|31|33|2|0)m)|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c, escape, color) => escape === undefined ? hex(c) : colors ? c : hex(escape) + color,
  );
}

const hex = (c: string): string => "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0");

/** Breaks a text into lines of at most `width` columns at its spaces. A longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && textWidth(line) + 1 + textWidth(word) > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** A text in a column: with spaces up to `width`. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/** A text cut to `width` columns, with "..." where something is missing. */
export function cut(text: string, width: number): string {
  return textWidth(text) <= width
    ? text
    : [...text].slice(0, Math.max(0, width - 3)).join("") + "...";
}

/** `###-----` of that many characters, for a part from 0 to 1. */
export function bar(part: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, part)) * width);
  return "#".repeat(full) + "-".repeat(width - full);
}

/** `3 days`, `1 day`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** A page to write on: its width, and whether it has colors. */
export class Page {
  /** How many columns a line may have. */
  readonly width: number;
  /** Whether it has colors. */
  readonly colors: boolean;

  /** Makes a page for a terminal of that many columns; `undefined` where there is no terminal. */
  constructor(columns: number | undefined, colors: boolean) {
    this.width = Math.min(WIDTHS[1], Math.max(WIDTHS[0], columns ?? USUAL));
    this.colors = colors;
  }

  /** A text in the color of a mood. */
  mood(mood: Mood, text: string): string {
    return this.colors && text !== "" ? `\x1b[${SGR[mood]}m${text}\x1b[0m` : text;
  }

  /** One text at the left and one at the right of a line; two lines where they do not fit on one. */
  spread(left: string, right: string): string {
    if (right === "") return left;
    const gap = this.width - textWidth(left) - textWidth(right);
    if (gap >= 2) return left + " ".repeat(gap) + right;
    const [, indent] = /^( *)/.exec(left)!;
    return `${left}\n${indent}${right}`;
  }

  /** A text behind a label, wrapped into the columns beside it. */
  labelled(label: string, text: string): string {
    const lines = wrap(text, Math.max(20, this.width - textWidth(label)));
    const margin = " ".repeat(textWidth(label));
    return lines.map((line, i) => (i === 0 ? label : margin) + line).join("\n").trimEnd();
  }

  /**
   * Rows in columns, as wide as they need; the last cell is wrapped. Where what stands before it takes
   * more than half of the page, it begins on a line of its own.
   */
  columns(rows: readonly (readonly string[])[], indent = "  "): string {
    const most = Math.floor(this.width / 2);
    const fronts = rows.map((row) => row.slice(0, -1));
    const fits = (front: readonly string[]) =>
      front.reduce((sum, cell) => sum + textWidth(cell) + 2, textWidth(indent)) <= most;
    const widths: number[] = [];
    for (const front of fronts.filter(fits)) {
      front.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, textWidth(cell)));
    }
    const margin = indent + " ".repeat(widths.reduce((sum, width) => sum + width + 2, 0));
    return rows.map((row, at) => {
      const last = row.at(-1) ?? "";
      if (fits(fronts[at]!)) {
        const front = fronts[at]!.map((cell, i) => `${padEnd(cell, widths[i]!)}  `).join("");
        return this.labelled(indent + front, last);
      }
      const beneath = widths.length === 0 ? `${indent}    ` : margin;
      return `${indent}${fronts[at]!.join("  ")}\n${this.labelled(beneath, last)}`;
    }).join("\n");
  }
}
