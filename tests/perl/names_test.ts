import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import * as constants from "../../constants.ts";
import * as errors from "../../errors.ts";
import { perlNames } from "../../perl/mod.ts";
import inventory from "../testdata/perl-names.json" with { type: "json" };

const KINDS = {
  options: "option",
  methods: "method",
  functions: "function",
  constants: "constant",
  variables: "variable",
} as const;

for (const [list, kind] of Object.entries(KINDS) as [keyof typeof KINDS, string][]) {
  Deno.test(`perlNames maps or explains every one of the ${list} of IO::Socket::SSL`, () => {
    const rows = new Map(perlNames.filter((r) => r.kind === kind).map((r) => [r.perl, r]));
    const missing = inventory[list].filter((name) => !rows.has(name));
    assertEquals(missing, []);
    assert(inventory[list].length > 0);
  });
}

Deno.test("perlNames has no name twice within a kind", () => {
  const seen = perlNames.map((row) => `${row.kind} ${row.perl}`);
  assertEquals(seen.filter((name, i) => seen.indexOf(name) !== i), []);
});

Deno.test("perlNames gives a reason and a replacement for what is absent, and only for that", () => {
  for (const row of perlNames) {
    if (row.ours === null) {
      assert(row.reason !== undefined && row.reason.length > 10, row.perl);
      assert(row.replacement !== undefined && row.replacement !== "", row.perl);
    } else {
      assertEquals(row.reason, undefined, row.perl);
    }
  }
});

Deno.test("perlNames follows the naming rule for options", () => {
  const exceptions = new Set(["SSL_hostname"]);
  for (const row of perlNames) {
    if (row.kind !== "option" || !row.perl.startsWith("SSL_") || row.ours === null) continue;
    if (exceptions.has(row.perl)) continue;
    const camel = row.perl.slice(4).replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    assertEquals(row.ours, camel, row.perl);
  }
});

Deno.test("perlNames names constants that exist under the same name", () => {
  for (const row of perlNames.filter((r) => r.kind === "constant")) {
    assertEquals(row.ours, row.perl);
    assert(row.perl in constants || row.perl in errors, row.perl);
  }
});

Deno.test("perlNames marks the deprecated names", () => {
  const deprecated = perlNames.filter((row) => row.deprecated).map((row) => row.perl);
  for (const name of ["context_init", "socketToSSL", "socket_to_SSL", "kill_socket"]) {
    assert(deprecated.includes(name), name);
  }
  for (const name of ["get_peer_certificate", "issuer_name", "subject_name", "set_ctx_defaults"]) {
    assert(deprecated.includes(name), name);
  }
});

Deno.test("perlNames is frozen", () => {
  assert(Object.isFrozen(perlNames));
  assertMatch(String(perlNames.length), /^\d{3}$/);
});
