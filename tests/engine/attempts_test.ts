/** Which side says what of a handshake that fails, and stores after a callback has run. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { SslError, SslPeerError } from "../../errors.ts";
import { config, engine, handshake, pair, pairOf, V12, V13 } from "./harness.ts";

Deno.test("OpenSSL engine: each side says that it cannot complete the handshake, and why", async () => {
  await using p = await pair({ client: V12, server: V13 });
  const [atClient, atServer] = await handshake(p);
  assertInstanceOf(atClient, SslPeerError);
  assertInstanceOf(atServer, SslError);
  assertEquals(
    [atClient.code, atClient.alert, atServer.code],
    ["ERR_SSL_ALERT_PROTOCOL_VERSION", "protocol_version", "ERR_SSL_INCOMPATIBLE"],
  );
  const start = "Cannot complete the handshake: the peer";
  assert(atClient.message.startsWith(`${start} refused with the alert protocol_version: `));
  assert(atServer.message.startsWith(`${start} and we have no TLS version in common: `));
});

Deno.test("OpenSSL engine hands out a context for changes once its callbacks have run", async () => {
  const client = await engine.createContext(config("client"));
  const server = await engine.createContext(config("server"));
  await using p = pairOf(client, server);
  assertEquals(await handshake(p), [undefined, undefined]);
  for (const context of [client, server]) {
    assert(context.native?.("new") !== undefined);
    assert(context.native?.("used") !== undefined);
  }
});
