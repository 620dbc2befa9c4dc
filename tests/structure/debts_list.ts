/**
 * The places that still break a rule of the house, by rule.
 *
 * @module
 */

/** What is owed: the places, exactly. */
export const DEBTS: Readonly<Record<string, readonly string[]>> = {};
