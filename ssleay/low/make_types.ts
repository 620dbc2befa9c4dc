/**
 * Writes the types of the declared functions and of the constants from the tables: `deno task
 * types:ssleay`. A test compares.
 *
 * @module
 */

import { constantNames } from "./constants.ts";
import { type Argument, readRow, type Result, type Row, type Visible } from "./row.ts";
import { rowsOf, TABLE } from "./table/all.ts";

const HANDLE = (kind: string) => `Opaque<"${kind}">`;

function typeOf(arg: Visible): string {
  switch (arg.form) {
    case "integer":
      return "number";
    case "str":
    case "bytes":
    case "der":
      return "string | Uint8Array";
    case "none":
      return "null";
    case "unused":
      return "unknown";
    case "handle":
      return `${
        arg.kind === "SSL" || arg.kind === "SSL_CTX" ? `Taken<"${arg.kind}">` : HANDLE(arg.kind)
      }${arg.nullable ? " | null" : ""}`;
  }
}

function isVisible(arg: Argument): arg is Visible {
  return arg.form !== "written" && arg.form !== "fixed" && arg.form !== "null";
}

/** One parameter or two. An argument with a default is optional; so are all that follow it. */
function parametersOf(row: Row): string {
  let optional = false;
  return row.args.filter(isVisible).flatMap((arg) => {
    optional ||= arg.form === "none" || arg.form === "unused" ||
      (arg.form === "integer" && arg.preset !== undefined) ||
      (arg.form === "handle" && arg.optional);
    const name = `${arg.name}${optional ? "?" : ""}: ${typeOf(arg)}`;
    return arg.form === "bytes" && arg.cut !== undefined ? [name, `${arg.cut}?: number`] : [name];
  }).join(", ");
}

function resultOf(result: Result, row: Row): string {
  const written = row.args.find((arg) => arg.form === "written");
  if (written !== undefined) {
    return written.as === "text" ? "string | undefined" : "Uint8Array | undefined";
  }
  switch (result.form) {
    case "void":
      return "void";
    case "integer":
      return "number";
    case "str":
    case "freed":
      return "string | undefined";
    case "self":
      return `${typeOf(row.args[0] as Visible)} | null`;
    case "handle":
      return `${HANDLE(result.kind)} | null`;
  }
}

function sentence(row: Row): string {
  const { result } = row;
  const what = `\`${row.names.join("` or `")}\``;
  if (result.form !== "handle") return `${what}.`;
  const first = row.args.find((arg) => arg.form === "handle");
  if (result.lifetime === "new" || result.lifetime === "chain") return `${what}: to be freed.`;
  if (result.lifetime === "share") return `${what}: a reference of its own, to be freed.`;
  if (result.lifetime === "static") return `${what}: lives as long as the process.`;
  return `${what}: belongs to \`${first?.name}\`.`;
}

const comment = (text: string): string[] => [
  ...["/**", ` * ${text}`, " *", " * @category Low level", " */"],
];

/** The file of the types. */
export function typesText(): string {
  const lines = [
    "/**",
    " * The types of the declared functions and of the constants. Made by `make_types.ts`: do not edit.",
    " *",
    " * @module",
    " */",
    "",
    'import type { NativeObject } from "../../context/options.ts";',
    'import type { Opaque } from "./handle.ts";',
    "",
    ...comment("A handle, or the object that `sslObject()` or `ctxObject()` gave."),
    'export type Taken<K extends "SSL" | "SSL_CTX"> = Opaque<K> | NativeObject & { readonly kind: K };',
    "",
    ...comment("The functions that are one C function each."),
    "export interface Declared {",
  ];
  for (const area of Object.values(TABLE)) {
    for (const [name, text] of rowsOf(area)) {
      const row = readRow(text);
      lines.push(
        `  /** ${sentence(row)} Perl: \`Net::SSLeay::${name}\` */`,
        `  ${name === "new" ? '"new"' : name}(${parametersOf(row)}): ${resultOf(row.result, row)};`,
      );
    }
  }
  const names = constantNames().map((name) => `  | "${name}"`);
  lines.push("}", "", ...comment("The names of the constants."));
  lines.push("export type ConstantName =", ...names, "  ;", "");
  lines.push(...comment("The constants. One that this OpenSSL does not define throws."));
  lines.push("export interface Constants extends Readonly<Record<ConstantName, number>> {}", "");
  return lines.join("\n");
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("declared_types.ts", import.meta.url), typesText());
}
