/**
 * The pages for those who read or change the code name files and tasks that exist, and the drawing
 * has the floors that the code has.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { FLOORS } from "./layers.ts";
import { ROOT, sources } from "./tree.ts";
import config from "../../deno.json" with { type: "json" };

const PAGES = ["ARCHITECTURE.md", "CONTRIBUTING.md"];

const text = (page: string): string => Deno.readTextFileSync(new URL(page, ROOT));

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

/** The paths that a page names: a folder with its slash, or a file below the root. */
function pathsIn(page: string): readonly string[] {
  const named = text(page).matchAll(
    /(?:^|[\s`(])((?:[a-z_]+\/)+(?:[\w-]+\.(?:ts|md))?|[\w-]+\.(?:ts|md))/gm,
  );
  return [...new Set([...named].map(([, path]) => path!))];
}

for (const page of PAGES) {
  Deno.test(`pages: every file and folder that ${page} names exists`, () => {
    const named = pathsIn(page);
    assert(named.length > 20, `${named.length}`);
    // A file of the drawing may be named by its own name, below the folder of its line.
    const known = new Set(sources().map(({ path }) => path.split("/").at(-1)!));
    const folders = new Set(sources().flatMap(({ path }) => path.split("/").slice(0, -1)));
    const missing = named.filter((path) =>
      !exists(path) && !known.has(path) && !folders.has(path.replace(/\/$/, ""))
    );
    assertEquals(missing, []);
  });

  Deno.test(`pages: every task that ${page} names exists`, () => {
    const tasks = [...text(page).matchAll(/\bdeno(?:@[\d.]+)? task ([\w:]+)/g)].map(([, task]) =>
      task!
    );
    assertEquals(tasks.filter((task) => !Object.hasOwn(config.tasks, task)), []);
  });
}

Deno.test("pages: the drawing of ARCHITECTURE.md has every floor that is built, in its order", () => {
  const drawing = /```\n([^]*?)```/.exec(text("ARCHITECTURE.md"))![1]!;
  const built = FLOORS.map((rooms) => rooms.filter(exists)).filter((rooms) => rooms.length > 0);
  const lines = drawing.split("\n");
  const at = built.map((rooms) =>
    rooms.map((room) => lines.findIndex((line) => line.split(/\s+/).includes(room)))
  );
  assertEquals(at.flat().filter((line) => line < 0), []);
  const order = at.map((found) => Math.max(...found));
  assertEquals(order.toSorted((a, b) => b - a), order);
});
