/**
 * Rule 2, one way for an option, and of rule 4 the error for what an engine cannot do: which option
 * needs which feature stands in one table, and one function makes the error.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import ts from "typescript";
import { placeOf, type SourceFile, sources, visit } from "./tree.ts";

/** The texts in a file: strings, and the pieces of templates. */
function texts({ tree }: SourceFile): readonly (readonly [text: string, place: string])[] {
  const found: [string, string][] = [];
  visit(tree, (node) => {
    const text = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) || ts.isTemplateTail(node);
    if (text) found.push([node.text, placeOf(node)]);
  });
  return found;
}

/** Where the way to another engine may be written down: the maker of the error, and the advice of explain(). */
const REMEDIES = /^(?:internal\/unsupported\.ts|verify\/explain\/)/;

Deno.test("options: one function makes the error for what an engine cannot do", () => {
  const others = sources().filter(({ path }) => !REMEDIES.test(path)).flatMap(texts)
    .filter(([text]) => /\brun with --allow-ffi\b/.test(text)).map(([, place]) => place);
  assertEquals(others, []);
});

Deno.test("options: engines are asked for features, not for what they are", () => {
  const TABLES = /^(?:engine\/|internal\/unsupported\.ts|verify\/explain\/)/;
  const asking = sources().filter(({ path }) => !TABLES.test(path)).flatMap(({ tree }) => {
    const found: string[] = [];
    visit(tree, (node) => {
      const isEngine = ts.isBinaryExpression(node) && /\bengine\.name$/.test(node.left.getText()) &&
        ts.isStringLiteral(node.right);
      if (isEngine) found.push(placeOf(node));
    });
    return found;
  });
  assertEquals(asking, []);
});
