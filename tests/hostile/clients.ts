/** Clients that mean it no good, and what tests of them share. */

import net from "node:net";
import type { EngineName } from "../../engine/engine.ts";
import { openHandles } from "../../engine/openssl/memory.ts";
import { SslContext } from "../../context/context.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { bytes, captureClientHello, readText, testPki, trust } from "../contract/harness.ts";

/** How long `until` waits, in milliseconds: many times what anything here takes on a busy machine. */
const PATIENCE = 60_000;

/** Waits until `check` holds; a wait that is too long fails, and says for what. */
export async function until(check: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!check()) {
    if (performance.now() > end) throw new Error(`this did not happen in time: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** The engines that a listener is tested on. */
export const ENGINES: readonly EngineName[] = ["openssl", "deno"];

/** One hostile client: it has done its worst when the promise resolves; then it may be dropped. */
export interface Hostile {
  /** Closes what is left of it. */
  drop(): void;
}

type Attack = (port: number) => Promise<Hostile>;

/** A raw connection; node:net, because a `Deno.TcpConn` cannot send a reset, nor choose its address. */
export async function raw(port: number, localAddress?: string): Promise<net.Socket> {
  const socket = net.connect({
    port,
    host: "127.0.0.1",
    allowHalfOpen: true,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  socket.on("error", () => {}); // what the server does to it is its own fault
  socket.on("data", () => {});
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", () => resolve());
    socket.once("error", reject);
  });
  return socket;
}

const drop = (socket: net.Socket): Hostile => ({ drop: () => socket.destroy() });

async function say(port: number, what: Uint8Array): Promise<net.Socket> {
  const socket = await raw(port);
  await new Promise((resolve) => socket.write(what, resolve));
  return socket;
}

/** Sends bytes one by one, slowly, until the server has had enough. */
async function drip(port: number, what: Uint8Array): Promise<Hostile> {
  const socket = await raw(port);
  let at = 0;
  const timer = setInterval(() => {
    if (at < what.length && !socket.destroyed) socket.write(what.subarray(at, ++at));
  }, 10);
  socket.once("close", () => clearInterval(timer));
  return {
    drop() {
      clearInterval(timer);
      socket.destroy();
    },
  };
}

let hello: Promise<Uint8Array> | undefined;
/** A ClientHello, made once: the contexts that making it takes are freed by the garbage collector only. */
export function clientHello(): Promise<Uint8Array> {
  return hello ??= captureClientHello("openssl");
}

const HALF = new Uint8Array([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);

/** Every attack by name. */
export const ATTACKS: Record<string, Attack> = {
  silent: async (port) => drop(await raw(port)),
  "one byte at a time": async (port) => await drip(port, await clientHello()),
  "plain HTTP": async (port) => drop(await say(port, bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))),
  SMTP: async (port) => drop(await say(port, bytes("EHLO x\r\n"))),
  garbage: async (port) => drop(await say(port, crypto.getRandomValues(new Uint8Array(512)))),
  "half a ClientHello": async (port) => drop(await say(port, HALF)),
  "a record of 65,535 bytes": async (port) => {
    return drop(await say(port, new Uint8Array([0x16, 3, 1, 0xff, 0xff, 1, 2, 3])));
  },
  "empty records": async (port) => {
    const empty = new Uint8Array(5 * 200);
    for (let i = 0; i < empty.length; i += 5) empty.set([0x16, 3, 1], i);
    return drop(await say(port, empty));
  },
  "an alert first": async (port) => drop(await say(port, new Uint8Array([21, 3, 3, 0, 2, 2, 40]))),
  "application data first": async (port) => {
    return drop(await say(port, new Uint8Array([23, 3, 3, 0, 4, 1, 2, 3, 4])));
  },
  "a ClientHello twice": async (port) => {
    const once = await clientHello();
    return drop(await say(port, new Uint8Array([...once, ...once])));
  },
  "silent after the ClientHello": async (port) => drop(await say(port, await clientHello())),
  "half-open after the ClientHello": async (port) => {
    const socket = await say(port, await clientHello());
    socket.end(); // we say nothing more and go on listening
    return drop(socket);
  },
  "half-open at once": async (port) => {
    const socket = await raw(port);
    socket.end();
    return drop(socket);
  },
  "gone after half a ClientHello": async (port) => {
    const socket = await say(port, HALF);
    socket.destroy();
    return drop(socket);
  },
  "gone at once": async (port) => {
    const socket = await raw(port);
    socket.destroy();
    return drop(socket);
  },
};

/** Waits a while for handles to be freed; how many there are then. */
export async function settledHandles(limit: number): Promise<number> {
  for (let i = 0; i < 1000 && openHandles() > limit; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return openHandles();
}

/** A well-behaved client with one context for all its connections. */
export async function goodClient(engine: EngineName): Promise<(port: number) => Promise<string>> {
  const { ca } = await testPki();
  await clientHello();
  const reuseCtx = await SslContext.create(trust(engine, ca));
  return async (port) => {
    await using client = await SslSocket.connect({
      hostname: "localhost",
      family: 4,
      port,
      reuseCtx,
      timeout: 20_000,
    });
    await client.write(bytes("well"));
    return await readText(client, 4);
  };
}

/** Echoes one word on every connection of the iterator; how many there were. */
export async function echo(listener: SslListener): Promise<number> {
  let n = 0;
  for await (const socket of listener) {
    n++;
    (async () => {
      const p = new Uint8Array(4);
      await socket.write(p.subarray(0, await socket.read(p) ?? 0));
      await socket.close();
    })().catch(() => socket.close());
  }
  return n;
}
