/** Whom the functions trust: the server's certificate, its name, and the client's own certificate. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
  SSL_VERIFY_NONE,
  SSL_VERIFY_PEER,
} from "../../constants.ts";
import { SslUnsupportedError } from "../../errors.ts";
import {
  getHttp,
  getHttps,
  getHttps3,
  setCertAndKey,
  settings,
  sslcat,
  tcpcat,
} from "../../ssleay/mod.ts";
import { SslContext, SslSocket } from "../../mod.ts";
import { tcpServer, testPki, tlsServer, trust } from "./odd_server.ts";

const HOST = "127.0.0.1";
const ENGINES = ["openssl", "deno"] as const;

function assert900([page, response, headers]: readonly unknown[], said: RegExp): void {
  assertEquals([page, headers], [undefined, []]);
  assertMatch(String(response), /^HTTP\/1\.0 900 NET OR SSL ERROR\r\n\r\n/);
  assertMatch(String(response), said);
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: a server that is not trusted gets no request`, async () => {
    await using server = await tlsServer();
    assert900(
      await getHttps(HOST, server.port, "/secret", { engine }),
      /SSL_connect \d+: \d - error:.*certificate/is,
    );
    const [reply, error, cert] = await sslcat(HOST, server.port, "secret", { engine });
    assertEquals([reply, cert], [undefined, undefined]);
    assertMatch(error!, /^SSL_connect \d+: 1 - error:/);
    assertEquals(server.requests, []);
  });

  Deno.test(`${engine}: a certificate for another name is refused`, async () => {
    const { ca } = await testPki();
    await using server = await tlsServer(await ca.server("other.example"));
    assert900(await getHttps(HOST, server.port, "/", await trust(engine)), /SSL_connect/);
    assertEquals(server.requests, []);
  });

  Deno.test(`${engine}: the name goes into SNI and is verified; an address does not go into SNI`, async () => {
    await using server = await tlsServer();
    const options = await trust(engine);
    assertEquals((await getHttps("localhost", server.port, "/", options))[0], "hello");
    assertEquals((await getHttps(HOST, server.port, "/", options))[0], "hello");
    assertEquals(server.names, ["localhost", undefined]);
  });

  Deno.test(`${engine}: a port without TLS is an error and not a hang`, async () => {
    await using http = tcpServer();
    const plain = "HTTP/1.0 400 Bad Request\r\n\r\nspeak plainly";
    http.play({ answer: plain, early: true });
    assert900(
      await getHttps(HOST, http.port, "/", await trust(engine)),
      /SSL_connect \d+: 1 - error:/,
    );
    await using silent = tcpServer(HOST, () => {});
    const options = { ...await trust(engine), timeout: 50 };
    assert900(
      await getHttps(HOST, silent.port, "/", options),
      /SSL_connect.*ETIMEDOUT.*timed out after 50 ms/,
    );
  });

  Deno.test(`${engine}: a server that is silent after the handshake is an error`, async () => {
    await using mute = await tlsServer();
    await using stuck = await tlsServer();
    mute.play({ answer: "", end: "open" });
    stuck.play({ answer: "HTTP/1.0 200 OK\r\nContent-Length: 50\r\n\r\nhello", end: "open" });
    const options = { ...await trust(engine), timeout: 2000 };
    for (
      const answer of await Promise.all(
        [mute, stuck].map(({ port }) => getHttps(HOST, port, "/", options)),
      )
    ) assert900(answer, /SSL_read.*ETIMEDOUT.*timed out after 2000 ms/);
  });

  Deno.test(`${engine}: a client certificate goes to a server that asks for it`, async () => {
    const { ca, client } = await testPki();
    const dir = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${dir}/client.pem`, client.cert);
      await Deno.writeTextFile(`${dir}/client.key`, client.key);
      await using server = await tlsServer({
        verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
        ca: ca.pem,
      });
      const options = await trust(engine);
      const files = [`${dir}/client.pem`, `${dir}/client.key`] as const;
      const call = () => getHttps(HOST, server.port, "/", "", "", "", ...files, options);
      assertEquals((await call())[0], "hello");
      assertEquals((await sslcat(HOST, server.port, "x\r\n\r\n", ...files, options))[1], undefined);
      assertEquals((await getHttps(HOST, server.port, "/", options))[0], undefined);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });

  Deno.test(`${engine}: a client certificate that cannot be used is an error before a byte is sent`, async () => {
    const { ca, client } = await testPki();
    const other = await ca.client();
    const dir = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${dir}/client.pem`, client.cert);
      await Deno.writeTextFile(`${dir}/other.key`, other.key);
      await Deno.writeTextFile(`${dir}/nonsense.key`, "nonsense");
      let connections = 0;
      await using server = tcpServer(HOST, () => void connections++);
      for (const name of ["other.key", "missing.key", "nonsense.key"]) {
        const options = { ...await trust(engine), timeout: 2000 };
        const files = [`${dir}/client.pem`, `${dir}/${name}`] as const;
        assert900(
          await getHttps(HOST, server.port, "/", "", "", "", ...files, options),
          /^(?!.*ETIMEDOUT)HTTP.*error:/s,
        );
        const [, error] = await sslcat(HOST, server.port, "x", ...files, options);
        assertMatch(error!, /error:(?!ETIMEDOUT)/);
      }
      assertEquals(connections, 0);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
}

Deno.test("verifyMode says for one call that nothing is verified", async () => {
  await using server = await tlsServer();
  const options = { engine: "openssl", verifyMode: SSL_VERIFY_NONE } as const;
  const [page, , , cert] = await getHttps3(HOST, server.port, "/", options);
  assertEquals([page, cert?.commonName], ["hello", "localhost"]);
  assertEquals((await getHttps(HOST, server.port, "/", { engine: "openssl" }))[0], undefined);
});

Deno.test("what the Deno engine cannot do is thrown, and not ignored", async () => {
  const options = { engine: "deno", verifyMode: SSL_VERIFY_NONE } as const;
  await assertRejects(() => getHttps(HOST, 1, "/", options), SslUnsupportedError);
  settings.sslVersion = 12;
  try {
    await assertRejects(() => getHttps(HOST, 1, "/", { engine: "deno" }), SslUnsupportedError);
  } finally {
    settings.sslVersion = 0;
  }
});

Deno.test("a context can be shared, and stays open", async () => {
  await using server = await tlsServer();
  using context = await SslContext.create(await trust("openssl"));
  for (let i = 0; i < 2; i++) {
    const options = { reuseCtx: context };
    assertEquals((await getHttps(HOST, server.port, "/", options))[0], "hello");
  }
});

Deno.test("a signal ends a call with its reason", async () => {
  await using server = tcpServer();
  server.play({ answer: "HTTP/1.0 200 OK\r\n\r\nhel", end: "open" });
  const reason = new Error("changed my mind");
  const controller = new AbortController();
  const call = getHttp(HOST, server.port, "/", { signal: controller.signal });
  const failed = assertRejects(() => call, Error, "changed my mind");
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  controller.abort(reason);
  await failed;
  await assertRejects(
    () => getHttp(HOST, server.port, "/", { signal: AbortSignal.abort(reason) }),
    Error,
    "changed my mind",
  );
  await assertRejects(
    () => getHttps(HOST, server.port, "/", { signal: AbortSignal.abort(reason) }),
    Error,
    "changed my mind",
  );
});

Deno.test("nobody listens, and an unknown host, are the errors of open_tcp_connection", async () => {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  listener.close();
  for (const call of [getHttp, getHttps]) {
    const [, response] = await call(HOST, port, "/");
    assertEquals(
      response.replace(/\(.*\)/, "()"),
      `HTTP/1.0 900 NET OR SSL ERROR\r\n\r\n${Deno.pid}: open_tcp_connection: failed \`${HOST}', ${port} ()\n`,
    );
    assertStringIncludes(response, "Connection refused");
    assert900(
      await call("no-such-host.invalid", 80, "/"),
      /open_tcp_connection: failed `no-such-host\.invalid', 80/,
    );
  }
});

Deno.test("settings.sslVersion insists on a version; an option of the call goes before", async () => {
  await using server = await tlsServer({ version: "TLSv1_3" });
  const options = await trust("openssl");
  settings.sslVersion = 12;
  try {
    assert900(await getHttps(HOST, server.port, "/", options), /SSL_connect/);
    assertEquals(
      (await getHttps(HOST, server.port, "/", { ...options, version: "TLSv1_3" }))[0],
      "hello",
    );
    settings.ssl_version = 13;
    assertEquals((await getHttps(HOST, server.port, "/", options))[0], "hello");
  } finally {
    settings.sslVersion = 0;
  }
});

Deno.test("setCertAndKey() sets both in options, or neither with the text of the error", async () => {
  const { ca, client } = await testPki();
  const other = await ca.client();
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/client.pem`, client.cert);
    await Deno.writeTextFile(`${dir}/client.key`, client.key);
    await Deno.writeTextFile(`${dir}/other.key`, other.key);
    const options = {};
    const [nothing, error] = await setCertAndKey(options, `${dir}/client.pem`, `${dir}/other.key`);
    assertEquals([nothing, options], [undefined, {}]);
    assertMatch(error!, /^set_cert_and_key \d+: 1 - error:/);
    assertMatch((await setCertAndKey(options, `${dir}/x.pem`, `${dir}/client.key`))[1]!, /ENOENT/);
    assertEquals(await setCertAndKey(options, `${dir}/client.pem`, `${dir}/client.key`), [
      undefined,
      undefined,
    ]);
    assertEquals(options, { certFile: `${dir}/client.pem`, keyFile: `${dir}/client.key` });
    await using server = await tlsServer({
      verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
      ca: ca.pem,
    });
    await using socket = await SslSocket.connect({
      hostname: HOST,
      port: server.port,
      ...await trust("openssl"),
      ...options,
    });
    assert(socket.sockCertificate() !== undefined);
    using context = await SslContext.create(await trust("openssl"));
    await assertRejects(
      () => setCertAndKey(context, "a", "b"),
      TypeError,
      "SslContext takes certFile",
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("http to a port with TLS is an error, and no page", async () => {
  await using server = await tlsServer();
  assert900(await getHttp(HOST, server.port, "/"), /SSL_read \d+: 1 - error:/);
  const [reply, error] = await tcpcat(HOST, server.port, "GET / HTTP/1.0\r\n\r\n");
  // sslcat's kin judge nothing: what TLS says to plain text, if anything, is the reply.
  assertEquals([reply?.includes("HTTP"), error], [false, undefined]);
});
