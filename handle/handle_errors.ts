/**
 * The errors of a handle: its connection is gone, or a socket has no such operation.
 *
 * @module
 */

import { SslError, SslUnsupportedError } from "../errors.ts";

/** An operation on a closed handle, or one that was closed while it ran. */
export function closedError(operation: string, cause?: unknown): SslError {
  return new SslError(`Cannot ${operation}: the handle is closed`, {
    code: "ECLOSED",
    reason: "the handle is closed",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** An operation on a handle whose connection went to a socket. */
export function givenError(operation: string): SslError {
  return new SslError(
    `Cannot ${operation}: the connection of this handle was given to a socket: use that`,
    { code: "ECLOSED", reason: "the connection was given away" },
  );
}

/** Refuses what Perl refuses on a TLS socket. */
export function notAllowed(name: string): never {
  throw new SslUnsupportedError(`Use of ${name}() not allowed with SSL`, {
    code: "ENOTSUP",
    errno: 95,
  });
}

/** Refuses what would go past TLS, or is not there. */
export function notImplemented(name: string, instead?: string): never {
  const remedy = instead === undefined ? "" : `; use ${instead} instead`;
  throw new SslUnsupportedError(`Use of ${name}() not implemented in Handle${remedy}`, {
    code: "ENOTSUP",
    errno: 95,
  });
}

/** There is no TLS socket beneath the handle. */
export function noSocketError(): TypeError {
  return new TypeError(
    "Cannot get the socket: the handle is not over an SslSocket: call startSsl(), or use conn",
  );
}
