/**
 * The system's error code in Deno's errors, wherever they carry it. Only errors that the runtime
 * itself makes have Node's `code`: those that a program makes, such as
 * `new Deno.errors.ConnectionReset()`, are recognized by their class.
 *
 * @module
 */

const CODE_OF_CLASS: Readonly<Record<string, string>> = {
  AddrInUse: "EADDRINUSE",
  AddrNotAvailable: "EADDRNOTAVAIL",
  AlreadyExists: "EEXIST",
  BadResource: "EBADF",
  BrokenPipe: "EPIPE",
  Busy: "EBUSY",
  ConnectionAborted: "ECONNABORTED",
  ConnectionRefused: "ECONNREFUSED",
  ConnectionReset: "ECONNRESET",
  FilesystemLoop: "ELOOP",
  Interrupted: "EINTR",
  IsADirectory: "EISDIR",
  NetworkUnreachable: "ENETUNREACH",
  NotADirectory: "ENOTDIR",
  NotConnected: "ENOTCONN",
  NotFound: "ENOENT",
  PermissionDenied: "EACCES",
  TimedOut: "ETIMEDOUT",
  UnexpectedEof: "EOF",
  WouldBlock: "EAGAIN",
};

/** Deno's error for a name that does not exist has no code. */
const LOOKUP = /failed to lookup address|no such host|name or service not known/i;

/** The code of an error of the platform, such as `ECONNRESET`; `undefined` when it has none. */
export function platformCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === "string") return code;
  if (LOOKUP.test(error.message)) return "ENOTFOUND";
  for (const [name, of] of Object.entries(CODE_OF_CLASS)) {
    const Class = (Deno.errors as unknown as Record<string, unknown>)[name];
    if (typeof Class === "function" && error instanceof Class) return of;
  }
  return undefined;
}

/** The number after "os error" in the text of an error, or -1. */
export function platformErrno(error: Error): number {
  return Number(/\(os error (\d+)\)/.exec(error.message)?.[1] ?? -1);
}

/** The text of an error without its "(os error N)". */
export function platformReason(error: Error): string {
  return error.message.replace(/\s*\(os error \d+\)/, "");
}
