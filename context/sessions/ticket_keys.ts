/**
 * The keys of a server's session tickets (RFC 5077), from the option `ticketKeycb`. The engine makes and
 * opens the tickets; without the option it does so under keys of its own.
 *
 * @module
 */

import type { ContextHooks } from "../../engine/engine.ts";
import { equalBytes } from "../../internal/bytes.ts";
import type { TicketKeycbInput } from "../options.ts";

/** The hook that gives the engine a key: for a new ticket, or by the name in a ticket that came. */
export function ticketKeyHook(input: TicketKeycbInput): NonNullable<ContextHooks["ticketKey"]> {
  const [callback, data] = typeof input === "function" ? [input, undefined] as const : input;
  return (name) => {
    const answer: unknown = name === undefined ? callback(data) : callback(data, name.slice());
    if (answer === undefined || answer === null || (Array.isArray(answer) && answer.length === 0)) {
      if (name !== undefined) return undefined;
      // A server that announced a ticket must send one: nobody can open this one.
      const random = (n: number) => crypto.getRandomValues(new Uint8Array(n));
      return { name: random(16), key: random(32) };
    }
    const [key, current] = Array.isArray(answer) ? answer as unknown[] : [];
    if (
      !(key instanceof Uint8Array) || key.length !== 32 ||
      !(current instanceof Uint8Array) || current.length !== 16
    ) {
      throw new TypeError(
        "Cannot use ticketKeycb's answer: it must be [key, name], a Uint8Array of 32 bytes and " +
          "one of 16, or [] for none",
      );
    }
    return name === undefined
      ? { name: current, key }
      : { name, key, renew: !equalBytes(name, current) };
  };
}
