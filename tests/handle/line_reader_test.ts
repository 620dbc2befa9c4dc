import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SslPeerError } from "../../errors.ts";
import { LineReader, type LineReaderOptions } from "../../handle/line_reader.ts";
import type { Chomp, Separator } from "../../handle/separator.ts";

const encoder = new TextEncoder();

function reader(options: Partial<LineReaderOptions> = {}): LineReader {
  return new LineReader({
    maxLineLength: 1 << 20,
    maxBytes: 1 << 26,
    encoding: "utf-8",
    fatal: true,
    ...options,
  });
}

/** All records, with the bytes pushed in the given pieces, reading as far as possible each time. */
function records(
  bytes: Uint8Array,
  cuts: readonly number[],
  separator: Separator,
  chomp: Chomp,
  options: Partial<LineReaderOptions> = {},
): string[] {
  const lines = reader(options);
  const out: string[] = [];
  const drain = () => {
    for (let line; (line = lines.next(separator, chomp)) !== undefined;) out.push(line);
  };
  const places = [...new Set(cuts.map((c) => c % (bytes.length + 1)))].sort((a, b) => a - b);
  let at = 0;
  for (const place of [...places, bytes.length]) {
    lines.push(bytes.subarray(at, place));
    at = place;
    drain();
  }
  lines.end();
  drain();
  assertEquals(lines.length, 0);
  return out;
}

/** The definition, without any cleverness. */
function naive(text: string, separator: Separator, chomp: Chomp): string[] {
  const out: string[] = [];
  if (separator === null) return text === "" ? [] : [text];
  if (typeof separator === "number") {
    const characters = Array.from(text);
    for (let i = 0; i < characters.length; i += separator) {
      out.push(characters.slice(i, i + separator).join(""));
    }
    return out;
  }
  while (text !== "") {
    let end: number;
    if (separator === "") {
      const match = /\n\n+/.exec(text);
      end = match ? match.index + match[0].length : text.length;
      const paragraph = text.slice(0, end);
      out.push(chomp === "nothing" ? paragraph : paragraph.replace(/\n+$/, ""));
    } else {
      const found = text.indexOf(separator);
      end = found < 0 ? text.length : found + separator.length;
      const line = text.slice(0, chomp === "nothing" || found < 0 ? end : found);
      const crlf = chomp === "line end" && separator === "\n" && found >= 0;
      out.push(crlf ? line.replace(/\r$/, "") : line);
    }
    text = text.slice(end);
  }
  return out;
}

// Few different characters, of one to four bytes, so that separators and their halves are frequent.
const text = fc.array(fc.constantFrom("\n", "\n", "a", "b", "\r", "é", "ß", "€", "😀", "0"), {
  maxLength: 60,
}).map((characters) => characters.join(""));
const separator: fc.Arbitrary<Separator> = fc.constantFrom<Separator>(
  "\n",
  "\r\n",
  "\n\n",
  "",
  null,
  "a",
  "aba",
  "é",
  "€\n",
  "😀",
  1,
  2,
  7,
);
const chomp = fc.constantFrom<Chomp>("nothing", "separator", "line end");
const cuts = fc.array(fc.nat(200), { maxLength: 12 });

Deno.test("LineReader equals a naive splitter for any chunking, separator and chomp", () => {
  fc.assert(
    fc.property(text, separator, cuts, chomp, (text, separator, cuts, chomp) => {
      assertEquals(
        records(encoder.encode(text), cuts, separator, chomp),
        naive(text, separator, chomp),
      );
    }),
    { numRuns: 2000 },
  );
});

Deno.test("LineReader cut byte by byte equals the whole", () => {
  fc.assert(
    fc.property(text, separator, (text, separator) => {
      const bytes = encoder.encode(text);
      const all = Array.from(bytes, (_, i) => i);
      assertEquals(records(bytes, all, separator, "nothing"), naive(text, separator, "nothing"));
    }),
    { numRuns: 500 },
  );
});

Deno.test("LineReader: records without chomp are the stream, in latin1 for any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), separator, cuts, (bytes, separator, cuts) => {
      if (typeof separator === "string" && /[€😀]/u.test(separator)) separator = "\n";
      const whole = records(bytes, cuts, separator, "nothing", { encoding: "latin1" }).join("");
      assertEquals(Uint8Array.from(whole, (c) => c.charCodeAt(0)), bytes);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("LineReader mixes lines and bytes in the right order", () => {
  const step = fc.oneof(fc.constant("line" as const), fc.nat(9));
  fc.assert(
    fc.property(text, cuts, fc.array(step, { maxLength: 30 }), (text, cuts, steps) => {
      const bytes = encoder.encode(text);
      const lines = reader({ fatal: false });
      let pushed = 0;
      let expected = 0; // how many bytes must have been consumed
      const order = [...cuts.map((c) => c % (bytes.length + 1)), bytes.length];
      for (const step of steps) {
        const to = Math.max(pushed, order.shift() ?? bytes.length);
        lines.push(bytes.subarray(pushed, to));
        pushed = to;
        if (step === "line") {
          const rest = bytes.subarray(expected, pushed);
          const found = rest.indexOf(10);
          const line = lines.next("\n", "nothing");
          assertEquals(
            line,
            found < 0 ? undefined : new TextDecoder().decode(rest.subarray(0, found + 1)),
          );
          if (found >= 0) expected += found + 1;
        } else {
          const p = new Uint8Array(step);
          const n = lines.take(p);
          assertEquals(p.subarray(0, n), bytes.slice(expected, Math.min(pushed, expected + step)));
          expected += n;
        }
        assertEquals(lines.length, pushed - expected);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("LineReader.batch() gives the same lines as next()", () => {
  fc.assert(
    fc.property(text, separator, cuts, (text, separator, cuts) => {
      const bytes = encoder.encode(text);
      const lines = reader();
      const out: string[] = [];
      let at = 0;
      for (const place of [...cuts.map((c) => c % (bytes.length + 1)), bytes.length]) {
        if (place > at) lines.push(bytes.subarray(at, at = place));
        for (let b; (b = lines.batch(separator, "nothing")).length > 0;) out.push(...b);
      }
      lines.end();
      for (let b; (b = lines.batch(separator, "nothing")).length > 0;) out.push(...b);
      assertEquals(out, naive(text, separator, "nothing"));
    }),
    { numRuns: 500 },
  );
});

Deno.test("LineReader limits a line the same way for any chunking", () => {
  const line = fc.nat(24).map((n) => "x".repeat(n));
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.constantFrom("\n", "\r\n", "aba"),
      cuts,
      fc.boolean(),
      (lines, separator, cuts, last) => {
        const stream = lines.join(separator) + (last ? separator : "");
        const good: string[] = [];
        const collect = () => {
          const r = reader({ maxLineLength: 16 });
          const drain = () => {
            for (let l; (l = r.next(separator, "separator")) !== undefined;) good.push(l);
          };
          const bytes = encoder.encode(stream);
          let at = 0;
          for (const c of [...cuts.map((c) => c % (bytes.length + 1)), bytes.length]) {
            if (c > at) r.push(bytes.subarray(at, at = c));
            drain();
          }
          r.end();
          drain();
        };
        const bad = lines.findIndex((l) => l.length > 16);
        if (bad < 0) {
          collect();
          assertEquals(good, naive(stream, separator, "separator"));
        } else {
          const error = assertThrows(collect, SslPeerError, "maxLineLength");
          assertEquals(error.code, "EMSGSIZE");
          assertEquals(good, lines.slice(0, bad));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("LineReader refuses a paragraph of newlines without an end", () => {
  const lines = reader({ maxLineLength: 100 });
  assertThrows(() => {
    for (let i = 0; i < 1000; i++) {
      lines.push(Uint8Array.of(10));
      assertEquals(lines.next("", "nothing"), undefined);
    }
  }, SslPeerError);
  assertEquals(lines.length, 101);
});

Deno.test("LineReader stays linear where lines and bytes alternate", () => {
  // 20,000 small messages that arrive at once: decoding all of the rest each time would be 4 GB.
  const lines = reader();
  lines.push(encoder.encode("12\nbodyé\n".repeat(20_000)));
  const body = new Uint8Array(7);
  for (let i = 0; i < 20_000; i++) {
    assertEquals(lines.next("\n", "separator"), "12");
    assertEquals(lines.take(body), 7);
  }
  assertEquals(lines.length, 0);
});

Deno.test("LineReader gives the lines before one that is not UTF-8, and loses nothing", () => {
  const lines = reader();
  lines.push(Uint8Array.from([...encoder.encode("good\nfine\n"), 0xff, 0x41, 10]));
  lines.push(encoder.encode("after\n"));
  assertEquals(lines.next("\n", "separator"), "good");
  assertEquals(lines.next("\n", "separator"), "fine");
  for (let i = 0; i < 2; i++) {
    const error = assertThrows(() => lines.next("\n", "separator"), SslPeerError, "UTF-8");
    assertEquals(error.code, "EILSEQ");
    assertEquals(lines.length, 9);
  }
  lines.encoding = "latin1";
  assertEquals(lines.next("\n", "separator"), "\xffA");
  lines.encoding = "utf-8";
  assertEquals(lines.next("\n", "separator"), "after");
});

Deno.test("LineReader with fatal: false replaces what is not UTF-8, and only that", () => {
  const lines = reader({ fatal: false });
  lines.push(Uint8Array.of(0xe2, 0x28, 10, 0xc3, 0xa9, 10, 0xff, 10));
  assertEquals(lines.next("\n", "separator"), "\ufffd(");
  assertEquals(lines.next("\n", "nothing"), "é\n");
  assertEquals(lines.next("\n", "nothing"), "\ufffd\n");
});

Deno.test("LineReader keeps a byte order mark", () => {
  const lines = reader();
  lines.push(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 10));
  assertEquals(lines.next("\n", "nothing"), "\ufeffa\n");
});

Deno.test("LineReader in latin1 has one character for each byte", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const lines = reader({ encoding: "latin1" });
  lines.push(bytes);
  lines.end();
  const text = lines.next(null, "nothing")!;
  assertEquals(Array.from(text, (c) => c.charCodeAt(0)), [...bytes]);
});

Deno.test("LineReader.rest() takes nothing when a line is wrong", () => {
  const lines = reader();
  lines.push(Uint8Array.of(0x61, 10, 0x62, 10, 0xff, 10));
  lines.end();
  assertEquals(assertThrows(() => lines.rest("\n", "nothing"), SslPeerError).code, "EILSEQ");
  assertEquals(lines.length, 6);
  assertEquals(lines.next("\n", "nothing"), "a\n");
});

Deno.test("LineReader refuses what cannot be a separator", () => {
  const lines = reader();
  for (const wrong of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => lines.next(wrong, "nothing"), RangeError, `received ${wrong}`);
  }
  assertThrows(() => lines.next(1 << 26, "nothing"), RangeError, "may be more than maxBytes");
  assertThrows(() => lines.next(undefined as unknown as string, "nothing"), TypeError, "undefined");
  assertThrows(() => lines.next("\ud800", "nothing"), TypeError, "surrogate");
  lines.encoding = "latin1";
  assertThrows(() => lines.next("€", "nothing"), TypeError, "U+20AC");
  lines.push(encoder.encode("ok\n"));
  assert(lines.next("\n", "nothing") === "ok\n");
});

Deno.test("LineReader finds the next line after a change of separator in the middle of a window", () => {
  const lines = reader();
  lines.push(encoder.encode("é1\né2\né3;é4;rest"));
  assertEquals(lines.next("\n", "nothing"), "é1\n");
  assertEquals(lines.next(";", "nothing"), "é2\né3;");
  assertEquals(lines.next(2, "nothing"), "é4");
  assertEquals(lines.next("\n", "nothing"), undefined);
  lines.end();
  assertEquals(lines.next("\n", "nothing"), ";rest");
  assertEquals(lines.next("\n", "nothing"), undefined);
});
