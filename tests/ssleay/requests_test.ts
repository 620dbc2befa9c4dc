/** What the HTTP functions send, and what they refuse to send. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import {
  doHttps,
  doHttps2,
  doHttps3,
  doHttps4,
  doHttpx2,
  doHttpx3,
  doHttpx4,
  getHttp,
  getHttp3,
  getHttp4,
  getHttps,
  getHttps3,
  getHttps4,
  getHttpx,
  getHttpx3,
  getHttpx4,
  headHttp,
  headHttp3,
  headHttp4,
  headHttps,
  headHttps3,
  headHttps4,
  headHttpx,
  headHttpx3,
  headHttpx4,
  makeForm,
  makeHeaders,
  postHttp,
  postHttp3,
  postHttp4,
  postHttps,
  postHttps3,
  postHttps4,
  postHttpx,
  postHttpx3,
  postHttpx4,
  putHttp,
  putHttp3,
  putHttp4,
  putHttps,
  putHttps3,
  putHttps4,
  putHttpx,
  putHttpx3,
  putHttpx4,
  sslcat,
  tcpcat,
  tcpReadUntil,
} from "../../ssleay/mod.ts";
import { HELLO, tcpServer, tlsServer, trust } from "./odd_server.ts";

const HOST = "127.0.0.1";

Deno.test("a GET is the request line, Host, Accept, and nothing after the empty line", async () => {
  await using server = tcpServer();
  await getHttp(HOST, server.port, "/a?b=c");
  assertEquals(server.requests, [
    `GET /a?b=c HTTP/1.0\r\nHost: ${HOST}:${server.port}\r\nAccept: */*\r\n\r\n`,
  ]);
});

Deno.test("a POST has the type and the length of its content", async () => {
  await using server = tcpServer();
  await postHttp(HOST, server.port, "/", "", makeForm("OK", "1", "name", "Sampo"));
  await putHttp(HOST, server.port, "/", undefined, Uint8Array.of(0, 255, 13, 10), "image/x");
  await postHttp(HOST, server.port, "/", null, "grün", "text/plain");
  await postHttp(HOST, server.port, "/", null, "grün", "text/plain", { encoding: "latin1" });
  const host = `Host: ${HOST}:${server.port}\r\nAccept: */*\r\n`;
  assertEquals(server.requests, [
    `POST / HTTP/1.0\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 15\r\n\r\nOK=1&name=Sampo`,
    `PUT / HTTP/1.0\r\n${host}Content-Type: image/x\r\nContent-Length: 4\r\n\r\n\0\xff\r\n`,
    `POST / HTTP/1.0\r\n${host}Content-Type: text/plain\r\nContent-Length: 5\r\n\r\ngr\xc3\xbcn`,
    `POST / HTTP/1.0\r\n${host}Content-Type: text/plain\r\nContent-Length: 4\r\n\r\ngr\xfcn`,
  ]);
});

Deno.test("empty content of a POST and a PUT has the length 0, of a GET none", async () => {
  await using server = tcpServer();
  await postHttp(HOST, server.port, "/");
  await putHttp(HOST, server.port, "/", "", "");
  await getHttp(HOST, server.port, "/");
  await headHttp(HOST, server.port, "/");
  const lengths = server.requests.map((request) => /^Content-Length: .*$/m.exec(request)?.[0]);
  assertEquals(lengths, ["Content-Length: 0", "Content-Length: 0", undefined, undefined]);
});

Deno.test("headers go between Host and Accept; their own Host, Accept and Content-Type stay alone", async () => {
  await using server = tcpServer();
  await getHttp(HOST, server.port, "/", makeHeaders("X-A", "1", "Referer:", "b\n"));
  await getHttp(HOST, server.port, "/", "host: other\r\nACCEPT: text/html\r\n");
  await postHttp(HOST, server.port, "/", "Content-Type: text/x\r\n", "hi");
  assertEquals(server.requests, [
    `GET / HTTP/1.0\r\nHost: ${HOST}:${server.port}\r\nX-A: 1\r\nReferer: b\r\nAccept: */*\r\n\r\n`,
    "GET / HTTP/1.0\r\nhost: other\r\nACCEPT: text/html\r\n\r\n",
    `POST / HTTP/1.0\r\nHost: ${HOST}:${server.port}\r\nContent-Type: text/x\r\nAccept: */*\r\nContent-Length: 2\r\n\r\nhi`,
  ]);
});

Deno.test("headers without a final CRLF, or with LF alone, get theirs", async () => {
  await using server = tcpServer();
  await getHttp(HOST, server.port, "/", "X-Q: 1");
  await getHttp(HOST, server.port, "/", "X-Q: 1\nX-R: 2\n");
  const host = `GET / HTTP/1.0\r\nHost: ${HOST}:${server.port}\r\n`;
  assertEquals(server.requests, [
    `${host}X-Q: 1\r\nAccept: */*\r\n\r\n`,
    `${host}X-Q: 1\r\nX-R: 2\r\nAccept: */*\r\n\r\n`,
  ]);
});

Deno.test("Host has the port unless it is the default one, and brackets around IPv6", async () => {
  const { requestBytes } = await import("../../ssleay/request.ts");
  const { checkTerms } = await import("../../ssleay/options.ts");
  const { tcpTarget } = await import("../../ssleay/target.ts");
  const host = (name: string, port: number, useTls: boolean) => {
    const parts = { method: "GET", path: "/", headers: "", content: "", mimeType: "" };
    const bytes = requestBytes({ ...parts, useTls, target: tcpTarget(name, port) }, checkTerms());
    return /^Host: (.*)\r$/m.exec(new TextDecoder().decode(bytes))![1];
  };
  assertEquals(host("example.com", 443, true), "example.com");
  assertEquals(host("example.com", 443, false), "example.com:443");
  assertEquals(host("example.com", 80, false), "example.com");
  assertEquals(host("example.com", 80, true), "example.com:80");
  assertEquals(host("::1", 443, true), "[::1]");
  assertEquals(host("[::1]", 8443, true), "[::1]:8443");
  assertEquals(host("fe80::1%eth0", 80, false), "[fe80::1]");
  assertEquals(host("grün.example", 443, true), "xn--grn-ioa.example");
});

Deno.test("IPv6 works, with and without brackets", async () => {
  await using server = tcpServer("::1");
  assertEquals((await getHttp("::1", server.port, "/"))[0], "hello");
  assertEquals((await getHttp("[::1]", server.port, "/"))[0], "hello");
  assertStringIncludes(server.requests[0]!, `\r\nHost: [::1]:${server.port}\r\n`);
});

Deno.test("non-ASCII characters of a path are percent-encoded", async () => {
  await using server = tcpServer();
  await getHttp(HOST, server.port, "/grün?a=☺&%20");
  assertStringIncludes(server.requests[0]!, "GET /gr%C3%BCn?a=%E2%98%BA&%20 HTTP/1.0\r\n");
});

const INJECTED = ["\r\n", "\n", "\r", "\0", "\x7f", "\x0b"];

Deno.test("a path, method, type, host or header with a line end is refused, and nothing is sent", async () => {
  await using server = tcpServer();
  const { port } = server;
  for (const evil of INJECTED) {
    const text = `/a${evil}X-Evil: 1`;
    for (
      const call of [
        () => getHttp(HOST, port, text),
        () => getHttp(HOST, port, "/", `X-A: 1${evil}b`.replace("\r\n", "\r")),
        () => postHttp(HOST, port, "/", "", "x", `text/plain${evil}X-Evil: 1`),
        () => doHttpx2(`GET${evil}`, false, HOST, port, "/"),
        () => getHttp(`${HOST}${evil}`, port, "/"),
        () =>
          (async () => await getHttp(HOST, port, "/", makeHeaders("X-A", `1${evil}X-Evil: 1`)))(),
        () => (async () => await getHttp(HOST, port, "/", makeHeaders(`X-A${evil}`, "1")))(),
      ]
    ) {
      if (evil === "\n" && String(call).includes("X-A: 1")) continue;
      await assertRejects(call, TypeError, "", JSON.stringify([evil, String(call)]));
    }
  }
  assertEquals(server.requests, []);
});

Deno.test("lines that would end the head, or are not headers, are refused", async () => {
  for (
    const headers of [
      "X-A: 1\r\n\r\nGET /evil HTTP/1.0\r\n",
      "X-A: 1\n\nX-B: 2\n",
      "X-A 1\r\n",
      ": 1\r\n",
      "X-A: 1\r\n folded\r\n",
      "X A: 1\r\n",
      "X-A : 1\r\n",
      "Content-Length: 3\r\n",
      "transfer-encoding: chunked\r\n",
    ]
  ) {
    const said = /^:|X-A 1/.test(headers) ? "a line without a name" : "Cannot";
    await assertRejects(() => postHttp(HOST, 1, "/", headers, "x"), TypeError, said, headers);
  }
  await assertRejects(
    () => postHttp(HOST, 1, "/", "Content-Type: a/b", "x", "c/d"),
    TypeError,
    "given twice",
  );
});

Deno.test("arguments of the wrong kind are refused before anything is sent", async () => {
  // deno-lint-ignore no-explicit-any -- that is what is tested
  const get = getHttp as any, https = getHttps as any;
  for (
    const call of [
      () => get(HOST, 1, ""),
      () => get(HOST, 1),
      () => get(HOST, 1, "/a b"),
      () => get(HOST, 1, "/\ud800"),
      () => get(undefined, 1, "/"),
      () => get("", 1, "/"),
      () => get("a b", 1, "/"),
      () => get("http://a.example/", 80, "/"),
      () => get(HOST, undefined, "/"),
      () => get(HOST, "nonsense", "/"),
      () => get(HOST, 1, "/", 5),
      () => get(HOST, 1, "/", "", 5),
      () => get(HOST, 1, "/", {}, "content"),
      () => get(HOST, 1, "/", { nonsense: 1 }),
      () => get(HOST, 1, "/", { encoding: "utf-16" }),
      () => get(HOST, 1, "/", { hostname: "b.example" }),
      () => get(HOST, 1, "/", { startHandshake: false }),
      () => get(HOST, 1, "/", "", "", "", "client.pem", "client.key"),
      () => https(HOST, 1, "/", "", "", "", "client.pem"),
      () => https(HOST, 1, "/", "", "", "", undefined, "client.key"),
      () => https(HOST, 1, "/", "", "", "", "a.pem", "a.key", { certFile: "b.pem" }),
      () => https(HOST, 1, "/", "", "", "", "a.pem", "a.key", "nonsense"),
      () => https(HOST, 1, "/", "", "", "", "a.pem", "a.key", {}, 1),
    ]
  ) await assertRejects(call, TypeError, "", String(call));
  for (
    const call of [
      () => get(HOST, 0, "/"),
      () => get(HOST, 65536, "/"),
      () => get(HOST, 1, "/", { maxBytes: 0 }),
      () => get(HOST, 1, "/", { timeout: -1 }),
    ]
  ) {
    const error = await assertRejects(call, Error, "", String(call));
    assertMatch(error.name, /^(?:Range|Type)Error$/);
  }
});

Deno.test("the stack of a mistake begins in the program", async () => {
  for (
    const call of [
      async () => await getHttps(HOST, 1, ""),
      async () => await sslcat("a b", 1, ""),
      async () => await tcpcat(HOST, 1, "", { maxBytes: 0 }),
      async () => await tcpReadUntil(undefined!),
    ]
  ) {
    const error = await assertRejects(call, Error, "Cannot", String(call));
    assertMatch(error.stack!.split("\n")[1]!, /requests_test\.ts/, String(call));
  }
});

Deno.test("each function sends its method, with TLS or without", async () => {
  await using tls = await tlsServer();
  await using tcp = tcpServer();
  const options = await trust("openssl");
  const over = [
    [getHttps, getHttps3, getHttps4],
    [postHttps, postHttps3, postHttps4],
    [putHttps, putHttps3, putHttps4],
    [headHttps, headHttps3, headHttps4],
  ];
  const without = [
    [getHttp, getHttp3, getHttp4],
    [postHttp, postHttp3, postHttp4],
    [putHttp, putHttp3, putHttp4],
    [headHttp, headHttp3, headHttp4],
  ];
  const either = [
    [getHttpx, getHttpx3, getHttpx4],
    [postHttpx, postHttpx3, postHttpx4],
    [putHttpx, putHttpx3, putHttpx4],
    [headHttpx, headHttpx3, headHttpx4],
  ];
  const methods = ["GET", "POST", "PUT", "HEAD"];
  const sent: string[] = [];
  const note = (headers: unknown) =>
    assertStringIncludes(JSON.stringify(headers).toUpperCase(), "CONTENT-LENGTH");
  for (const [i, method] of methods.entries()) {
    for (const j of [0, 1, 2]) {
      note((await over[i]![j]!(HOST, tls.port, "/", options))[2]);
      note((await either[i]![j]!(true, HOST, tls.port, "/", options))[2]);
      note((await without[i]![j]!(HOST, tcp.port, "/"))[2]);
      note((await either[i]![j]!(0, HOST, tcp.port, "/", options))[2]);
      sent.push(method, method);
    }
  }
  for (const call of [doHttpx2, doHttpx3, doHttpx4]) {
    note((await call("DELETE", 1, HOST, tls.port, "/", options))[2]);
    note((await call("DELETE", false, HOST, tcp.port, "/"))[2]);
    sent.push("DELETE");
  }
  assertEquals(tls.requests.map((request) => request.split(" ")[0]), sent);
  assertEquals(tcp.requests.map((request) => request.split(" ")[0]), sent);
  for (const call of [doHttps2, doHttps3, doHttps4]) {
    note((await call("OPTIONS", HOST, tls.port, "/", options))[2]);
  }
  note((await doHttps(HOST, tls.port, "/", "PATCH", "X-A: 1", "content", options))[2]);
  const legacy = tls.requests.slice(sent.length);
  assertEquals(legacy.map((request) => request.split(" ")[0]), [
    "OPTIONS",
    "OPTIONS",
    "OPTIONS",
    "PATCH",
  ]);
  assertStringIncludes(legacy[3]!, "\r\nX-A: 1\r\n");
});

Deno.test("a server that answers before it has taken the request is heard", async () => {
  const answer = new TextEncoder().encode(HELLO.replace("200 OK", "413 Too Large"));
  await using server = tcpServer(HOST, async (conn) => {
    await conn.read(new Uint8Array(1000));
    await conn.write(answer);
    await conn.closeWrite();
    const p = new Uint8Array(65536);
    while (await conn.read(p) !== null) { /* the rest of the request */ }
  });
  const [page, response] = await postHttp(HOST, server.port, "/", "", new Uint8Array(1 << 20));
  assertEquals([page, response], ["hello", "HTTP/1.0 413 Too Large"]);
});
