/**
 * The server that a command names: `example.com`, `example.com:8443`, `[::1]:443`, `imap.example:imap`.
 *
 * @module
 */

import { hostProblem, idnToAscii, joinHostPort, splitHostPort } from "../../internal/host.ts";
import { quote } from "../../internal/quote.ts";
import { parsePort } from "../../socket/target.ts";
import type { StartTlsProtocol } from "../../starttls/options.ts";
import { UsageError } from "../usage_error.ts";

/** The usual ports of the protocols that start in plain text. */
export const STARTTLS_PORTS: Readonly<Record<StartTlsProtocol, number>> = {
  smtp: 25,
  imap: 143,
  pop3: 110,
  ftp: 21,
  ldap: 389,
  xmpp: 5222,
  nntp: 119,
  sieve: 4190,
  postgres: 5432,
  mysql: 3306,
};

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
