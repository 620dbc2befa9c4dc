/** Whether Perl and we gave the same. */

import { type Json, NULL, type Result } from "./twin.ts";

/** Perl has one form for a list and for its elements, and gives nothing where a function gives nothing. */
function plain(value: Json): Json {
  if (Array.isArray(value)) {
    let list = value.map(plain);
    if (list.length === 1 && Array.isArray(list[0])) list = list[0];
    while (list.length > 0 && list.at(-1) === null) list.pop();
    return list;
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  }
  return value;
}

function agree(perl: Json | undefined, ours: Json | undefined): boolean {
  if (ours === NULL) return perl === null || perl === undefined || perl === 0; // no object
  if (Array.isArray(perl) && Array.isArray(ours)) {
    const length = Math.max(perl.length, ours.length);
    return Array.from({ length }, (_, i) => agree(perl[i], ours[i])).every(Boolean);
  }
  if (typeof perl === "object" && typeof ours === "object" && perl !== null && ours !== null) {
    const [a, b] = [perl, ours] as Record<string, Json>[];
    // How a refusal is put is each one's own.
    return [...new Set([...Object.keys(a!), ...Object.keys(b!)])].every((key) =>
      key === "die" ? "die" in a! && "die" in b! : agree(a![key], b![key])
    );
  }
  return perl === ours;
}

/** Whether what became of a line is the same. */
export function compare(perl: Result, ours: Result): boolean {
  return agree(plain(perl as unknown as Json), plain(ours as unknown as Json));
}
