/** NPN, the predecessor of ALPN, on TLS 1.2. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { SslUnsupportedError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, connectPair, listen, readText } from "../contract/harness.ts";

const V12 = { version: "TLSv1_2" };

/** What both sides say that was chosen. */
async function negotiate(client: ConnectOptions, server: ListenOptions): Promise<unknown[]> {
  await using pair = await connectPair("openssl", client, server);
  await pair.client.write(bytes("x"));
  await readText(pair.server, 1);
  return [
    pair.client.nextProtoNegotiated(),
    pair.server.nextProtoNegotiated(),
    pair.client.alpnSelected(),
    pair.server.alpnSelected(),
  ];
}

Deno.test("t/npn: the server has one and two, the client two and three: it is two", async () => {
  const both = await negotiate(
    { ...V12, npnProtocols: ["two", "three"] },
    { ...V12, npnProtocols: ["one", "two"] },
  );
  assertEquals(both, ["two", "two", undefined, undefined]);
});

Deno.test("NPN: the server's order decides, and with nothing in common the client's first", async () => {
  assertEquals(
    (await negotiate(
      { ...V12, npnProtocols: ["b", "a"] },
      { ...V12, npnProtocols: ["a", "b"] },
    )).slice(0, 2),
    ["a", "a"],
  );
  assertEquals(
    (await negotiate({ ...V12, npnProtocols: ["x", "y"] }, { ...V12, npnProtocols: ["a"] }))
      .slice(0, 2),
    ["x", "x"],
  );
});

Deno.test("NPN needs both sides and TLS 1.2", async () => {
  const nothing = [undefined, undefined, undefined, undefined];
  assertEquals(await negotiate({ ...V12, npnProtocols: ["a"] }, V12), nothing);
  assertEquals(await negotiate(V12, { ...V12, npnProtocols: ["a"] }), nothing);
  // TLS 1.3 is chosen, which has no NPN.
  assertEquals(await negotiate({ npnProtocols: ["a"] }, { npnProtocols: ["a"] }), nothing);
  assertEquals(await negotiate({ npnProtocols: [] }, { npnProtocols: [] }), nothing);
});

Deno.test("ALPN goes before NPN where both are offered", async () => {
  const protocols = { alpnProtocols: ["alpn"], npnProtocols: ["npn"] };
  assertEquals(
    await negotiate({ ...V12, ...protocols }, { ...V12, ...protocols }),
    [undefined, undefined, "alpn", "alpn"],
  );
  // A server without ALPN: then NPN.
  assertEquals(
    await negotiate({ ...V12, ...protocols }, { ...V12, npnProtocols: ["npn"] }),
    ["npn", "npn", undefined, undefined],
  );
});

Deno.test("npnProtocols with TLS 1.3 alone would do nothing, and is refused", async () => {
  for (const version of [{ version: "TLSv1_3" }, { minVersion: "TLSv1_3" as const }]) {
    const options = { ...version, npnProtocols: ["a"] };
    await assertRejects(
      () => SslSocket.connect("localhost:1", { engine: "openssl", ca: [], ...options }),
      TypeError,
      "use alpnProtocols",
    );
    await assertRejects(() => listen("openssl", options), TypeError, "npnProtocols");
  }
});

Deno.test("protocol names are 1 to 255 bytes", async () => {
  for (const name of ["", "x".repeat(256)]) {
    await assertRejects(
      () => SslSocket.connect("localhost:1", { engine: "openssl", npnProtocols: [name] }),
      TypeError,
      "1 to 255 bytes",
    );
  }
  const long = "x".repeat(255);
  const both = await negotiate({ ...V12, npnProtocols: [long] }, { ...V12, npnProtocols: [long] });
  assertEquals(both.slice(0, 2), [long, long]);
});

Deno.test("NPN is refused on the Deno engine", async () => {
  for (
    const make of [
      () => SslSocket.connect("localhost:1", { engine: "deno", npnProtocols: ["a"] }),
      () => listen("deno", { npnProtocols: ["a"] }),
    ]
  ) {
    const error = await assertRejects(make, SslUnsupportedError);
    assertStringIncludes(error.message, 'Cannot use option "npnProtocols"');
  }
});

Deno.test("canNpn() says whether the library has NPN", () => {
  assertEquals(SslSocket.canNpn(), true);
});
