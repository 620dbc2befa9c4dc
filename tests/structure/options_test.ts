/**
 * Rule 2, one way for an option, and of rule 4 the error for what an engine cannot do: which option
 * needs which feature stands in one table, and one function makes the error.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import ts from "typescript";
import { OPTIONS } from "../../context/option_table.ts";
import { REQUIREMENTS } from "../../engine/requirements.ts";
import { importsOf, placeOf, type SourceFile, sources, visit, withoutComments } from "./tree.ts";

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

/** What checks, parses or completes options, with the files that may use it. */
const ONCE: readonly (readonly [name: string, from: string, users: readonly string[]])[] = [
  ["checkNames", "context/validate.ts", [
    "context/process_defaults.ts", // the values of the program's defaults, and of its filter
    "context/resolved_options.ts",
  ]],
  ["withDefaults", "context/process_defaults.ts", ["context/resolved_options.ts"]],
  ["layOver", "context/lay_over.ts", ["context/resolved_options.ts"]],
  ["parsePins", "verify/fingerprint.ts", ["context/peer_rules.ts"]],
  ["resolveScheme", "verify/schemes.ts", [
    "context/chain_judgement.ts", // verifyCertificate()'s own options
    "context/peer_rules.ts",
    "verify/hostname.ts", // the public functions
  ]],
  ["peerRules", "context/peer_rules.ts", ["context/connection_policy.ts", "context/context.ts"]],
  ["allowedVersions", "context/versions.ts", ["context/engine_config.ts"]],
  ["requireConfig", "engine/requirements.ts", ["engine/deno/check.ts"]],
  ["requireVersions", "engine/requirements.ts", ["context/engine_config.ts"]],
  ["requireFeatures", "engine/requirements.ts", [
    "context/connection_policy.ts", // what a connection says beyond its context
    "context/engine_config.ts",
    "context/new_connection.ts", // what only the operation says
  ]],
];

/** The files that name something in an import, `import()` included. */
function usersOf(name: string, from: string): readonly string[] {
  const word = new RegExp(`\\b${name}\\b`);
  return sources().filter((file) => {
    const imports = importsOf(file).some((each) => each.file === from);
    return imports && !file.path.endsWith("mod.ts") && word.test(withoutComments(file));
  }).map(({ path }) => path);
}

for (const [name, from, users] of ONCE) {
  Deno.test(`options: ${name}() has its users, and no second place does its work`, () => {
    assertEquals(usersOf(name, from), users);
  });
}

Deno.test("options: only the file that checks them says that options are checked", () => {
  const MAKERS = new Set(["context/validate.ts", "context/resolved_options.ts"]);
  const claims: string[] = [];
  for (const { path, tree } of sources()) {
    if (MAKERS.has(path)) continue;
    visit(tree, (node) => {
      if (!ts.isAsExpression(node) && !ts.isSatisfiesExpression(node)) return;
      if (/^(?:Resolved|Checked)\b/.test(node.type.getText())) claims.push(placeOf(node));
    });
  }
  assertEquals(claims, []);
});

/** What is behind the public functions, and the types that its options must have. */
const BEHIND: readonly (readonly [file: string, options: RegExp])[] = [
  ["context/context_record.ts", /readonly options: Resolved<SslOptions>;/],
  ["context/context.ts", /createContext\(\s*role: Role,\s*options: Resolved<SslOptions>/],
  ["context/operation_context.ts", /contextFor\(\s*role: Role,\s*options: Resolved<SslOptions>/],
  ["context/new_connection.ts", /readonly options: Resolved<SslOptions>;/],
  ["socket/lifecycle.ts", /readonly options: Resolved<SocketOptions>;/],
];

for (const [path, options] of BEHIND) {
  Deno.test(`options: ${path} takes only options that were checked`, () => {
    const file = sources().find((each) => each.path === path)!;
    assert(options.test(withoutComments(file)));
  });
}

Deno.test("options: every requirement is of an option in the table", () => {
  const rows = REQUIREMENTS.map(({ option }) => option);
  assertEquals(rows.filter((option) => !Object.hasOwn(OPTIONS, option)), []);
  assert(rows.length > 50);
});
