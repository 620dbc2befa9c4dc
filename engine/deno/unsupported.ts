/**
 * What the Deno engine cannot do, as errors: which feature, which option, and
 * the way out.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { type Feature, FEATURES } from "../features.ts";

/** The way out of everything the Deno engine cannot do. */
export const REMEDY = "run with --allow-ffi to use the OpenSSL engine";

/** The error of a missing feature. `option` is what asked for it; `remedy` replaces the usual one. */
export function unsupported(
  feature: Feature,
  option: string,
  remedy: string = REMEDY,
): SslUnsupportedError {
  const reason = `the Deno engine lacks ${feature}: ${FEATURES[feature].text}`;
  return new SslUnsupportedError(`Cannot use ${option}: ${reason}: ${remedy}`, {
    code: "ERR_UNSUPPORTED",
    reason,
  });
}
