/** `await using` at the end of a scope must not hide what ended it. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SslError } from "../../errors.ts";
import { Handle } from "../../handle/mod.ts";
import { explain } from "../../verify/explain/explain.ts";
import { ScriptedConn } from "../handle/fakes.ts";

const broken = new SslError("Cannot write: the connection failed: Broken pipe", { code: "EPIPE" });

function failing(): ScriptedConn {
  const conn = new ScriptedConn();
  conn.writeError = broken;
  return conn;
}

Deno.test("Handle: the error of a print leaves an `await using` scope as it is", async () => {
  const conn = failing();
  const error = await assertRejects(async () => {
    await using handle = new Handle(conn);
    await handle.print("x");
  }, SslError);
  assertStrictEquals(error, broken);
  assertEquals(conn.events, ["close abruptly"]); // cut all the same: half an output has no proper end
});

Deno.test("Handle: a print that failed and was caught does not come back at the end", async () => {
  const conn = failing();
  {
    await using handle = new Handle(conn);
    await handle.print("x").catch(() => {});
  }
  assertEquals(conn.events, ["close abruptly"]);
});

Deno.test("Handle: the error of close() leaves an `await using` scope as it is", async () => {
  const conn = failing();
  const error = await assertRejects(async () => {
    await using handle = new Handle(conn, { autoflush: false });
    await handle.print("collected");
    await handle.close();
  }, SslError);
  assertStrictEquals(error, broken);
});

Deno.test("Handle: output that is lost at the end of a scope is reported", async () => {
  const error = await assertRejects(async () => {
    await using handle = new Handle(failing(), { autoflush: false });
    await handle.print("collected");
  }, SslError);
  assertStrictEquals(error, broken);
});

Deno.test("Handle: a connection that cannot be closed is reported at the end of a scope", async () => {
  const conn = {
    read: () => Promise.resolve(null),
    close: () => Promise.reject(new Error("will not close")),
  };
  await assertRejects(
    async () => {
      await using handle = new Handle(conn);
      await handle.readLine();
    },
    Error,
    "will not close",
  );
});

Deno.test("Handle: every caller of close() learns that it failed", async () => {
  const handle = new Handle(failing(), { autoflush: false });
  await handle.print("collected");
  assertStrictEquals(await assertRejects(() => handle.close()), broken);
  assertStrictEquals(await assertRejects(() => handle.close()), broken);
});

Deno.test("explain() of a SuppressedError is about what ended the scope", () => {
  const told = explain(new SuppressedError(new Error("no close"), broken));
  assert(told.startsWith(explain(broken)), told);
  assert(told.endsWith("\nClosing failed, too: no close"), told);
  const nested = explain(new SuppressedError("x", new SuppressedError("y", broken)));
  assert(nested.startsWith(explain(broken)), nested);
});

Deno.test("explain() knows an address that this machine does not have, and ports of the system", () => {
  const where = (code: string) => explain(new SslError("Cannot listen on 192.0.2.1:99", { code }));
  assert(where("EADDRNOTAVAIL").includes("0.0.0.0"), where("EADDRNOTAVAIL"));
  assert(where("EACCES").includes("a port above 1023"), where("EACCES"));
});
