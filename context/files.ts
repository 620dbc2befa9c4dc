/**
 * Reading the files that options name. Every error says which option, which
 * path and what the system said; Deno's permission errors pass through.
 *
 * @module
 */

import { SslError } from "../errors.ts";

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
