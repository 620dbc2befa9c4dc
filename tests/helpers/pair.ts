/** Two sockets, connected. */

import type { ConnectOptions } from "../../socket/options.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";

/** A client, the server's socket and the listener; disposing closes all three. */
export interface Pair extends AsyncDisposable {
  readonly client: SslSocket;
  readonly server: SslSocket;
  readonly listener: SslListener;
}

/** A client that the listener has accepted; where that fails, the listener is closed. */
export async function pair(listener: SslListener, options: ConnectOptions): Promise<Pair> {
  try {
    const [client, server] = await Promise.all([SslSocket.connect(options), listener.accept()]);
    return {
      client,
      server,
      listener,
      async [Symbol.asyncDispose]() {
        await Promise.all([client.close(), server.close()]);
        listener.close();
      },
    };
  } catch (error) {
    listener.close();
    throw error;
  }
}
