/**
 * The errors for what the engine in use cannot do.
 *
 * @module
 */

import { type Feature, FEATURES } from "../engine/features.ts";
import type { Engine } from "../engine/types.ts";
import { SslUnsupportedError } from "../errors.ts";

/** The error for an option that an engine cannot honour. */
export function unsupported(
  engine: Engine,
  option: string,
  lacks: string,
  remedy?: string,
): SslUnsupportedError {
  const how = engine.name === "openssl"
    ? "run with --allow-ffi without a path"
    : `run with --allow-ffi to use the engine "openssl"`;
  return new SslUnsupportedError(
    `Cannot use option "${option}": the engine "${engine.name}" cannot do it here (${lacks}): ` +
      (remedy ?? how),
    { code: "ERR_UNSUPPORTED", reason: lacks },
  );
}

/** The error for a call that an engine cannot answer. */
export function unsupportedCall(
  engine: Engine,
  call: string,
  feature: Feature,
): SslUnsupportedError {
  return new SslUnsupportedError(
    `Cannot use ${call}: the engine "${engine.name}" does not have: ${FEATURES[feature].text}: ` +
      `run with --allow-ffi to use the engine "openssl"`,
    { code: "ERR_UNSUPPORTED" },
  );
}
