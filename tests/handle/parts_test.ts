/** The parts of a handle, each at its bounds: buffers, regions, separators, encodings, settings. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ByteQueue } from "../../handle/byte_queue.ts";
import { callOptions, checkHandleOptions, checkSetting } from "../../handle/checked_options.ts";
import { connectOptions } from "../../handle/connect_options.ts";
import {
  decodeText,
  encodeText,
  encodingOfLayer,
  tryDecode,
  utf8Length,
} from "../../handle/encoding.ts";
import { RecordIterator } from "../../handle/record_iterator.ts";
import { checkLength, readRegion, writeRegion } from "../../handle/region.ts";
import { checkedSeparator, find, findLast } from "../../handle/separator.ts";
import { SslPeerError } from "../../errors.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("ByteQueue moves what it holds where that frees room, and grows to twice its length", () => {
  const queue = new ByteQueue();
  assertEquals(queue.reserve(10).length, 10);
  queue.push(bytes("0123456789"));
  assertEquals(queue.reserve(1).length, 10, "twice the length");
  assertEquals(queue.reserve(10).length, 10, "there is room");
  queue.consume(5);
  assertEquals([queue.length, queue.view()], [5, bytes("56789")]);
  assertEquals(queue.reserve(11).length, 15, "moved: as much is free as is held");
  assertEquals(queue.view(), bytes("56789"));
  queue.consume(2);
  assertEquals(queue.reserve(16).length, 16, "a new buffer: less is free than is held");
  assertEquals(queue.view(), bytes("789"));
  queue.restore(0);
  queue.reserve(1).set(bytes("x"));
  queue.commit(1);
  assertEquals([queue.length, queue.view()], [4, bytes("789x")]);
  queue.consume(1);
  queue.restore(1);
  assertEquals(queue.view(), bytes("789x"));
});

Deno.test("ByteQueue gives back a buffer that is empty and longer than what is to be kept", () => {
  const queue = new ByteQueue();
  queue.push(new Uint8Array(20));
  queue.trim(0);
  assertEquals(queue.length, 20, "it is not empty");
  queue.consume(20);
  queue.trim(20);
  assertEquals(queue.reserve(1).length, 20, "kept");
  queue.trim(19);
  assertEquals(queue.reserve(1).length, 1, "given back");
  assertEquals(queue.length, 0);
});

Deno.test("the settings of a handle have their defaults, and each its own check", () => {
  assertEquals(checkHandleOptions(undefined), {
    encoding: "utf-8",
    fatal: true,
    chomp: undefined,
    autoflush: true,
    inputRecordSeparator: "\n",
    outputFieldSeparator: "",
    outputRecordSeparator: "",
    maxLineLength: 1_048_576,
    maxBytes: 67_108_864,
    syswriteSize: 16_384,
  });
  const changed = { chomp: false, fatal: undefined, maxBytes: 1, inputRecordSeparator: null };
  const settings = checkHandleOptions(changed);
  assertEquals([settings.chomp, settings.fatal, settings.maxBytes], [false, true, 1]);
  assertEquals(settings.inputRecordSeparator, null);
  for (const value of [0, -1, 1.5, NaN, Infinity, 2 ** 53, "5", undefined]) {
    for (const name of ["maxLineLength", "maxBytes", "syswriteSize"] as const) {
      const why = `Cannot set ${name}: it must be a positive number of bytes: received`;
      assertThrows(() => checkSetting(name, value), RangeError, why);
    }
  }
  assertEquals(checkSetting("syswriteSize", 1), 1);
  for (const value of [0, -1, 1.5, 2 ** 53]) {
    assertThrows(
      () => checkSetting("inputRecordSeparator", value),
      RangeError,
      "a record needs a positive length: received",
    );
  }
  for (const value of [null, "", "x", 1]) {
    assertEquals<unknown>(checkSetting("inputRecordSeparator", value), value);
  }
  const wrong = [
    ["inputRecordSeparator", {}, "it must be a string, a number or null: received object"],
    [
      "inputRecordSeparator",
      undefined,
      "it must be a string, a number or null: received undefined",
    ],
    ["outputFieldSeparator", 5, "it must be a string: received number"],
    ["outputRecordSeparator", null, "it must be a string: received object"],
    ["fatal", 1, "it must be a boolean: received number"],
    ["chomp", "yes", "it must be a boolean: received string"],
    ["autoflush", undefined, "it must be a boolean: received undefined"],
    ["encoding", "ascii", 'it must be "utf-8" or "latin1": received "ascii"'],
  ] as const;
  for (const [name, value, why] of wrong) {
    assertThrows(() => checkSetting(name, value), TypeError, `Cannot set ${name}: ${why}`);
  }
  assertEquals(checkSetting("encoding", "latin1"), "latin1");
});

Deno.test("a call knows its options, and names them where one is unknown", () => {
  assertEquals(callOptions("read", undefined, ["signal"] as never[]), {});
  const error = assertThrows(() =>
    callOptions("read", { sgnal: 1 }, ["signal", "chomp"] as never[])
  );
  assertEquals(
    (error as Error).message,
    'Cannot read: unknown option "sgnal": use "signal" or "chomp"',
  );
});

Deno.test("Handle.connect() finds wrong options of the handle and unknown ones before it dials", () => {
  const [handle, rest] = connectOptions("a.test:443", { maxBytes: 5, timeout: 7, chomp: true });
  assertEquals({ ...handle }, { maxBytes: 5, chomp: true });
  assertEquals((rest as { timeout?: number }).timeout, 7);
  assertThrows(
    () => connectOptions("a.test:443", { maxBytes: 0 }),
    RangeError,
    "Cannot set maxBytes",
  );
  assertThrows(
    () => connectOptions("a.test:443", { autoflsh: true } as never),
    TypeError,
    'unknown option "autoflsh": use "autoflush"',
  );
  assertThrows(
    () => connectOptions("a.test:443", { timeot: 5 } as never),
    TypeError,
    'unknown option "timeot": use "timeout"',
  );
  // What no connection can have is left to the connection, which says why.
  const impossible = { localAddress: "10.0.0.1" } as object;
  assertEquals<object>({ ...connectOptions("a.test:443", impossible)[1] }, impossible);
});

Deno.test("a region of a buffer to read into: offsets from both ends, to the last byte", () => {
  const buffer = bytes("01234567");
  const at = (length?: number, offset?: number) => {
    const region = readRegion("read", buffer, length, offset).bytes;
    return [region.byteOffset, region.length];
  };
  assertEquals(at(), [0, 8]);
  assertEquals(at(undefined, 3), [3, 5]);
  assertEquals(at(8, 0), [0, 8]);
  assertEquals(at(0, 8), [8, 0]);
  assertEquals(at(undefined, 8), [8, 0]);
  assertEquals(at(undefined, -8), [0, 8]);
  assertEquals(at(1, -1), [7, 1]);
  const refuses = (length: unknown, offset: unknown, why: string) =>
    assertThrows(() => at(length as number, offset as number), RangeError, `Cannot read: ${why}`);
  refuses(9, 0, "the buffer has 8 bytes: received length 9 at offset 0");
  refuses(1, 8, "the buffer has 8 bytes: received length 1 at offset 8");
  refuses(undefined, 9, "the buffer has 8 bytes: received length 0 at offset 9");
  refuses(1, -9, "offset is outside of the buffer of 8 bytes: received -9");
  refuses(-1, 0, "length must not be negative: received -1");
  refuses(1.5, 0, "length must be an integer: received 1.5");
  refuses("1", 0, 'length must be an integer: received "1"');
  refuses(1, 0.5, "offset must be an integer: received 0.5");
  assertThrows(
    () => readRegion("read", [1] as never),
    TypeError,
    "Cannot read: the buffer must be a Uint8Array: received Array",
  );
  assertEquals(checkLength("read", "length", 0), 0);
});

Deno.test("a resizable buffer grows up to its limit, and gives back what was not read", () => {
  const resizable = (length: number, most: number) =>
    new Uint8Array(new ArrayBuffer(length, { maxByteLength: most }));
  const buffer = resizable(2, 8);
  const region = readRegion("read", buffer, 6, 2);
  assertEquals([buffer.length, region.bytes.length], [8, 6]);
  region.done(1);
  assertEquals(buffer.length, 3);
  const whole = readRegion("read", buffer, 3, 2);
  whole.done(3);
  assertEquals(buffer.length, 5);
  readRegion("read", buffer, 5, 0).done(0);
  assertEquals(buffer.length, 5, "it had not grown");
  const refuses = (of: Uint8Array, length: number, offset: number) =>
    assertThrows(() => readRegion("read", of, length, offset), RangeError, "the buffer has");
  refuses(buffer, 7, 2);
  assertEquals(buffer.length, 5);
  // A part of the memory, and one whose length is fixed, do not grow.
  const memory = new ArrayBuffer(6, { maxByteLength: 12 });
  new Uint8Array(memory).fill(7);
  refuses(new Uint8Array(memory, 0, 3), 4, 0);
  refuses(new Uint8Array(memory, 3, 3), 4, 0);
  assertEquals([memory.byteLength, new Uint8Array(memory)], [6, new Uint8Array(6).fill(7)]);
  // A growable SharedArrayBuffer only grows: what is not read could not be given back.
  const shared = new Uint8Array(new SharedArrayBuffer(2, { maxByteLength: 8 }));
  refuses(shared, 3, 0);
  assertEquals(shared.length, 2);
  const behind = new Uint8Array(memory, 3);
  const grown = readRegion("read", behind, 5, 0);
  assertEquals([memory.byteLength, grown.bytes.byteOffset, grown.bytes.length], [8, 3, 5]);
  grown.done(2);
  assertEquals(memory.byteLength, 5);
  refuses(behind, 10, 0);
  refuses(new Uint8Array(4), 5, 0);
});

Deno.test("a region of data to write ends with the data", () => {
  const data = bytes("0123");
  const text = (length?: number, offset?: number) =>
    new TextDecoder().decode(writeRegion("write", data, length, offset));
  assertEquals([text(), text(2), text(9), text(2, 1), text(9, 3), text(undefined, -1)], [
    "0123",
    "01",
    "0123",
    "12",
    "3",
    "3",
  ]);
  assertEquals([text(0), text(1, 4)], ["", ""]);
  assertThrows(
    () => text(1, 5),
    RangeError,
    "Cannot write: offset is beyond the data of 4 bytes: received 5",
  );
  assertThrows(() => text(1, -5), RangeError, "offset is outside of the buffer of 4 bytes");
  assertThrows(() => text(-1), RangeError, "length must not be negative: received -1");
});

Deno.test("a separator is found from a place on, first and last, whole and at the end only", () => {
  const text = bytes("aXYbXcXYXY");
  assertEquals([find(text, bytes("XY"), 0), find(text, bytes("XY"), 1)], [1, 1]);
  assertEquals([find(text, bytes("XY"), 2), find(text, bytes("XY"), 8)], [6, 8]);
  assertEquals([find(text, bytes("XY"), 9), find(text, bytes("Q"), 0)], [-1, -1]);
  assertEquals(find(bytes("aX"), bytes("XY"), 0), -1, "the rest may come");
  assertEquals(find(bytes("aXY"), bytes("XY"), 0), 1);
  assertEquals(find(bytes("aab"), bytes("ab"), 0), 1);
  assertEquals(find(bytes("XZXY"), bytes("XYZ"), 0), -1);
  assertEquals([findLast(text, bytes("XY")), findLast(bytes("XYaX"), bytes("XY"))], [8, 0]);
  assertEquals([findLast(bytes("XY"), bytes("XY")), findLast(bytes("X"), bytes("X"))], [0, 0]);
  assertEquals([findLast(bytes("X"), bytes("XY")), findLast(bytes("bXaX"), bytes("XY"))], [-1, -1]);
  assertEquals(findLast(bytes("XYXZ"), bytes("XY")), 0, "goes on before one that only begins so");
  assertEquals(findLast(bytes("XYZXYX"), bytes("XYZ")), 0);
});

Deno.test("a separator is a text of the encoding, a length that fits, or null", () => {
  assertEquals(checkedSeparator(null, "utf-8", 10), { text: "", bytes: new Uint8Array() });
  assertEquals(checkedSeparator("é", "utf-8", 1).bytes, Uint8Array.of(0xc3, 0xa9));
  assertEquals(checkedSeparator("é", "latin1", 1).bytes, Uint8Array.of(0xe9));
  assertEquals(checkedSeparator(2, "utf-8", 8).text, "");
  assertEquals(checkedSeparator(8, "latin1", 8).text, "");
  for (const [count, encoding] of [[3, "utf-8"], [9, "latin1"]] as const) {
    const most = count === 3 ? 11 : 8;
    assertThrows(
      () => checkedSeparator(count, encoding, most),
      RangeError,
      `${count} characters may be more than maxBytes: received maxBytes ${most}`,
    );
  }
  for (const count of [0, -1, 0.5]) {
    assertThrows(
      () => checkedSeparator(count, "latin1", 8),
      RangeError,
      `its length must be a positive integer: received ${count}`,
    );
  }
  assertThrows(
    () => checkedSeparator(true as never, "latin1", 8),
    TypeError,
    "the separator must be a string, a number or null: received boolean",
  );
});

Deno.test("text becomes bytes and bytes text, each character at the bounds of its length", () => {
  const bounds = "\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}";
  const encoded = encodeText(bounds, "utf-8");
  assertEquals(encoded, bytes(bounds));
  assertEquals(decodeText(encoded, "utf-8", true), bounds);
  let start = 0;
  for (const character of bounds) {
    const end = start + character.length;
    assertEquals(utf8Length(bounds, start, end), bytes(character).length, `U+${character}`);
    start = end;
  }
  assertEquals(utf8Length(bounds, 0, bounds.length), encoded.length);
  assertEquals(encodeText("\x00\xff", "latin1"), Uint8Array.of(0, 255));
  assertThrows(
    () => encodeText("ab\u0100", "latin1"),
    TypeError,
    'Cannot encode text as latin1: wide character U+0100 at 2: set the encoding to "utf-8", or write bytes',
  );
  assertThrows(
    () => encodeText("ab\udc00", "utf-8"),
    TypeError,
    "Cannot encode text as UTF-8: half of a surrogate pair at 2",
  );
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assertEquals(encodeText(tryDecode(all, "latin1")!, "latin1"), all);
  assertEquals(tryDecode(Uint8Array.of(0xff), "utf-8"), undefined);
  assertEquals(decodeText(Uint8Array.of(0x61, 0xff), "utf-8", false), "a\ufffd");
  assertEquals(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0xff), "utf-8", false), "\ufeff\ufffd");
  const error = assertThrows(() => decodeText(Uint8Array.of(0xff), "utf-8", true), SslPeerError);
  assertEquals([error.code, error.errno, error.reason], ["EILSEQ", 84, "invalid UTF-8"]);
  const layers = ["raw", ":raw", ":bytes", "latin1", "Latin-1", ":encoding(ISO-8859-1)"];
  assertEquals(new Set(layers.map(encodingOfLayer)), new Set(["latin1"]));
  assertEquals(
    new Set([":utf8", "UTF-8", ":encoding(utf8)"].map(encodingOfLayer)),
    new Set(["utf-8"]),
  );
  for (const wrong of ["", ":crlf", "utf-16", "xraw", "rawx", "utf-88", "xutf8"]) {
    assertThrows(() => encodingOfLayer(wrong), TypeError, 'it must be ":raw" or ":utf8": received');
  }
});

Deno.test("a loop over records that has met the end, or an error, does not ask again", async () => {
  const none: IteratorResult<number, undefined> = { value: undefined, done: true };
  const records = (...later: (number | undefined | Error)[]) =>
    new RecordIterator<number>({
      now: () => undefined,
      later: () => {
        const next = later.shift();
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      },
    });
  const ended = records(1, undefined, 2);
  assertEquals(await ended.next(), { value: 1, done: false });
  assertEquals([await ended.next(), await ended.next()], [none, none]);
  const failed = records(new TypeError("bad"), 2);
  await assertRejects(() => failed.next(), TypeError, "bad");
  assertEquals(await failed.next(), none);
  let asked = 0;
  const broken = new RecordIterator<number>({
    now: () => {
      if (++asked === 1) throw new TypeError("bad");
      return 5;
    },
    later: () => Promise.resolve(6),
  });
  await assertRejects(() => broken.next(), TypeError, "bad");
  assertEquals([await broken.next(), asked], [none, 1]);
});
