/** The proxy of the process: tunnels for TLS and for plain HTTP, and proxies that are of no use. */

import "../helpers/limit.ts";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import {
  getHttp,
  getHttps,
  set_proxy,
  setProxy,
  settings,
  sslcat,
  SsleayHandle,
  tcpcat,
} from "../../ssleay/mod.ts";
import { proxyServer, tcpServer, testPki, tlsServer, trust } from "./odd_server.ts";

const HOST = "127.0.0.1";

/** Runs with a proxy. */
async function through(port: number, run: () => Promise<void>, ...user: string[]): Promise<void> {
  setProxy(HOST, port, ...user);
  try {
    await run();
  } finally {
    setProxy();
  }
}

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: https goes through a tunnel, and the server is verified beyond it`, async () => {
    await using server = await tlsServer();
    await using proxy = proxyServer();
    await through(proxy.port, async () => {
      const options = await trust(engine);
      assertEquals((await getHttps("localhost", server.port, "/", options))[0], "hello");
      const [page, response] = await getHttps("localhost", server.port, "/", { engine });
      assertEquals(page, undefined);
      assertMatch(response, /SSL_connect/);
      const [reply] = await sslcat("localhost", server.port, "x\r\n\r\n", options);
      assertMatch(reply!, /hello$/);
      const patient = { ...options, timeout: 0 }; // no limit, and not one of no time
      assertEquals((await getHttps("localhost", server.port, "/", patient))[0], "hello");
    });
    assertEquals(
      new Set(proxy.asked),
      new Set([`CONNECT localhost:${server.port} HTTP/1.0\r\n\r\n`]),
    );
    assertEquals(server.names, ["localhost", "localhost", "localhost"]);
    assertEquals(server.requests.length, 3);
  });
}

Deno.test("plain http goes through a tunnel too, with the user's name and password", async () => {
  await using server = tcpServer();
  await using proxy = proxyServer();
  await through(
    proxy.port,
    async () => {
      assertEquals((await getHttp(HOST, server.port, "/"))[0], "hello");
      assertMatch((await tcpcat(HOST, server.port, "x\r\n\r\n"))[0]!, /hello$/);
    },
    "joe",
    "grün:1",
  );
  const authorization = btoa(String.fromCharCode(...new TextEncoder().encode("joe:grün:1")));
  const asked =
    `CONNECT ${HOST}:${server.port} HTTP/1.0\r\nProxy-authorization: Basic ${authorization}\r\n\r\n`;
  assertEquals(proxy.asked, [asked, asked]);
  // And directly again.
  assertEquals((await getHttp(HOST, server.port, "/"))[0], "hello");
  assertEquals(proxy.asked.length, 2);
});

Deno.test("what a server says first comes through a tunnel whole", async () => {
  await using server = tcpServer(HOST, async (conn) => {
    await conn.write(
      new TextEncoder().encode("HTTP/1.0 200 Connection established\r\n\r\n220 hello\r\n"),
    );
    await conn.closeWrite();
    await conn.read(new Uint8Array(100));
  });
  await through(server.port, async () => {
    assertEquals(await tcpcat("a.example", 25, "QUIT\r\n"), ["220 hello\r\n", undefined]);
  });
});

Deno.test("an IPv6 address is in brackets for the proxy", async () => {
  await using server = tcpServer("::1");
  await using proxy = proxyServer();
  await through(proxy.port, async () => {
    assertEquals((await getHttp("::1", server.port, "/"))[0], "hello");
  });
  assertEquals(proxy.asked, [`CONNECT [::1]:${server.port} HTTP/1.0\r\n\r\n`]);
});

/** Proxies that open no tunnel: what they send, and what is said of it. */
const REFUSALS: readonly (readonly [name: string, answer: string, said: RegExp])[] = [
  [
    "says 403",
    "HTTP/1.0 403 Forbidden\r\nX: 1\r\n\r\nno",
    /the proxy 127\.0\.0\.1:\d+ refused: HTTP\/1\.0 403 Forbidden\n/,
  ],
  ["says 407", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", /refused: HTTP\/1\.1 407/],
  ["says 100", "HTTP/1.1 100 Continue\r\n\r\n", /refused: HTTP\/1\.1 100/],
  ["says 302", "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", /refused: HTTP\/1\.1 302/],
  ["says 2000", "HTTP/1.1 2000 OK\r\n\r\n", /refused: HTTP\/1\.1 2000/],
  ["answers garbage", "garbage\r\n\r\n", /did not answer with HTTP: received "garba"/],
  ["speaks TLS", "\x15\x03\x01\0\x02\x02\x28", /did not answer with HTTP/],
  ["closes at once", "", /closed the connection without an answer/],
  ["closes half-way", "HTTP/1.0 200 OK\r\n", /closed the connection after/],
  [
    "has control characters in its line",
    "HTTP/1.0 403 \x1b[31m\x07no\r\n\r\n",
    /refused: HTTP\/1\.0 403 \?\[31m\?no\n/,
  ],
  ["has a head without end", `HTTP/1.0 200 OK\r\n${"X: 1\r\n".repeat(20_000)}`, /too long a head/],
];

for (const [name, answer, said] of REFUSALS) {
  Deno.test(`a proxy that ${name} is an error, and nothing goes to it but the CONNECT`, async () => {
    await using proxy = tcpServer();
    proxy.play({ answer });
    await through(proxy.port, async () => {
      const options = await trust("openssl");
      for (
        const [page, response] of [
          await getHttps("a.example", 443, "/", options),
          await getHttp("a.example", 80, "/"),
        ]
      ) {
        assertEquals(page, undefined);
        assertMatch(
          response,
          /^HTTP\/1\.0 900 NET OR SSL ERROR\r\n\r\nSSL_connect \d+: 1 - error:ERR_PROXY:/,
        );
        assertMatch(response, said);
      }
      assertMatch((await sslcat("a.example", 443, "x", options))[1]!, said);
      const error = await assertRejects(
        () => SsleayHandle.connect("a.example", 443, options),
        SslError,
      );
      assertEquals(error.code, "ERR_PROXY");
    });
    assertEquals(
      new Set(proxy.requests),
      new Set(["CONNECT a.example:443 HTTP/1.0\r\n\r\n", "CONNECT a.example:80 HTTP/1.0\r\n\r\n"]),
    );
  });
}

Deno.test("a proxy that hangs, and one that nobody listens at, are errors", async () => {
  await using silent = tcpServer(HOST, () => {});
  await through(silent.port, async () => {
    const options = { ...await trust("openssl"), timeout: 50 };
    for (const call of [getHttps, getHttp]) {
      assertMatch(
        (await call("a.example", 80, "/", options))[1],
        /ETIMEDOUT.*timed out after 50 ms/,
      );
    }
  });
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  listener.close();
  await through(port, async () => {
    assertMatch((await getHttps("a.example", 443, "/"))[1], /Connection refused/);
  });
});

Deno.test("bytes that the proxy sends ahead of the handshake are not taken for the server's", async () => {
  await using proxy = tcpServer();
  proxy.play({ answer: "HTTP/1.0 200 OK\r\n\r\nHTTP/1.0 200 OK\r\n\r\ninjected" });
  await through(proxy.port, async () => {
    const [page, response] = await getHttps("a.example", 443, "/", await trust("openssl"));
    assertEquals(page, undefined);
    assertMatch(response, /SSL_connect/);
  });
});

Deno.test("a client certificate that cannot be used is an error before the proxy is asked", async () => {
  const { client } = await testPki();
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/client.pem`, client.cert);
    let connections = 0;
    await using proxy = tcpServer(HOST, () => void connections++);
    await through(proxy.port, async () => {
      const files = [`${dir}/client.pem`, `${dir}/missing.key`] as const;
      const options = { ...await trust("openssl"), timeout: 2000 };
      const [, response] = await getHttps("a.example", 443, "/", "", "", "", ...files, options);
      assertMatch(response, /missing\.key/);
    });
    assertEquals(connections, 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("no message has the password of the proxy", async () => {
  await using proxy = tcpServer();
  proxy.play({ answer: "HTTP/1.0 407 No\r\n\r\n" });
  await through(
    proxy.port,
    async () => {
      const [, response] = await getHttp("a.example", 80, "/");
      assertEquals(response.includes("salainen") || response.includes(btoa("joe:salainen")), false);
      assertStringIncludes(response, "407 No");
    },
    "joe",
    "salainen",
  );
});

Deno.test("setProxy() refuses what would inject a header, and what is not a host", () => {
  for (const user of ["joe\r\nX-Evil: 1", "joe\0", "joe:x"]) {
    assertThrows(() => setProxy(HOST, 8080, user, "x"), TypeError, "Cannot set a proxy");
  }
  const error = assertThrows(() => setProxy(HOST, 8080, "joe", "geheim\n"), TypeError);
  assertEquals(error.message.includes("geheim"), false);
  assertThrows(() => setProxy("a b", 8080), TypeError);
  assertThrows(() => setProxy(HOST, 70_000), RangeError);
  assertThrows(() => setProxy("http://a.example:8080"), TypeError);
  assertEquals(set_proxy, setProxy);
  setProxy("");
});

Deno.test("a call keeps the proxy and the pause that hold when it begins", async () => {
  await using server = await tlsServer();
  await using plain = tcpServer();
  await using proxy = proxyServer();
  setProxy(HOST, proxy.port);
  const options = await trust("openssl");
  const calls = [
    getHttps("localhost", server.port, "/", options),
    getHttp(HOST, plain.port, "/"),
    sslcat("localhost", server.port, "x\r\n\r\n", options),
  ] as const;
  setProxy();
  const direct = getHttp(HOST, plain.port, "/direct");
  setProxy(HOST, 1);
  try {
    for (const [page] of await Promise.all([...calls, direct])) assertMatch(page!, /hello$/);
  } finally {
    setProxy();
  }
  assertEquals(proxy.asked.length, 3);
});

Deno.test("a client certificate that the Deno engine cannot start with is thrown, and the tunnel closed", async () => {
  const { client } = await testPki();
  await using server = await tlsServer();
  await using proxy = proxyServer();
  await through(proxy.port, async () => {
    const options = { ...await trust("deno"), cert: client.cert, key: client.key };
    await assertRejects(
      () => getHttps("localhost", server.port, "/", options),
      SslUnsupportedError,
    );
  });
});

Deno.test("a tunnel is traced from the level 3 on", async () => {
  await using server = tcpServer();
  await using proxy = proxyServer();
  for (const level of [2, 3]) {
    let seen = "";
    settings.warn = (text) => seen += text;
    settings.trace = level;
    try {
      await through(proxy.port, async () => {
        assertEquals((await getHttp(HOST, server.port, "/"))[0], "hello");
      });
    } finally {
      settings.warn = undefined;
    }
    const wanted = [
      `Opening connection to ${HOST}:${proxy.port}\n`,
      `Asking proxy to connect to ${HOST}:${server.port}\n`,
      "Proxy response: HTTP/1.",
    ];
    assertEquals(wanted.map((text) => seen.includes(text)), Array(3).fill(level === 3), seen);
  }
});
