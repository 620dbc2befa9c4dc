/**
 * Deno's own TLS, used as well as it can be: with NODELAY, through connect and startTls.
 *
 * @module
 */

import { type Contender, type Material, splitLines } from "./contender.ts";

/** The reference of all ratios. */
export function bare({ ca, cert, key }: Material): Contender {
  return {
    async connect(port) {
      const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
      tcp.setNoDelay(true);
      const conn = await Deno.startTls(tcp, { hostname: "localhost", caCerts: [ca] });
      await conn.handshake();
      return conn;
    },
    listen() {
      const options = { hostname: "127.0.0.1", port: 0, cert, key, tcpBacklog: 1024 };
      const listener = Deno.listenTls(options as Deno.ListenTlsOptions & Deno.TlsCertifiedKeyPem);
      return Promise.resolve({ port: listener.addr.port, connections: listener });
    },
    lines: splitLines,
  };
}
