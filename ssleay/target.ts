/**
 * Where a call goes: a host and a port, read as `SslSocket.connect` reads them.
 *
 * @module
 */

import type { DialTarget } from "../engine/engine.ts";
import { quote } from "../internal/quote.ts";
import { parseTarget } from "../socket/target.ts";

/**
 * A port number, or the name of a service such as `"https"`.
 *
 * @category Requests
 */
export type SsleayPort = number | string;

/** A target that has a host and a port. */
export type TcpTarget = Extract<DialTarget, { readonly transport: "tcp" }>;

/**
 * Reads a host, which may be an IPv6 address in brackets or without, and a port.
 *
 * @throws {TypeError} If the host is not a host, or the port is neither a number nor a service.
 * @throws {RangeError} If the port is not from 1 to 65535.
 */
export function tcpTarget(host: string, port: SsleayPort): TcpTarget {
  if (typeof host !== "string") {
    throw new TypeError(`Cannot connect: the host must be a string: received ${quote(host)}`);
  }
  if (typeof port !== "number" && typeof port !== "string") {
    throw new TypeError(`Cannot connect: the port must be a number: received ${quote(port)}`);
  }
  return parseTarget({ transport: "tcp", hostname: host, port }) as TcpTarget;
}
