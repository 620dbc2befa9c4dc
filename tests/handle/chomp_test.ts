/**
 * What is taken off the end of a line: by JavaScript's names the end of the line, unless `chomp` is
 * `false`; by Perl's names nothing, unless `chomp` is `true`, and then exactly the separator.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { isWant } from "../../errors.ts";
import { Handle, type HandleOptions, type RecordOptions } from "../../handle/mod.ts";
import { connectPair } from "../contract/harness.ts";
import { ScriptedConn } from "./fakes.ts";

type Way = (handle: Handle, options?: RecordOptions) => Promise<string[]>;

/** Lines, asked for one by one. */
async function oneByOne(next: () => Promise<string | undefined>): Promise<string[]> {
  const lines: string[] = [];
  for (let line; (line = await next()) !== undefined;) lines.push(line);
  return lines;
}

const JAVASCRIPT: Record<string, Way> = {
  "readLine()": (h, options) => oneByOne(() => h.readLine(options)),
  "tryReadLine()": (h, options) =>
    oneByOne(async () => {
      while (true) {
        const line = h.tryReadLine(options);
        if (!isWant(line)) return line;
        await h.ready(line);
      }
    }),
  "lines()": (h, options) => Array.fromAsync(h.lines(options)),
  "lineBatches()": async (h, options) => (await Array.fromAsync(h.lineBatches(options))).flat(),
};
const PERL: Record<string, Way> = {
  "getline()": (h, options) => oneByOne(() => h.getline(options)),
  "getlines()": (h, options) => h.getlines(options),
};

/** A text and, by separator, its records: as they came, without separator, without line end. */
const TEXT = "a\r\n\r\n\nb\rc\n\n\nd;\r\r\ne\r";
const RECORDS: readonly (readonly [RecordOptions["separator"], string[], string[], string[]])[] = [
  [
    "\n",
    ["a\r\n", "\r\n", "\n", "b\rc\n", "\n", "\n", "d;\r\r\n", "e\r"],
    ["a\r", "\r", "", "b\rc", "", "", "d;\r\r", "e\r"],
    ["a", "", "", "b\rc", "", "", "d;\r", "e\r"],
  ],
  [
    "\r\n",
    ["a\r\n", "\r\n", "\nb\rc\n\n\nd;\r\r\n", "e\r"],
    ["a", "", "\nb\rc\n\n\nd;\r", "e\r"],
    ["a", "", "\nb\rc\n\n\nd;\r", "e\r"],
  ],
  [
    "\r",
    ["a\r", "\n\r", "\n\nb\r", "c\n\n\nd;\r", "\r", "\ne\r"],
    ["a", "\n", "\n\nb", "c\n\n\nd;", "", "\ne"],
    ["a", "\n", "\n\nb", "c\n\n\nd;", "", "\ne"],
  ],
  [
    ";",
    ["a\r\n\r\n\nb\rc\n\n\nd;", "\r\r\ne\r"],
    ["a\r\n\r\n\nb\rc\n\n\nd", "\r\r\ne\r"],
    ["a\r\n\r\n\nb\rc\n\n\nd", "\r\r\ne\r"],
  ],
  [
    "\n\n",
    ["a\r\n\r\n\n", "b\rc\n\n", "\nd;\r\r\ne\r"],
    ["a\r\n\r", "b\rc", "\nd;\r\r\ne\r"],
    ["a\r\n\r", "b\rc", "\nd;\r\r\ne\r"],
  ],
  [
    "",
    ["a\r\n\r\n\n", "b\rc\n\n\n", "d;\r\r\ne\r"],
    ["a\r\n\r", "b\rc", "d;\r\r\ne\r"],
    ["a\r\n\r", "b\rc", "d;\r\r\ne\r"],
  ],
  [null, [TEXT], [TEXT], [TEXT]],
  [
    6,
    ["a\r\n\r\n\n", "b\rc\n\n\n", "d;\r\r\ne", "\r"],
    ["a\r\n\r\n\n", "b\rc\n\n\n", "d;\r\r\ne", "\r"],
    ["a\r\n\r\n\n", "b\rc\n\n\n", "d;\r\r\ne", "\r"],
  ],
];

/** What a handle is over: all at once, and byte by byte. */
const PIECES: Record<string, () => ScriptedConn> = {
  whole: () => new ScriptedConn(TEXT),
  "byte by byte": () => new ScriptedConn(...TEXT),
};

for (const [separator, kept, chomped, ended] of RECORDS) {
  const what = JSON.stringify(separator);
  Deno.test(`Handle: chomp by name, by call and by handle, separator ${what}`, async () => {
    assertEquals(kept.join(""), TEXT);
    for (const [pieces, conn] of Object.entries(PIECES)) {
      for (const encoding of ["utf-8", "latin1"] as const) {
        const check = async (
          name: string,
          way: Way,
          expected: string[],
          options: HandleOptions,
          call?: boolean,
        ) => {
          const of = new Handle(conn(), { encoding, inputRecordSeparator: separator, ...options });
          const got = await way(of, call === undefined ? undefined : { chomp: call });
          assertEquals(got, expected, `${name} ${pieces} ${encoding} ${options.chomp} ${call}`);
          const by = new Handle(conn(), { encoding, ...options });
          const record = call === undefined ? { separator } : { separator, chomp: call };
          assertEquals(await way(by, record), expected, `${name} ${pieces}, separator of the call`);
        };
        for (const [ways, off] of [[JAVASCRIPT, ended], [PERL, chomped]] as const) {
          for (const [name, way] of Object.entries(ways)) {
            await check(name, way, ways === PERL ? kept : off, {});
            await check(name, way, kept, { chomp: false });
            await check(name, way, off, { chomp: true });
            await check(name, way, kept, {}, false);
            await check(name, way, off, {}, true);
            await check(name, way, kept, { chomp: true }, false);
            await check(name, way, off, { chomp: false }, true);
          }
        }
      }
    }
  });
}

Deno.test("Handle: an empty line is not the end of the stream", async () => {
  for (const end of ["\n", "\r\n"]) {
    for (const way of Object.values(JAVASCRIPT)) {
      assertEquals(await way(new Handle(new ScriptedConn(end, end))), ["", ""]);
    }
    const lines: string[] = [];
    for await (const line of new Handle(new ScriptedConn(end + end))) lines.push(line);
    assertEquals(lines, ["", ""]);
  }
});

Deno.test("Handle: bytes that are not UTF-8 keep their line, with and without its end", async () => {
  const bytes = Uint8Array.of(0xff, 13, 10, 0xfe, 13, 10, 0xfd, 13, 10);
  const handle = new Handle(new ScriptedConn(bytes), { fatal: false });
  assertEquals(await handle.readLine(), "\ufffd");
  assertEquals(await handle.readLine({ chomp: false }), "\ufffd\r\n");
  assertEquals(await handle.getline({ chomp: true }), "\ufffd\r");
  const latin1 = new Handle(new ScriptedConn(bytes), { encoding: "latin1" });
  assertEquals(await Array.fromAsync(latin1), ["\xff", "\xfe", "\xfd"]);
});

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: Handle: lines over TLS, by JavaScript's names and by Perl's`, async () => {
    const [, kept, chomped, ended] = RECORDS[0]!;
    const cases: [Way, string[], RecordOptions?][] = [];
    for (const way of Object.values(JAVASCRIPT)) {
      cases.push([way, ended], [way, kept, { chomp: false }]);
    }
    for (const way of Object.values(PERL)) cases.push([way, kept], [way, chomped, { chomp: true }]);
    for (const [way, expected, options] of cases) {
      await using pair = await connectPair(engine);
      const [client, server] = [new Handle(pair.client), new Handle(pair.server)];
      const [got] = await Promise.all([
        way(client, options),
        server.print(TEXT).then(() => server.close()),
      ]);
      assertEquals(got, expected);
    }
  });
}
