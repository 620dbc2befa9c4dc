import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { ListenOptions } from "../../socket/options.ts";
import type { ByteTransport } from "../../engine/engine.ts";
import { SslError, SslTimeoutError, SslUnsupportedError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { testPki } from "../contract/harness.ts";

const { ca, other, server } = await testPki();
const bytes = (text: string) => new TextEncoder().encode(text);
const ENGINE = "openssl" as const;

function listen(options: ListenOptions) {
  return SslSocket.listen({
    engine: ENGINE,
    hostname: "127.0.0.1",
    port: 0,
    ...server,
    ...options,
  });
}

async function readAll(conn: Deno.Conn): Promise<string> {
  return await new Response(conn.readable).text();
}

Deno.test("errorTrap of a listener tells a plain client that the server is for SSL only", async () => {
  let request = "";
  let told = "";
  const errorTrap = async (connection: ByteTransport, message: string) => {
    const buffer = new Uint8Array(1024);
    request = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
    told = message;
    await connection.write(bytes("This server is SSL only\n"));
    connection.close();
  };
  const listener = await listen({ errorTrap });
  const accepting = listener.accept().catch((error) => error);
  const plain = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  await plain.write(bytes("GET / HTTP/1.0\r\n\r\n"));
  const answer = await readAll(plain);
  const error = await accepting;
  assertEquals(answer, "This server is SSL only\n"); // and no alert in front of it
  assertEquals(request, "GET / HTTP/1.0\r\n\r\n");
  assertInstanceOf(error, SslError);
  assertEquals(told, error.message);
  assertEquals(error.transport, undefined); // it was the trap's
  listener.close();
});

Deno.test("errorTrap works in the iterator of a listener, whose loop goes on", async () => {
  let trapped = 0;
  const errors: Error[] = [];
  const listener = await listen({
    errorTrap: (connection) => {
      trapped++;
      connection.close();
    },
    onHandshakeError: (error) => void errors.push(error),
  });
  const served = (async () => {
    for await (const socket of listener) return await socket.close();
  })();
  const plain = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  await plain.write(bytes("HELO localhost\r\n"));
  assertEquals(await readAll(plain), "");
  const client = await SslSocket.connect({
    ...{ engine: ENGINE, hostname: "localhost", family: 4, port: listener.addr.port, ca: ca.pem },
  });
  await served;
  await client.close();
  assertEquals([trapped, errors.length], [1, 1]);
  listener.close();
});

Deno.test("errorTrap gets the connection of a client that refuses the server", async () => {
  const listener = await listen({});
  const failing = listener.accept().catch((error) => error);
  let connection: ByteTransport | undefined;
  const error = await assertRejects(
    () =>
      SslSocket.connect({
        ...{ engine: ENGINE, hostname: "localhost", family: 4, port: listener.addr.port },
        ca: other.pem,
        errorTrap: (c) => void (connection = c),
      }),
    SslError,
  );
  assertEquals(error.transport, undefined);
  assertInstanceOf(await failing, SslError);
  assert(connection?.remoteAddr);
  connection.close();
  listener.close();
});

Deno.test("errorTrap that throws or rejects: the connection is closed, the error is the handshake's", async () => {
  const fails = () => {
    throw new Error("the trap itself");
  };
  for (const errorTrap of [fails, () => Promise.reject(new Error("the trap itself"))]) {
    const listener = await listen({ errorTrap });
    const accepting = listener.accept().catch((error) => error);
    const plain = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    await plain.write(bytes("hello hello\r\n"));
    assertEquals(await readAll(plain), "");
    const error = await accepting;
    assertInstanceOf(error, SslError);
    assertEquals(error.code, "ERR_SSL_NOT_TLS");
    listener.close();
  }
});

Deno.test("errorTrap gets a silent client when the time is up, and cannot hold up accept()", async () => {
  const { promise, resolve } = Promise.withResolvers<ByteTransport>();
  const errorTrap = (connection: ByteTransport) => {
    resolve(connection);
    return new Promise(() => {});
  };
  const listener = await listen({ errorTrap, handshakeTimeout: 100 });
  const accepting = assertRejects(() => listener.accept(), SslTimeoutError);
  const plain = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  await accepting;
  const connection = await promise;
  await connection.write(bytes("too late\n"));
  connection.close();
  assertEquals(await readAll(plain), "too late\n");
  listener.close();
});

Deno.test("errorTrap is not called when the handshake succeeds or the socket is closed", async () => {
  let trapped = 0;
  const errorTrap = () => void trapped++;
  const listener = await listen({ errorTrap });
  const [client, accepted] = await Promise.all([
    SslSocket.connect({
      ...{ engine: ENGINE, hostname: "localhost", family: 4, port: listener.addr.port, ca: ca.pem },
      errorTrap,
    }),
    listener.accept(),
  ]);
  await Promise.all([client.close(), accepted.close()]);
  const waiting = listener.accept().catch((error) => error);
  const plain = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  await new Promise((r) => setTimeout(r, 20));
  await listener[Symbol.asyncDispose]();
  assertEquals((await waiting).code, "ECLOSED");
  plain.close();
  assertEquals(trapped, 0);
});

Deno.test("errorTrap on the Deno engine throws: a failed handshake takes the connection with it", async () => {
  const error = await assertRejects(
    () => SslSocket.connect("localhost:1", { engine: "deno", errorTrap: () => {} }),
    SslUnsupportedError,
  );
  assertStringIncludes(error.message, 'option "errorTrap"');
});
