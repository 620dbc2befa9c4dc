/**
 * The errors of options: for what the engine in use cannot do, and for files.
 * These say which option, which path and what the system said; Deno's
 * permission errors pass through.
 *
 * @module
 */

import { type Feature, FEATURES } from "../engine/features.ts";
import type { Engine } from "../engine/types.ts";
import { SslError, SslUnsupportedError } from "../errors.ts";

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

/** The errno of the common errors, for errors that only say their class. */
const ERRNO: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  EACCES: 13,
  ENOTDIR: 20,
  EISDIR: 21,
  ENAMETOOLONG: 36,
  ELOOP: 40,
};

const CODE_OF_CLASS: Readonly<Record<string, string>> = {
  NotFound: "ENOENT",
  PermissionDenied: "EACCES",
  IsADirectory: "EISDIR",
  NotADirectory: "ENOTDIR",
  FilesystemLoop: "ELOOP",
};

/** A path as it is shown. */
export function shownPath(file: string | URL): string {
  return file instanceof URL ? file.href : file;
}

/** The error for a file that cannot be used. */
export function fileError(
  what: string,
  file: string | URL,
  cause: unknown,
  verb: "read" | "write" = "read",
): Error {
  if (cause instanceof Deno.errors.NotCapable || !(cause instanceof Error)) return cause as Error;
  // "No such file or directory (os error 2): readfile 'x.pem'"
  const reason = cause.message.replace(/: [a-z ]+ '[^]*'$/, "");
  const number = /\(os error (\d+)\)/.exec(reason)?.[1];
  const given = (cause as { code?: unknown }).code;
  const code = typeof given === "string" ? given : CODE_OF_CLASS[cause.name] ?? "EIO";
  return new SslError(`Cannot ${verb} ${what} ${JSON.stringify(shownPath(file))}: ${reason}`, {
    code,
    errno: number === undefined ? ERRNO[code] ?? -1 : Number(number),
    reason,
    cause,
  });
}

/** Reads the file of an option. `what` is the option's name, for messages. */
export async function readOptionFile(what: string, file: string | URL): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (cause) {
    throw fileError(what, file, cause);
  }
}
