/**
 * Opens the plain connection beneath TLS, in one address family if asked to.
 *
 * @module
 */

import { dialTcp } from "../engine/dial.ts";
import type { DialTarget } from "../engine/types.ts";
import { SslError } from "../errors.ts";
import { isIpLiteral, isIpv6Literal } from "./target.ts";
import type { Deadline } from "./timeouts.ts";

/** Holds a target to one address family: a literal must be of it, a name is looked up in it. */
export async function inFamily(
  target: DialTarget,
  family: 4 | 6 | undefined,
  deadline: Deadline,
): Promise<DialTarget> {
  if (family === undefined || target.transport === "unix") return target;
  const { hostname } = target;
  if (isIpLiteral(hostname)) {
    if ((isIpv6Literal(hostname) ? 6 : 4) === family) return target;
    throw new TypeError(
      `Cannot connect to ${hostname}: it is no IPv${family} address, as the option family asks for`,
    );
  }
  // node:dns is getaddrinfo: it knows /etc/hosts, which Deno.resolveDns does not.
  const { lookup } = await import("node:dns/promises");
  try {
    const { address } = await deadline.race(lookup(hostname, { family }));
    return { ...target, hostname: address };
  } catch (cause) {
    if (deadline.signal?.aborted || cause instanceof Deno.errors.NotCapable) throw cause;
    if ((cause as { code?: unknown }).code === "EPERM") throw lookupRefused(hostname, cause);
    throw new SslError(`Cannot connect to ${hostname}: it has no IPv${family} address`, {
      code: "ENOTFOUND",
      reason: `no IPv${family} address`,
      cause,
    });
  }
}

/** node:dns hides Deno's refusal. */
function lookupRefused(hostname: string, cause: unknown): Error {
  const message =
    `Requires net access to "${hostname}", run again with the --allow-net flag: the option family ` +
    `looks the name up, which --allow-net=${hostname} without a port allows`;
  return Object.assign(new Deno.errors.NotCapable(message), { cause });
}

/** Connects without TLS. */
export function dialPlain(
  target: DialTarget,
  deadline: Deadline,
): Promise<Deno.TcpConn | Deno.UnixConn> {
  const { signal } = deadline;
  return deadline.race(dialTcp(target, { signal }), (late) => late.close());
}
