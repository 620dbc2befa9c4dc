/**
 * Connects to the first of several addresses that answers: they are tried in their order, each a
 * quarter of a second after the one before it, or as soon as that has failed (RFC 8305 5).
 *
 * @module
 */

import { dialTcp } from "../../engine/dial.ts";
import { ignore, inTime } from "../../internal/waiting.ts";

/** How long an address has before the next one is tried as well, in milliseconds. */
const AHEAD = 250;

/**
 * Connects.
 *
 * @throws {SslError} What the first address said, when none answers.
 * @throws The reason of the signal.
 */
export async function dialFirst(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const won = new AbortController();
  const either = AbortSignal.any([signal, won.signal]);
  let before: Promise<unknown> = Promise.resolve();
  const attempts = addresses.map((hostname, i) => {
    const earlier = before;
    const attempt = (async () => {
      if (i > 0) await inTime(earlier.catch(ignore), AHEAD * i);
      const target = { transport: "tcp" as const, hostname, port };
      return await dialTcp(target, { signal: either }) as Deno.TcpConn;
    })();
    before = attempt;
    return attempt;
  });
  try {
    return await Promise.any(attempts);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof AggregateError ? error.errors[0] : error;
  } finally {
    won.abort(); // the others close what they get
  }
}
