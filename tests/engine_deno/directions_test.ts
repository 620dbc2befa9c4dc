/** Reading and writing of the Deno engine, step by step. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { DenoReading } from "../../engine/deno/reading.ts";
import { DenoWriting } from "../../engine/deno/writing.ts";
import { MAX_KEPT } from "../../engine/last_words.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE, SslError } from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";
import { settle, ticks } from "../engine/stepped.ts";
import { SteppedLink } from "./stepped.ts";

const RECORD = 16384;
const bytes = (...values: number[]) => Uint8Array.of(...values);

function reading() {
  const link = new SteppedLink();
  return { link, steps: link.steps, input: new DenoReading(link) };
}

/** With these bytes read ahead. */
async function ahead(...values: number[]) {
  const t = reading();
  assertStrictEquals(t.input.tryRead(bytes(0), false), SSL_WANT_READ);
  t.steps.bring(bytes(...values));
  await settle();
  return t;
}

Deno.test("DenoReading reads small parts through its buffer, and keeps the rest", async () => {
  const { link, steps, input } = reading();
  const p = new Uint8Array(2);
  const read = input.read(p, undefined, false);
  assertEquals([steps.room, input.pending], [RECORD, 0]);
  steps.bring(bytes(1, 2, 3));
  assertEquals([await read, p, input.pending], [2, bytes(1, 2), 1]);
  assertEquals([await input.read(p, undefined, true), p[0], input.pending], [1, 3, 1]);
  assertEquals([input.tryRead(p, true), input.tryRead(p, false), input.pending], [1, 1, 0]);
  assertEquals(steps.reads, 1);
  link.closed = true;
  assertEquals(input.pending, 0);
});

Deno.test("DenoReading reads a record or more straight into the caller's buffer, if nothing stands against it", async () => {
  const large = new Uint8Array(RECORD + 1);
  {
    const { steps, input } = reading();
    const read = input.read(large, undefined, false);
    assertEquals(steps.room, RECORD + 1);
    const ready = input.ready(undefined); // waits for that read, and begins none
    steps.bring(bytes(1, 2));
    assertEquals([await read, large[1], input.pending], [2, 2, 0]);
    await ready;
    assertEquals(steps.reads, 1);
  }
  {
    const { steps, input } = reading();
    const exact = input.read(new Uint8Array(RECORD), undefined, false);
    steps.bring(bytes(1));
    assertEquals([await exact, input.pending], [1, 0]);
  }
  const { signal } = new AbortController();
  for (const [given, peek] of [[signal, false], [undefined, true]] as const) {
    const { steps, input } = reading();
    const read = input.read(large, given, peek);
    assertEquals(steps.room, RECORD);
    steps.bring(bytes(1, 2));
    assertEquals([await read, input.pending], [2, peek ? 2 : 0]);
  }
  const { steps, input } = reading();
  input.tryRead(bytes(0), false);
  const read = input.read(large, undefined, false); // the read under way comes first
  steps.bring(bytes(5));
  assertEquals([await read, large[0], steps.reads], [1, 5, 1]);
});

Deno.test("DenoReading reads the answer to a write straight into the caller's buffer, and what follows through its own", async () => {
  const p = new Uint8Array(2);
  const { steps, input } = reading();
  for (const size of [RECORD, 2, RECORD]) {
    if (size === 2) input.wrote();
    const read = input.read(p, undefined, false);
    assertEquals(steps.room, size);
    steps.bring(bytes(3, 4));
    assertEquals([await read, p, input.pending], [2, bytes(3, 4), 0]);
  }
  input.wrote();
  const peeked = input.read(p, undefined, true);
  assertEquals(steps.room, RECORD);
  steps.bring(bytes(5, 6, 7));
  assertEquals(await peeked, 2);
  input.wrote();
  assertEquals([await input.read(p, undefined, false), p], [2, bytes(5, 6)]); // it was there before
  assertEquals(steps.reads, 4);
});

Deno.test("DenoReading refuses a second read, of every kind, and none after the first", async () => {
  for (const size of [1, RECORD]) {
    const { steps, input } = reading();
    const first = input.read(new Uint8Array(size), undefined, false);
    assertEquals(
      assertThrows(() => input.tryRead(bytes(0), true), SslError).code,
      "ERR_CONCURRENT_READ",
    );
    await refuses(() => input.read(bytes(0), undefined, false), SslError, "ERR_CONCURRENT_READ");
    steps.bring(bytes(1));
    await first;
    assertStrictEquals(input.tryRead(bytes(0), false), SSL_WANT_READ);
  }
});

Deno.test("DenoReading: close_notify is an end that stays, and comes after the data", async () => {
  const p = new Uint8Array(RECORD);
  for (const size of [1, RECORD]) {
    const { steps, input } = reading();
    const read = input.read(p.subarray(0, size), undefined, false);
    assertEquals(input.received, false);
    steps.count(null);
    assertEquals([await read, input.received], [null, true]);
    assertEquals([input.tryRead(p, false), await input.read(p, undefined, true)], [null, null]);
    await input.ready(undefined);
    await input.drain(undefined);
    await input.hear();
    assertEquals(steps.reads, 1);
  }
  const { steps, input } = await ahead(1);
  const hearing = input.hear();
  steps.count(null);
  await hearing;
  assertEquals([input.received, input.pending], [true, 1]);
  assertEquals([await input.read(p, undefined, false), input.tryRead(p, false)], [1, null]);
});

Deno.test("DenoReading: what a read failed with is what every later one meets, after the data", async () => {
  for (const size of [1, RECORD]) {
    const { link, steps, input } = reading();
    const read = input.read(new Uint8Array(size), undefined, false);
    const cause = new Deno.errors.ConnectionReset("reset");
    steps.failRead(cause);
    const error = await refuses(() => read, SslError, "FAILED");
    assertEquals(link.told, [["read", cause]]);
    assertStrictEquals(assertThrows(() => input.tryRead(bytes(0), false)), error);
    await input.ready(undefined);
    await input.hear();
    assertStrictEquals(await assertRejects(() => input.drain(undefined)), error);
    assertEquals(steps.reads, 1);
    link.closed = true;
    assertEquals(assertThrows(() => input.tryRead(bytes(0), false), SslError).code, "ECLOSED");
  }
});

Deno.test("DenoReading: an empty buffer gets 0 where reading is possible, and the error where it is not", () => {
  const { link, steps, input } = reading();
  assertEquals(input.tryRead(bytes(), false), 0);
  link.due = new SslError("the handshake is due", { code: "DUE" });
  assertEquals(assertThrows(() => input.tryRead(bytes(), false), SslError).code, "DUE");
  assertEquals(steps.reads, 0);
});

Deno.test("DenoReading.ready() waits for data, an end or an error, or a signal", async () => {
  const { steps, input } = reading();
  const abort = new AbortController();
  const aborted = input.ready(abort.signal);
  abort.abort(new RangeError("enough"));
  await assertRejects(() => aborted, RangeError, "enough");
  const ready = input.ready(undefined);
  steps.bring(bytes(1));
  await ready;
  await input.ready(undefined);
  assertEquals([steps.reads, input.pending], [1, 1]);
});

Deno.test("DenoReading.drain() throws away what comes until close_notify, but nothing that a read waits for", async () => {
  const { link, steps, input } = await ahead(1, 2);
  let done = false;
  const draining = input.drain(undefined).finally(() => done = true);
  await settle();
  assertEquals([input.pending, steps.reads, done], [0, 2, false]);
  steps.bring(bytes(3));
  await settle();
  assertEquals([input.pending, steps.reads], [0, 3]);
  const p = bytes(0);
  const read = input.read(p, undefined, false);
  steps.bring(bytes(4));
  assertEquals([await read, p[0]], [1, 4]);
  await settle();
  link.closed = true;
  steps.bring(bytes(5));
  await refuses(() => draining, SslError, "ECLOSED");
});

Deno.test("DenoReading.drain() ends its wait by a signal, and throws away what was heard", async () => {
  const { steps, input } = await ahead(1, 2);
  const hearing = input.hear();
  steps.bring(bytes(3));
  await ticks();
  assertEquals(input.pending, 3);
  const abort = new AbortController();
  const draining = input.drain(abort.signal);
  await ticks();
  assertEquals(input.pending, 0);
  abort.abort(new RangeError("enough"));
  await assertRejects(() => draining, RangeError, "enough");
  steps.count(null);
  await hearing;
});

Deno.test("DenoReading.hear() keeps the data before the failure, up to a bound, and gives it in parts", async () => {
  const { steps, input } = await ahead(1, 2, 3);
  const hearing = input.hear();
  steps.bring(bytes(4));
  await ticks();
  steps.failRead(new Deno.errors.InvalidData("received fatal alert: UnknownCA"));
  await hearing;
  assertEquals([input.pending, steps.reads], [4, 3]);
  const p = new Uint8Array(2);
  const take = (peek: boolean) => [input.tryRead(p, peek), p[0], input.pending];
  assertEquals(take(true), [2, 1, 4]);
  assertEquals(take(false), [2, 1, 2]);
  assertEquals(take(false), [1, 3, 1]);
  assertEquals(take(false), [1, 4, 0]);
  assertEquals(assertThrows(() => input.tryRead(p, false), SslError).code, "FAILED");

  const much = reading();
  const count = MAX_KEPT / RECORD;
  const all = much.input.hear();
  for (let i = 0; i < count; i++) {
    assertEquals(much.steps.reads, i + 1);
    much.steps.bring(new Uint8Array(RECORD));
    await ticks();
  }
  await all;
  assertEquals([much.input.pending, much.steps.reads], [MAX_KEPT, count]);
});

Deno.test("DenoReading.hear() leaves what comes to a read that waits for it, and stops when it is closed", async () => {
  const { link, steps, input } = reading();
  const p = new Uint8Array(2);
  const read = input.read(p, undefined, false);
  const hearing = input.hear();
  assertEquals(steps.reads, 1);
  steps.bring(bytes(1, 2, 3));
  assertEquals([await read, p], [2, bytes(1, 2)]);
  await settle();
  assertEquals([input.pending, steps.reads], [1, 2]);
  link.closed = true;
  steps.bring(bytes(4));
  await hearing;
  assertEquals(steps.reads, 2);
  await input.hear();
  assertEquals(steps.reads, 2);
});

Deno.test("DenoReading.hear() gives up where a connection says nothing, and the read goes on", async () => {
  const { steps, input } = reading();
  await input.hear(); // for a quarter of a second
  steps.bring(bytes(1));
  await settle();
  assertEquals([input.pending, steps.reads], [1, 1]);
});

Deno.test("DenoReading.close() forgets what was read ahead", async () => {
  const { steps, input } = await ahead(1, 2);
  const hearing = input.hear();
  steps.bring(bytes(3));
  await ticks();
  assertEquals(input.pending, 3);
  input.close();
  assertEquals(input.pending, 0);
  steps.count(null);
  await hearing;
});

// ---- writing

function writing() {
  const link = new SteppedLink();
  return { link, steps: link.steps, output: new DenoWriting(link) };
}

const MAX = 65536;
const sizes = (parts: readonly Uint8Array[]) => parts.map(({ length }) => length);

Deno.test("DenoWriting.write() is done when the runtime has taken all, in parts of 64 KiB", async () => {
  const { steps, output } = writing();
  const write = output.write(new Uint8Array(2 * MAX + 1), undefined);
  assertEquals(sizes(steps.writes), [MAX]);
  steps.take(MAX - 1);
  await settle();
  assertEquals(sizes(steps.writes), [MAX, MAX]);
  steps.take();
  await settle();
  assertEquals(sizes(steps.writes), [MAX, MAX, 2]);
  steps.take();
  assertEquals(await write, 2 * MAX + 1);
  await output.ready;
});

Deno.test("DenoWriting: writes queue, and tryWrite() waits for those that wait", async () => {
  const { steps, output } = writing();
  const first = output.write(bytes(1), undefined), second = output.write(bytes(2), undefined);
  assertStrictEquals(output.tryWrite(bytes(3)), SSL_WANT_WRITE);
  assertEquals(output.tryWrite(bytes()), 0);
  let ready = false;
  output.ready.then(() => ready = true);
  await settle();
  assertEquals(steps.writes, [bytes(1)]);
  steps.take();
  assertEquals(await first, 1);
  await settle();
  assertEquals([steps.writes, ready], [[bytes(1), bytes(2)], false]);
  steps.take();
  assertEquals(await second, 1);
  await settle();
  assertEquals([output.tryWrite(bytes(3)), ready], [1, true]);
});

Deno.test("DenoWriting.tryWrite() queues at most 64 KiB, of a copy", async () => {
  const { steps, output } = writing();
  const p = new Uint8Array(MAX - 1).fill(1);
  assertEquals([output.tryWrite(p), output.tryWrite(bytes(2, 3))], [MAX - 1, 1]);
  p.fill(9);
  assertStrictEquals(output.tryWrite(bytes(3)), SSL_WANT_WRITE);
  steps.take();
  await settle();
  assertEquals([steps.writes[0]!.at(-1), steps.writes[1]], [1, bytes(2)]);
  assertEquals(output.tryWrite(new Uint8Array(MAX)), MAX - 1);
  steps.take();
  await settle();
  steps.take();
  await settle();
  assertEquals(output.tryWrite(new Uint8Array(MAX + 1)), MAX);
});

Deno.test("DenoWriting: the first failure of a write is what every later call meets", async () => {
  const { link, steps, output } = writing();
  const write = output.write(bytes(1), undefined), queued = output.write(bytes(2), undefined);
  const cause = new Deno.errors.BrokenPipe("broken");
  steps.refuse(cause);
  const error = await refuses(() => write, SslError, "FAILED");
  assertEquals(link.told, [["write", cause]]);
  assertStrictEquals(await assertRejects(() => queued), error);
  assertStrictEquals(assertThrows(() => output.tryWrite(bytes())), error);
  assertStrictEquals(await assertRejects(() => output.write(bytes(1), undefined)), error);
  assertStrictEquals(assertThrows(() => output.check()), error);
  assertStrictEquals(assertThrows(() => output.end()), error);
  assertEquals([steps.writes.length, output.sent], [1, false]);
});

Deno.test("DenoWriting.write() aborted half-way ends the sending side; aborted while it queues, nothing", async () => {
  {
    const { steps, output } = writing();
    const abort = new AbortController();
    const p = new Uint8Array(2).fill(1);
    let given: Uint8Array | undefined;
    const write = steps.write.bind(steps);
    steps.write = (part) => (given = part, write(part));
    const aborted = output.write(p, abort.signal);
    assert(given!.buffer !== p.buffer); // the caller may use its buffer again
    abort.abort(new RangeError("stop"));
    await assertRejects(() => aborted, RangeError, "stop");
    const error = await refuses(() => output.write(bytes(1), undefined), SslError, [
      "ERR_WRITE_ABORTED",
    ]);
    assertStrictEquals(error.cause, abort.signal.reason);
  }
  const { link, steps, output } = writing();
  const abort = new AbortController();
  const first = output.write(bytes(1), undefined), second = output.write(bytes(2), abort.signal);
  abort.abort(new RangeError("stop"));
  await assertRejects(() => second, RangeError, "stop");
  const third = output.write(bytes(3), undefined);
  await settle();
  assertEquals(steps.writes, [bytes(1)]); // it does not overtake the first
  steps.take();
  await first;
  await settle();
  steps.take();
  assertEquals([await third, steps.writes], [1, [bytes(1), bytes(3)]]);
  await assertRejects(() => output.write(bytes(4), abort.signal), RangeError, "stop");
  assertEquals([steps.writes.length, link.told], [2, []]);
});

Deno.test("DenoWriting.end() comes after what is queued, once, and no write after it", async () => {
  const { link, steps, output } = writing();
  let ends = 0;
  const sending = Promise.withResolvers<void>();
  link.end = () => (ends++, sending.promise);
  const write = output.write(bytes(1), undefined);
  const ending = output.end();
  assertStrictEquals(output.end(), ending);
  await refuses(() => output.write(bytes(2), undefined), SslError, "EPIPE");
  assertEquals(assertThrows(() => output.tryWrite(bytes()), SslError).code, "EPIPE");
  await settle();
  assertEquals(ends, 0);
  steps.take();
  await write;
  await settle();
  let ready = false;
  output.ready.then(() => ready = true);
  await settle();
  assertEquals([ends, output.sent, ready], [1, false, false]);
  sending.resolve();
  await ending;
  await settle();
  assertEquals([ends, output.sent, ready], [1, true, true]);
});

Deno.test("DenoWriting.end() that fails says why, each time, and sends nothing after a failed write", async () => {
  {
    const { link, output } = writing();
    const cause = new Deno.errors.ConnectionReset("reset");
    link.end = () => Promise.reject(cause);
    const error = await refuses(() => output.end(), SslError, "FAILED");
    await output.ready; // the next call says it
    assertStrictEquals(await assertRejects(() => output.end()), error);
    assertStrictEquals(assertThrows(() => output.check()), error);
    assertEquals([link.told, output.sent], [[["shutdown", cause]], false]);
  }
  const { link, steps, output } = writing();
  let ends = 0;
  link.end = () => Promise.resolve(void ends++);
  output.tryWrite(bytes(1));
  const ending = output.end();
  steps.refuse(new Deno.errors.BrokenPipe("broken"));
  await refuses(() => ending, SslError, "FAILED");
  assertEquals(ends, 0);
});

Deno.test("DenoWriting.close() ends a write that waits for the peer; a closed connection takes none", async () => {
  const { link, steps, output } = writing();
  const write = output.write(bytes(1), undefined);
  link.closed = true;
  output.close();
  await refuses(() => write, SslError, "FAILED");
  assertEquals((link.told[0] as [string, SslError])[1].code, "ECLOSED");
  await refuses(() => output.write(bytes(1), undefined), SslError, "ECLOSED");
  assertEquals(steps.writes.length, 1);
  writing().output.close(); // nothing waits
});
