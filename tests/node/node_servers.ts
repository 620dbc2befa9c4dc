/** What the tests of node/ share: a server of node's behind a listener, requests, streams in pairs. */

import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { EngineName } from "../../engine/engine.ts";
import { type AgentOptions, httpsAgent, type SslDuplex } from "../../node/mod.ts";
import { type Agent, serveConnections, toDuplex } from "../../node/mod.ts";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { connectPair, listen, testPki, trust } from "../contract/harness.ts";

/** A server of `node:http` that is being served. */
export interface NodeServer extends AsyncDisposable {
  readonly server: http.Server;
  readonly port: number;
  /** The connections that came, in order. */
  readonly connections: readonly SslDuplex[];
}

/** Puts a handler of `node:http` behind a listener. */
export async function nodeServer(
  engine: EngineName,
  handler: http.RequestListener,
  options: ListenOptions = {},
): Promise<NodeServer> {
  const listener = await listen(engine, options);
  const server = http.createServer(handler);
  const connections: SslDuplex[] = [];
  server.on("connection", (stream) => connections.push(stream as unknown as SslDuplex));
  const done = serveConnections(server, listener);
  return {
    server,
    port: listener.addr.port,
    connections,
    async [Symbol.asyncDispose]() {
      server.close();
      const ends = connections.map(closed);
      for (const connection of connections) connection.destroy();
      await Promise.all([done, ...ends]);
    },
  };
}

/** An agent that trusts the CA of the tests; disposing ends its connections. */
export async function agentFor(
  engine: EngineName,
  options: AgentOptions = {},
): Promise<{ agent: Agent } & AsyncDisposable> {
  const { ca } = await testPki();
  const { engine: own, ca: anchors, extraCa } = trust(engine, ca);
  const given = { engine: own, ...(anchors ? { ca: anchors } : { extraCa }), ...options };
  const agent = httpsAgent(given);
  return {
    agent,
    async [Symbol.asyncDispose]() {
      const all = [agent.sockets, agent.freeSockets].flatMap((of) => Object.values(of).flat());
      const ends = all.map((socket) => closed(socket as unknown as Duplex));
      agent.destroy();
      await Promise.all(ends);
    },
  };
}

/** Waits for `close`. */
export function closed(stream: Duplex): Promise<void> {
  if (stream.closed) return Promise.resolve();
  return new Promise((resolve) => stream.once("close", () => resolve()));
}

/** What came of a request. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly reused: boolean;
}

/** Makes a request; an `error` of the request or of the response rejects. */
export function request(
  url: string,
  options: https.RequestOptions,
  body: string | Uint8Array = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = https.request(url, { family: 4, ...options }, (response) => {
      let text = "";
      response.on("data", (chunk) => text += chunk);
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode!, text, reused: sent.reusedSocket });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The code of what a promise rejects with, and the error. */
export async function refusal(
  promise: Promise<unknown>,
): Promise<Error & { code?: string; cause?: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was not refused");
}

/** Two streams, connected; disposing destroys both. */
export async function streams(
  engine: EngineName,
  client: ConnectOptions = {},
  server: ListenOptions = {},
  halfOpen = false,
): Promise<{ client: SslDuplex; server: SslDuplex } & AsyncDisposable> {
  const pair = await connectPair(engine, client, server);
  pair.listener.close();
  const options = { allowHalfOpen: halfOpen };
  const [one, two] = [toDuplex(pair.client, options), toDuplex(pair.server, options)];
  return {
    client: one,
    server: two,
    async [Symbol.asyncDispose]() {
      const ends = [one, two].map(closed);
      one.destroy();
      two.destroy();
      await Promise.all(ends);
    },
  };
}
