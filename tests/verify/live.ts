/** What the live tests of verification share: a server on loopback that answers "hallo". */

import { assertInstanceOf } from "@std/assert";
import {
  type ConnectOptions,
  type ListenOptions,
  SslError,
  SslSocket,
  SslUnsupportedError,
  type VerifyReport,
} from "../../mod.ts";

export type EngineName = "openssl" | "deno";

/** One connection to be made. */
export interface Meeting {
  /** The engine of the client. @default {"openssl"} */
  readonly engine?: EngineName;
  readonly server: Partial<ListenOptions>;
  readonly client?: ConnectOptions;
  /** The address of the client's target. @default {"localhost"} */
  readonly host?: string;
  /** With `start`, a plain connection is made and then upgraded for the name `hostname`. */
  readonly via?: "connect" | "start";
  readonly hostname?: string;
  /** What to do with both sockets while they are open. */
  readonly use?: (client: SslSocket, server: SslSocket) => unknown;
}

/** What came of it. */
export interface Met {
  /** Why the client failed; it never got the greeting then. */
  readonly error: unknown;
  /** Why the server failed. */
  readonly serverError: unknown;
  /** What the client read. */
  readonly greeting: string;
  /** The client's report, after success. */
  readonly report: VerifyReport | undefined;
}

async function open(meeting: Meeting, port: number): Promise<SslSocket> {
  const { host = "localhost", engine = "openssl", client = {}, via } = meeting;
  const options = { engine, ...client };
  if (via !== "start") return await SslSocket.connect(`${host}:${port}`, options);
  const conn = await Deno.connect({ hostname: host.replace(/^\[(.*)\]$/, "$1"), port });
  try {
    const { hostname } = meeting;
    return await SslSocket.start(conn, { ...options, ...(hostname ? { hostname } : {}) });
  } catch (error) {
    try {
      conn.close();
    } catch {
      // consumed
    }
    throw error;
  }
}

/** Makes the connection; the client gets "hallo", since a TLS 1.3 server refuses after our Finished. */
export async function meet(meeting: Meeting): Promise<Met> {
  const { server, use, host = "" } = meeting;
  await using listener = await SslSocket.listen({
    hostname: host.startsWith("[") ? "::1" : "127.0.0.1",
    port: 0,
    engine: "openssl",
    ...server as ListenOptions,
    onHandshakeError: () => {},
  });
  const done = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<SslSocket | undefined>();
  const accepting = (async () => {
    try {
      await using socket = await listener.accept();
      await socket.write(new TextEncoder().encode("hallo"));
      ready.resolve(socket);
      await done.promise;
      return undefined;
    } catch (error) {
      ready.resolve(undefined);
      assertInstanceOf(error, SslError);
      return error;
    }
  })();
  let greeting = "";
  try {
    await using socket = await open(meeting, (listener.addr as Deno.NetAddr).port);
    const buffer = new Uint8Array(5);
    for (let n: number | null; (n = await socket.read(buffer)) !== null;) {
      greeting += new TextDecoder().decode(buffer.subarray(0, n));
      if (greeting.length === 5) break;
    }
    const peer = await ready.promise;
    if (peer !== undefined) await use?.(socket, peer);
    const { report } = socket;
    done.resolve();
    return { error: undefined, serverError: undefined, greeting, report };
  } catch (error) {
    done.resolve();
    // These come before a connection is made: nobody is there to be accepted.
    const early = error instanceof SslUnsupportedError ||
      (error instanceof SslError && /^E[A-Z]+$/.test(error.code));
    if (!(error instanceof SslError) || early) {
      listener.close();
      await accepting;
      throw error;
    }
    return { error, serverError: await accepting, greeting, report: undefined };
  } finally {
    done.resolve();
    listener.close();
    await accepting;
  }
}
