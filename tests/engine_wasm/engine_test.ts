/** What the engine "wasm" does beside what OpenSSL does: its instances, their memory and their end. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { WASM_VERSION } from "../../engine/select.ts";
import { SslError } from "../../errors.ts";
import {
  engine as openssl,
  handshake,
  pairOf,
  readExactly,
  string,
  text,
} from "../engine/harness.ts";
import { wasmBuilt } from "../helpers/wasm.ts";
import { breakObject, connected, contexts, newEngine } from "./harness.ts";

const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name: `engine wasm: ${name}`, ignore: !wasmBuilt, fn });

const STOPPED = "ERR_SSL_ENGINE_STOPPED";

test("it says which OpenSSL it is", async () => {
  const { name, version, path, features } = (await newEngine()).info();
  assertEquals([name, version, path], ["wasm", WASM_VERSION, undefined]);
  assert(features.has("psk") && features.has("nativeObjects"));
});

test("a call that traps fails the connections of its instance, with one code", async () => {
  const engine = await newEngine();
  const [client, server] = await contexts(engine);
  const broken = await connected(client, server);
  const other = await connected(client, server);
  breakObject(engine, broken.client);
  const failures = [
    await assertRejects(() => broken.client.write(text("x")), SslError),
    await assertRejects(() => other.client.write(text("x")), SslError),
    await assertRejects(() => other.server.shutdown(), SslError),
  ];
  assertEquals(failures.map(({ code }) => code), [STOPPED, STOPPED, STOPPED]);
  assertEquals(failures.map(({ facts }) => facts.engine), ["wasm", "wasm", "wasm"]);
  assert(failures[0]!.cause instanceof WebAssembly.RuntimeError, `${failures[0]!.cause}`);
  for (const p of [broken, other]) await p[Symbol.asyncDispose](); // frees nothing, and says nothing
});

test("the next connection of a context gets a fresh instance", async () => {
  const engine = await newEngine();
  const [client, server] = await contexts(engine);
  const broken = await connected(client, server);
  const before = engine.instance;
  breakObject(engine, broken.server);
  await assertRejects(() => broken.server.write(text("x")), SslError, "connect again");
  const fresh = await connected(client, server);
  assert(engine.instance !== before && !engine.instance.ended);
  await fresh.client.write(text("hello"));
  assertEquals(string(await readExactly(fresh.server, 5)), "hello");
  await assertRejects(() => broken.client.write(text("x")), SslError); // it stays failed
  await broken[Symbol.asyncDispose]();
  await assertRejects(() => connected(client, server), SslError, "closed"); // pairOf() closes contexts
  await fresh[Symbol.asyncDispose]();
});

test("a connection that was made before the trap, and used after it, fails", async () => {
  const engine = await newEngine();
  const [client, server] = await contexts(engine);
  const early = pairOf(client, server);
  const broken = await connected(client, server);
  breakObject(engine, broken.client);
  await assertRejects(() => broken.client.write(text("x")), SslError);
  const [ours, theirs] = await Promise.allSettled([
    early.client.handshake(),
    early.server.handshake().finally(() => early.serverSide.close()),
  ]);
  assert(ours.status === "rejected" && theirs.status === "rejected");
  assertEquals(ours.reason.code, STOPPED);
  await broken[Symbol.asyncDispose]();
  await early[Symbol.asyncDispose]();
});

test("its memory does not grow with the number of connections", async () => {
  const engine = await newEngine();
  const [client, server] = await contexts(engine);
  const once = async () => {
    const p = pairOf(client, server);
    await Promise.all([p.client.handshake(), p.server.handshake()]);
    p.client.close();
    p.server.close();
  };
  for (let i = 0; i < 20; i++) await once();
  const { length } = engine.instance.heap;
  for (let i = 0; i < 60; i++) await once();
  assertEquals(engine.instance.heap.length, length);
  client.close();
  server.close();
});

test("it and the engine openssl work side by side, and with each other", async () => {
  const engine = await newEngine();
  const sides = [await contexts(engine), await contexts(openssl)] as const;
  for (const [client] of sides) {
    for (const [, server] of sides) {
      const p = pairOf(client, server);
      assertEquals(await handshake(p), [undefined, undefined]);
      await p.client.write(text("hello"));
      assertEquals(string(await readExactly(p.server, 5)), "hello");
      p.client.close();
      p.server.close();
    }
  }
  for (const context of sides.flat()) context.close();
});

test("what does not fit into its memory is an error, and the instance goes on", async () => {
  const engine = await newEngine();
  const [client, server] = await contexts(engine);
  const p = await connected(client, server);
  const error = assertThrows(() => engine.instance.allocate(2 ** 31), SslError, "memory");
  assertEquals(error.code, "ERR_SSL_MALLOC_FAILURE");
  await p.client.write(text("hello"));
  assertEquals(string(await readExactly(p.server, 5)), "hello");
  await p[Symbol.asyncDispose]();
});

test("room for a call is given back in order, beyond the fixed room too, and is wiped", async () => {
  const { instance } = await newEngine();
  const first = instance.take(100);
  instance.heap.fill(7, first, first + 100);
  const second = instance.take(1 << 20);
  const third = instance.take(1);
  assert(second < first || second > first + 160 * 1024);
  assertEquals(third, first + 112);
  instance.give(third, 1);
  instance.give(second, 1 << 20);
  instance.give(first, 100);
  assertEquals(instance.heap.subarray(first, first + 100), new Uint8Array(100));
  assertEquals(instance.take(1), first);
});
