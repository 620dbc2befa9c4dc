import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Lingering } from "../../engine/deno/lingering.ts";
import { connectPair } from "../contract/harness.ts";
import { lingering } from "../../engine/deno/lingering.ts";

/** With a clock of its own. */
function setup() {
  let time = 0;
  const held = new Lingering(() => time);
  return {
    held,
    pass: (ms: number) => time += ms,
    close: (n: number) => {
      for (let i = 0; i < n; i++) held.add();
    },
  };
}

Deno.test("Lingering: 127 closed connections delay nothing, the next ones wait until one is released", () => {
  const t = setup();
  t.close(127);
  assertEquals(t.held.wait, 0);
  t.close(1);
  assertEquals(t.held.wait, 100);
  t.pass(99);
  assertEquals(t.held.wait, 1);
  t.pass(1); // 32 of them are gone
  assertEquals(t.held.wait, 0);
  t.close(32);
  assertEquals(t.held.wait, 100);
});

Deno.test("Lingering: 32 connections are released in 100 ms, however many were closed at once", () => {
  const t = setup();
  t.close(320);
  assertEquals(t.held.wait, 700); // until 127 are left: 193 go in seven turns of 32
  t.pass(700);
  assertEquals(t.held.wait, 0);
  t.pass(300);
  t.close(127);
  assertEquals(t.held.wait, 0); // the past is forgotten
});

Deno.test("Lingering: a wait ends when there is room, or with its signal", async () => {
  const t = setup();
  t.close(128);
  const reason = new Error("no more");
  const controller = new AbortController();
  const waiting = t.held.room({ signal: controller.signal });
  controller.abort(reason);
  assertEquals(await assertRejects(() => waiting), reason);
  const other = t.held.room({});
  t.pass(100);
  await other;
});

Deno.test("deno: closed connections of clients are counted, those of servers are not", async () => {
  while (lingering.wait > 0) await lingering.room({}); // of other tests
  const reckoned = async (role: "client" | "server") => {
    const before = closed;
    const pair = await connectPair("deno");
    await pair[role].close();
    const after = closed;
    await pair[Symbol.asyncDispose]();
    return after - before;
  };
  let closed = 0;
  const add = lingering.add;
  lingering.add = () => {
    closed++;
    add.call(lingering);
  };
  try {
    assertEquals(await reckoned("client"), 1);
    assertEquals(await reckoned("server"), 0);
    assertEquals(closed, 2);
  } finally {
    lingering.add = add;
  }
});

Deno.test({
  name: "deno: connecting and closing as fast as it goes holds a bounded number of descriptors",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const held = () => [...Deno.readDirSync("/proc/self/fd")].length;
    const before = held();
    let most = 0;
    for (let i = 0; i < 400; i++) {
      const pair = await connectPair("deno");
      await pair[Symbol.asyncDispose]();
      most = Math.max(most, held() - before);
    }
    assert(most < 128 + 64, `${most} descriptors`);
  },
});
