/**
 * Rule 7, lengths: a function fits a screen, a file has at most 400 lines. Data may be longer, and
 * so may the page of the options; the example and the category of a comment do not count.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import ts from "typescript";
import { assertOnlyOwed } from "./debts.ts";
import { lineOf, placeOf, sources, visit } from "./tree.ts";

/** Lines of a function, its documentation aside. */
const SCREEN = 60;
/** Lines of a file. */
const PAGE = 400;

/**
 * Pages of data, and pages to look things up in: the options, and SslSocket with SslListener, and
 * Handle, each with all its methods; and the types of Net::SSLeay, which are generated.
 */
const LONG: readonly string[] = [
  "context/options.ts",
  "handle/handle.ts",
  "socket/socket.ts",
  "ssleay/low/declared_types.ts",
];

/** A text without what `deno doc` wants of a comment beside its words: the category, the example. */
const withoutTags = (text: string): string =>
  text.replace(/^ *\* @example.*\n|^ *\* ```ts[^]*?```\n/gm, "")
    .replace(/(?:^ *\*\n)?^ *\* @category.*\n/gm, "")
    .replace(/\/\*\*\n *\* (.*)\n *\*\//g, "/** $1 */");

const lines = (text: string): number => withoutTags(text).trimEnd().split("\n").length;

Deno.test("lengths: a file has at most 400 lines", () => {
  const long = sources().filter(({ path, text }) => lines(text) > PAGE && !LONG.includes(path));
  assertOnlyOwed("length of files", long.map(({ path }) => path));
});

Deno.test("lengths: the list of long pages names files that are long", () => {
  const long = sources().filter(({ text }) => lines(text) > PAGE).map(({ path }) => path);
  assertEquals(LONG.filter((path) => !long.includes(path)), []);
});

Deno.test("lengths: a function has at most 60 lines", () => {
  const long: string[] = [];
  for (const { tree } of sources()) {
    visit(tree, (node) => {
      if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return;
      const end = tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
      const length = end - lineOf(node) + 1;
      if (length > SCREEN) long.push(placeOf(node));
    });
  }
  assertOnlyOwed("length of functions", long);
});
