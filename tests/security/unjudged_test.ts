/** Without callbacks (`--allow-ffi=<path>`): nothing leaves for a server that nobody has judged, however the step ends. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { ContextConfig, TlsStream } from "../../engine/engine.ts";
import { SslPeerError, SslVerifyError } from "../../errors.ts";
import {
  ca,
  client,
  config,
  credential,
  engine,
  handshake,
  narrowClient,
  type Pair,
  pairOf,
  text,
  V12,
  V13,
} from "../engine/harness.ts";
import { join, plainRecord, recordsIn } from "../helpers/forge.ts";

const stranger = await ca.server("else.example");

/** What follows the server's flight in the same segment: the step that brings its certificate fails. */
const TAILS: Record<string, Uint8Array> = {
  "a fatal alert": plainRecord(21, [2, 40]),
  "close_notify": plainRecord(21, [1, 0]),
  "data": plainRecord(23, text("in clear")),
  "no record at all": text("HTTP/1.1 400 Bad Request\r\n\r\n"),
  "nothing": new Uint8Array(),
};

interface Outcome {
  readonly error: unknown;
  readonly sent: Uint8Array;
  readonly judged: number;
}

/** A client with a certificate meets a server, whose first flight gets a tail. */
async function meet(
  only: Partial<ContextConfig>,
  tail: Uint8Array,
  refuse: boolean,
  go: (p: Pair) => Promise<unknown>,
): Promise<Outcome> {
  let judged = 0;
  const narrow = narrowClient(only, () => {
    judged++;
    return refuse ? new SslVerifyError("Refused", { code: "REFUSED" }) : undefined;
  });
  const server = await engine.createContext(
    config("server", { ...only, verifyMode: 1, credentials: [credential(stranger)] }),
  );
  await using p = pairOf(narrow, server);
  p.clientSide.record = true;
  let flights = 0;
  p.serverSide.tamper = (chunk) => flights++ === 0 ? join(chunk, tail) : chunk;
  const error = await go(p);
  await new Promise((resolve) => setTimeout(resolve));
  return { error, sent: join(...p.clientSide.written), judged };
}

const atOnce = async (p: Pair): Promise<unknown> => (await handshake(p))[0];

async function step(stream: TlsStream): Promise<unknown> {
  for (;;) {
    try {
      const want = stream.tryHandshake();
      if (want === true) return undefined;
      await stream.ready(want);
    } catch (error) {
      return error;
    }
  }
}

async function byStep(p: Pair): Promise<unknown> {
  const serving = p.server.handshake().catch(() => p.serverSide.closeWrite());
  const error = await step(p.client);
  p.clientSide.closeWrite();
  await serving;
  return error;
}

for (const [version, only] of [["TLS 1.2", V12], ["TLS 1.3", V13]] as const) {
  for (const [how, go] of [["at once", atOnce], ["by steps", byStep]] as const) {
    Deno.test(`without callbacks: a step that fails after the certificate answers nothing to a server that is refused (${version}, ${how})`, async () => {
      for (const [name, tail] of Object.entries(TAILS)) {
        const { error, sent, judged } = await meet(only, tail, true, go);
        assertInstanceOf(error, SslVerifyError, `${name}: ${error}`);
        assertEquals(recordsIn(sent).length, 1, name); // the ClientHello
        assertEquals(judged, 1, name);
      }
    });
  }

  Deno.test(`without callbacks: a step that fails after the certificate of a server that is accepted says why (${version})`, async () => {
    for (const [name, tail] of Object.entries(TAILS)) {
      if (name === "nothing") continue;
      const { error, sent } = await meet(only, tail, false, atOnce);
      if (version === "TLS 1.2") assertInstanceOf(error, SslPeerError, `${name}: ${error}`);
      else assertEquals(error, undefined); // the client is done before it comes to the tail
      assert(recordsIn(sent).length > 1, name);
    }
  });
}

Deno.test("nothing leaves for a server while verifyCallback decides, even if the step fails meanwhile", async () => {
  for (const accept of [true, false]) {
    for (const [name, tail] of Object.entries(TAILS)) {
      if (name === "nothing") continue;
      const { promise: decision, resolve } = Promise.withResolvers<boolean>();
      const deciding = await engine.createContext(
        config("client", {
          ...V12,
          credentials: [credential(client)],
          hooks: { verify: () => undefined, verifyEach: () => decision },
        }),
      );
      const server = await engine.createContext(config("server", { ...V12, verifyMode: 1 }));
      await using p = pairOf(deciding, server);
      p.clientSide.record = true;
      p.serverSide.tamper = (chunk) => join(chunk, tail);
      const [error] = await handshake(p);
      assertInstanceOf(error, SslPeerError, name);
      resolve(accept);
      await new Promise((resolve) => setTimeout(resolve));
      await p.client.handshake().catch(() => {});
      assertEquals(recordsIn(join(...p.clientSide.written)).length, 1, name);
    }
  }
});
