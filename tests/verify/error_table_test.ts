/** docs/errors.md is the table of all codes. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { byCode } from "../../verify/explain/openssl_codes.ts";
import { errorsPage } from "../../verify/explain/error_table.ts";
import { ALERTS } from "../../verify/explain/alerts.ts";
import { byOwnCode } from "../../verify/explain/own_codes.ts";

const [BY_CODE, BY_OWN_CODE] = [byCode(), byOwnCode()];

Deno.test("docs/errors.md is made from the tables: else run deno task docs:errors", () => {
  const page = Deno.readTextFileSync(new URL("../../docs/errors.md", import.meta.url));
  assertEquals(page, errorsPage());
});

Deno.test("errorsPage() has a row for each code, once, with what happened and what to do", () => {
  const rows = errorsPage().split("\n").filter((line) => line.startsWith("| `"));
  const codes = rows.map((row) => /^\| `(\w+)` \|/.exec(row)?.[1]);
  const alerts = Object.keys(ALERTS).map((alert) => `ERR_SSL_ALERT_${alert.toUpperCase()}`);
  assertEquals(
    codes.toSorted(),
    [...Object.keys({ ...BY_CODE, ...BY_OWN_CODE }), ...alerts].toSorted(),
  );
  for (const row of rows) {
    const cells = row.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim());
    assert(/^`/.test(cells[0]!) && cells.at(-2)!.length > 5, row);
    if (!row.includes("ERR_SSL_ALERT_")) assert(cells.at(-1)!.length > 5, row);
    // Nothing of the moment in which it was made, and nothing that is not known.
    assert(!/\d{4}-\d\d-\d\dT|undefined|NaN|: \./.test(row), row);
  }
});
