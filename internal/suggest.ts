/**
 * "Did you mean": the nearest of the names that exist.
 *
 * @module
 */

/** The spelling alone: without case, underscores, dashes and Perl's prefix. */
function plain(name: string): string {
  return name.toLowerCase().replace(/^ssl_/, "").replace(/[_-]/g, "");
}

/** Damerau-Levenshtein distance of neighbours swapped, inserted, deleted or replaced. */
function distance(a: string, b: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [i];
    for (let j = 1; j <= b.length; j++) {
      if (i === 0) {
        row.push(j);
        continue;
      }
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        rows[i - 1]![j]! + 1,
        row[j - 1]! + 1,
        rows[i - 1]![j - 1]! + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      }
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** The known name that is nearest to `name`; `undefined` when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = plain(name);
  if (wanted.length > 64) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const d = distance(wanted, plain(candidate));
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}

/** The known names that begin with `name`: `verify` is part of many. */
function startingWith(name: string, known: Iterable<string>): string[] {
  const wanted = plain(name);
  return wanted.length < 3 ? [] : [...known].filter((other) => plain(other).startsWith(wanted));
}

/** `: use "verifyMode"`, or nothing when no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const found = nearest(name, known);
  const names = found === undefined ? startingWith(name, known) : [found];
  const quoted = names.map((other) => JSON.stringify(other)).join(", ");
  if (names.length === 0) return "";
  return names.length === 1 ? `: use ${quoted}` : `: use one of ${quoted}`;
}
