/**
 * A ticket key's 32 bytes of secret, made into one key for each use.
 *
 * @module
 */

import defer * as nodeCrypto from "node:crypto";
import type { TicketKey } from "../types.ts";
import type { TicketKeyAnswer } from "./callbacks.ts";

function derive(secret: Uint8Array, use: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    nodeCrypto.hkdfSync("sha256", secret, new Uint8Array(), `session ticket ${use}`, 32),
  );
}

/** Splits a key; throws RangeError for wrong lengths. */
export function splitTicketKey(ticket: TicketKey): TicketKeyAnswer {
  if (ticket.name.length !== 16 || ticket.key.length !== 32) {
    throw new RangeError(
      `Cannot use ticketKeycb's answer: the key must have 32 bytes and the name 16: received ${ticket.key.length} and ${ticket.name.length}`,
    );
  }
  return {
    name: ticket.name.slice(),
    cipherKey: derive(ticket.key, "cipher"),
    macKey: derive(ticket.key, "mac"),
    renew: ticket.renew ?? false,
  };
}
