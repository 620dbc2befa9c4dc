/**
 * What a layer knows of an error that one below it has made.
 *
 * @module
 */

import type { ErrorFacts, SslError } from "../errors.ts";

/** Adds facts to an error; what it knows already stays. What is found when it is asked for stays so. */
export function learn(error: SslError, facts: ErrorFacts): void {
  const known = Object.getOwnPropertyDescriptors(error.facts);
  error.facts = Object.defineProperties({ ...facts }, known);
}
