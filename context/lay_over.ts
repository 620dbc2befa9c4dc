/**
 * Lays the options of a later start of TLS over those that the connection was made with. The later
 * ones count; nothing else is dropped.
 *
 * @module
 */

import { ownRecord } from "../internal/own_options.ts";

/** Options that say the same in different ways: one of a list replaces the others. */
const WAYS: readonly (readonly string[])[] = [
  ["ca", "caFile", "caPath"],
  ["clientCa", "clientCaFile"],
  ["cert", "certFile", "selfSigned"],
  ["key", "keyFile", "selfSigned"],
  ["dh", "dhFile"],
  ["sessionCache", "sessionCacheSize"],
];

/** The bounds, which `version` replaces; one bound does not replace the other. */
const BOUNDS = ["minVersion", "maxVersion"];

function replaced(given: object): Set<string> {
  const names = WAYS.filter((way) => way.some((name) => Object.hasOwn(given, name))).flat();
  if (Object.hasOwn(given, "version")) names.push(...BOUNDS);
  return new Set(names);
}

/**
 * Lays options over others.
 *
 * @param base What the connection was made with, checked.
 * @param given What was given now, checked: members that are `undefined` have been removed.
 */
export function layOver<B extends object, G extends object>(base: B, given: G): B & G {
  const dropped = replaced(given);
  const kept = Object.entries(base).filter(([name]) => !dropped.has(name));
  return ownRecord({ ...Object.fromEntries(kept), ...given }) as B & G;
}
