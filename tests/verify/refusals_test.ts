/**
 * Bad certificates and situations, live: each is refused with the right code on each engine that
 * can know, none is accepted, and each is explained and reported.
 */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
} from "@std/assert";
import { explain, type SslError, SslPeerError, SslVerifyError } from "../../mod.ts";
import { EXPLAINED } from "./explained.ts";
import { type EngineName, meet, type Met } from "./live.ts";
import { ca, type Row, rows } from "./refusals.ts";

function refusal(row: Row, engine: EngineName): Promise<Met> {
  const anchors = row.anchors ?? ca.pem;
  return meet({
    engine,
    server: row.server,
    ...(row.host === undefined ? {} : { host: row.host }),
    client: { ...(engine === "openssl" ? { ca: anchors } : { extraCa: anchors }), ...row.client },
  });
}

for (const engine of ["openssl", "deno"] as const) {
  for (const row of rows) {
    const code = row.expected[engine];
    if (code === undefined) continue;
    Deno.test(`${engine}: refuses ${row.name}`, async () => {
      const { error, greeting } = await refusal(row, engine);
      assertEquals(greeting, "");
      const fromPeer = code.startsWith("ERR_SSL_ALERT");
      assertInstanceOf(error, fromPeer ? SslPeerError : SslVerifyError);
      assertEquals((error as SslError).code, code);
      const [head, ...lines] = explain(error).split("\n");
      assertEquals(head, (error as Error).message);
      const words = EXPLAINED[code];
      assert(words !== undefined, `no row for ${code}`);
      for (const word of [words].flat()) assertMatch(lines.join("\n"), word);
      if (!fromPeer) checkReport(error as SslVerifyError, code, engine);
    });
  }
}

/** A refusal leaves the same kind of report on both engines. */
function checkReport(error: SslVerifyError, code: string, engine: EngineName): void {
  const report = error.report!;
  assertEquals(report.ok, false);
  assertStrictEquals(report.error, error);
  const anchored = report.checks.some(({ name, ok }) => name === "chain" && ok === true);
  if (engine === "openssl" && report.chain.length > 0) {
    assertEquals(report.anchor !== undefined, anchored);
  }
  const failed = report.checks.filter(({ ok }) => ok === false);
  assert(failed.length > 0, `no check failed for ${code}`);
  for (const { detail } of failed) assert(detail.length > 10, detail);
  if (report.hint !== undefined) assert(explain(error).includes(report.hint.slice(0, 20)));
}

Deno.test("the table of refusals has at least 40 rows", () => {
  assert(rows.length >= 60, String(rows.length));
});
