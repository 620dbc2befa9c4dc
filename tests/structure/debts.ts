/**
 * What is still owed to the rules of the house, place by place. The lists are exact: a new place
 * fails, and so does one that has been mended and still stands here. They only get shorter.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { DEBTS } from "./debts_list.ts";

/** Asserts that a rule is broken in the places that are owed, and nowhere else. */
export function assertOnlyOwed(rule: string, found: readonly string[]): void {
  const places = [...new Set(found.map((each) => each.replace(/:\d+(?=:|$)/, "")))].sort();
  assertEquals(places, [...DEBTS[rule] ?? []].sort(), `the rule "${rule}"`);
}
