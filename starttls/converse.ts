/**
 * Runs a dialogue over a connection. The one place here that reads and writes.
 *
 * @module
 */

import type { Connection } from "../socket/connection.ts";
import type { BeforeTls } from "../socket/open.ts";
import type { Deadline } from "../socket/timeouts.ts";
import type { Dialogue } from "./dialogue.ts";

/** Read at once, in bytes. */
const CHUNK = 16_384;

/** Speaks until TLS is next on the wire. */
async function converse(
  dialogue: Dialogue,
  connection: Connection,
  deadline: Deadline,
): Promise<void> {
  const { signal } = deadline;
  const { data } = connection;
  const send = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length > 0) await data.write(bytes, { signal });
  };
  await send(dialogue.opening);
  const chunk = new Uint8Array(CHUNK);
  while (dialogue.state !== "tls") {
    const during = dialogue.state;
    const count = during === "over" ? null : await data.read(chunk, { signal });
    if (count === null) throw dialogue.talk.ended(`in the state "${during}"`);
    await send(dialogue.receive(chunk.subarray(0, count)));
  }
}

/** What `openOver` does before the handshake: the dialogue, made when the connection is known. */
export function conversation(make: (connection: Connection) => Dialogue): BeforeTls {
  return (connection, deadline) => converse(make(connection), connection, deadline);
}
