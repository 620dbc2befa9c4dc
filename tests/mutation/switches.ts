/**
 * A text with all its faults in it, each behind a switch: one run of the tests loads the library
 * once, and turns on one fault after the other.
 *
 * @module
 */

import { type Fault, withFault } from "./faults.ts";

/** The function that the texts ask: whether the fault of this number is on. */
export const SWITCH = "__isFaulty";

/** The text in which fault `i` is on while `SWITCH(first + i)` says so. */
export function withSwitches(text: string, faults: readonly Fault[], first: number): string {
  const hosts = new Map<string, { fault: Fault; numbers: number[] }>();
  for (const [i, fault] of faults.entries()) {
    const key = `${fault.host.start} ${fault.host.end}`;
    const known = hosts.get(key);
    if (known) known.numbers.push(first + i);
    else hosts.set(key, { fault, numbers: [first + i] });
  }
  const sorted = [...hosts.values()].toSorted(({ fault: { host: a } }, { fault: { host: b } }) =>
    a.start - b.start || b.end - a.end
  );
  let next = 0;
  const rendered = (start: number, end: number): string => {
    let out = "";
    let at = start;
    while (next < sorted.length && sorted[next]!.fault.host.start < end) {
      const { fault: { host }, numbers } = sorted[next++]!;
      out += text.slice(at, host.start);
      at = host.end;
      const whole = rendered(host.start, host.end);
      out += host.statement
        ? `{ if (!globalThis.${SWITCH}?.(${numbers[0]})) { ${whole} } }`
        : switched(host.start, host.end, whole, numbers);
    }
    return out + text.slice(at, end);
  };
  const switched = (start: number, end: number, whole: string, numbers: readonly number[]) => {
    const others = numbers.map((number) => {
      const fault = faults[number - first]!;
      const other = withFault(text.slice(0, end), fault).slice(start);
      return `globalThis.${SWITCH}?.(${number}) ? (${other}) : `;
    });
    return `(${others.join("")}(${whole}))`;
  };
  return rendered(0, text.length);
}
