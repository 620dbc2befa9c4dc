/**
 * The message for an option that does not exist, with the nearest right name,
 * Perl's names included. Pure.
 *
 * @module
 */

import defer * as perl from "../perl/table.ts";
import { didYouMean } from "../verify/suggest.ts";

/** How a Perl option would be called here: without `SSL_`, in camel case. */
export function camelCase(name: string): string {
  return name
    .replace(/^SSL_/i, "")
    .replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

/** `unknown option "SSL_verify_mode": use "verifyMode"`. */
export function unknownOption(name: string, names: readonly string[]): string {
  const start = `unknown option ${JSON.stringify(name)}`;
  const row = perl.perlOption(name);
  if (row?.ours === null) return `${start}: ${row.reason}: use ${row.replacement}`;
  if (row !== undefined) return `${start}: use ${JSON.stringify(row.ours)}`;
  return start +
    (didYouMean(camelCase(name), names) || ": there is none with a similar name");
}
