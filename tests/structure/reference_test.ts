/**
 * What `deno doc` and JSR show: every symbol in its category, an example for every class and function
 * of the package, and entry points that say what they are for.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { ROOT, sources } from "./tree.ts";
import config from "../../deno.json" with { type: "json" };

interface Doc {
  readonly doc?: string;
  readonly tags?: readonly { readonly kind: string; readonly doc?: string }[];
}

interface Documented {
  readonly module_doc?: Doc;
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly {
      readonly kind: string;
      readonly declarationKind: "export" | "private" | "declare";
      readonly jsDoc?: Doc;
    }[];
  }[];
}

async function documentation(entries: readonly string[]): Promise<Record<string, Documented>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...entries],
    cwd: ROOT,
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).nodes;
}

const exported: readonly string[] = Object.values(config.exports);
const all = Object.entries(await documentation(exported))
  .map(([url, page]) => [url.replace(ROOT.href, ""), page] as const);

const tagsOf = (doc: Doc | undefined, kind: string) =>
  (doc?.tags ?? []).filter((tag) => tag.kind === kind);
const hasExample = (doc: Doc | undefined): boolean =>
  tagsOf(doc, "example").length > 0 || /^```ts/m.test(doc?.doc ?? "");

/** The declarations, each where it is declared. */
function* declarations(page: Documented) {
  for (const { name, declarations } of page.symbols) {
    for (const { kind, declarationKind, jsDoc } of declarations) {
      if (kind !== "reference" && declarationKind !== "private") yield { name, kind, jsDoc };
    }
  }
}

Deno.test("reference: every symbol of every entry point has one category", () => {
  const wrong = all.flatMap(([entry, page]) =>
    [...declarations(page)].filter(({ jsDoc }) => tagsOf(jsDoc, "category").length !== 1)
      .map(({ name }) => `${entry}: ${name}`)
  );
  assertEquals(wrong, []);
});

Deno.test("reference: every entry point says what it is for, and shows it", () => {
  assertEquals(all.length, exported.length);
  for (const [entry, { module_doc }] of all) {
    const { doc = "", tags = [] } = module_doc ?? {};
    assert(doc.length + tags.map((tag) => tag.doc ?? "").join("").length > 100, entry);
  }
});

Deno.test("reference: every class and function of mod.ts has an example", async () => {
  const [page] = Object.values(await documentation(["mod.ts"]));
  const shown = [...declarations(page!)].filter(({ kind }) => /^(?:class|function)$/.test(kind));
  assert(shown.length >= 30, `${shown.length}`);
  assertEquals(shown.filter(({ jsDoc }) => !hasExample(jsDoc)).map(({ name }) => name), []);
});

const TAGS = /^@(?:category|default|example|module|param|returns|template|throws)\b/;

/** The lines of each doc comment, without their stars. */
function* docComments(text: string): Generator<string[]> {
  for (const [comment] of text.matchAll(/^ *\/\*\*\n(?: +\*.*\n)*? +\*\/$/gm)) {
    yield comment.split("\n").map((line) => line.replace(/^ +\* ?/, ""));
  }
}

Deno.test("reference: no line begins with a tag by mistake, and Perl's name stands before the tags", () => {
  let perl = 0;
  const wrong: string[] = [];
  for (const { path, text } of sources()) {
    for (const lines of docComments(text)) {
      const tags = lines.filter((line) => line.startsWith("@"));
      wrong.push(...tags.filter((line) => !TAGS.test(line)).map((line) => `${path}: ${line}`));
      const at = lines.findIndex((line) => line.startsWith("Perl: "));
      if (at < 0) continue;
      perl++;
      // Behind a tag it would be a part of that: of the last error, or of the default.
      if (lines.slice(0, at).some((line) => TAGS.test(line))) wrong.push(`${path}: ${lines[at]}`);
    }
  }
  assertEquals(wrong, []);
  assert(perl > 200, `${perl}`);
});
