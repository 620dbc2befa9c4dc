/** Express, ws and nodemailer over our sockets: our listener beneath the one side, our client the other. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import express from "express";
import nodemailer from "nodemailer";
import http from "node:http";
import { Agent, fetch as undiciFetch } from "undici";
import WebSocket, { WebSocketServer } from "ws";
import { SslVerifyError } from "../../errors.ts";
import { connector, httpsAgent, serveConnections, toDuplex } from "../../node/mod.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { Lab } from "./lab.ts";
import { within } from "./peers.ts";

const WRONG = "wrong.example";

/** A listener that demands a client certificate. */
function listen({ pki: { ca, server } }: Lab): Promise<SslListener> {
  const own = { cert: server.cert, key: server.key, clientCa: ca.pem, verifyMode: 3 };
  return SslSocket.listen({ engine: "openssl", hostname: "127.0.0.1", port: 0, ...own });
}

/** The options of a client with a certificate. */
function mutual({ pki: { ca, client } }: Lab) {
  const own = { cert: client.cert, key: client.key, family: 4 as const };
  return { engine: "openssl" as const, ca: ca.pem, ...own };
}

/** What a promise rejects with. */
async function failure(promise: PromiseLike<unknown>): Promise<Error> {
  try {
    await within("refusing", promise);
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was not refused");
}

/** The reason of a wrong name, in an error or its cause. */
function assertWrongName(error: unknown): void {
  assertInstanceOf(error, Error);
  assertEquals((error as NodeJS.ErrnoException).code, "ERR_TLS_CERT_ALTNAME_INVALID");
  assert(error.message.includes(WRONG), error.message);
  assertInstanceOf(error.cause, SslVerifyError);
}

Deno.test("Express 5 knows its client by req.socket; undici's fetch posts to it", async () => {
  await using lab = await Lab.open();
  const listener = await listen(lab);
  const app = express();
  // deno-lint-ignore no-explicit-any -- Express has no types of its own
  app.post("/hello", express.json(), (req: any, res: any) => {
    const { CN } = req.socket.getPeerCertificate().subject;
    res.json({ CN, authorized: req.socket.authorized, body: req.body, secure: req.secure });
  });
  const server = http.createServer(app);
  const done = serveConnections(server, listener);
  const url = `https://localhost:${listener.addr.port}/hello`;
  const post = async (serverName: string) => {
    const dispatcher = new Agent({ connect: connector({ ...mutual(lab), serverName }) });
    try {
      const response = await undiciFetch(url, {
        dispatcher,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ n: 1 }),
      });
      return await response.json();
    } finally {
      await dispatcher.close();
    }
  };
  assertEquals(await within("a response", post("localhost")), {
    CN: "client",
    authorized: true,
    body: { n: 1 },
    secure: true,
  });
  const error = await failure(post(WRONG));
  assertInstanceOf(error, TypeError); // fetch failed
  assertWrongName(error.cause);
  server.close();
  await done;
});

Deno.test("ws: server behind our listener, client through our agent", async () => {
  await using lab = await Lab.open();
  const listener = await listen(lab);
  const server = http.createServer();
  const sockets = new WebSocketServer({ server });
  // deno-lint-ignore no-explicit-any -- ws has no types of its own
  sockets.on("connection", (socket: any, request: any) => {
    socket.send(request.socket.getPeerCertificate().subject.CN);
    socket.on("message", (data: Uint8Array) => socket.send(data));
  });
  const done = serveConnections(server, listener);
  const url = `wss://localhost:${listener.addr.port}/`;
  const agent = httpsAgent(mutual(lab));
  const client = new WebSocket(url, { agent });
  const messages: string[] = [];
  const both = new Promise<void>((resolve, reject) => {
    client.on("error", reject);
    client.on("open", () => client.send("x".repeat(200_000)));
    client.on("message", (data: Uint8Array) => {
      messages.push(`${data}`);
      if (messages.length === 2) resolve();
    });
  });
  await within("two messages", both);
  assertEquals(messages.map((text) => text.length), [6, 200_000]);
  assertEquals(messages[0], "client");
  const ends = new Promise((resolve) => client.once("close", resolve));
  client.close();
  await within("the end", ends);

  const wrong = new WebSocket(url, {
    agent: httpsAgent({ ...mutual(lab), serverName: WRONG }),
  });
  assertWrongName(await within("an error", new Promise((resolve) => wrong.on("error", resolve))));
  sockets.close();
  server.close();
  await done;
});

/** As much of an SMTP server as takes one mail, over TLS from the first byte; what it received. */
async function takeMail(listener: SslListener): Promise<string> {
  await using socket = await listener.accept();
  const say = (line: string) => socket.write(new TextEncoder().encode(`${line}\r\n`));
  let all = "", data = false;
  await say("220 mail.example ESMTP");
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  for (let n; (n = await socket.read(buffer)) !== null;) {
    const text = decoder.decode(buffer.subarray(0, n));
    all += text;
    if (data && !all.endsWith("\r\n.\r\n")) continue;
    if (/^QUIT/.test(text)) {
      await say("221 bye");
      break;
    }
    await say(/^DATA/.test(text) ? "354 go on" : "250 OK");
    data = /^DATA/.test(text);
  }
  return all;
}

Deno.test("nodemailer sends a mail over our TLS", async () => {
  await using lab = await Lab.open();
  await using listener = await listen(lab);
  const { port } = listener.addr;
  const send = (serverName: string) =>
    nodemailer.createTransport({
      host: "localhost",
      port,
      secure: true,
      // deno-lint-ignore no-explicit-any -- nodemailer has no types of its own
      getSocket(_: unknown, callback: (error: Error | null, socket?: any) => void) {
        const stream = toDuplex(
          SslSocket.connect({ ...mutual(lab), hostname: "localhost", port, serverName }),
        );
        stream.once("error", callback);
        stream.once("secureConnect", () => {
          stream.off("error", callback);
          callback(null, { connection: stream, secured: true });
        });
      },
      // deno-lint-ignore no-explicit-any -- see above
    } as any).sendMail({
      from: "a@example.com",
      to: "b@example.com",
      subject: "Hi",
      text: "Hello",
    });
  const taken = takeMail(listener);
  const sent = await within("sending", send("localhost"));
  assertEquals((sent as { accepted: string[] }).accepted, ["b@example.com"]);
  assert((await within("the mail", taken)).includes("Subject: Hi"));

  const refused = listener.accept().catch(() => {});
  const error = await failure(send(WRONG));
  assert(error.message.includes(WRONG), error.message);
  await refused;
});
