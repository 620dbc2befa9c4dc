/**
 * Where to connect to: `"example.com:443"`, `"example.com:https"`,
 * `"[::1]:8443"`, or the same in parts. Pure.
 *
 * @module
 */

import { quote, quotePath, shownPath } from "../internal/quote.ts";
import type { DialTarget } from "../engine/engine.ts";
import {
  type HostAndPort,
  hostProblem,
  idnToAscii,
  ipVersion,
  joinHostPort,
  splitHostPort,
} from "../internal/host.ts";

/** A target in parts, as the options of `SslSocket.connect` have it. */
export interface TargetParts {
  /** `"tcp"` is the default. */
  readonly transport?: "tcp" | "unix" | undefined;
  /** A host name or an IP address; without `port` it may be `"host:port"`. */
  readonly hostname?: string | undefined;
  /** A port number, or the name of a service. */
  readonly port?: number | string | undefined;
  /** The path of a Unix domain socket. */
  readonly path?: string | undefined;
}

function refuse(what: string, reason: string, advice: string): never {
  throw new TypeError(`Cannot connect: ${reason}: received ${what}: ${advice}`);
}

/** A port number from a number, digits or the name of a service; `least` is the lowest one allowed. */
export function parsePort(port: number | string, least = 1): number {
  const number = typeof port === "number"
    ? port
    : /^\d{1,10}$/.test(port)
    ? Number(port)
    : SERVICES.get(port.toLowerCase());
  if (number === undefined) {
    throw new TypeError(
      `Cannot find a port: unknown service: received ${quote(String(port))}: ` +
        `write the port number, or one of ${[...SERVICES.keys()].join(", ")}`,
    );
  }
  if (!Number.isInteger(number) || number < least || number > 65535) {
    throw new RangeError(
      `Cannot use a port: it must be a whole number from ${least} to 65535: received ${
        quote(port)
      }`,
    );
  }
  return number;
}

/** The host as it is dialled: in ASCII. */
function parseHost({ host, bracketed }: HostAndPort, text: string): string {
  const version = ipVersion(host);
  if (bracketed && version !== 6) {
    refuse(quote(text), "only an IPv6 address stands in brackets", `write it as "[::1]:443"`);
  }
  if (host === "") refuse(quote(text), "there is no host name", `write it as "example.com:443"`);
  if (version !== undefined) return host;
  if (host.includes(":")) {
    refuse(quote(text), "the host name holds a colon", `give the port as { hostname, port }`);
  }
  const problem = hostProblem(host);
  if (problem !== undefined) {
    refuse(quote(text), `that is not a host name: ${problem}`, `write it as "example.com:443"`);
  }
  // Resolvers want the A-label. A dot at the end stays: it says that no search domain is to be tried.
  return idnToAscii(host)!;
}

function parseText(text: string, port: number | string | undefined): DialTarget {
  if (text.includes("://")) {
    refuse(quote(text), "a URL is not a target", `write host and port, as in "example.com:443"`);
  }
  if (port === undefined && ipVersion(text) === 6) {
    const advice = `write "[::1]:443", or { hostname: "::1", port: 443 }`;
    refuse(quote(text), "an IPv6 address with a port needs brackets", advice);
  }
  const parts = splitHostPort(text);
  const hostname = parseHost(parts, text);
  if (!parts.port) {
    if (port === undefined) {
      refuse(
        quote(text),
        "it names no port",
        `write it as "example.com:443", or give { hostname, port }`,
      );
    }
    return { transport: "tcp", hostname, port: parsePort(port) };
  }
  const own = parsePort(parts.port);
  if (port !== undefined && parsePort(port) !== own) {
    refuse(
      quote(text),
      `it names another port than the option port: ${quote(port)}`,
      "give the port once",
    );
  }
  return { transport: "tcp", hostname, port: own };
}

/**
 * Makes a target of a text or of its parts.
 *
 * @throws {TypeError} If there is no host, no port, an unknown service, or an IPv6 address without brackets.
 * @throws {RangeError} If the port is not a whole number from 1 to 65535.
 */
export function parseTarget(target: string | TargetParts): DialTarget {
  if (typeof target === "string") return parseText(target, undefined);
  if (target.transport === "unix" || (target.path !== undefined && target.hostname === undefined)) {
    if (typeof target.path !== "string" || target.path === "" || target.path.includes("\0")) {
      const shown = typeof target.path === "string" ? quotePath(target.path) : "nothing";
      refuse(
        shown,
        "a Unix target needs a path",
        `give { transport: "unix", path: "/run/x.sock" }`,
      );
    }
    return { transport: "unix", path: target.path };
  }
  if (typeof target.hostname !== "string") {
    refuse("nothing", "there is no host name", `give "example.com:443" or { hostname, port }`);
  }
  return parseText(target.hostname, target.port);
}

/** A target in words, for messages. */
export function describeTarget(target: DialTarget): string {
  if (target.transport === "unix") return shownPath(target.path);
  return joinHostPort(target.hostname, target.port);
}

/** An address in words, for messages. */
export function describeAddr(addr: Deno.Addr | undefined): string {
  if (addr === undefined) return "the peer";
  if ("hostname" in addr) {
    return describeTarget({ transport: "tcp", hostname: addr.hostname, port: addr.port });
  }
  return "path" in addr && addr.path ? shownPath(String(addr.path)) : "the peer";
}

/** What the sessions with a peer are kept under: the host that was meant, the port that was reached. */
export function sessionPeer(
  hostname: string | undefined,
  addr: Deno.Addr | undefined,
): string | undefined {
  if (addr === undefined) return hostname;
  if (!("hostname" in addr)) return "path" in addr && addr.path ? String(addr.path) : hostname;
  return describeTarget({
    transport: "tcp",
    hostname: hostname ?? addr.hostname,
    port: addr.port,
  });
}

/**
 * The service names that a target may have in place of a port number, as registered with IANA. A
 * table of our own: Deno has no `getservbyname`, and reading `/etc/services` would need a permission.
 */
export const SERVICES: ReadonlyMap<string, number> = new Map([
  ["ftp", 21],
  ["telnet", 23],
  ["smtp", 25],
  ["domain", 53],
  ["http", 80],
  ["pop3", 110],
  ["nntp", 119],
  ["imap", 143],
  ["imap2", 143],
  ["ldap", 389],
  ["https", 443],
  ["smtps", 465],
  ["submissions", 465],
  ["nntps", 563],
  ["submission", 587],
  ["ldaps", 636],
  ["domain-s", 853],
  ["rsync", 873],
  ["ftps", 990],
  ["telnets", 992],
  ["imaps", 993],
  ["pop3s", 995],
  ["mqtt", 1883],
  ["radsec", 2083],
  ["mysql", 3306],
  ["sieve", 4190],
  ["sip", 5060],
  ["sips", 5061],
  ["xmpp-client", 5222],
  ["xmpp-server", 5269],
  ["postgresql", 5432],
  ["amqps", 5671],
  ["amqp", 5672],
  ["redis", 6379],
  ["syslog-tls", 6514],
  ["ircs-u", 6697],
  ["secure-mqtt", 8883],
]);
