/**
 * Names are nouns of the field, or verbs of what a file does, and no two files share the ones that
 * say nothing.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { assertOnlyOwed } from "./debts.ts";
import { sources } from "./tree.ts";

/** Words that say how a file came to be, not what is in it. */
const EMPTY = new Set([
  "core",
  "state",
  "table",
  "checks",
  "front",
  "machine",
  "info",
  "native",
  "internal",
  "util",
  "utils",
  "helpers",
  "misc",
  "common",
  "doorway",
  "findings",
  "evidence",
  "adopt",
  "settings",
  "parts",
]);

const names = sources().map(({ path }) => ({
  path,
  folder: path.includes("/"),
  name: path.split("/").at(-1)!.replace(/\.ts$/, ""),
}));

Deno.test("names: a file is named by what it holds", () => {
  assertOnlyOwed("names", names.filter(({ name }) => EMPTY.has(name)).map(({ path }) => path));
});

Deno.test("names: no file below the top is named errors.ts", () => {
  const found = names.filter(({ folder, name }) => folder && name === "errors");
  assertOnlyOwed("files named errors.ts", found.map(({ path }) => path));
});

Deno.test("names: no product file begins with test_", () => {
  assertEquals(names.filter(({ name }) => name.startsWith("test_")).map(({ path }) => path), []);
});
