/** Connections that may resume a session, for the tests of the client's session cache. */

import { assertEquals } from "@std/assert";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import type { VerifyReport } from "../../verify/report.ts";
import { bytes, listen, reach, readText, testPki } from "../contract/harness.ts";

/** The protocols with sessions. */
export const VERSIONS = ["TLSv1_2", "TLSv1_3"] as const;

export const { ca, other } = await testPki();
export const clientCert = await ca.client("a client");
export const twoNames = await ca.server("localhost", "second.example");

/** What came of one connection. */
export interface Visit {
  readonly reused: boolean | undefined;
  readonly report: VerifyReport;
  readonly server: VerifyReport;
  readonly peer: string | undefined;
}

/** One connection with a byte from the server, with which the tickets of TLS 1.3 come. */
export async function visit(listener: SslListener, options: ConnectOptions): Promise<Visit> {
  const context = "reuseCtx" in options ? {} : { ca: ca.pem };
  const all = await reach("openssl", listener, { ...context, ...options });
  if ("reuseCtx" in options) {
    delete all.ca;
    delete all.engine;
  }
  const accepting = listener.accept();
  accepting.catch(() => {});
  const client = await SslSocket.connect(all);
  const server = await accepting;
  await server.write(bytes("x"));
  await readText(client, 1);
  const result = {
    reused: client.getSessionReused(),
    report: client.report,
    server: server.report,
    peer: client.peerCertificate()?.subject,
  };
  assertEquals(server.getSessionReused(), result.reused);
  await Promise.all([client.close(), server.close()]);
  return result;
}

/** A listener for the time of a body. */
export async function withServer(
  options: ListenOptions,
  body: (listener: SslListener, port: number) => Promise<void>,
): Promise<void> {
  const listener = await listen("openssl", options);
  try {
    await body(listener, listener.addr.port);
  } finally {
    listener.close();
  }
}
