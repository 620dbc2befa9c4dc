/**
 * Importing an entry point needs no permission, does no I/O and asks for
 * nothing; nor does what is connected to nothing, and what is refused names
 * its flag without a prompt.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "./headers.ts";

interface Config {
  readonly exports: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, string>>;
}

const config: Config = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));

async function evaluate(script: string, flags: readonly string[] = []) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...flags, "-"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, stdout: out!, stderr: err! };
}

/**
 * Puts a recorder in place of all that reaches out of the process; what is
 * imported afterwards cannot know.
 */
const RECORDER = `
const calls = [];
const record = (object, path, skip = []) => {
  for (const name of Object.getOwnPropertyNames(object)) {
    const { value, configurable, writable } = Object.getOwnPropertyDescriptor(object, name);
    if (typeof value !== "function" || skip.includes(name) || !(configurable || writable)) continue;
    const wrapped = (...args) => {
      calls.push(path + name);
      return Reflect.apply(value, object, args);
    };
    Object.defineProperty(object, name, { value: wrapped, configurable: true, writable: true });
  }
};
const classes = Object.getOwnPropertyNames(Deno).filter((name) => /^[A-Z]/.test(name));
record(Deno, "Deno.", ["inspect", "customInspect", ...classes]);
record(Object.getPrototypeOf(Deno.permissions), "Deno.permissions.");
record(Deno.env, "Deno.env.");
record(globalThis, "", Object.getOwnPropertyNames(globalThis).filter((n) => !/^(fetch|prompt|confirm|alert)$/.test(n)));
`;

const STATES = `
const names = ["read", "write", "net", "env", "run", "ffi", "sys", "import"];
const states = async () => Promise.all(names.map(async (name) => (await query({ name })).state));
`;

/** Deno's own node:https looks at its variables when it is loaded, which is not ours to record. */
const LOADS_NODE = 'await import("node:https");';

for (const [entry, file] of Object.entries(config.exports)) {
  Deno.test(`importing "${entry}" needs no permission, does no I/O and asks for nothing`, async () => {
    const script = `
      const query = Deno.permissions.query.bind(Deno.permissions);
      ${STATES}
      const before = await states();
      ${entry === "./node" ? LOADS_NODE : ""}
      ${RECORDER}
      const module = await import(${JSON.stringify(new URL(file, ROOT).href)});
      await new Promise((resolve) => setTimeout(resolve));
      const seen = [...calls];
      console.log(JSON.stringify({ calls: seen, before, after: await states(), names: Object.keys(module) }));
    `;
    const { success, stdout, stderr } = await evaluate(script);
    assert(success, stderr);
    assertEquals(stderr, "");
    const { calls, before, after, names } = JSON.parse(stdout);
    assertEquals(calls, []);
    assertEquals(after, before);
    assert(!before.includes("granted"), before);
    assert(names.length > 0 || entry === "./wasm"); // which has an effect, and no names
  });
}

Deno.test("the recorder of the import tests records calls", async () => {
  const { stdout, stderr } = await evaluate(`${RECORDER}
    try { Deno.readFileSync("x"); } catch {}
    try { Deno.env.get("x"); } catch {}
    try { Deno.dlopen("x", {}); } catch {}
    Deno.permissions.querySync({ name: "ffi" });
    try { await fetch("http://127.0.0.1:1"); } catch {}
    console.log(JSON.stringify(calls));
  `);
  const expected = [
    "Deno.readFileSync",
    "Deno.env.get",
    "Deno.dlopen",
    "Deno.permissions.querySync",
    "fetch",
  ];
  assertEquals(JSON.parse(stdout || stderr), expected);
});

Deno.test("without any permission nothing is asked for, and errors name the flag", async () => {
  const script = `
    const { SslSocket, SslContext, engineInfo, serve, defaultCa } = await import(
      ${JSON.stringify(new URL("mod.ts", ROOT).href)}
    );
    let asked = 0;
    Object.getPrototypeOf(Deno.permissions).request = () => { asked++; };
    Object.getPrototypeOf(Deno.permissions).requestSync = () => { asked++; };
    const told = async (f) => { try { return String(await f()); } catch (e) { return e.name + ": " + e.message; } };
    console.log(JSON.stringify({
      auto: engineInfo().name,
      can: SslSocket.canNpn(),
      ca: defaultCa().source,
      openssl: await told(() => engineInfo("openssl")),
      connect: await told(() => SslSocket.connect("127.0.0.1:1")),
      listen: await told(() => SslSocket.listen({ hostname: "127.0.0.1", port: 8443, selfSigned: true })),
      serve: await told(() => serve({ port: 8443, certFile: "a.pem", keyFile: "b.pem" }, () => {}).addr),
      file: await told(() => SslContext.create({ extraCaFile: "ca.pem" })),
      asked,
    }));
  `;
  const { success, stdout, stderr } = await evaluate(script);
  assert(success, stderr);
  assertEquals(stderr, "");
  const told = JSON.parse(stdout);
  assertEquals([told.auto, told.can, told.ca, told.asked], ["deno", false, "none", 0]);
  const expected: readonly (readonly [string, string, string])[] = [
    ["openssl", "Requires ffi access", "--allow-ffi"],
    ["connect", `Requires net access to "127.0.0.1:1"`, "--allow-net"],
    ["listen", `Requires net access to "127.0.0.1:8443"`, "--allow-net"],
    ["serve", "Requires read access", "--allow-read"],
    ["file", "Requires read access", "--allow-read"],
  ];
  for (const [name, text, flag] of expected) {
    assertStringIncludes(told[name], "NotCapable", name);
    assertStringIncludes(told[name], text, name);
    assertStringIncludes(told[name], flag, name);
  }
});

Deno.test("the option family needs --allow-net for the name without a port, and says so", async () => {
  const script = `
    const { SslSocket } = await import(${JSON.stringify(new URL("mod.ts", ROOT).href)});
    try {
      await SslSocket.connect("localhost:1", { family: 4 });
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }
  `;
  const refused = await evaluate(script, ["--allow-net=localhost:1"]);
  assertStringIncludes(refused.stdout, 'NotCapable: Requires net access to "localhost"');
  const { stdout } = await evaluate(script, ["--allow-net=localhost,127.0.0.1:1"]);
  assertStringIncludes(stdout, "SslError: Cannot connect to 127.0.0.1:1");
});

Deno.test("deno task doc:lint names every entry point", () => {
  const files = config.tasks["doc:lint"]!.split(" ").filter((word) => word.endsWith(".ts"));
  const exported = Object.values(config.exports).map((file) => file.replace("./", ""));
  assertEquals(new Set(files), new Set(exported));
});
