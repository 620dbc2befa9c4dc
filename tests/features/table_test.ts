/** The table of engines in docs/engines.md is the table of engine/features.ts. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { FEATURES } from "../../engine/features.ts";
import { featuresTable, withFeaturesTable } from "./engines_table.ts";

Deno.test("docs/engines.md has the table of engine/features.ts: else run deno task docs:engines", () => {
  const page = Deno.readTextFileSync(new URL("../../docs/engines.md", import.meta.url));
  assertEquals(withFeaturesTable(page), page);
});

Deno.test("featuresTable() has a row for each feature and a cell for each engine", () => {
  const lines = featuresTable().split("\n");
  const rows = lines.filter((line) => line.startsWith("| ")).slice(2);
  assertEquals(rows.length, Object.keys(FEATURES).length);
  for (const row of rows) assertEquals(row.split("|").length, 7, row);
  const row = (name: string) => rows.find((line) => line.includes(`(\`${name}\`)`))!;
  const cells = (name: string) => row(name).split("|").slice(2, 6).map((cell) => cell.trim());
  assertEquals(cells("client"), ["yes", "yes", "yes", "yes"]);
  assertEquals(cells("stopTls"), ["yes", "yes", "", "yes"]);
  assertEquals(cells("psk"), ["yes", "", "", "yes"]);
  assertEquals(cells("peerCertificate"), ["yes", "yes", "yes (1)", "yes"]);
  assertEquals(cells("nativeObjects"), ["yes", "yes", "", "yes"]);
});

Deno.test("withFeaturesTable() replaces what is between the marks and nothing else", () => {
  const page = "before\n<!-- engines:begin (made) -->\nold\n<!-- engines:end -->\nafter\n";
  const made = withFeaturesTable(page);
  assert(made.startsWith("before\n<!-- engines:begin (made) -->\n\n| "));
  assert(made.endsWith("\n\n<!-- engines:end -->\nafter\n") && !made.includes("old"));
  assertEquals(withFeaturesTable(made), made);
  for (const bad of ["", "<!-- engines:end -->\n<!-- engines:begin x -->\n"]) {
    assertThrows(() => withFeaturesTable(bad), TypeError, "engines:begin");
  }
});
