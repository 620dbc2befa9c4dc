/** The results of a Perl test in the Test Anything Protocol, as far as IO::Socket::SSL's tests write it: often without numbers, sometimes by several processes. */

/** What a test file came to. */
export interface TapResult {
  /** How many assertions were planned; `undefined` without a plan. */
  readonly planned: number | undefined;
  /** How many passed. */
  readonly passed: number;
  /** The names of those that failed, and what was said beside. */
  readonly failed: readonly string[];
}

const ASSERTION = /^\s*(not )?ok\b\s*(?:\d+\b)?\s*(?:[-#]\s*)?(.*)$/;

/** Reads the output of a test. */
export function readTap(output: string): TapResult {
  let planned: number | undefined;
  let passed = 0;
  const failed: string[] = [];
  for (const line of output.split("\n")) {
    const plan = /^1\.\.(\d+)/.exec(line);
    if (plan !== null) planned ??= Number(plan[1]);
    const assertion = ASSERTION.exec(line);
    if (assertion === null) continue;
    if (assertion[1] === undefined) passed++;
    else failed.push(assertion[2]!);
  }
  return { planned, passed, failed };
}
