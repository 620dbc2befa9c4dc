/** What is not a host name is refused by every option that takes one, before a byte, on both engines. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { certCreate } from "../../certificate/create.ts";
import { keyCreateEc } from "../../certificate/keys/private_key.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslContext } from "../../context/context.ts";
import { hostProblem, readHost } from "../../internal/host.ts";
import { SslSocket } from "../../socket/socket.ts";
import { parseTarget } from "../../socket/target.ts";

const LONG = "a".repeat(64);

/** Texts that are not hosts. */
const WRONG: readonly string[] = [
  ...["https://host.test/", "https://host.test", "host.test/path", "user@host.test", "//host.test"],
  ...[
    "*.host.test",
    "w*.host.test",
    "*",
    `${LONG}.test`,
    `host.${LONG}`,
    "a.".repeat(127) + "test",
  ],
  ...["a..b", ".host.test", "host.test..", "é%2eevil.com", "h%6fst.test", "%00", "host test"],
  ...[
    "host.test\0",
    "host\ntest",
    "127.1",
    "0x7f.1",
    "1.2.3.4.5",
    "256.1.1.1",
    "0127.0.0.1",
    "２130706433",
  ],
  ...["::1::", "fe80::1%", "[::1", "a?b", "a#b", "a\\b", "a,b", "a;b", "ａ b", "xn--a．%41"],
];

Deno.test("readHost() takes none of these for a host", () => {
  for (const text of WRONG) {
    if (text === "[::1") continue; // brackets are taken off before
    const read = readHost(text);
    assertEquals(read.kind, "invalid", text);
  }
});

Deno.test("readHost() reads hosts, each in one form", () => {
  const cases: [string, string, string][] = [
    ["Host.Test.", "dns", "host.test"],
    ["a_b.test", "dns", "a_b.test"],
    ["löwe.example", "dns", "xn--lwe-sna.example"],
    ["XN--LWE-SNA.example", "dns", "xn--lwe-sna.example"],
    ["a。b", "dns", "a.b"],
    ["foo-.test", "dns", "foo-.test"],
    ["127.0.0.1", "ip", "127.0.0.1"],
    ["::ffff:1.2.3.4", "ip", "::ffff:1.2.3.4"],
    ["fe80::1%eth0", "ip", "fe80::1"],
    [`${"a".repeat(63)}.test`, "dns", `${"a".repeat(63)}.test`],
  ];
  for (const [text, kind, name] of cases) {
    const read = readHost(text);
    assertEquals([read.kind, read.name], [kind, name], text);
    assertEquals(hostProblem(text), undefined);
  }
});

Deno.test("a target is dialled as the host that is verified, or not at all", () => {
  for (const host of WRONG) {
    for (const target of [`${host}:443`, { hostname: host, port: 443 }]) {
      assertThrows(() => parseTarget(target), TypeError, undefined, host);
    }
  }
});

const ca = await TestCa.create();
const leaf = await ca.server("host.test", "localhost");

for (const engine of ["openssl", "deno"] as const) {
  const trust = engine === "openssl" ? { ca: ca.pem } : { extraCa: ca.pem };

  Deno.test(`${engine}: a text that is not a host name is a TypeError before a byte is sent`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    let came = 0;
    const accepting = (async () => {
      for await (const conn of listener) {
        came++;
        conn.close();
      }
    })();
    const { port } = listener.addr as Deno.NetAddr;
    const refused = async (call: () => Promise<unknown>, what: string) => {
      const error = await assertRejects(call, TypeError, undefined, what);
      assert(error.message.length < 400, what);
    };
    for (const name of WRONG) {
      const to = { engine, ...trust, hostname: "127.0.0.1", port };
      await refused(() => SslSocket.connect({ ...to, serverName: name }), `serverName ${name}`);
      await refused(() => SslSocket.connect({ ...to, verifycnName: name }), `verifycnName ${name}`);
      await refused(() => SslSocket.connect({ ...to, hostname: name }), `hostname ${name}`);
      await refused(() => SslContext.create({ engine, serverName: name }), `context ${name}`);
      // Over a connection of the program's own: nothing is written to it.
      const written: Uint8Array[] = [];
      const pipe = {
        read: () => Promise.resolve(null),
        write: (p: Uint8Array) => Promise.resolve(written.push(p.slice()) && p.length),
        close: () => {},
      };
      const start = { engine, ...trust };
      await refused(() => SslSocket.start(pipe, { ...start, hostname: name }), `start ${name}`);
      await refused(() => SslSocket.start(pipe, { ...start, serverName: name }), `start ${name}`);
      assertEquals(written, []);
    }
    listener.close();
    await accepting;
    assertEquals(came, 0);
  });

  Deno.test(`${engine}: listen() refuses a hostname that is not valid, and says to split one with a port`, async () => {
    const { cert, key } = leaf;
    for (const hostname of WRONG.filter((name) => !name.startsWith("["))) {
      const options = { engine, hostname, port: 0, cert, key };
      await assertRejects(() => SslSocket.listen(options), TypeError, undefined, hostname);
    }
    for (const hostname of ["0.0.0.0:1234", "[::1]:1234", "localhost:1234"]) {
      await assertRejects(
        () => SslSocket.listen({ engine, hostname, port: 0, cert, key }),
        TypeError,
        "port: 1234 }",
      );
    }
  });
}

Deno.test("a scheme of Perl's reads verifycnName as Perl does, your own function gets any text", async () => {
  await using listener = await SslSocket.listen({
    engine: "openssl",
    hostname: "127.0.0.1",
    port: 0,
    cert: leaf.cert,
    key: leaf.key,
  });
  const serving = (async () => {
    for await (const socket of listener) await socket.close();
  })();
  const connect = (options: object) =>
    SslSocket.connect({
      engine: "openssl",
      hostname: "127.0.0.1",
      port: listener.addr.port,
      ca: ca.pem,
      ...options,
    });
  const asked: string[] = [];
  const callback = (host: string) => asked.push(host) > 0;
  const text = "mailto:user@host.test";
  await using one = await connect({ verifycnName: text, verifycnScheme: { callback } });
  await using two = await connect({ verifycnName: "host.test..", verifycnScheme: "http" });
  await using three = await connect({ verifycnName: text, verifycnScheme: "none" });
  assert([one, two, three].every(({ report }) => report.ok));
  assertEquals(asked, [text]);
  listener.close();
  await serving;
});

Deno.test("certificates by server name take no key that no client can send", async () => {
  const key = await keyCreateEc();
  const { cert } = await certCreate({ key });
  for (const name of ["*.host.test", `${LONG}.test`, "https://host.test", "127.0.0.1", "a..b"]) {
    const options = {
      engine: "openssl",
      server: true,
      cert: { [name]: cert },
      key: { [name]: key },
    };
    await assertRejects(
      () => SslContext.create(options as never),
      TypeError,
      "not a host name",
      name,
    );
  }
});
