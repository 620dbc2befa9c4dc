/** What the engine "wasm" does beside what OpenSSL does: its instances, their memory and their end. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { EngineContext } from "../../engine/engine.ts";
import { WASM_VERSION } from "../../engine/select.ts";
import type { WasmEngine } from "../../engine/wasm/engine.ts";
import { Instance } from "../../engine/wasm/instance.ts";
import { loadModule } from "../../engine/wasm/loader.ts";
import { SslError } from "../../errors.ts";
import {
  config,
  engine as openssl,
  handshake,
  pairOf,
  readExactly,
  string,
  text,
} from "../engine/harness.ts";
import { wasmBuilt } from "../helpers/wasm.ts";
import { breakObject, connected, contexts, newEngine, pairEnds } from "./harness.ts";

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

/** Leaves so many bytes of an engine's memory; gives what takes the rest away. */
function exhaust(engine: WasmEngine, bytes: number): Disposable {
  const { instance } = engine;
  const kept = instance.allocate(bytes);
  const taken: number[] = [];
  for (let size = 1 << 24; size >= 64; size >>= 1) {
    try {
      for (;;) taken.push(instance.allocate(size));
    } catch (error) {
      if (!(error instanceof SslError) || error.code !== "ERR_SSL_MALLOC_FAILURE") throw error;
    }
  }
  instance.free(kept);
  return { [Symbol.dispose]: () => taken.forEach((at) => instance.free(at)) };
}

test("wherever memory runs out, a connection fails with an error, and the instance goes on", async () => {
  const engine = await newEngine();
  const [client, server] = await contexts(engine);
  await pairEnds(await connected(client, server));
  const { instance } = engine;
  const failed: string[] = [];
  for (const kib of [1, 9, 30, 60, 111, 150, 195]) {
    const outcomes: unknown[] = [];
    {
      using _memory = exhaust(engine, kib * 1024);
      try {
        const p = pairOf(client, server);
        outcomes.push(...await handshake(p));
        if (outcomes.every((each) => each === undefined)) {
          outcomes.push(await p.client.write(new Uint8Array(60_000)).catch((error) => error));
        }
        await pairEnds(p);
      } catch (error) {
        outcomes.push(error);
      }
    }
    const errors = outcomes.filter((each) => each instanceof SslError);
    assert(errors.some(({ code }) => code === "ERR_SSL_MALLOC_FAILURE"), `${kib}: ${outcomes}`);
    failed.push(errors[0]!.message.split(":")[0]!);
    const after = await connected(client, server);
    await after.client.write(text("hello"));
    assertEquals(string(await readExactly(after.server, 5)), "hello");
    await pairEnds(after);
  }
  assertEquals([instance.ended, engine.instance === instance], [false, true]);
  const where = ["Cannot create a connection", "Cannot complete the handshake", "Cannot write"];
  assertEquals(where.filter((each) => !failed.includes(each)), []);
  client.close();
  server.close();
});

test("a call that traps inside a callback ends the call around it, too, with one code", async () => {
  const engine = await newEngine();
  const [client, server] = await contexts(engine);
  const broken = await connected(client, server);
  let inner: unknown;
  const keylog = () => {
    if (inner !== undefined) return;
    breakObject(engine, broken.client);
    const { c } = engine.runtime.library;
    inner = assertThrows(() => c.SSL_write(broken.client.native!()!, text("x"), 1), SslError);
  };
  const logged = await engine.createContext(config("client", { hooks: { keylog } }));
  const outer = pairOf(logged, server);
  const [ours] = await handshake(outer);
  assertEquals([inner, ours].map((error) => (error as SslError).code), [STOPPED, STOPPED]);
  await pairEnds(outer);
  await pairEnds(broken);
  const fresh = await connected(logged, server); // both contexts are made anew
  assertEquals(engine.instance.ended, false);
  await pairEnds(fresh);
  for (const context of [client, server, logged]) context.close();
});

test("handshakes inside a callback of a handshake, and what they throw, leave the instance whole", async () => {
  const engine = await newEngine();
  const [client, server] = await contexts(engine);
  const deepest = new Error("from the innermost callback");
  const inner: Promise<unknown>[] = [];
  /** A client whose key log makes a handshake over memory, one level less deep. */
  const nesting = async (depth: number): Promise<EngineContext> => {
    const below = depth > 0 ? await nesting(depth - 1) : undefined;
    let begun = false;
    const keylog = () => {
      if (begun) return;
      begun = true;
      if (below === undefined) throw deepest;
      // Both ends take their first steps at once, inside this callback.
      const p = pairOf(below, server);
      inner.push(
        handshake(p).then(async ([ours]) => {
          await pairEnds(p);
          return ours === deepest ? "the innermost" : ours;
        }),
      );
    };
    return await engine.createContext(config("client", { hooks: { keylog } }));
  };
  const outermost = await nesting(3);
  const p = pairOf(outermost, server);
  assertEquals(await handshake(p), [undefined, undefined]);
  await p.client.write(text("hello"));
  assertEquals(string(await readExactly(p.server, 5)), "hello");
  await pairEnds(p);
  assertEquals(await Promise.all(inner), [undefined, undefined, "the innermost"]);
  await pairEnds(await connected(client, server));
  assertEquals(engine.instance.ended, false);
});

test("a system without room for another instance is refused with the remedy", async () => {
  const module = await loadModule();
  const { Instance: Real } = WebAssembly;
  const failing = (error: unknown) => {
    WebAssembly.Instance = class {
      constructor() {
        throw error;
      }
    } as unknown as typeof WebAssembly.Instance;
    try {
      return assertThrows(() => new Instance(module));
    } finally {
      WebAssembly.Instance = Real;
    }
  };
  const error = failing(new RangeError("no room")) as SslError;
  assert(
    error instanceof SslError && error.message.includes("no room: give the process"),
    `${error}`,
  );
  assertEquals([error.code, error.facts.engine], ["ERR_SSL_MALLOC_FAILURE", "wasm"]);
  const other = new TypeError("another");
  assertEquals(failing(other), other);
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
