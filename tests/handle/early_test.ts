/**
 * What a handle does before its machine is loaded: the calls of the first turn of a program. The
 * machine stays once it is there, so each case runs in a worker of its own.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { CASES } from "./early_cases.ts";

for (const name of Object.keys(CASES)) {
  Deno.test(`Handle before its machine is loaded: ${name}`, async () => {
    const worker = new Worker(new URL("./early_worker.ts", import.meta.url), { type: "module" });
    try {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(name);
      assertEquals(await promise, "ok");
    } finally {
      worker.terminate();
    }
  });
}

Deno.test("Handle before its machine is loaded: there are cases", () => {
  assert(Object.keys(CASES).length > 10);
});
