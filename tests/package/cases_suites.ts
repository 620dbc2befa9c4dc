/**
 * The contract suite, the journeys and the examples run on the built package: what they import of the
 * sources is its compiled code.
 */

import { assert } from "@std/assert";
import { built, configIn, ROOT } from "./built.ts";

/** Where the names of files within the sources are that the tests import. */
const INSIDE: Readonly<Record<string, string>> = {
  "certificate/certificate.ts": "mod",
  "context/context.ts": "mod",
  "engine/select.ts": "mod",
  "engine/transport.ts": "handles",
  "handle/handle.ts": "mod",
  "server/serve.ts": "mod",
  "socket/socket.ts": "mod",
  "testing/ca.ts": "testing",
  "verify/explain/explain.ts": "mod",
};

/** An import map that gives the compiled code to the tests and the examples. */
async function importMap(): Promise<string> {
  const { exports, imports } = await configIn(ROOT);
  const map: Record<string, string> = {};
  for (const [entry, file] of Object.entries(exports)) {
    map[new URL(file, ROOT).href] = built.compiled(entry);
  }
  for (const [file, name] of Object.entries(INSIDE)) {
    map[new URL(file, ROOT).href] = new URL(`compiled/${name}.js`, built.root).href;
  }
  const scopes = Object.fromEntries(
    ["tests/", "examples/"].map((folder) => [new URL(folder, ROOT).href, map]),
  );
  await built.write("map.json", { imports, scopes });
  return new URL("map.json", built.folder).pathname;
}

const SUITES = ["tests/contract", "tests/journeys", "tests/package/compiled_main.ts"];

Deno.test("the package passes the contract suite on every engine, and the journeys", async () => {
  const map = `--import-map=${await importMap()}`;
  const test = ["test", "--no-check", "--allow-all", "--parallel", "--no-lock"];
  const { success, text } = await built.deno([...test, map, ...SUITES], ROOT);
  const [, passed, failed] = /\| (\d+) passed(?: \(\d+ steps\))? \| (\d+) failed/.exec(text) ?? [];
  assert(success && Number(passed) > 300 && failed === "0", text);
});

Deno.test("the package: the demo runs on it", async () => {
  const map = `--import-map=${await importMap()}`;
  const run = ["run", "--no-check", "--no-lock", "--allow-net=127.0.0.1,localhost", "--allow-ffi"];
  const { success, text } = await built.deno([...run, map, "examples/demo.ts"], ROOT);
  assert(success && /== openssl/.test(text) && /== deno/.test(text), text);
});
