/** A server of HTTPS for tests, its clients, and where its inner server listens. */

import type { HttpHandler, HttpOptions, HttpServer } from "../../http/options.ts";
import { serveHttp } from "../../http/serve_http.ts";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, testPki, trust } from "../contract/harness.ts";

/** The engines that serve. */
export const ENGINES = ["openssl", "deno"] as const;

/** One of them. */
export type Engine = typeof ENGINES[number];

/** A server that runs, and how to reach it. */
export interface Running extends AsyncDisposable {
  readonly server: HttpServer;
  readonly port: number;
  /** The port behind the TLS listener. */
  readonly innerPort: number;
  /** What went to `onError`. */
  readonly errors: unknown[];
  /** The beginning of its URLs. */
  readonly origin: string;
  /** A client for `fetch`, closed with the server. */
  readonly client: Deno.HttpClient;
  /** A TLS connection that speaks for itself. */
  connect(options?: ConnectOptions): Promise<SslSocket>;
}

/** Starts a server on a free port. */
export async function start(
  engine: Engine,
  handler: HttpHandler,
  options: ListenOptions & HttpOptions & { readonly http2?: boolean } = {},
): Promise<Running> {
  const { ca, server: cert } = await testPki();
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const { http2 = true, ...rest } = options;
  const serve = Deno.serve;
  let innerPort = 0;
  // The inner server is nobody's business; only here it is asked for its port.
  Object.assign(Deno, {
    serve(...args: Parameters<typeof serve>) {
      const inner = serve(...args);
      innerPort ||= (inner.addr as Deno.NetAddr).port;
      return inner;
    },
  });
  const own = rest.reuseCtx ? {} : { ...cert };
  const server = serveHttp(
    { engine, hostname: "127.0.0.1", port: 0, onError, ...own, ...rest },
    handler,
  );
  const { port } = await server.addr.finally(() => Object.assign(Deno, { serve }));
  const client = Deno.createHttpClient({ caCerts: [ca.pem], http2 });
  return {
    server,
    port,
    innerPort,
    errors,
    client,
    origin: `https://localhost:${port}`,
    connect: (more = {}) =>
      SslSocket.connect({
        ...trust(engine, ca),
        ...{ hostname: "localhost", family: 4, port, alpnProtocols: ["http/1.1"] },
        ...more,
      }),
    async [Symbol.asyncDispose]() {
      client.close();
      await server.shutdown({ deadline: 2_000 });
      await server.finished;
    },
  };
}

/** Sends a text and gives all that comes until the other side ends. */
export async function converse(socket: SslSocket, request: string): Promise<string> {
  await socket.write(bytes(request));
  return await readToEnd(socket);
}

/** All that comes until the other side ends. */
export async function readToEnd(socket: SslSocket): Promise<string> {
  let answer = "";
  const p = new Uint8Array(4096);
  for (let n; (n = await socket.read(p)) !== null;) {
    answer += new TextDecoder("latin1").decode(p.subarray(0, n));
  }
  return answer;
}
