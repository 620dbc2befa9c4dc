/** Who chooses a context by the ClientHello must not be got around by an odd one. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { openLibrary } from "../../engine/openssl/binder.ts";
import { SslPeerError } from "../../errors.ts";
import { handshake, pair, V12, V13 } from "../engine/harness.ts";

const SET_HOSTNAME = 55;

for (const [version, only] of [["TLS 1.2", V12], ["TLS 1.3", V13]] as const) {
  for (const serverName of ["a b", "grün.example", "a\u007f.example"]) {
    const shown = JSON.stringify(serverName);
    Deno.test(`selectContext: the name ${shown}, which nobody can be asked about, is not served (${version})`, async () => {
      const asked: string[] = [];
      const selectContext = (name: string) => {
        asked.push(name);
        return undefined;
      };
      await using p = await pair({
        client: { ...only, verifyMode: 0 },
        server: { ...only, hooks: { selectContext } },
        params: { serverName },
      });
      p.serverSide.record = true;
      const [client, server] = await handshake(p);
      assertInstanceOf(server, SslPeerError);
      assertEquals([server.code, server.alert], ["ERR_SSL_DECODE", "decode_error"]);
      assertEquals((client as SslPeerError).alert, "decode_error");
      assertEquals([p.client.established, p.server.established], [false, false]);
      assertEquals(asked, []);
      // The alert and nothing else: no ServerHello, no certificate.
      assertEquals(p.serverSide.written.map((b) => [...b]), [[21, 3, 1, 0, 2, 2, 50]]);
    });
  }

  Deno.test(`without selectContext OpenSSL decides about such a name (${version})`, async () => {
    await using p = await pair({
      client: { ...only, verifyMode: 0 },
      server: only,
      params: { serverName: "a b" },
    });
    assertEquals(await handshake(p), [undefined, undefined]);
  });
}

/** The server has none of the groups that a client sends a key for, so it asks for another hello. */
const AGAIN = { ...V13, groups: "P-521" };

Deno.test("a second ClientHello with another server name is refused: the choice was made by the first", async () => {
  const selectContext = (name: string) => (assertEquals(name, "a.example"), undefined);
  await using p = await pair({
    client: { ...V13, verifyMode: 0 },
    server: { ...AGAIN, hooks: { selectContext } },
    params: { serverName: "a.example" },
  });
  p.client.tryHandshake();
  const { c } = openLibrary();
  const name = new TextEncoder().encode("admin.example\0");
  assertEquals(Number(c.SSL_ctrl(p.client.native!()!, SET_HOSTNAME, 0n, name)), 1);
  const [client, server] = await handshake(p);
  assertInstanceOf(server, SslPeerError);
  assertEquals([server.code, server.alert], ["ERR_SSL_PEER_MISBEHAVED", "illegal_parameter"]);
  assertEquals((client as SslPeerError).alert, "illegal_parameter");
  assertEquals(p.server.established, false);
});

Deno.test("a second ClientHello with the same server name, in whatever case, is served", async () => {
  for (const serverName of ["a.example", "A.Example", undefined]) {
    await using p = await pair({
      client: { ...V13, verifyMode: 0 },
      server: { ...AGAIN, hooks: { selectContext: () => undefined } },
      params: serverName === undefined ? {} : { serverName },
    });
    assertEquals(await handshake(p), [undefined, undefined]);
  }
});
