/**
 * A calendar of expiries: twelve months, in which each day that ends certificates is marked. Pure.
 *
 * @module
 */

import { type Markup, markup } from "./markup.ts";
import { drawing } from "./page.ts";

const CELL = 26, MONTHS = 12, ACROSS = 4;
const MONTH = { width: CELL * 7 + 24, height: CELL * 7 + 16 };
const NAMES = ["January", "February", "March", "April", "May", "June", "July", "August"]
  .concat(["September", "October", "November", "December"]);
const WEEK = ["M", "T", "W", "T", "F", "S", "S"];
const SOON = 30;
const DAY = 86_400_000;

/** What ends when. */
export interface Expiry {
  /** What: the name of a server or a certificate. */
  readonly name: string;
  /** When. */
  readonly end: Date;
}

const key = (date: Date): string => date.toISOString().slice(0, 10);

function dayCell(
  date: Date,
  x: number,
  y: number,
  names: readonly string[] | undefined,
  now: number,
): Markup {
  const number = date.getUTCDate();
  const center = x + CELL / 2, base = y + 17;
  const today = key(date) === key(new Date(now));
  if (names === undefined) {
    const ring = markup`<rect class="line" x="${x + 2}" y="${y + 2}" width="${CELL - 4}" height="${
      CELL - 4
    }" rx="4"/>`;
    return markup`${
      today && ring
    }<text class="small soft" text-anchor="middle" x="${center}" y="${base}">${number}</text>`;
  }
  const tone = date.getTime() - now < SOON * DAY ? "bad" : "plain";
  return markup`<g><title>${key(date)}: ${names.join(", ")}</title>
<rect class="tone-${tone}" x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${
    CELL - 2
  }" rx="4"/>
<text class="small strong on" text-anchor="middle" x="${center}" y="${base}">${number}</text>${
    names.length > 1 &&
    markup`<text class="small strong" x="${x + CELL - 4}" y="${y + 6}">${names.length}</text>`
  }</g>`;
}

function month(
  first: Date,
  index: number,
  ends: ReadonlyMap<string, string[]>,
  now: number,
): Markup {
  const left = (index % ACROSS) * MONTH.width, top = Math.floor(index / ACROSS) * MONTH.height;
  const title = `${NAMES[first.getUTCMonth()]} ${first.getUTCFullYear()}`;
  const heads = WEEK.map((name, i) =>
    markup`<text class="small soft" text-anchor="middle" x="${left + i * CELL + CELL / 2}" y="${
      top + 34
    }">${name}</text>`
  );
  const cells: Markup[] = [];
  const offset = (first.getUTCDay() + 6) % 7; // weeks begin on Monday
  const date = new Date(first);
  for (let at = offset; date.getUTCMonth() === first.getUTCMonth(); at++) {
    const x = left + (at % 7) * CELL, y = top + 40 + Math.floor(at / 7) * CELL;
    cells.push(dayCell(date, x, y, ends.get(key(date)), now));
    date.setUTCDate(date.getUTCDate() + 1);
  }
  return markup`<text class="strong" x="${left + 6}" y="${
    top + 16
  }">${title}</text>${heads}${cells}`;
}

/** Twelve months from this one on. What ends later, or ended before, is for a table to say. */
export function calendar(expiries: readonly Expiry[], now: number): Markup {
  const ends = new Map<string, string[]>();
  for (const { name, end } of expiries) {
    const day = key(end);
    ends.set(day, [...ends.get(day) ?? [], name]);
  }
  const today = new Date(now);
  const months = Array.from(
    { length: MONTHS },
    (_, i) =>
      month(new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + i, 1)), i, ends, now),
  );
  const width = ACROSS * MONTH.width, height = Math.ceil(MONTHS / ACROSS) * MONTH.height + 8;
  return drawing(width, height, "A calendar of the days on which certificates end", months);
}
