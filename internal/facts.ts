/**
 * Adds what a layer knows to an error that a lower layer made.
 *
 * @module
 */

import type { ErrorFacts, SslError } from "../errors.ts";

/** Adds facts to an error. Facts that it has already stay, and so do getters: they run when they are read. */
export function learn(error: SslError, facts: ErrorFacts): void {
  const known = Object.getOwnPropertyDescriptors(error.facts);
  error.facts = Object.defineProperties({ ...facts }, known);
}
