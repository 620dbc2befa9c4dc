/**
 * The option `errorTrap`: what becomes of the plain connection of a handshake
 * that failed.
 *
 * @module
 */

import type { ByteTransport } from "../engine/types.ts";

/** Gives a connection away; it is closed if whoever gets it fails. Never rejects. */
export async function springTrap(
  trap: (connection: ByteTransport, message: string) => unknown,
  transport: ByteTransport,
  message: string,
): Promise<void> {
  try {
    await trap(transport, message);
  } catch {
    try {
      await transport.close();
    } catch {
      // It was closed beneath us.
    }
  }
}
