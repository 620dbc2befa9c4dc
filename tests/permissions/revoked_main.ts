/**
 * A program that makes its contexts, drops the ffi permission, and then does what connections do;
 * run by revoked_test.ts. Prints what came of each case, one line of JSON a case.
 */

import { SslContext, SslError, SslSocket } from "../../mod.ts";
import { TestCa } from "../../testing/ca.ts";
import { memoryPair, type MemoryTransport } from "../helpers/memory.ts";

const version = Deno.args[0] as "TLSv1_2" | "TLSv1_3";
const [ca, other] = [await TestCa.create(), await TestCa.create({ commonName: "Another CA" })];
const own = await ca.server("server.example");
const [known, stranger] = [await ca.client("known"), await other.client("stranger")];
const make = (options: Parameters<typeof SslContext.create>[0]) =>
  SslContext.create({ engine: "openssl", version, ...options });

const contexts = {
  server: await make({ server: true, cert: own.cert, key: own.key, alpnProtocols: ["a"] }),
  asking: await make({
    server: true,
    cert: own.cert,
    key: own.key,
    verifyMode: 3,
    clientCa: ca.pem,
  }),
  client: await make({ ca: ca.pem, sessionCacheSize: 10, alpnProtocols: ["a", "b"] }),
  distrusting: await make({ ca: other.pem }),
  known: await make({ ca: ca.pem, cert: known.cert, key: known.key }),
  stranger: await make({ ca: ca.pem, cert: stranger.cert, key: stranger.key }),
};
type Name = keyof typeof contexts;

const { state } = await Deno.permissions.revoke({ name: "ffi" });
const { engine } = await SslContext.create({ extraCa: ca.pem });
console.log(JSON.stringify({ case: "revoke", state, laterEngine: engine }));

type Use = (socket: SslSocket, wire: MemoryTransport) => Promise<unknown>;

async function side(starting: Promise<SslSocket>, wire: MemoryTransport, use: Use) {
  try {
    const socket = await starting;
    try {
      return await use(socket, wire);
    } finally {
      await socket.close();
    }
  } catch (error) {
    wire.close();
    if (!(error instanceof SslError)) return `${error}`;
    return { error: error.name, code: error.code, engine: error.facts.engine };
  }
}

async function meet(
  name: string,
  [clientName, serverName]: readonly [Name, Name],
  client: Use,
  server: Use,
): Promise<void> {
  const [a, b] = memoryPair();
  const results = await Promise.all([
    side(
      SslSocket.start(a, {
        reuseCtx: contexts[clientName],
        hostname: "server.example",
        ...(clientName === "client" ? { sessionKey: "server.example:443" } : {}),
      }),
      a,
      client,
    ),
    side(SslSocket.start(b, { server: true, reuseCtx: contexts[serverName] }), b, server),
  ]);
  console.log(JSON.stringify({ case: name, client: results[0], server: results[1] }));
}

const one = new Uint8Array(1);
const spoiled: Use = async (socket, wire) => {
  wire.tamper = (chunk) => chunk.with(chunk.length - 1, chunk.at(-1)! ^ 1);
  await socket.write(one);
  wire.tamper = undefined;
  return await socket.read(new Uint8Array(1));
};
const reading: Use = async (socket) => await socket.read(new Uint8Array(1));

const asking: Use = async (socket) => {
  await socket.write(one);
  const read = await socket.read(new Uint8Array(1));
  return {
    read,
    reused: socket.getSessionReused(),
    version: socket.getSslversion(),
    alpn: socket.alpnSelected(),
    exported: socket.exportKeyingMaterial("EXPORTER-test", 8).length,
    peer: socket.peerCertificate("commonName"),
    end: await socket.read(new Uint8Array(1)),
  };
};
const answering: Use = async (socket) => {
  await socket.read(new Uint8Array(1));
  await socket.write(one);
  return { shutdown: await socket.stopSsl().then(() => "done") };
};

await meet("handshake", ["client", "server"], asking, answering);
await meet("resumption", ["client", "server"], asking, answering);
await meet("client certificate", ["known", "asking"], asking, answering);
await meet("refused server", ["distrusting", "server"], reading, reading);
await meet("refused client", ["stranger", "asking"], reading, reading);
await meet("record to the server", ["client", "server"], spoiled, reading);
await meet("record to the client", ["client", "server"], reading, spoiled);
await meet("truncation", ["client", "server"], (_, wire) => wire.closeWrite(), reading);

const [plain, wire] = memoryPair();
await plain.write(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
const refused = side(
  SslSocket.start(wire, { server: true, reuseCtx: contexts.server }),
  wire,
  reading,
);
console.log(JSON.stringify({ case: "plain text", server: await refused }));
