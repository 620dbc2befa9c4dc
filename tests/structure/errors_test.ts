/**
 * Rule 6, explanations from facts: a message is made once, and nothing reads it back.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import ts from "typescript";
import { placeOf, sources, visit, withoutComments } from "./tree.ts";

Deno.test("errors: no message is changed after it was made", () => {
  const changed: string[] = [];
  for (const { tree } of sources()) {
    visit(tree, (node) => {
      if (!ts.isBinaryExpression(node) || !ts.isPropertyAccessExpression(node.left)) return;
      const operator = node.operatorToken.kind;
      const assigns = operator >= ts.SyntaxKind.FirstAssignment &&
        operator <= ts.SyntaxKind.LastAssignment;
      if (assigns && node.left.name.text === "message") changed.push(placeOf(node));
    });
  }
  assertEquals(changed, []);
});

Deno.test("errors: explanations read fields, never a message", () => {
  const reading = sources().filter((file) =>
    file.path.startsWith("verify/explain/") &&
    /\.(?:message|detail|reason)\s*(?:\.\s*(?:match|includes|startsWith|search|indexOf)|\))/.test(
      withoutComments(file),
    ) && /\.(?:exec|test|match|includes)\(\s*\w+\.(?:message|detail)/.test(withoutComments(file))
  );
  assertEquals(reading.map(({ path }) => path), []);
});
