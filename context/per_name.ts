/**
 * Options that have a value for each server name, or one value for all (`PerName`).
 *
 * @module
 */

import { readHost } from "../internal/host.ts";
import { quote } from "../internal/quote.ts";
import { isRecord } from "./option_values.ts";
import type { PerName } from "./options.ts";

/** `host%tag` is the host; in lower case and ASCII, as it comes in SNI. */
export function sniName(name: string): string {
  const host = name.replace(/%[^%]*$/, "");
  if (host === "" || host === ".") return "";
  const read = readHost(host);
  if (read.kind === "dns") return read.name;
  const reason = read.kind === "ip" ? "an IP address never comes as a server name" : read.reason;
  const hint = host.includes("*") ? `: names are compared as they are, "" is for all others` : "";
  throw new TypeError(
    `Cannot use a value by server name: not a host name: ${reason}: received ` +
      `${quote(name)}${hint}`,
  );
}

/** What a record says of exactly this name; a plain value is for all names. */
export function entryFor(value: unknown, name: string): unknown {
  if (!isRecord(value)) return value;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The names of the records among the values; `[""]` when the values hold no records. */
export function namesOf(...values: readonly unknown[]): string[] {
  const names = new Set<string>();
  for (const value of values) {
    if (isRecord(value)) { for (const name of Object.keys(value)) names.add(name); }
    else if (value !== undefined) names.add("");
  }
  return [...names];
}

/** The SNI names of a record. */
export function sniNamesIn(value: PerName<unknown> | undefined): string[] {
  return isRecord(value) ? Object.keys(value).map(sniName) : [];
}

/** What counts for an SNI name: its own value, or that of `""`. */
export function valueFor<T>(value: PerName<T> | undefined, name: string): T | undefined {
  if (!isRecord(value)) return value as T | undefined;
  const own = Object.entries(value).find(([key]) => sniName(key) === name);
  return (own?.[1] ?? value[""]) as T | undefined;
}
