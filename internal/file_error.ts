/**
 * The error for a file that cannot be used: it says which file, what it was for, and what the system
 * said.
 *
 * @module
 */

import { SslError } from "../errors.ts";
import { platformCode, platformErrno } from "./platform_error.ts";
import { hidesPath, quotePath } from "./quote.ts";

/** The errno of common errors, for errors that have nothing but their class. */
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

/** Deno's own error, which says what to grant, unless it quotes a path that may be a secret. */
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
  const code = platformCode(cause) ?? "EIO";
  const errno = platformErrno(cause);
  const shown = what === "" ? quotePath(file) : `${what} ${quotePath(file)}`;
  return new SslError(`Cannot ${verb} ${shown}: ${reason}`, {
    code,
    errno: errno === -1 ? ERRNO[code] ?? -1 : errno,
    reason,
    ...(hidesPath(file) ? {} : { cause }),
  });
}
