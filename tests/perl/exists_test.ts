/** The names on our side of the table are there: a row cannot promise what nobody exports. */

import "../helpers/limit.ts";
import { assert } from "@std/assert";
import * as certificate from "../../certificate/mod.ts";
import * as intercept from "../../intercept/intercept.ts";
import { OPTIONS } from "../../context/option_table.ts";
import * as main from "../../mod.ts";
import * as ocsp from "../../verify/ocsp/mod.ts";
import * as ssleay from "../../ssleay/mod.ts";
import { type PerlName, perlNames } from "../../perl/mod.ts";

const EXPORTS: Record<string, unknown> = {
  ...main,
  ...certificate,
  ...intercept,
  ...ocsp,
  ...ssleay,
};

/** Whether `Class.member` is a member of its objects or of the class itself. */
function isMember(name: string): boolean {
  const [owner, member] = name.split(".") as [string, string];
  const exported = EXPORTS[owner];
  if (typeof exported !== "function") return false;
  // SslError's members are fields, which only an object has.
  const made = owner === "SslError" ? new main.SslError("made up") : exported.prototype;
  return member in exported || member in made;
}

function isThere({ kind, ours }: PerlName): boolean {
  if (ours === null) return true;
  if (ours.includes(".")) return isMember(ours);
  return ours in EXPORTS || (kind !== "class" && ours in OPTIONS);
}

Deno.test("perlNames: every method, function, variable and class of ours that it names is there", () => {
  const rows = perlNames.filter((row) => row.kind !== "option");
  assert(rows.length > 100);
  for (const row of rows) assert(isThere(row), `${row.perl} => ${row.ours} is not there`);
});
