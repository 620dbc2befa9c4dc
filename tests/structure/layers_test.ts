/**
 * Rule 1, layers: no import goes to a later floor, and no files import each other in a circle of
 * any length. Types count: a reader who wants to understand a file has to read them. The page of a
 * folder (`mod.ts`) only lists what users import; no file imports one.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { assertOnlyOwed } from "./debts.ts";
import { LIBRARY } from "../../internal/caller.ts";
import { circles, floorOf, FLOORS } from "./layers.ts";
import { importsOf, parse, sources } from "./tree.ts";

const files = sources();
const paths = new Set(files.map(({ path }) => path));
const graph = new Map(files.map((file) => [
  file.path,
  importsOf(file).flatMap(({ file }) => file !== undefined && paths.has(file) ? [file] : []),
]));

Deno.test("layers: every product file stands on a floor of the plan", () => {
  assertEquals([...paths].filter((path) => floorOf(path) < 0), []);
});

Deno.test("layers: the stack of an error knows every floor as the library's own", () => {
  assertEquals([...LIBRARY].sort(), [...FLOORS.flat(), "compiled/"].sort());
});

Deno.test("layers: no import goes up, types included", () => {
  const files = [...graph].filter(([file]) => !file.endsWith("/mod.ts"));
  const up = files.flatMap(([file, imports]) =>
    imports.filter((other) => floorOf(other) > floorOf(file)).map((other) => `${file} -> ${other}`)
  );
  assertOnlyOwed("layers", up);
});

Deno.test("layers: no circle of files, types included", () => {
  assertOnlyOwed("circles", circles(graph).map((files) => files.join(" ")));
});

Deno.test("layers: errors.ts imports nothing", () => {
  assertEquals(importsOf(files.find(({ path }) => path === "errors.ts")!), []);
});

Deno.test("layers: an import names a file, not the page of its folder", () => {
  const viaPage = files.filter(({ path }) => !path.endsWith("mod.ts")).flatMap((file) =>
    importsOf(file).filter(({ file }) => file?.endsWith("/mod.ts")).map(({ specifier }) =>
      `${file.path} -> ${specifier}`
    )
  );
  assertEquals(viaPage, []);
});

Deno.test("the test of layers finds imports of every kind, and circles of any length", () => {
  const text = `
    import { a } from "./a.ts"; import type { B } from "../b.ts"; export * from "./c.ts";
    export type { D } from "./d.ts"; let e: import("./e.ts").E; const f = await import("./f.ts");
    // import { g } from "./g.ts"
    import h from "npm:h";`;
  const found = importsOf({ path: "x/y.ts", text, tree: parse("x/y.ts", text) });
  assertEquals(found.map(({ file }) => file), [
    "x/a.ts",
    "b.ts",
    "x/c.ts",
    "x/d.ts",
    "x/e.ts",
    "x/f.ts",
    undefined,
  ]);
  const graph = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["a", "d"]], ["d", []], ["e", ["e"]]]);
  assertEquals(circles(graph), [["a", "b", "c"], ["e"]]);
  assertEquals(floorOf("verify/ocsp/cache.ts") < floorOf("socket/socket.ts"), true);
  assertEquals(FLOORS.length > 10, true);
});
