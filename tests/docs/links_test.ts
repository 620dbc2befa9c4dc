/** The links of the pages lead somewhere, and every page is found from the index. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../structure/tree.ts";

const PAGES = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"],
  ...[...Deno.readDirSync(new URL("docs", ROOT))].map(({ name }) => `docs/${name}`)
    .filter((name) => name.endsWith(".md")),
];

const text = (page: string): string => Deno.readTextFileSync(new URL(page, ROOT));

/** What a page has outside of its blocks of code. */
const prose = (page: string): string => text(page).replace(/^```[^]*?^```$/gm, "");

/** The anchor that a heading gets on GitHub and on JSR. */
const anchor = (heading: string): string =>
  heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-");

function linksOf(page: string): readonly { path: string; hash: string }[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path, hash = ""] = target.split("#");
      return { path: path === "" ? page : new URL(path!, new URL(page, ROOT)).href, hash };
    })
    .map(({ path, hash }) => ({ path: path.replace(ROOT.href, ""), hash }));
}

for (const page of PAGES) {
  Deno.test(`pages: every link of ${page} leads to a file, and to a heading that it has`, () => {
    for (const { path, hash } of linksOf(page)) {
      assert(Deno.statSync(new URL(path, ROOT)), path);
      if (hash === "") continue;
      const headings = [...prose(path).matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchor(title!));
      assert(headings.includes(hash), `${path}#${hash}`);
    }
  });
}

Deno.test("pages: the index of the documentation leads to every page, and the README to the index", () => {
  const index = linksOf("docs/README.md").map(({ path }) => path);
  const missing = PAGES.filter((page) => page.startsWith("docs/") && page !== "docs/README.md")
    .filter((page) => !index.includes(page));
  assertEquals(missing, []);
  assert(linksOf("README.md").some(({ path }) => path === "docs/README.md"));
});

Deno.test("pages: the README has at most 200 lines", () => {
  const lines = text("README.md").trimEnd().split("\n").length;
  assert(lines <= 200, `${lines}`);
});
