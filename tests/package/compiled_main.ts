/** Runs with the suites on the built package: what the tests import is its compiled code. */

import "../helpers/limit.ts";
import { assertMatch } from "@std/assert";

Deno.test("the suites run on the compiled package", () => {
  for (const file of ["mod.ts", "errors.ts", "socket/socket.ts", "engine/transport.ts"]) {
    assertMatch(import.meta.resolve(`../../${file}`), /\/package\/compiled\/\w+\.js$/);
  }
});
