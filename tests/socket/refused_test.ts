/** What is refused on both engines: steps of the other side's handshake, and a broken record for an end. */

import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { SslPeerError } from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";
import { NO_RECORD } from "../helpers/openssl.ts";
import { bytes, connectPair } from "../contract/harness.ts";

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: a client that is connected does not accept, a server's connection does not connect`, async () => {
    await using pair = await connectPair(engine);
    const { client, server } = pair;
    assertEquals([client.tryConnectSsl(), server.tryAcceptSsl()], [true, true]);
    for (const step of [() => client.tryAcceptSsl(), () => server.tryConnectSsl()]) {
      assertThrows(step, TypeError, "needs a plain socket");
    }
    assertEquals([client.isSsl(), server.isSsl()], ["rw", "rw"]);
  });
}

/** What each engine calls bytes that are not a record. */
const CODE = { openssl: NO_RECORD, deno: "ERR_SSL_DECODE" };

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: allowTruncation takes no broken record for an end`, async () => {
    await using pair = await connectPair(engine, { allowTruncation: true }, { engine: "openssl" });
    const plain = await pair.server.stopSsl({ noShutdown: true, fastShutdown: true });
    await plain.write(bytes("plain text, which is not a record"));
    const read = () => pair.client.read(new Uint8Array(9));
    for (let i = 0; i < 2; i++) await refuses(read, SslPeerError, CODE[engine]);
  });
}
