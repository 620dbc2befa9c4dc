/**
 * The server that a command names: `example.com`, `example.com:8443`, `[::1]:443`, `imap.example:imap`.
 *
 * @module
 */

import { hostProblem, idnToAscii, joinHostPort, splitHostPort } from "../../internal/host.ts";
import { quote } from "../../internal/quote.ts";
import { parsePort } from "../../socket/target.ts";
import { UsageError } from "../usage_error.ts";

/** A server. */
export interface Target {
  /** Its host name or IP address, as it is dialled. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
  /** Both, as people write them. */
  readonly text: string;
}

function portOf(text: string): number {
  try {
    return parsePort(text);
  } catch (error) {
    throw new UsageError((error as Error).message, "write it as example.com:443");
  }
}

/**
 * Reads a server's name.
 *
 * @param usualPort The port where none is named.
 * @throws {UsageError} If it is not one.
 */
export function parseTarget(text: string, usualPort: number): Target {
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^/?#@]+)/i.exec(text)?.[1];
  if (url !== undefined) throw new UsageError("a URL is not a host", `give the host alone: ${url}`);
  const { host, port } = splitHostPort(text);
  const problem = host === "" ? "there is no name" : hostProblem(host);
  if (problem !== undefined) {
    throw new UsageError(`${quote(text)} is not a host: ${problem}`, "write it as example.com:443");
  }
  const dialled = idnToAscii(host) ?? host;
  const number = port === undefined ? usualPort : portOf(port);
  return { host: dialled, port: number, text: joinHostPort(dialled, number) };
}
