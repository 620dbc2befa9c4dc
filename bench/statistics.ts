/**
 * What is made of the rounds of a run: medians, and ratios of the same round.
 *
 * @module
 */

/** The median; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A median with the least and the greatest. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** The median of values with their range; NaN of nothing. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { median: NaN, least: NaN, greatest: NaN };
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

/**
 * Round by round, how many times better than the reference a side is in what should be small (time,
 * CPU): the reference's value over its own. Rounds that one of the two lacks do not count.
 */
export function timesBetter(
  values: readonly number[],
  reference: readonly number[] | undefined,
): number[] {
  return values.flatMap((value, round) => {
    const other = reference?.[round];
    return other === undefined || !(value > 0) ? [] : [other / value];
  });
}
