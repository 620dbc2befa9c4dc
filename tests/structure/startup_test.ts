/**
 * Rule 5, start-up by few means: `await import()` of what a first call needs. Bundlers and older
 * runtimes read every file of the package.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { sources, withoutComments } from "./tree.ts";

Deno.test("start-up: no file uses import defer", () => {
  const deferred = sources().filter((file) => /\bimport\s+defer\b/.test(withoutComments(file)));
  assertEquals(deferred.map(({ path }) => path), []);
});

Deno.test("start-up: no module waits at its top level", () => {
  const waiting = sources().filter((file) =>
    /^(?:const .*= )?await\b/m.test(withoutComments(file))
  );
  assertEquals(waiting.map(({ path }) => path), []);
});
