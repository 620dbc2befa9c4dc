/**
 * The web proxy of the process: {@linkcode setProxy}, and the tunnel through it, which is asked for
 * with CONNECT (RFC 9110 9.3.6). Plain HTTP goes through a tunnel too, as in Perl.
 *
 * @module
 */

import { dialTcp } from "../engine/dial.ts";
import { SslPeerError } from "../errors.ts";
import { joinHostPort } from "../internal/host.ts";
import { quote } from "../internal/quote.ts";
import { describeTarget } from "../socket/target.ts";
import type { Deadline } from "../socket/timeouts.ts";
import { type SsleayPort, type TcpTarget, tcpTarget } from "./target.ts";
import { trace } from "./variables.ts";

/** A proxy. */
export interface Proxy {
  /** Where it is. */
  readonly target: TcpTarget;
  /** The header that says who asks, with its CRLF in front; `""` without a user. */
  readonly authorization: string;
}

let proxy: Proxy | undefined;

/** The longest answer of a proxy, in bytes. */
const LONGEST_ANSWER = 16_384;

function authorization(user: string, password: string): string {
  for (const [what, value] of [["user", user], ["password", password]] as const) {
    if (typeof value !== "string") {
      throw new TypeError(
        `Cannot set a proxy: the ${what} must be a string: received ${typeof value}`,
      );
    }
    // deno-lint-ignore no-control-regex -- these are the characters that must not be in it
    if (/[\u0000-\u001f\u007f]/.test(value)) {
      throw new TypeError(`Cannot set a proxy: the ${what} has a control character`);
    }
  }
  if (user.includes(":")) {
    throw new TypeError("Cannot set a proxy: the user has a colon, which ends the name (RFC 7617)");
  }
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `\r\nProxy-authorization: Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/**
 * Sends the connections of the functions here through a web proxy, from now on and in the whole
 * process; without arguments they go directly again. The proxy is asked for a tunnel with CONNECT, for
 * plain HTTP too. An answer other than 2xx is an error, and nothing is sent to the server.
 *
 * Perl: `set_proxy`
 *
 * @param host A name or an address.
 * @param port The port.
 * @param user The user, for Basic authentication (RFC 7617).
 * @param password The password of that user.
 * @throws {TypeError} If the host is not a host, or the user has a colon or a control character.
 *
 * @example
 * ```ts ignore
 * import { getHttps, setProxy } from "@socket/ssl/ssleay";
 *
 * setProxy("proxy.example", 8080, "joe", "salainen");
 * const [page] = await getHttps("www.example", 443, "/");
 * setProxy();
 * ```
 *
 * @category Settings
 */
export function setProxy(
  host?: string,
  port: SsleayPort = 8080,
  user?: string,
  password = "",
): void {
  if (host === undefined || host === "" || host === null) {
    proxy = undefined;
    return;
  }
  proxy = {
    target: tcpTarget(host, port),
    authorization: user === undefined || user === "" ? "" : authorization(user, password),
  };
}

/** The proxy of the calls that begin now; `undefined` where they go directly. */
export function currentProxy(): Proxy | undefined {
  return proxy;
}

/** A TCP connection to a host, through a proxy if there is one. */
export async function dialThrough(
  through: Proxy | undefined,
  target: TcpTarget,
  deadline: Deadline,
): Promise<Deno.TcpConn> {
  const to = through?.target ?? target;
  trace(3, () => `Opening connection to ${describeTarget(to)}\n`);
  const { signal } = deadline;
  const dialling = dialTcp(to, { signal }) as Promise<Deno.TcpConn>;
  const conn = await deadline.race(dialling, (late) => late.close());
  if (through === undefined) return conn;
  try {
    await deadline.race(askForTunnel(conn, target, through));
    return conn;
  } catch (error) {
    conn.close();
    throw error;
  }
}

function refused(proxy: Proxy, target: TcpTarget, reason: string): SslPeerError {
  const [at, to] = [describeTarget(proxy.target), describeTarget(target)];
  return new SslPeerError(`Cannot connect to ${to}: the proxy ${at} ${reason}`, {
    code: "ERR_PROXY",
    reason: `the proxy ${reason}`,
  });
}

/** Asks for a tunnel; reads no byte beyond the answer's head, for what follows is the server's. */
async function askForTunnel(conn: Deno.TcpConn, target: TcpTarget, through: Proxy): Promise<void> {
  const address = joinHostPort(target.hostname, target.port);
  trace(3, () => `Asking proxy to connect to ${address}\n`);
  const request = `CONNECT ${address} HTTP/1.0${through.authorization}\r\n\r\n`;
  const bytes = new TextEncoder().encode(request);
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  const byte = new Uint8Array(1);
  let head = "";
  while (!head.endsWith("\n\r\n") && !head.endsWith("\n\n")) {
    if (head.length >= LONGEST_ANSWER) {
      throw refused(through, target, "answered with too long a head");
    }
    if (await conn.read(byte) === null) {
      const said = head === "" ? "without an answer" : `after ${quote(head.slice(0, 200))}`;
      throw refused(through, target, `closed the connection ${said}`);
    }
    head += String.fromCharCode(byte[0]!);
    if (head.length === 5 && head !== "HTTP/") {
      throw refused(through, target, `did not answer with HTTP: received ${quote(head)}`);
    }
  }
  const [line] = head.split(/\r?\n/, 1);
  trace(3, () => `Proxy response: ${line}\n`);
  if (/^HTTP\/1\.[01] 2\d\d(?: |$)/.test(line!)) return;
  throw refused(through, target, `refused: ${printable(line!)}`);
}

/** A line of a stranger for a message. */
function printable(line: string): string {
  return line.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
}
