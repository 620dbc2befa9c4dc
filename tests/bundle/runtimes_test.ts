/**
 * `./verify`, `./certificate` and `./testing` in bundles, on Node 20 and newer, and on Bun where it is
 * installed: what they do without sockets and files is not Deno's alone.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import * as esbuild from "esbuild";
import { ROOT } from "../structure/tree.ts";

const ENTRIES = ["verify", "certificate", "testing"];

async function installed(runtime: string): Promise<boolean> {
  try {
    return (await new Deno.Command(runtime, { args: ["--version"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** As for an application of another runtime: JSR's packages are in, npm's stay where they are. */
async function bundles(folder: string): Promise<void> {
  try {
    const { warnings } = await esbuild.build({
      entryPoints: ENTRIES.map((name) => ({
        out: name,
        in: new URL(`${name}/mod.ts`, ROOT).pathname,
      })),
      outdir: folder,
      bundle: true,
      format: "esm",
      splitting: true,
      platform: "node",
      target: "node20",
      external: ["node-forge"],
      alias: Object.fromEntries(["hex", "base64"].map((name) => [
        `@std/encoding/${name}`,
        new URL(`std/encoding/${name}.ts`, ROOT).pathname,
      ])),
      logLevel: "silent",
    });
    assertEquals(warnings.map(({ text }) => text), []);
    await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }');
  } finally {
    await esbuild.stop();
  }
}

async function runOn(runtime: string): Promise<Record<string, unknown>> {
  const folder = await Deno.makeTempDir({ prefix: "socket-ssl-runtimes-" });
  try {
    await bundles(folder);
    const main = new URL("runtimes_main.mjs", import.meta.url).pathname;
    const { success, stdout, stderr } = await new Deno.Command(runtime, {
      args: [main, folder],
      cwd: folder,
      stdin: "null",
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const runtime of ["node", "bun"]) {
  Deno.test({
    name: `./verify, ./certificate and ./testing run on ${runtime}`,
    ignore: !await installed(runtime),
    fn: async () => {
      const { refused, ...found } = await runOn(runtime);
      assertEquals(found, {
        names: [{ type: "DNS", value: "www.example.co.uk" }],
        digest: "sha256$".length + 64,
        verified: true,
        other: '"example.co.uk" matches no name of the certificate under the scheme "rfc9525"',
        suffix: ["a.b", "co.uk"],
        hash: "made",
        key: "ec",
        crl: true,
        ocsp: true,
      });
      const { name, code, explained } = refused as Record<string, string>;
      assertEquals([name, code], ["SslError", "ERR_DER"]);
      assert(explained!.length > 40, explained);
    },
  });
}
