/** The selection under real permission flags: each case is a Deno of its own. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { selectEngine } from "../../engine/load.ts";
import { engineInfo } from "../../engine/select.ts";

const SELECT = new URL("../../engine/select.ts", import.meta.url).href;
const LOAD = new URL("../../engine/load.ts", import.meta.url).href;

const SCRIPT = `
const { engineInfo, autoFeatures } = await import(${JSON.stringify(SELECT)});
const { selectEngine } = await import(${JSON.stringify(LOAD)});
const before = autoFeatures().has("stopTls");
const auto = engineInfo();
const after = autoFeatures().has("stopTls");
const selected = (await selectEngine()).name;
const later = engineInfo().name;
const deno = (await selectEngine("deno")).name;
let openssl;
try {
  openssl = (await selectEngine("openssl")).name;
} catch (error) {
  openssl = error.name + ": " + error.message;
}
console.log(JSON.stringify({
  auto: auto.name, selected, later, path: auto.path, before, after, deno, openssl,
  callbacks: auto.features.has("keylog"),
}));
`;

interface Report {
  /** What engineInfo() says before anything is selected. */
  auto: string;
  /** What "auto" selects. */
  selected: string;
  /** What engineInfo() says then. */
  later: string;
  path?: string;
  before: boolean;
  after: boolean;
  deno: string;
  openssl: string;
  callbacks: boolean;
}

async function under(flags: string[], env: Record<string, string> = {}): Promise<Report> {
  const child = new Deno.Command(Deno.execPath(), {
    // The answers to prompts would come from a terminal; the process has no terminal, and may ask nothing.
    args: ["run", "--quiet", "--no-check", ...flags, "-"],
    env: { ...env, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(SCRIPT));
  await writer.close();
  const { stdout, stderr, success } = await child.output();
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

// Without a libssl on this machine there is nothing to select: the cases say so by their name.
const path = (() => {
  try {
    return engineInfo("openssl").path;
  } catch {
    return undefined;
  }
})();
const ignore = path === undefined;

Deno.test("selectEngine() without the ffi permission gives Deno's engine, and does not prompt", async () => {
  for (const flags of [[], ["--deny-ffi"], ["--no-prompt"]]) {
    const report = await under(flags);
    assertEquals([report.auto, report.deno], ["deno", "deno"]);
    assertEquals([report.before, report.after], [false, false]);
    assert(report.openssl.startsWith("NotCapable"), report.openssl);
    assert(report.openssl.includes("--allow-ffi"), report.openssl);
  }
});

Deno.test({
  name: "selectEngine() with --allow-ffi gives OpenSSL",
  ignore,
  fn: async () => {
    const report = await under(["--allow-ffi"]);
    assertEquals([report.auto, report.deno, report.openssl], ["openssl", "deno", "openssl"]);
    assertEquals([report.before, report.after, report.callbacks], [true, true, true]);
    assertEquals(report.path, path);
  },
});

Deno.test({
  name: "selectEngine() with --allow-ffi=<path> gives OpenSSL without callbacks",
  ignore,
  fn: async () => {
    for (const more of [[], ["--no-prompt"]]) {
      const report = await under([`--allow-ffi=${path}`, ...more]);
      assertEquals([report.auto, report.path], ["openssl", path]);
      assertEquals([report.before, report.after, report.callbacks], [true, true, false]);
    }
  },
});

Deno.test("selectEngine() with a path without a library gives Deno's engine", async () => {
  const report = await under(["--allow-ffi=/nowhere/libssl.so.3"]);
  assertEquals(report.auto, "deno");
});

Deno.test("selectEngine() without a library falls back, and openssl lists what was tried", async () => {
  const report = await under(["--allow-ffi", "--allow-env"], {
    SOCKET_SSL_LIBSSL: "/nowhere/libssl.so.3",
  });
  assertEquals(report.auto, "deno");
  assertEquals([report.before, report.after], [true, false]);
  assert(report.openssl.startsWith("SslUnsupportedError"), report.openssl);
  assert(report.openssl.includes("/nowhere/libssl.so.3"), report.openssl);
});

Deno.test({
  name:
    "selectEngine() with a library that lacks functions falls back, and openssl names the first",
  ignore: ignore || Deno.build.os === "windows",
  fn: async () => {
    const report = await under(["--allow-ffi", "--allow-env"], {
      SOCKET_SSL_LIBSSL: path!.replace("libssl", "libcrypto"),
    });
    assertEquals([report.auto, report.before, report.after], ["deno", true, false]);
    assert(report.openssl.startsWith("SslUnsupportedError"), report.openssl);
    assert(/Failed to register symbol \w+: /.test(report.openssl), report.openssl);
  },
});

Deno.test({
  name:
    "selectEngine() falls back from a library that lacks a function which only connections need",
  ignore: ignore || Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const library = await Deno.readFile(path!);
      const name = "SSL_export_keying_material";
      const at = new TextDecoder("latin1").decode(library).indexOf(`\0${name}\0`);
      assert(at > 0);
      library[at + name.length] = "_".charCodeAt(0); // its name now ends differently
      const file = `${folder}/libssl.so`;
      await Deno.writeFile(file, library);
      const report = await under(["--allow-ffi", "--allow-env"], { SOCKET_SSL_LIBSSL: file });
      assertEquals([report.selected, report.later], ["deno", "deno"]);
      assert(report.openssl.startsWith("SslUnsupportedError"), report.openssl);
      assert(report.openssl.includes(`Failed to register symbol ${name}: `), report.openssl);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("selectEngine() refuses another choice", async () => {
  await assertRejects(() => selectEngine("rustls" as "deno"), TypeError, "rustls");
  assertThrows(() => engineInfo("" as "deno"), TypeError);
});

Deno.test({
  name: "engineInfo() names the library",
  ignore,
  fn: async () => {
    const info = engineInfo("openssl");
    assert(info.version.startsWith("OpenSSL "), info.version);
    assertEquals((await selectEngine()).name, "openssl");
  },
});
