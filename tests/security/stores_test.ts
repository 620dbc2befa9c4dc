/** What is kept of trust anchors in C, where the garbage collector does not see it, is little. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import { openHandles } from "../../engine/openssl/memory.ts";
import { ca, leaf, shake } from "../context/harness.ts";

Deno.test("closed contexts leave only a few stores, even without garbage collection", async () => {
  const before = openHandles();
  // Not once back in the event loop, so that no finalizer can run.
  for (let i = 0; i < 50; i++) {
    const context = await SslContext.create({ engine: "openssl", ca: ca.pem });
    context.close();
  }
  assert(openHandles() <= before + 8, `${openHandles() - before} are left`);
});

Deno.test("a context whose store is no longer kept goes on with it", async () => {
  using context = await SslContext.create({ engine: "openssl", ca: ca.pem });
  for (let i = 0; i < 20; i++) {
    using other = await SslContext.create({ engine: "openssl", ca: leaf.cert });
    assertEquals(other.engine, "openssl");
  }
  assertEquals((await shake({ reuseCtx: context })).clientError, undefined);
});
