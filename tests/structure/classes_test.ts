/**
 * Rule 3, one class a thing: what users hold is one class in one file, without a chain of base
 * classes. Only errors form a family.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import ts from "typescript";
import { assertOnlyOwed } from "./debts.ts";
import { placeOf, sources, visit } from "./tree.ts";

/** The classes that users hold, with the files that hold them whole. */
const WHOLE: Readonly<Record<string, string>> = {
  SslSocket: "socket/socket.ts",
  SslListener: "socket/socket.ts",
  Handle: "handle/handle.ts",
  SslContext: "context/context.ts",
};

/** What a class may extend: the error family, and what the platform has. */
const BASES = /^(?:Error|TypeError|RangeError|Ssl\w*Error|Duplex|Agent)$/;

const classes = sources().flatMap(({ path, tree }) => {
  const found: { name: string; path: string; base: string | undefined; place: string }[] = [];
  visit(tree, (node) => {
    if (!ts.isClassLike(node)) return;
    const clause = node.heritageClauses?.find(({ token }) =>
      token === ts.SyntaxKind.ExtendsKeyword
    );
    found.push({
      name: node.name?.text ?? "",
      path,
      base: clause?.types[0]?.expression.getText(),
      place: placeOf(node),
    });
  });
  return found;
});

for (const [name, file] of Object.entries(WHOLE)) {
  Deno.test(`classes: ${name} is one class, whole in ${file}`, () => {
    const own = classes.filter((each) => each.name === name);
    assertEquals(own.map(({ path }) => path), [file]);
    assertOnlyOwed(`whole ${name}`, own.flatMap(({ base }) => base ?? []));
  });
}

Deno.test("classes: no class is cut into a chain of base classes", () => {
  const chained = classes.filter(({ base }) => base !== undefined && !BASES.test(base));
  assertOnlyOwed("chains of classes", chained.map(({ name, base }) => `${name} extends ${base}`));
});

Deno.test("classes: no class is abstract", () => {
  const abstract: string[] = [];
  for (const { tree } of sources()) {
    visit(tree, (node) => {
      if (node.kind === ts.SyntaxKind.AbstractKeyword && ts.isClassLike(node.parent)) {
        abstract.push(placeOf(node));
      }
    });
  }
  assertOnlyOwed("abstract classes", abstract);
});
