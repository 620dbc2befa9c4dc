/**
 * The errors of options: for what the engine in use cannot do, and for files.
 * These say which option, which path and what the system said; Deno's
 * permission errors pass through.
 *
 * @module
 */

import { type Feature, FEATURES } from "../engine/features.ts";
import type { Engine } from "../engine/engine.ts";
import { SslUnsupportedError } from "../errors.ts";
import { fileError } from "../internal/file_error.ts";

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

/** A path as one text. Not for messages: quotePath() is. */
export function shownPath(file: string | URL): string {
  return file instanceof URL ? file.href : file;
}

/** Reads the file of an option. `what` is the option's name, for messages. */
export async function readOptionFile(what: string, file: string | URL): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (cause) {
    throw fileError(what, file, cause);
  }
}
