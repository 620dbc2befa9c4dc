/**
 * What a server's sessions are bound to, and the keys of its tickets.
 *
 * @module
 */

import { SSL_VERIFY_PEER } from "../constants.ts";
import type { ContextHooks, Role, TrustConfig } from "../engine/types.ts";
import type { SslOptions } from "./options.ts";
import { trustDigest } from "./session_policy.ts";

/**
 * Gives the key of a session ticket (RFC 5077): 32 bytes of secret and the 16 bytes that name it.
 *
 * Without a name it is asked for the key of a new ticket; `[]` then makes a ticket that nobody can
 * use. With a name it is asked for the key of that name, together with the name of the current key:
 * if this is another one, the client gets a new ticket. `[]` for an unknown name means a full
 * handshake.
 *
 * @param data What the option gives beside the function.
 * @param name The name of the key.
 *
 * Perl: `SSL_ticket_keycb`
 */
export type TicketKeycb = (
  data: unknown,
  name?: Uint8Array,
) => readonly [key: Uint8Array, name: Uint8Array] | readonly [] | undefined;

/** What the option `ticketKeycb` takes. */
export type TicketKeycbInput = TicketKeycb | readonly [callback: TicketKeycb, data: unknown];

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** The hook of the engine. */
export function ticketKeyHook(input: TicketKeycbInput): NonNullable<ContextHooks["ticketKey"]> {
  const [callback, data] = typeof input === "function" ? [input, undefined] as const : input;
  return (name) => {
    const answer: unknown = name === undefined ? callback(data) : callback(data, name.slice());
    if (answer === undefined || answer === null || (Array.isArray(answer) && answer.length === 0)) {
      if (name !== undefined) return undefined;
      // A handshake in which the server announced a ticket must have one: this opens for nobody.
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
      : { name, key, renew: !sameBytes(name, current) };
  };
}

/**
 * The session id context: sessions cross from one context to another only where both have the same
 * one. A server that asks for certificates has one in any case, and it covers what these are
 * verified by: a ticket is no way around another context's verification, even where the option and
 * the ticket keys are shared. Nobody can compare what two functions would say, so with
 * verifyCallback it is only for contexts of this process with the very same one.
 *
 * @returns How to make it for a server name.
 */
export function idContexts(
  role: Role,
  options: SslOptions,
  verifyMode: number,
  trust: TrustConfig,
): (serverName: string) => Uint8Array | undefined {
  const { sessionIdContext: given, verifyCallback } = options;
  const own = typeof given === "string" ? new TextEncoder().encode(given) : given;
  if (role === "client") return () => undefined;
  if ((verifyMode & SSL_VERIFY_PEER) === 0) return () => own;
  const base = own ?? crypto.getRandomValues(new Uint8Array(32));
  return (name) => trustDigest(trust, [base, verifyMode, verifyCallback, name]);
}
