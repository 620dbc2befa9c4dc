/**
 * Public suffixes: the built-in list, lists from text or a file, and the whole list of
 * publicsuffix.org with its private part (`github.io` and the like), which the built-in one lacks.
 *
 * @module
 */

import { PRIVATE_RULES } from "./private_suffix_rules.ts";
import { extendedList, type PublicSuffix, type PublicSuffixOptions } from "./public_suffix.ts";

export { PublicSuffix, type PublicSuffixOptions } from "./public_suffix.ts";

/**
 * The whole list: also its private part, where companies let others register (`github.io`,
 * `s3.amazonaws.com`). Stricter than {@linkcode PublicSuffix.default} when names are compared.
 *
 * @throws {TypeError} for an unknown option
 * @throws {RangeError} for a `minSuffix` that is not an integer of 0 or more
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fullPublicSuffix } from "@socket/ssl/public-suffix";
 *
 * assertEquals(fullPublicSuffix().publicSuffix("me.github.io"), ["me", "github.io"]);
 * ```
 *
 * @category Public suffixes
 */
export function fullPublicSuffix(options?: PublicSuffixOptions): PublicSuffix {
  return extendedList(PRIVATE_RULES, options);
}
