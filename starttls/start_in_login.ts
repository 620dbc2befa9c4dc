/**
 * TLS in the middle of a MySQL login that somebody else speaks, who does not know of it.
 *
 * @module
 */

import { speak } from "../socket/open.ts";
import type { SslSocket } from "../socket/socket.ts";
import { connectionOf } from "../socket/socket_init.ts";
import { Deadline, DEFAULT_TIMEOUT } from "../socket/timeouts.ts";
import { conversation } from "./converse.ts";
import { begin } from "./dialogue.ts";
import { mysqlClient } from "./mysql.ts";
import { DEFAULT_MAX_PLAIN } from "./talk.ts";

/**
 * Reads the server's greeting, sends the request for TLS, and completes the handshake.
 *
 * @param plain A plain socket, with the options for TLS. When it fails, the socket is closed.
 * @param request Gets the greeting, and gives the request.
 */
export async function startInLogin(
  plain: SslSocket,
  request: (greeting: Uint8Array) => Promise<Uint8Array>,
): Promise<SslSocket> {
  const connection = connectionOf(plain)!;
  const { peer, options: { timeout = DEFAULT_TIMEOUT, signal } } = connection;
  const dialogue = begin(mysqlClient(false), { peer, maxPlainBytes: DEFAULT_MAX_PLAIN });
  using deadline = new Deadline({ timeout, signal, operation: "start TLS with", peer });
  await speak(
    async () => {
      await conversation(() => dialogue)(connection, deadline);
      const bytes = await deadline.race(request(dialogue.talk.packet!));
      await connection.data.write(bytes, { signal: deadline.signal });
    },
    connection,
    deadline,
  );
  return await plain.connectSsl();
}
