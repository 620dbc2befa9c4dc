/**
 * Which name a client sends in SNI and which name it verifies. Pure.
 *
 * @module
 */

import { idnToAscii, parseIpAddress } from "../verify/names.ts";

/** What the names of a connection come from. */
export interface NameInput {
  /** The option. */
  readonly serverName?: string | undefined;
  /** The option. */
  readonly verifycnName?: string | undefined;
  /** The host that was connected to. */
  readonly hostname?: string | undefined;
}

/** The names of a connection. */
export interface Names {
  /** For SNI; `undefined` sends none. */
  readonly serverName: string | undefined;
  /** To verify; `undefined` when there is none. */
  readonly verifyName: string | undefined;
}

/** `host:443` -> `host`, `[::1]:443` and `[::1]` -> `::1`; an IPv6 address stays. */
export function stripPort(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\w*)?$/.exec(host);
  if (bracketed) return bracketed[1]!;
  const single = /^([^:]*):\w*$/.exec(host);
  return single ? single[1]! : host;
}

/** The form in which a name goes over the wire: ASCII, without the dot at its end (RFC 6066 3). */
function wireName(name: string): string {
  const ascii = idnToAscii(name.replace(/\.$/, ""));
  if (ascii === undefined || ascii === "") {
    throw new TypeError(
      `Cannot send a server name: it is no host name: received ${JSON.stringify(name)}`,
    );
  }
  return ascii;
}

/**
 * The names for a client. `serverName: ""` sends none; by default the host
 * name is sent if it contains a letter and no `:`, as in Perl. An IP address
 * is never sent (RFC 6066 3), but it is what gets verified.
 */
export function clientNames(input: NameInput): Names {
  const given = input.serverName === undefined ? undefined : stripPort(input.serverName);
  const host = input.hostname === undefined ? undefined : stripPort(input.hostname);
  const sent = given !== undefined
    ? given
    : host !== undefined && /\p{L}/u.test(host) && !host.includes(":")
    ? host
    : "";
  const sendable = sent !== "" && parseIpAddress(sent) === undefined;
  const verifycnName = input.verifycnName === undefined ? "" : stripPort(input.verifycnName);
  return {
    serverName: sendable ? wireName(sent) : undefined,
    verifyName: verifycnName || given || host || undefined,
  };
}

/** The names for a server: a client certificate's name is only verified when one is asked for. */
export function serverNames(input: NameInput): Names {
  const name = input.verifycnName === undefined ? "" : stripPort(input.verifycnName);
  return { serverName: undefined, verifyName: name || undefined };
}
