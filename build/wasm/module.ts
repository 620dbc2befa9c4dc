/**
 * The module: the libraries and our own C files, linked, with what the engine calls exported.
 *
 * @module
 */

import { encodeBase64 } from "../../internal/bytes.ts";
import { run } from "./debian.ts";
import { callers, publicFunctions, usedNames } from "./names.ts";
import { LINK, OPTIMIZE, OWN, OWN_FLAGS, RUNTIME, sha256 } from "./recipe.ts";

/** The root of the project. */
export const ROOT: URL = new URL("../../", import.meta.url);

const C_FILES = new URL("c/", import.meta.url);

/** The names of the files that a build writes. */
export const WRITTEN = {
  module: "openssl.wasm",
  facts: "openssl.json",
  base64: "openssl_base64.js",
  licence: "LICENSE-openssl.txt",
} as const;

/** What is linked, and how. */
export interface ModuleRecipe {
  /** The key of the libraries. */
  readonly libraries: string;
  /** The functions of OpenSSL that are exported. */
  readonly names: readonly string[];
  /** Our own C files, by name. */
  readonly own: Readonly<Record<string, string>>;
  /** The flags of the compiler, the linker and wasm-opt. */
  readonly flags: readonly (readonly string[])[];
}

/** The recipe of the module that the code of the project needs now. */
export async function moduleRecipe(libraries: string, folder: string): Promise<ModuleRecipe> {
  const lists = ["libcrypto.num", "libssl.num"].map((name) => `${folder}/${name}`);
  const texts = await Promise.all(lists.map((list) => Deno.readTextFile(list)));
  const names = usedNames(callers(ROOT), new Set(texts.flatMap(publicFunctions)));
  const own: Record<string, string> = {};
  for (const name of OWN) own[name] = await Deno.readTextFile(new URL(name, C_FILES));
  return { libraries, names, own, flags: [OWN_FLAGS, LINK, OPTIMIZE] };
}

/** Links the module in `work` from the libraries in `folder`; gives its bytes. */
async function link(
  work: string,
  folder: string,
  { names, own }: ModuleRecipe,
): Promise<Uint8Array<ArrayBuffer>> {
  const here = { cwd: work };
  const objects: string[] = [];
  for (const [name, text] of Object.entries(own)) {
    const object = name.replace(/c$/, "o");
    await Deno.writeTextFile(`${work}/${name}`, text);
    await run("clang-19", [...OWN_FLAGS, `-I${folder}/include`, "-c", name, "-o", object], here);
    objects.push(object);
  }
  const [start = "", ...runtime] = Object.keys(RUNTIME);
  await run("wasm-ld-19", [
    ...LINK,
    ...names.map((name) => `--export-if-defined=${name}`),
    ...[start, ...objects, `${folder}/libssl.a`, `${folder}/libcrypto.a`, ...runtime],
    ...["-o", "linked.wasm"],
  ], here);
  await run("wasm-opt", [...OPTIMIZE, "linked.wasm", "-o", WRITTEN.module], here);
  return await Deno.readFile(`${work}/${WRITTEN.module}`);
}

/** A number as the format of WebAssembly writes it. */
function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...leb128(value >>> 7)];
}

/** The module with one more custom section at its end, which is a text. */
export function withSection(
  module: Uint8Array<ArrayBuffer>,
  name: string,
  text: string,
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const title = encoder.encode(name);
  const content = [...leb128(title.length), ...title, ...encoder.encode(text)];
  return new Uint8Array([...module, 0, ...leb128(content.length), ...content]);
}

/** Starts the module, to see that it works; gives what it says of its version. */
function versionOf(bytes: Uint8Array<ArrayBuffer>): string {
  const module = new WebAssembly.Module(bytes);
  const wanted = WebAssembly.Module.imports(module).map(({ module, name }) => `${module}.${name}`);
  const host = {
    random_get: (to: number, length: number) => {
      crypto.getRandomValues(new Uint8Array(memory.buffer, to, length));
      return 0;
    },
    clock_time_get: () => 0,
  };
  const given = Object.keys(host).map((name) => `wasi_snapshot_preview1.${name}`);
  const strange = wanted.filter((each) => !given.includes(each));
  if (strange.length > 0) throw new Error(`The module asks its host for ${strange.join(", ")}`);
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: host });
  const { memory: exported, _initialize, OpenSSL_version } = instance.exports;
  const memory = exported as WebAssembly.Memory & { buffer: ArrayBuffer };
  (_initialize as () => void)();
  const at = (OpenSSL_version as (type: number) => number)(0);
  const text = new Uint8Array(memory.buffer, at);
  return new TextDecoder().decode(text.subarray(0, text.indexOf(0)));
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** What openssl.json says. */
export interface ModuleFacts {
  /** What OpenSSL says of its version. */
  readonly version: string;
  /** The SHA-256 of openssl.wasm. */
  readonly sha256: string;
  /** The SHA-256 of all but its section `build`, which has the same text. */
  readonly build: string;
  /** The hash of the recipe. */
  readonly recipe: string;
}

/**
 * Builds the module, and writes it to `folder` with its facts, its text for bundlers, and OpenSSL's
 * licence.
 *
 * @param libraries The folder of the libraries.
 * @param facts What openssl.json says besides.
 */
export async function buildModule(
  folder: string,
  libraries: string,
  recipe: ModuleRecipe,
  facts: { readonly recipe: string },
): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "socket-ssl-wasm-" });
  try {
    const linked = await link(work, libraries, recipe);
    const build = await sha256(linked);
    const bytes = withSection(linked, "build", build);
    const hash = await sha256(bytes);
    const version = versionOf(bytes);
    const told: ModuleFacts = { version, sha256: hash, build, ...facts };
    const texts = [
      `export default "${encodeBase64(await gzip(bytes))}";`,
      `export const sha256 = "${hash}";`,
      `export const version = "${version}";`,
    ];
    await Deno.writeFile(`${folder}/${WRITTEN.module}`, bytes);
    await Deno.writeTextFile(`${folder}/${WRITTEN.facts}`, `${JSON.stringify(told, null, 2)}\n`);
    await Deno.writeTextFile(`${folder}/${WRITTEN.base64}`, `${texts.join("\n")}\n`);
    await Deno.copyFile(`${libraries}/LICENSE.txt`, `${folder}/${WRITTEN.licence}`);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
