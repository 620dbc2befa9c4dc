/**
 * The error for a file that cannot be used: it says which file, for what, and what the system said.
 *
 * @module
 */

import { SslError } from "../errors.ts";
import { hidesPath, quotePath } from "./quote.ts";

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

/** Deno's own error, which says what to grant; not with a path that may be a secret. */
function notCapable(file: string | URL, cause: Error, verb: string): Error {
  if (!hidesPath(file)) return cause;
  return new Deno.errors.NotCapable(`Requires ${verb} access to ${quotePath(file)}`);
}

/**
 * The error for a file that cannot be used. The error of the system is its cause, unless that
 * quotes a path which may be a secret in the place of a path.
 *
 * @param what What the file is, such as the option `caFile`; empty for a path alone.
 */
export function fileError(
  what: string,
  file: string | URL,
  cause: unknown,
  verb: "read" | "write" = "read",
): Error {
  if (!(cause instanceof Error)) return cause as Error;
  if (cause instanceof Deno.errors.NotCapable) return notCapable(file, cause, verb);
  // "No such file or directory (os error 2): readfile 'x.pem'"
  const reason = cause.message.replace(/: [a-z ]+ '[^]*'$/, "");
  const number = /\(os error (\d+)\)/.exec(reason)?.[1];
  const given = (cause as { code?: unknown }).code;
  const code = typeof given === "string" ? given : CODE_OF_CLASS[cause.name] ?? "EIO";
  const shown = what === "" ? quotePath(file) : `${what} ${quotePath(file)}`;
  return new SslError(`Cannot ${verb} ${shown}: ${reason}`, {
    code,
    errno: number === undefined ? ERRNO[code] ?? -1 : Number(number),
    reason,
    ...(hidesPath(file) ? {} : { cause }),
  });
}
