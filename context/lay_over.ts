/**
 * Options that are given when TLS starts on a connection, laid over those that the connection was
 * made with. What was given later counts; nothing else is dropped.
 *
 * @module
 */

import { ownRecord } from "../internal/own_options.ts";

/** Ways to say the same: who gives one of a list, means it in place of the others. */
const WAYS: readonly (readonly string[])[] = [
  ["ca", "caFile", "caPath"],
  ["clientCa", "clientCaFile"],
  ["cert", "certFile", "selfSigned"],
  ["key", "keyFile", "selfSigned"],
  ["dh", "dhFile"],
  ["sessionCache", "sessionCacheSize"],
];

/** `version` says all; a bound says nothing about the other bound. */
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
