/** Who imports the package has compiler options of their own: Deno's defaults, as a rule. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };

Deno.test("every entry point type-checks under Deno's default compiler options", async () => {
  const root = new URL("../../", import.meta.url);
  const folder = await Deno.makeTempDir();
  try {
    const imports = Object.values(config.exports).map((path) => new URL(path, root).href);
    const text = imports.map((url) => `import ${JSON.stringify(url)};\n`).join("");
    await Deno.writeTextFile(`${folder}/all.ts`, text);
    const links = config.links.map((path) => new URL(`${path}/`, root).href);
    const map = { imports: config.imports, links, lock: false };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(map));
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "all.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals([code, code === 0 ? "" : new TextDecoder().decode(stderr)], [0, ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
