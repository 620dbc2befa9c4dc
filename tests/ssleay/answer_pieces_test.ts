/**
 * The reader of answers by itself: however an answer is cut into pieces it is the same; a part of one
 * whose length is known is never taken for the whole; and no bytes make it do anything but read or refuse.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { SslError } from "../../errors.ts";
import { readAnswer } from "../../ssleay/response.ts";

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Bytes that come in pieces of these lengths, then one by one. */
function pieces(all: Uint8Array, lengths: readonly number[] = []) {
  let at = 0;
  const left = [...lengths];
  return {
    read(p: Uint8Array): Promise<number | null> {
      if (at === all.length) return Promise.resolve(null);
      const n = Math.min(Math.max(1, left.shift() ?? p.length), p.length, all.length - at);
      p.set(all.subarray(at, at + n));
      at += n;
      return Promise.resolve(n);
    },
    /** How many bytes were not read. */
    rest: () => all.length - at,
  };
}

const read = (source: { read(p: Uint8Array): Promise<number | null> }) =>
  readAnswer(source, "GET", "latin1", 1 << 20);

const WHOLE = [
  "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 11\r\n\r\nhello world",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: 1\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\nContent-Length: 11\n\nhello world",
];

Deno.test("a part of an answer is never taken for the whole", async () => {
  for (const answer of WHOLE) {
    for (let length = 0; length < answer.length; length++) {
      await assertRejects(
        () => read(pieces(bytes(answer.slice(0, length)))),
        SslError,
        "Cannot read",
        `${length}`,
      );
    }
    assertEquals(
      new TextDecoder().decode((await read(pieces(bytes(answer)))).content),
      "hello world",
    );
  }
});

Deno.test("an answer is the same in whatever pieces it comes", async () => {
  for (const answer of WHOLE) {
    const whole = await read(pieces(bytes(answer)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20)), async (lengths) => {
        assertEquals(await read(pieces(bytes(answer), lengths)), whole);
      }),
      { numRuns: 100 },
    );
  }
});

Deno.test("what follows an answer does not change it", async () => {
  for (const answer of WHOLE) {
    const whole = await read(pieces(bytes(answer)));
    for (const more of ["x", "\r\n", "HTTP/1.1 200 OK\r\n\r\n", "0\r\n\r\n", "\0".repeat(50_000)]) {
      assertEquals(await read(pieces(bytes(answer + more))), whole);
      const source = pieces(bytes(answer + more), Array(answer.length).fill(1));
      assertEquals(await read(source), whole);
      assertEquals(source.rest(), more.length, "it reads no further than the answer reaches");
    }
  }
});

Deno.test("bytes of any kind are read or refused", async () => {
  const parts = [
    ...[
      "HTTP/1.1 ",
      "200",
      " OK",
      "\r\n",
      "\n",
      "\r",
      "\0",
      ":",
      " ",
      "\t",
      "X",
      "5",
      "0",
      ";",
      "-",
    ],
    ...[
      "Content-Length: ",
      "Transfer-Encoding: chunked",
      "hello",
      "f".repeat(12),
      "\xff",
      "100 Continue",
    ],
  ];
  let [made, refused] = [0, 0];
  const one = async (text: string, lengths: readonly number[]) => {
    try {
      const answer = await read(pieces(bytes(text), lengths));
      assert(answer.content.length <= text.length);
      assert(/^HTTP\/\d\.\d \d{3}(?: |$)/.test(answer.line), answer.line);
      for (const [name] of answer.fields) {
        assert(/^[!-~]+$/.test(name) && name === name.toUpperCase());
      }
      made++;
    } catch (error) {
      assert(error instanceof SslError, String(error));
      assert(["ERR_HTTP", "EMSGSIZE"].includes(error.code), error.code);
      refused++;
    }
  };
  const any = fc.array(fc.constantFrom(...parts), { maxLength: 40 }).map((list) => list.join(""));
  const headed = any.map((text) => `HTTP/1.1 200 OK\r\n${text}`);
  await fc.assert(
    fc.asyncProperty(fc.oneof(any, headed), fc.array(fc.nat(9)), one),
    { numRuns: 3000 },
  );
  assert(made > 20 && refused > 500, `${made} read, ${refused} refused`);
});

Deno.test("the limits are exact: of a head, and of the content in each framing", async () => {
  const head = (length: number) => {
    const [before, after] = ["HTTP/1.1 204 OK\r\nX: ", "\r\n\r\n"];
    return before + "x".repeat(length - before.length - after.length) + after;
  };
  assertEquals((await read(pieces(bytes(head(262_144))))).raw.length, 262_144 - 17 - 4);
  const most = pieces(bytes(head(262_145)));
  await assertRejects(() => read(most), SslError, "longer than 262144");
  const endless = pieces(bytes(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(400_000)}`));
  await assertRejects(() => read(endless), SslError, "longer than 262144");
  const framings: readonly ((text: string) => string)[] = [
    (text) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    (text) => `HTTP/1.1 200 OK\r\n\r\n${text}`,
    (text) => {
      const size = (text.length - 4).toString(16);
      const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
      return `${chunked}4\r\n${text.slice(0, 4)}\r\n${size}\r\n${text.slice(4)}\r\n0\r\n\r\n`;
    },
  ];
  for (const framed of framings) {
    const whole = await readAnswer(pieces(bytes(framed("0123456789"))), "GET", "latin1", 10);
    assertEquals(whole.content, bytes("0123456789"));
    const error = await assertRejects(
      () => readAnswer(pieces(bytes(framed("0123456789a"))), "GET", "latin1", 10),
      SslError,
    );
    assertEquals(error.code, "EMSGSIZE");
  }
});

Deno.test("the end of a head is found wherever it is cut", async () => {
  for (const end of ["\r\n\r\n", "\n\n", "\n\r\n", "\r\n\n"]) {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: 1${end}x`;
    for (let at = 1; at < head.length; at++) {
      assertEquals((await read(pieces(bytes(head), [at]))).content, bytes("x"), `${at}`);
      assertEquals((await read(pieces(bytes(head), [at, 1]))).content, bytes("x"), `${at}`);
    }
  }
});

Deno.test("101 is an answer, without a content", async () => {
  const answer = await read(
    pieces(bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nmore")),
  );
  assertEquals([answer.line, answer.content.length], ["HTTP/1.1 101 Switching Protocols", 0]);
});
