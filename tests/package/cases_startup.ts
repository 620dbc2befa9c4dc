/** What importing the built package links and reaches: tests/permissions/startup_test.ts says why. */

import { assert } from "@std/assert";
import { linked } from "../permissions/linked.ts";
import { built } from "./built.ts";

for (
  const [entry, what, all, modules, kilobytes] of [
    ["mod", "links", false, 9, 410],
    ["mod", "reaches", true, 32, 1060],
    ["ssleay-low", "links", false, 7, 320],
    ["ssleay-low", "reaches", true, 12, 345], // OpenSSL as WebAssembly is behind import()
    ["certificate", "reaches", true, 9, 250],
    ["errors", "reaches", true, 2, 8],
  ] as const
) {
  Deno.test(`the package: ${entry} ${what} at most ${modules} modules of ${kilobytes} KB`, async () => {
    const found = await linked(`compiled/${entry}.js`, all, built.root);
    const kb = [...found.values()].reduce((sum, size) => sum + size, 0) / 1000;
    assert(
      kb <= kilobytes && found.size <= modules,
      `it ${what} ${found.size} modules of ${kb.toFixed(0)} KB: ${[...found.keys()].join(" ")}`,
    );
  });
}
