/** What holds for every file of tests. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** The files below a folder, as paths from the top. */
function* files(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) yield* files(`${path}/`);
    else if (path.endsWith(".ts")) yield path;
  }
}

const FIRST_IMPORT = /^import [^;]*;$/m;

Deno.test("every file of tests gives its tests a limit of time before it imports anything else", () => {
  const tests = [...files("tests/")].filter((path) => /[/_.]test\.ts$/.test(path));
  assert(tests.length > 150, `${tests.length}`);
  const without = tests.filter((path) => {
    const text = Deno.readTextFileSync(new URL(path, ROOT));
    const up = "../".repeat(path.split("/").length - 2);
    return FIRST_IMPORT.exec(text)?.[0] !== `import "${up}helpers/limit.ts";`;
  });
  assertEquals(without, [], 'the first import is to be "../helpers/limit.ts"');
});

Deno.test("a test that hangs fails by its name, and those after it run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const limit = new URL("tests/helpers/limit.ts", ROOT).href;
    const script = `
      import ${JSON.stringify(limit)};
      const hang = () => new Promise(() => setInterval(() => {}, 100));
      Deno.test("waits", hang);
      Deno.test({ name: "has its own limit", timeout: 250 }, hang);
      Deno.test("has a step that waits", (t) => t.step("step", hang));
      Deno.test(function spins() { for (;;); });
      Deno.test.ignore("is left out", hang);
      Deno.test("is left out, too", { ignore: true }, hang);
      Deno.test("comes last", () => {});
    `;
    await Deno.writeTextFile(`${folder}/hang_test.ts`, script);
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-check", "--no-config", "--allow-env", "--parallel", folder],
      env: { SOCKET_SSL_TEST_LIMIT: "500", NO_COLOR: "1" },
      stderr: "null",
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert(code !== 0, text);
    for (const name of ["waits", "has a step that waits", "spins"]) {
      assert(new RegExp(`^${name} => .*\n.*timed out after 500ms`, "m").test(text), text);
    }
    assert(/^has its own limit => .*\n.*timed out after 250ms/m.test(text), text);
    assert(text.includes("1 passed | 4 failed | 2 ignored"), text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a test without a limit is refused", async () => {
  const limit = new URL("tests/helpers/limit.ts", ROOT).href;
  const script = `import ${JSON.stringify(limit)}; Deno.test({ name: "x", timeout: 0, fn() {} });`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", script],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  assert(code !== 0);
  assert(new TextDecoder().decode(stderr).includes('the test "x" has no limit of time'));
});
