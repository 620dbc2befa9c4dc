/**
 * What the engine must not know, and what it does in one place alone: it reads no file and no
 * option, one file each reads OpenSSL's error queue, loads libraries, makes C callbacks.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { importsOf, sources, withoutComments } from "./tree.ts";

const engine = sources().filter(({ path }) => path.startsWith("engine/"));

/** The product files in which a form stands, comments aside. */
function filesWith(form: RegExp, files = sources()): string[] {
  return files.filter((file) => form.test(withoutComments(file))).map(({ path }) => path);
}

Deno.test("engine: no file of it reads or writes files", () => {
  const form = /\bDeno\.(?:open|read|write|lstat|stat|realPath|makeTemp|remove|mkdir|copy|create)/;
  assertEquals(filesWith(form, engine), []);
});

Deno.test("engine: sockets are opened where it dials and listens", () => {
  assertEquals(filesWith(/\bDeno\.(?:connect|listen|startTls)/, engine), [
    "engine/deno/capabilities.ts", // asks whether it takes a function for names, and opens none
    "engine/deno/dial.ts",
    "engine/deno/listener.ts",
    "engine/deno/stream.ts",
    "engine/dial.ts",
  ]);
});

Deno.test("engine: options are named in the table of requirements only", () => {
  const named = /\b(?:SslOptions|ConnectOptions|ListenOptions|StartOptions|ContextOptions)\b/;
  assertEquals(filesWith(named, engine), []);
  const upward = engine.flatMap((file) =>
    importsOf(file).filter(({ file }) => /^(?:context|socket|handle)\//.test(file ?? ""))
      .map(({ specifier }) => `${file.path} -> ${specifier}`)
  );
  assertEquals(upward, []);
});

Deno.test("engine: one file reads OpenSSL's error queue", () => {
  assertEquals(filesWith(/\.ERR_(?:get|peek)_/), ["engine/openssl/error_queue.ts"]);
});

Deno.test("engine: libraries are loaded in one file, and for the low-level functions", () => {
  assertEquals(filesWith(/\bDeno\.dlopen\b/), [
    "engine/openssl/library.ts",
    "ssleay/low/c_function.ts",
  ]);
});

Deno.test("engine: C callbacks are made in one file, and nothing else needs the whole ffi permission", () => {
  assertEquals(filesWith(/\bDeno\.UnsafeCallback\b/), [
    "engine/openssl/binder.ts",
    "ssleay/low/callbacks/c_callback.ts",
  ]);
  const addresses = filesWith(/\bDeno\.Unsafe(?:Pointer\b|PointerView|FnPointer)/);
  assertEquals(addresses, ["ssleay/low/c_memory.ts"]);
});

Deno.test("engine: nothing is loaded and nothing is asked for when its files are imported", async () => {
  const root = new URL("../../", import.meta.url).href;
  const imports = engine.map(({ path }) => `await import(${JSON.stringify(root + path)});`);
  const script = `
    const called = [];
    for (const name of ["dlopen", "connect", "listen", "readFileSync"]) {
      Deno[name] = () => called.push(name);
    }
    for (const name of ["query", "querySync", "request", "requestSync"]) {
      Deno.permissions[name] = () => called.push(name);
    }
    ${imports.join("\n")}
    console.log(JSON.stringify(called));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-lock", "--config", new URL("deno.json", root).pathname, script],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assertEquals([decoder.decode(stdout), decoder.decode(stderr)], ["[]\n", ""]);
});
