/** One event has one code, and one wording up to the engine's own reason. */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { SslError, SslPeerError, SslTruncatedError, SslVerifyError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { EngineName } from "../../engine/engine.ts";
import { bytes, listen, reach, readText, tcpServer, testPki, trust } from "./harness.ts";
import type { Cases } from "./suite.ts";

/** A fatal alert in plain text. */
const alert = (number: number) => new Uint8Array([21, 3, 3, 0, 2, 2, number]);

/** A record of a handshake message that cannot be read: a ServerHello without a body. */
const EMPTY_SERVER_HELLO = new Uint8Array([22, 3, 3, 0, 4, 2, 0, 0, 0]);

/** What a client's handshake fails with when a server answers its ClientHello so. */
async function answered(engine: EngineName, answer: Uint8Array): Promise<SslError> {
  const { ca } = await testPki();
  await using server = tcpServer(async (conn) => {
    await conn.read(new Uint8Array(16384));
    if (answer.length > 0) await conn.write(answer);
    await conn.closeWrite();
    while (await conn.read(new Uint8Array(1024)) !== null);
  });
  const options = { ...trust(engine, ca), family: 4 as const };
  return await assertRejects(
    () => SslSocket.connect(`localhost:${server.port}`, options),
    SslError,
  );
}

/** What both sides report where the client does not trust the server's CA. */
async function untrusted(engine: EngineName): Promise<readonly [SslError, SslError]> {
  const { other } = await testPki();
  using listener = await listen(engine);
  const accepting = listener.accept().then((socket) => socket.acceptSsl()).catch((e) => e);
  const options = await reach(engine, listener, trust(engine, other));
  const atClient = await assertRejects(() => SslSocket.connect(options), SslError);
  const atServer: unknown = await accepting;
  assertInstanceOf(atServer, SslError);
  return [atClient, atServer];
}

/** What the client's read fails with when the last bytes of the server come changed, or not at all. */
async function readFails(
  engine: EngineName,
  change: (chunk: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | undefined,
): Promise<SslError> {
  using listener = await listen(engine);
  let open = false;
  await using between = tcpServer(async (conn) => {
    using to = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    const up = conn.readable.pipeTo(to.writable).catch(() => {});
    const out = conn.writable.getWriter();
    for await (const chunk of to.readable) {
      const sent = open ? change(chunk) : chunk;
      if (sent === undefined) break;
      await out.write(sent);
    }
    await out.close().catch(() => {});
    await up;
  });
  const accepting = listener.accept();
  using client = await SslSocket.connect(
    await reach(engine, listener, { port: between.port }),
  );
  using server = await accepting;
  await server.acceptSsl();
  await server.write(bytes("in order"));
  assertEquals(await readText(client, 8), "in order"); // tickets have gone before it
  open = true;
  await server.write(bytes("cut or altered"));
  return await assertRejects(() => client.read(new Uint8Array(100)), SslError);
}

/** Asserts code, class and wording of an error; only the engine's reason may follow. */
function says(error: SslError, code: string, text: string, Class: unknown = SslPeerError): void {
  assertEquals(error.code, code);
  assertInstanceOf(error, Class as typeof SslError);
  const at = error.message.indexOf(text);
  assert(at >= 0, error.message);
  assert(/^(?:: |$)/.test(error.message.slice(at + text.length)), error.message);
}

const HANDSHAKE = "Cannot complete the handshake: the peer";

/** Adds the cases. */
export function errorCases(cases: Cases): void {
  cases.add("an alert of the peer has its name in code and message", [], async ({ engine }) => {
    for (const [number, name] of [[40, "handshake_failure"], [80, "internal_error"]] as const) {
      const error = await answered(engine, alert(number));
      says(
        error,
        `ERR_SSL_ALERT_${name.toUpperCase()}`,
        `${HANDSHAKE} refused with the alert ${name}`,
      );
      assertEquals(error.alert, name);
    }
  });

  cases.add("a peer that answers in plain text does not speak TLS", [], async ({ engine }) => {
    const error = await answered(engine, bytes("220 mail.example ready for anything\r\n"));
    says(
      error,
      "ERR_SSL_NOT_TLS",
      `${HANDSHAKE} does not speak TLS here: check the port, or whether STARTTLS is due first`,
    );
  });

  cases.add("a peer that hangs up has closed during the handshake", [], async ({ engine }) => {
    const error = await answered(engine, bytes(""));
    says(
      error,
      "ERR_SSL_HANDSHAKE_EOF",
      `${HANDSHAKE} closed the connection during the handshake`,
    );
  });

  cases.add("a message that cannot be read is malformed", [], async ({ engine }) => {
    const error = await answered(engine, EMPTY_SERVER_HELLO);
    says(error, "ERR_SSL_DECODE", `${HANDSHAKE} sent a malformed message`);
  });

  cases.add(
    "a server of an unknown CA is refused, and receives the alert",
    [],
    async ({ engine }) => {
      const [client, server] = await untrusted(engine);
      assertInstanceOf(client, SslVerifyError);
      assertEquals(client.code, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
      assert(client.message.includes(": Cannot verify the certificate of "), client.message);
      const text = `${HANDSHAKE} refused with the alert unknown_ca`;
      says(server, "ERR_SSL_ALERT_UNKNOWN_CA", text);
    },
  );

  cases.add("data that ends without close_notify is truncated", [], async ({ engine }) => {
    const error = await readFails(engine, () => undefined);
    const text = "Cannot read: the connection ended without close_notify, so data may be missing";
    says(error, "ERR_SSL_TRUNCATED", text, SslTruncatedError);
  });

  cases.add("a record that was altered on its way is refused", [], async ({ engine }) => {
    const error = await readFails(engine, (chunk) => {
      const altered = chunk.slice();
      altered[altered.length - 1]! ^= 1;
      return altered;
    });
    const text = "Cannot read: a record was altered on its way, or the peer is broken";
    says(error, "ERR_SSL_BAD_RECORD", text);
  });
}
