/**
 * The engine "wasm" in bundles that import `./wasm`: in Deno without any permission, and on Node, which
 * has TLS over streams there. A bundle without `./wasm` says what is missing.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import * as esbuild from "esbuild";
import { TestCa } from "../../certificate/mod.ts";
import { wasmBuilt } from "../helpers/wasm.ts";

const ROOT = new URL("../../", import.meta.url);
const MAIN = new URL("wasm_main.ts", import.meta.url).href;

/** What `@std/encoding` does on Node itself; its stand-in in std/ uses what Node 20 lacks. */
const NODE = `
Uint8Array.prototype.toHex ??= function () { return Buffer.from(this).toString("hex"); };
Uint8Array.prototype.toBase64 ??= function () { return Buffer.from(this).toString("base64"); };`;

async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return out || err!;
}

/** Bundles the program in a folder, and runs it. */
async function inFolder(use: (folder: string) => Promise<string>): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "socket-ssl-wasm-" });
  try {
    const ca = await TestCa.create();
    const { cert, key } = await ca.server("localhost");
    const pki = JSON.stringify(JSON.stringify({ ca: ca.pem, cert, key }));
    await Deno.writeTextFile(`${folder}/pki.js`, `globalThis.PKI = ${pki};`);
    const entry = `import "./pki.js";\nimport ${JSON.stringify(MAIN)};\n`;
    await Deno.writeTextFile(`${folder}/entry.ts`, entry);
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const WORKS = "wasm true TLS_CHACHA20_POLY1305_SHA256 hello\nWHO IS THERE?\n";

Deno.test("deno bundle brings the engine wasm along, which needs no permission", {
  ignore: !wasmBuilt,
}, async () => {
  const printed = await inFolder(async (folder) => {
    const config = `--config=${new URL("deno.json", ROOT).pathname}`;
    const bundle = ["bundle", "--quiet", config, `--output=${folder}/out.js`, `${folder}/entry.ts`];
    const said = await run(Deno.execPath(), bundle);
    return said + await run(Deno.execPath(), ["run", "--no-prompt", config, `${folder}/out.js`]);
  });
  assertEquals(printed, WORKS);
});

Deno.test("a bundle of esbuild has TLS over streams on Node", { ignore: !wasmBuilt }, async () => {
  const printed = await inFolder(async (folder) => {
    try {
      const { warnings } = await esbuild.build({
        stdin: {
          contents: `import "./pki.js";\nimport ${JSON.stringify(new URL(MAIN).pathname)};`,
          resolveDir: folder,
        },
        outfile: `${folder}/out.mjs`,
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node20",
        external: ["node-forge"],
        alias: { "@std/encoding": new URL("std/encoding", ROOT).pathname },
        banner: { js: NODE },
        logLevel: "silent",
      });
      assertEquals(warnings.map(({ text }) => text), []);
    } finally {
      await esbuild.stop();
    }
    return await run("node", [`${folder}/out.mjs`]);
  });
  assertEquals(printed, WORKS);
});

Deno.test("a bundle without ./wasm says what to import", async () => {
  const folder = await Deno.makeTempDir({ prefix: "socket-ssl-wasm-" });
  try {
    const loader = new URL("engine/wasm/loader.ts", ROOT).href;
    const call = "console.log(await loadModule().catch(({ message }) => message));";
    const entry = `import { loadModule } from ${JSON.stringify(loader)};\n${call}\n`;
    await Deno.writeTextFile(`${folder}/entry.ts`, entry);
    const config = `--config=${new URL("deno.json", ROOT).pathname}`;
    const bundle = ["bundle", "--quiet", config, `--output=${folder}/out.js`, `${folder}/entry.ts`];
    const said = await run(Deno.execPath(), bundle);
    assertEquals(
      said + await run(Deno.execPath(), ["run", "--no-prompt", config, `${folder}/out.js`]),
      'Cannot load OpenSSL as WebAssembly: this program is a bundle without it: import "@socket/ssl/wasm" in the program, which brings the file along\n',
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
