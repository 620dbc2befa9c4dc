/** The pages that are made from the source are what the source says now. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { CLOSE_OPTIONS, OPTIONS } from "../../context/option_table.ts";
import { checkOptions } from "../../context/resolved_options.ts";
import { perlNames } from "../../perl/names.ts";
import { ROOT } from "./tree.ts";
import { optionsOnPage, optionsPage } from "../docs/options_page.ts";
import { perlNamesPage } from "../docs/perl_names_page.ts";

const text = (page: string): string => Deno.readTextFileSync(new URL(page, ROOT));

Deno.test("docs/options.md is made from the source: else run deno task docs:options", () => {
  assertEquals(text("docs/options.md"), optionsPage());
});

Deno.test("docs/options.md has every option, once, with its meaning", () => {
  const names = optionsOnPage().map(({ name }) => name);
  const all = [...Object.keys(OPTIONS), ...Object.keys(CLOSE_OPTIONS)];
  assertEquals(names.toSorted(), all.toSorted());
  for (const { name, comment } of optionsOnPage()) assert(comment.length > 15, name);
  assert(!/undefined \||\{@|\*\/|Default: \.|@default/.test(optionsPage()));
});

Deno.test("docs/perl-names.md is made from perl/names.ts: else run deno task docs:names", () => {
  const page = perlNamesPage();
  assertEquals(text("docs/perl-names.md"), page);
  assertEquals(page.match(/^\| `/gm)?.length, perlNames.length);
});

/** The rows of the tables that name an option of another world: theirs, and ours. */
function foreignOptions(): readonly (readonly [string, string])[] {
  const tables = text("docs/migration.md").matchAll(/^\| option there .*\n\|-.*\n((?:\|.*\n)+)/gm);
  return [...tables].flatMap(([, rows]) =>
    rows!.trim().split("\n").flatMap((row) => {
      const [, theirs, ours] = row.split("|");
      return [...theirs!.matchAll(/`([^`]+)`/g)].map(([, name]) => [name!, ours!] as const);
    })
  );
}

Deno.test("docs/migration.md: the error for an option of another world names the one on the page", () => {
  const rows = foreignOptions();
  assert(rows.length > 70, `${rows.length}`);
  for (const [theirs, ours] of rows) {
    const answers = (["connect", "start", "listen"] as const).map((kind) =>
      assertThrows(() => checkOptions(kind, { [theirs]: 1 }), TypeError, "unknown option").message
    );
    const told = answers.find((answer) => answer.includes(": use "))!;
    const named = /: use "(\w+)"/.exec(told)?.[1];
    assert(named !== undefined && ours.includes(`\`${named}`), `${theirs}: ${told}: ${ours}`);
  }
});
