/**
 * The product's source files, parsed: what the tests of the structure look at.
 *
 * @module
 */

import ts from "typescript";

/** The root of the project. */
export const ROOT = new URL("../../", import.meta.url);

/** Folders that are not part of the product. */
const OTHER = new Set([
  "tests",
  "bench",
  "build",
  "examples",
  "std",
  "docs",
  "node_modules",
  "coverage",
  "dist",
]);

/** One product file. */
export interface SourceFile {
  /** Its path below the root: `verify/judge.ts`. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /** Its syntax tree, with parents. */
  readonly tree: ts.SourceFile;
}

function* walk(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    if (entry.name.startsWith(".") || (folder === "" && OTHER.has(entry.name))) continue;
    const path = folder + entry.name;
    if (entry.isDirectory) yield* walk(`${path}/`);
    else if (path.endsWith(".ts")) yield path;
  }
}

let read: readonly SourceFile[] | undefined;

/** Every product file, by path. */
export function sources(): readonly SourceFile[] {
  return read ??= [...walk("")].sort().map((path) => {
    const text = Deno.readTextFileSync(new URL(path, ROOT));
    return { path, text, tree: parse(path, text) };
  });
}

/** Parses a file. */
export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
}

/** Visits a node and all that it holds. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/** One import of a file by another. */
export interface Import {
  /** What is written: `./judge.ts`. */
  readonly specifier: string;
  /** The product file that it means; `undefined` for a package. */
  readonly file: string | undefined;
  /** Whether it is made when it is run: `import()`. */
  readonly dynamic: boolean;
}

function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** Every import of a file: types, values, re-exports, `import()` and `import("...")` types. */
export function importsOf({ path, tree }: SourceFile): readonly Import[] {
  const found: Import[] = [];
  visit(tree, (node) => {
    const dynamic = ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const named = ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
      ? node.argument.literal
      : dynamic
      ? node.arguments[0]
      : undefined;
    if (named === undefined || !ts.isStringLiteralLike(named)) return;
    found.push({ specifier: named.text, file: resolve(path, named.text), dynamic });
  });
  return found;
}

/** The line of a node, counted from 1. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** `verify/judge.ts:12`. */
export function placeOf(node: ts.Node): string {
  return `${node.getSourceFile().fileName}:${lineOf(node)}`;
}

/** The text of a file without its comments. */
export function withoutComments({ text, tree }: SourceFile): string {
  const comments: [number, number][] = [];
  visit(tree, (node) => {
    for (
      const { pos, end } of [
        ...ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [],
        ...ts.getTrailingCommentRanges(text, node.getEnd()) ?? [],
      ]
    ) comments.push([pos, end]);
  });
  let out = "", at = 0;
  for (const [pos, end] of comments.sort((a, b) => a[0] - b[0])) {
    if (pos < at) continue;
    out += text.slice(at, pos) + text.slice(pos, end).replace(/[^\n]/g, " ");
    at = end;
  }
  return out + text.slice(at);
}
