/**
 * Runs a dialogue over a connection. The one place here that reads and writes.
 *
 * @module
 */

import type { Connection } from "../socket/connection.ts";
import type { BeforeTls } from "../socket/open.ts";
import type { Dialogue } from "./dialogue.ts";

/** Read at once, in bytes. */
const CHUNK = 16_384;

/** What a dialogue runs over. */
export interface PlainBytes {
  /** Reads some bytes; `null` at the end. */
  read(p: Uint8Array): Promise<number | null>;
  /** Writes all of them. */
  write(bytes: Uint8Array): Promise<unknown>;
}

/** Speaks until TLS is next on the wire. */
export async function converse(dialogue: Dialogue, plain: PlainBytes): Promise<void> {
  const send = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length > 0) await plain.write(bytes);
  };
  await send(dialogue.opening);
  const chunk = new Uint8Array(CHUNK);
  while (dialogue.state !== "tls") {
    const during = dialogue.state;
    const count = during === "over" ? null : await plain.read(chunk);
    if (count === null) throw dialogue.talk.ended(`in the state "${during}"`);
    await send(dialogue.receive(chunk.subarray(0, count)));
  }
}

/** What `openOver` does before the handshake: the dialogue, made when the connection is known. */
export function conversation(make: (connection: Connection) => Dialogue): BeforeTls {
  return (connection, { signal }) => {
    const { data } = connection;
    return converse(make(connection), {
      read: (p) => data.read(p, { signal }),
      write: (bytes) => data.write(bytes, { signal }),
    });
  };
}
