/** From the session to the transport: one loop at a time, however many calls ask for it. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Outflow } from "../../engine/outflow.ts";
import { SslError } from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";
import { settle, SteppedSession, SteppedTransport } from "./stepped.ts";

function setup(why = (cause: unknown): Promise<unknown> => Promise.resolve(cause)) {
  const session = new SteppedSession(), transport = new SteppedTransport();
  return { session, transport, out: new Outflow(session, transport, why) };
}

const bytes = (...values: number[]) => Uint8Array.of(...values);

Deno.test("Outflow.flush() gathers records into one write, and sends on what the transport left", async () => {
  const { session, transport, out } = setup();
  session.record = 2;
  session.write(bytes(1, 2, 3, 4, 5));
  const flush = out.flush();
  assertEquals([out.waiting, session.output], [5, 0]);
  transport.take(3);
  await settle();
  assertEquals(transport.writes, [bytes(1, 2, 3, 4, 5), bytes(4, 5)]);
  assertEquals(out.waiting, 5);
  transport.take();
  assertStrictEquals(await flush, undefined);
  assertEquals([out.waiting, out.flushing], [0, undefined]);
});

Deno.test("Outflow: a call that comes while the loop runs joins it, and what it adds goes, too", async () => {
  const { session, transport, out } = setup();
  session.write(bytes(1));
  const flush = out.flush();
  try {
    assertStrictEquals(out.flushing, flush);
    assertStrictEquals(out.flush(), flush);
    session.write(bytes(2, 3));
    assertEquals(out.waiting, 3);
    assertEquals(transport.writes.length, 1);
  } finally {
    transport.take();
  }
  await settle();
  assertEquals(transport.writes, [bytes(1), bytes(2, 3)]);
  transport.take();
  await flush;
});

Deno.test("Outflow: with nothing to send no loop is left behind", async () => {
  const { transport, out } = setup();
  const begun = out.begin("all");
  assertEquals(out.flushing, undefined);
  assertEquals(await begun, "all");
  out.aside();
  assertEquals(transport.writes, []);
});

Deno.test("Outflow.begin() inside a write of the transport waits for that write", async () => {
  const { session, transport, out } = setup();
  let inner: Promise<string> | undefined, done = false;
  transport.onWrite = () => {
    inner ??= out.begin("inner").finally(() => done = true);
  };
  session.write(bytes(1));
  const flush = out.flush();
  for (let i = 0; i < 3; i++) await settle();
  assertEquals([done, transport.writes.length], [false, 1]);
  transport.take();
  await flush;
  assertEquals(await inner, "inner");
});

Deno.test("Outflow: a write that fails is the failure of all that follow, for the reason that was found", async () => {
  const told: unknown[] = [];
  const reason = new SslError("Cannot write: refused", { code: "WHY" });
  const found = Promise.withResolvers<unknown>();
  const { session, transport, out } = setup((cause) => (told.push(cause), found.promise));
  session.write(bytes(1, 2));
  const flush = out.flush();
  const cause = new Deno.errors.BrokenPipe("broken");
  transport.refuse(cause);
  await settle();
  assertEquals(told, [cause]);
  assertEquals(out.waiting, 2); // while the reason is looked for, others wait for it
  assertStrictEquals(out.flushing, flush);
  found.resolve(reason);
  assertStrictEquals(await assertRejects(() => flush), reason);
  assertEquals([out.waiting, out.flushing], [0, undefined]);
  assertStrictEquals(assertThrows(() => out.check()), reason);
  out.fail(new Error("a later one"));
  session.write(bytes(3));
  assertStrictEquals(await assertRejects(() => out.flush()), reason);
  assertEquals([transport.writes.length, told.length], [1, 1]);
  out.aside(); // nobody's unhandled rejection
  await settle();
});

Deno.test("Outflow: a transport that takes nothing fails", async () => {
  for (const n of [0, -1]) {
    const { session, transport, out } = setup();
    session.write(bytes(1));
    const flush = out.flush();
    transport.take(n);
    await assertRejects(() => flush, TypeError, `Cannot write: the connection took ${n} bytes`);
  }
});

Deno.test("Outflow.close() ends the wait for the transport, and nothing is sent any more", async () => {
  const { session, transport, out } = setup(() => Promise.reject(new Error("not asked for")));
  session.write(bytes(1));
  out.check();
  const flush = out.flush();
  out.close();
  await refuses(() => flush, SslError, "ECLOSED");
  assertEquals(assertThrows(() => out.check(), SslError).code, "ECLOSED");
  session.write(bytes(2));
  await refuses(() => out.flush(), SslError, "ECLOSED");
  assertEquals(transport.writes.length, 1);
});

Deno.test("Outflow: a flush whose connection is closed as its last write ends has not succeeded", async () => {
  const { session, transport, out } = setup();
  const write = transport.write.bind(transport);
  transport.write = (p) => {
    const taken = write(p);
    taken.then(() => out.close()); // before anybody else learns of it
    return taken;
  };
  session.write(bytes(1));
  const flush = out.flush();
  transport.take();
  await refuses(() => flush, SslError, "ECLOSED");
});
