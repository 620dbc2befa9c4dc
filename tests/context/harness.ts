/** Two contexts talking over memory: what options do on the wire, below the socket layer. */

import { assertEquals } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { engineContext } from "../../context/engine_contexts.ts";
import type { SslOptions } from "../../context/options.ts";
import type { TlsStream } from "../../engine/engine.ts";
import type { Negotiated } from "../../engine/connection_facts.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { VerifyReport } from "../../verify/report.ts";
import { memoryPair } from "../helpers/memory.ts";
import { pair } from "../helpers/pair.ts";
import { contextFor, newConnection } from "../helpers/operations.ts";
import { inWords } from "../helpers/refusal.ts";

export { alerted } from "../helpers/refusal.ts";

export const ca = await TestCa.create();
export const leaf = await ca.server("server.example");

/** What a handshake came to. */
export interface Outcome {
  readonly clientError: Error | undefined;
  readonly serverError: Error | undefined;
  readonly clientReport: VerifyReport;
  readonly serverReport: VerifyReport;
  readonly client: Negotiated | undefined;
  readonly server: Negotiated | undefined;
  /** What the client sees of the server's certificates. */
  readonly peer: readonly Uint8Array[];
  /** What the server sees of the client's certificates. */
  readonly clientPeer: readonly Uint8Array[];
}

/** A handshake that came about on both sides. */
export function accepted(outcome: Outcome): Outcome {
  assertEquals(outcome.clientError, undefined);
  assertEquals(outcome.serverError, undefined);
  return outcome;
}

/**
 * What a handshake was refused by: class, code and alert of the client's and the server's error.
 * One of them decided; what the other has is the alert that it saw.
 */
export function refusal(outcome: Outcome): [client: string, server: string] {
  return [inWords(outcome.clientError), inWords(outcome.serverError)];
}

const OPENSSL = { engine: "openssl" } as const;

/** One handshake with these options, and a few bytes each way. */
export async function shake(
  clientOptions: SslOptions,
  serverOptions: SslOptions = {},
  hostname: string | undefined = "server.example",
): Promise<Outcome> {
  const serverAll = "cert" in serverOptions || "certFile" in serverOptions ||
      "selfSigned" in serverOptions || "reuseCtx" in serverOptions
    ? serverOptions
    : { cert: leaf.cert, key: leaf.key, ...serverOptions };
  const reuse = (o: SslOptions): SslOptions => "reuseCtx" in o ? o : { ...OPENSSL, ...o };
  const clientContext = await contextFor("client", reuse(clientOptions));
  const serverContext = await contextFor("server", reuse(serverAll));
  const clientEngine = await engineContext(clientContext, "client");
  const serverEngine = await engineContext(serverContext, "server");
  const client = newConnection(clientContext, { role: "client", options: clientOptions, hostname });
  const server = newConnection(serverContext, { role: "server", options: serverAll });
  const [a, b] = memoryPair();
  const c = clientEngine.start(a, client.params);
  const s = serverEngine.start(b, server.params);
  const run = async (stream: TlsStream, end: typeof a): Promise<Error | undefined> => {
    try {
      await stream.handshake();
      await stream.write(new Uint8Array([1]));
      await stream.read(new Uint8Array(1));
      return undefined;
    } catch (error) {
      await end.closeWrite();
      return error as Error;
    }
  };
  const [clientError, serverError] = await Promise.all([run(c, a), run(s, b)]);
  const ok = clientError === undefined && serverError === undefined;
  const outcome = {
    clientError,
    serverError,
    clientReport: client.state.report,
    serverReport: server.state.report,
    client: ok ? c.negotiated() : undefined,
    server: ok ? s.negotiated() : undefined,
    peer: ok ? c.peerChain() : [],
    clientPeer: ok ? s.peerChain() : [],
  };
  c.close();
  s.close();
  return outcome;
}

/** Two sockets over loopback, on the OpenSSL engine; the server has the certificate of {@linkcode leaf}. */
export async function socketPair(client: SslOptions, server: SslOptions = {}) {
  const listener = await SslSocket.listen({
    ...{ ...OPENSSL, hostname: "127.0.0.1", port: 0, cert: leaf.cert, key: leaf.key },
    ...server,
  });
  return await pair(listener, {
    ...{ ...OPENSSL, hostname: "127.0.0.1", port: listener.addr.port, ca: ca.pem },
    serverName: "server.example",
    ...client,
  });
}
