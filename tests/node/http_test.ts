/** `node:http` and `node:https` over our sockets: client through the agent, server behind a listener. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import type http from "node:http";
import https from "node:https";
import { SslError, SslVerifyError } from "../../errors.ts";
import { Agent, httpsAgent, type SslDuplex } from "../../node/mod.ts";
import { agentFor, nodeServer, refusal, request } from "./node_servers.ts";
import { testPki } from "../contract/harness.ts";

/** Answers with the method, the path and how many bytes came. */
const count: http.RequestListener = (req, res) => {
  let n = 0;
  req.on("data", (chunk) => n += chunk.length);
  req.on("end", () => res.end(`${req.method} ${req.url} ${n}`));
};

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: requests of a keepAlive agent share one connection`, async () => {
    await using server = await nodeServer(engine, count);
    await using own = await agentFor(engine, { keepAlive: true });
    const { agent } = own;
    const url = `https://localhost:${server.port}/a`;
    for (const reused of [false, true, true]) {
      const freed = new Promise((resolve) => agent.once("free", resolve));
      const answer = await request(url, { agent, method: "POST" }, "12345");
      assertEquals(answer, { status: 200, text: "POST /a 5", reused });
      await freed;
    }
    assertEquals(server.connections.length, 1);
    assertEquals(server.connections[0]!.encrypted, true);
  });

  Deno.test(`${engine}: without keepAlive each request has its connection`, async () => {
    await using server = await nodeServer(engine, count);
    await using own = await agentFor(engine);
    for (const path of ["/1", "/2"]) {
      const answer = await request(`https://localhost:${server.port}${path}`, own);
      assertEquals(answer, { status: 200, text: `GET ${path} 0`, reused: false });
    }
    assertEquals(server.connections.length, 2);
  });

  Deno.test(`${engine}: bodies of 3 MB go both ways`, async () => {
    await using server = await nodeServer(engine, (req, res) => void req.pipe(res));
    await using own = await agentFor(engine);
    const body = "0123456789".repeat(300_000);
    const url = `https://localhost:${server.port}/`;
    const { text } = await request(url, { ...own, method: "POST" }, body);
    assert(text === body);
  });

  Deno.test(`${engine}: an upload waits for a server that does not read`, async () => {
    const { promise, resolve } = Promise.withResolvers<http.IncomingMessage>();
    await using server = await nodeServer(engine, (req) => resolve(req));
    await using own = await agentFor(engine);
    const url = `https://localhost:${server.port}/`;
    const sent = https.request(url, { ...own, method: "POST", family: 4 });
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => sent.once("error", resolve));
    const chunk = new Uint8Array(1 << 20);
    sent.flushHeaders();
    const received = await promise;
    let taken = 0;
    while (taken < 64 && sent.write(chunk)) taken++;
    assert(taken < 64, "write() never asked to wait");
    received.resume();
    await new Promise((resolve) => sent.once("drain", resolve));
    received.socket.destroy();
    assertEquals((await failed).code, "ECONNRESET");
  });

  Deno.test(`${engine}: a wrong name is refused, with node's code and the reason`, async () => {
    let requests = 0;
    await using server = await nodeServer(engine, () => requests++);
    await using own = await agentFor(engine);
    const url = `https://localhost:${server.port}/`;
    const error = await refusal(request(url, { ...own, servername: "wrong.example" }));
    assertEquals(error.code, "ERR_TLS_CERT_ALTNAME_INVALID");
    assertInstanceOf(error.cause, SslVerifyError);
    assertEquals(error.message, error.cause.message);
    assert(error.message.includes("wrong.example"), error.message);
    assertEquals(requests, 0);
  });

  Deno.test(`${engine}: a CA that is not trusted is refused, with the very error`, async () => {
    await using server = await nodeServer(engine, count);
    const { other } = await testPki();
    const trusted = engine === "deno" ? { extraCa: other.pem } : { ca: other.pem };
    const agent = httpsAgent({ engine, ...trusted });
    const error = await refusal(request(`https://localhost:${server.port}/`, { agent }));
    assertInstanceOf(error, SslVerifyError);
    assertEquals(error.code, error.code?.replace(/^X509_V_ERR_/, ""));
  });

  Deno.test(`${engine}: a port where nobody listens is ECONNREFUSED`, async () => {
    const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = free.addr;
    free.close();
    await using own = await agentFor(engine);
    const error = await refusal(request(`https://127.0.0.1:${port}/`, own));
    assertInstanceOf(error, SslError);
    assertEquals(error.code, "ECONNREFUSED");
  });

  Deno.test(`${engine}: an aborted request ends its connection on both sides`, async () => {
    const { promise, resolve } = Promise.withResolvers<http.IncomingMessage>();
    await using server = await nodeServer(engine, (req) => resolve(req));
    await using own = await agentFor(engine);
    const abort = new AbortController();
    const url = `https://localhost:${server.port}/`;
    const failed = refusal(request(url, { ...own, signal: abort.signal }));
    const received = await promise;
    const gone = new Promise((resolve) => received.socket.once("close", resolve));
    abort.abort();
    assertEquals((await failed).code, "ABORT_ERR");
    await gone;
  });

  Deno.test(`${engine}: a silent server meets the timeout of a request`, async () => {
    await using server = await nodeServer(engine, () => {});
    await using own = await agentFor(engine);
    const url = `https://localhost:${server.port}/`;
    const sent = https.request(url, { ...own, timeout: 20, family: 4 });
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => sent.once("error", resolve));
    sent.end();
    await new Promise((resolve) => sent.once("timeout", resolve));
    sent.destroy();
    assertEquals((await failed).code, "ECONNRESET");
  });
}

Deno.test("an agent keeps connections of different names apart", async () => {
  const { ca } = await testPki();
  const both = await ca.server("localhost", "other.example");
  await using server = await nodeServer("openssl", count, both);
  await using own = await agentFor("openssl", { keepAlive: true });
  const url = `https://localhost:${server.port}/`;
  for (const servername of ["localhost", "other.example"]) {
    const freed = new Promise((resolve) => own.agent.once("free", resolve));
    assertEquals((await request(url, { ...own, servername })).reused, false);
    await freed;
  }
  assertEquals(server.connections.map((each) => each.servername), ["localhost", "other.example"]);
  const error = await refusal(request(url, { ...own, servername: "third.example" }));
  assertEquals(error.code, "ERR_TLS_CERT_ALTNAME_INVALID");
});

Deno.test("the handler of a server knows its client by the certificate", async () => {
  const { ca } = await testPki();
  const alice = await ca.client("alice");
  await using server = await nodeServer("openssl", (req, res) => {
    const socket = req.socket as unknown as SslDuplex;
    res.end(`${socket.authorized} ${socket.getPeerCertificate()?.subject.CN}`);
  }, { verifyMode: 3, clientCa: ca.pem });
  await using own = await agentFor("openssl", { cert: alice.cert, key: alice.key });
  const url = `https://localhost:${server.port}/`;
  assertEquals((await request(url, own)).text, "true alice");
  await using stranger = await agentFor("openssl");
  const error = await refusal(request(url, stranger));
  assertEquals(error.code, "ERR_SSL_ALERT_CERTIFICATE_REQUIRED");
});

Deno.test("what a request asks of node:tls is refused, and nothing is sent", async () => {
  await using server = await nodeServer("openssl", count);
  await using own = await agentFor("openssl");
  const url = `https://localhost:${server.port}/`;
  for (const options of [{ rejectUnauthorized: false }, { ca: "x" }, { lookup: () => {} }]) {
    const error = await refusal(request(url, { ...own, ...options } as https.RequestOptions));
    assertInstanceOf(error, TypeError);
    assert(error.message.includes(Object.keys(options)[0]!), error.message);
  }
  assertEquals(server.connections.length, 0);
});

Deno.test("options of an agent that are unknown, or each request's own, are refused at once", () => {
  const refused = (options: object) => assertThrows(() => httpsAgent(options), TypeError).message;
  assert(refused({ rejectUnauthorised: false }).includes("rejectUnauthorised"));
  assert(refused({ startHandshake: false }).includes("startHandshake"));
  assert(refused({ hostname: "example.com" }).includes("hostname"));
  assert(refused({ verifyMode: "none" }).includes("verifyMode"));
  assertInstanceOf(new Agent(), https.Agent);
});

Deno.test("closing a server closes its listener", async () => {
  const server = await nodeServer("openssl", count);
  assertEquals(server.server.listening, true);
  await server[Symbol.asyncDispose](); // waits for the end of serveConnections()
  assertEquals(server.server.listening, false);
});
