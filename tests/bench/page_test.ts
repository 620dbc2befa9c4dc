/** docs/benchmarks.md and its charts are what bench/page.ts makes of docs/benchmarks.json. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { goalsOf } from "../../bench/goals.ts";
import { charts, page } from "../../bench/page.ts";
import type { Results } from "../../bench/results.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));
const measured: Results = JSON.parse(read("docs/benchmarks.json"));

/** A run in which every side takes as long as is said here. */
function results(seconds: Record<string, number>): Results {
  const sides = Object.fromEntries(
    Object.entries(seconds).map(([side, s]) => [side, { wall: [s, s], cpu: [s, s] }]),
  );
  return {
    machine: { CPU: "a CPU" },
    settings: { rounds: 2, scale: 1, day: "2026-01-02" },
    missing: ["go"],
    errors: [],
    works: [{ work: "round trips, 1 byte", role: "client", total: 1000, sides }],
    starts: { "an empty module, package": [20, 22], "OpenSSL engine, package": [80, 92] },
  };
}

Deno.test("docs/benchmarks.md is made from docs/benchmarks.json", () => {
  assertEquals(read("docs/benchmarks.md"), page(measured, read("bench/tried.md")));
});

Deno.test("docs/benchmarks has the charts of docs/benchmarks.json and nothing else", () => {
  const made = charts(measured);
  const there = [...Deno.readDirSync(new URL("docs/benchmarks/", ROOT))].map(({ name }) => name);
  assertEquals(there.sort(), Object.keys(made).sort());
  for (const [name, text] of Object.entries(made)) {
    assertEquals(read(`docs/benchmarks/${name}`), text);
  }
});

Deno.test("the page shows every chart that is made, and no other", () => {
  const shown = [...page(measured, "").matchAll(/\]\(benchmarks\/(\w+\.svg)\)/g)].map(([, name]) =>
    name
  );
  assertEquals(shown.sort(), Object.keys(charts(measured)).sort());
});

Deno.test("the results name no path of the machine", () => {
  assert(!/\/(?:tmp|home|root|work)\//.test(read("docs/benchmarks.json")));
});

Deno.test("a goal is reached, missed, or was not measured", () => {
  const goal = (r: Results, name: string) => goalsOf(r).find((goal) => goal.name.startsWith(name))!;
  const fast = results({ deno: 1, openssl: 0.5 }), slow = results({ deno: 1, openssl: 2 });
  const name = "round trips, 1 byte, client";
  assertEquals([goal(fast, name).text, goal(fast, name).reached], ["2.00x", true]);
  assertEquals([goal(slow, name).text, goal(slow, name).reached], ["0.50x", false]);
  const absent = goal(fast, "round trips, 1 KiB, server");
  assertEquals([absent.text, absent.reached], ["not measured", false]);
  assertEquals(goal(fast, "first connection").text, "65 ms");
});

Deno.test("the latencies of a server under load are a goal the smaller the better", () => {
  const side = (rate: number, p99: number) => ({ rate: [rate], p50: [1], p99: [p99], cpu: [1] });
  const goals = (p99: number) =>
    goalsOf({
      ...results({ deno: 1 }),
      load: { clients: 2, sides: { "deno, raw": side(100, 10), "openssl, raw": side(95, p99) } },
    }).filter(({ name }) => name.startsWith("load, raw")).map((
      { text, reached },
    ) => [text, reached]);
  assertEquals(goals(5), [["0.95x", true], ["0.50x", true]]);
  assertEquals(goals(50), [["0.95x", true], ["5.00x", false]]);
});

Deno.test("the page names sides by what they are, and those that are missing", () => {
  const text = page(results({ deno: 1, openssl: 0.5, "openssl@c0ffee1": 0.8 }), "");
  assertStringIncludes(text, "| OpenSSL engine | 2000/s | 2.00x (2.00x to 2.00x) |");
  assertStringIncludes(text, "OpenSSL engine at c0ffee1");
  assertStringIncludes(text, "left out: Go, crypto/tls.");
  assertStringIncludes(text, "2 of 2 are reached");
});

Deno.test("WebAssembly has its goals, and a table beside FFI with the best of the rounds", () => {
  const run: Results = {
    ...results({ deno: 1 }),
    pairs: [
      { what: "handshake, X25519", unit: "ms", wasm: [3, 4], openssl: [2, 1] },
      { what: "ChaCha20, memory", unit: "MiB/s", wasm: [90, 100], openssl: [400, 300] },
      { what: "import of its file", unit: "ms", wasm: [40], openssl: [] },
      { what: "start after the import of its file", unit: "ms", wasm: [31, 20], openssl: [] },
    ],
    wasmBytes: 2_063_849,
  };
  const goals = goalsOf(run).filter(({ name, measured }) =>
    name.startsWith("WebAssembly") && !Number.isNaN(measured)
  );
  assertEquals(goals.map(({ text, reached }) => [text, reached]), [
    ["3.00 ms", true],
    ["100.00 MiB/s", false],
    ["20.00 ms", true],
    ["2.06 MB", true],
  ]);
  const text = page(run, "");
  assertStringIncludes(text, "| handshake, X25519 | 3.00 ms | 1.00 ms | 0.33x |");
  assertStringIncludes(text, "| ChaCha20, memory | 100 MiB/s | 400 MiB/s | 0.25x |");
  assertStringIncludes(text, "| import of its file | 40.00 ms | - | - |");
});

Deno.test("the page of a small run says that its numbers say little", () => {
  const few = results({ deno: 1, openssl: 1 });
  const whole = { ...few, settings: { ...few.settings, rounds: 5 } };
  assert(page(few, "").includes("This was a small run"));
  assert(!page(whole, "").includes("This was a small run"));
});
