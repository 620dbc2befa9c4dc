/**
 * Finds the WebAssembly file of OpenSSL, checks that it is the one that was built, and compiles it.
 *
 * Deno finds it in the module graph (source.js), so that this needs no permission. Bundlers and Node
 * cannot read such an import: there the program imports `./wasm`, which brings the bytes as text.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { encodeHex } from "../../internal/bytes.ts";

/** What is known of the file. */
export interface WasmFacts {
  /** What OpenSSL calls itself. */
  readonly version: string;
  /** The SHA-256 of the file, in hex. */
  readonly sha256: string;
  /** The text in the file's section `build`. */
  readonly build: string;
}

/** The file as text. */
export interface WasmText {
  /** The gzip of the file in base64. */
  readonly base64: string;
  /** The SHA-256 of the file, in hex. */
  readonly sha256: string;
}

const REMEDY = 'build it with "deno task build:wasm", or install the package again';
const BUNDLED = 'import "@socket/ssl/wasm" in the program, which brings the file along';

function refused(reason: string, remedy: string, cause?: unknown): SslUnsupportedError {
  return new SslUnsupportedError(
    `Cannot load OpenSSL as WebAssembly: ${reason}: ${remedy}`,
    { code: "ERR_SSL_LIBRARY", reason, cause, facts: { engine: "wasm" } },
  );
}

let text: (() => Promise<WasmText>) | undefined;

/** Makes the file known as text; it is read when the first context needs it. */
export function provideText(read: () => Promise<WasmText>): void {
  text = read;
}

let loading: Promise<WebAssembly.Module> | undefined;

/**
 * The compiled file; a failure is not kept.
 *
 * @throws {SslUnsupportedError} If it is missing or altered, or there is no WebAssembly here.
 */
export function loadModule(): Promise<WebAssembly.Module> {
  return loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
}

async function load(): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === "undefined") {
    throw refused(
      "this runtime has no WebAssembly",
      "run without --jitless, or on another runtime",
    );
  }
  if (text !== undefined) return await fromText(text);
  // Where the code was bundled, nothing lies beside it.
  if (!/\/engine\/wasm\/loader\.[jt]s$/.test(import.meta.url)) {
    throw refused("this program is a bundle without it", BUNDLED);
  }
  return await fromSource();
}

/** Puts source.js into Deno's module graph; bundlers leave out what cannot run. */
export const inGraph = () => false && import("./source.js");

/** Whether this Deno can import a file of WebAssembly as it is: from 2.6 on. */
function importsSource(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || major === 2 && minor >= 6;
}

async function fromSource(): Promise<WebAssembly.Module> {
  if (!importsSource()) {
    throw refused(
      `Deno ${Deno.version.deno} cannot import it as it is`,
      `${BUNDLED}, or use Deno 2.6`,
    );
  }
  // Not a literal: bundlers would follow it and fail at `import.source`.
  const url = new URL("./source.js", import.meta.url).href;
  const source: Promise<typeof import("./source.js")> = import(url);
  const { module, facts } = await source.then(({ loadSource }) => loadSource()).catch((cause) => {
    const remedy = Deno.build.standalone ? BUNDLED : REMEDY; // deno compile leaves the file out
    throw refused("the file is missing, or is not what it should be", remedy, cause);
  });
  checkBuild(module, facts);
  return module;
}

/** Refuses a file that does not belong to the facts; the bytes are not at hand here. */
export function checkBuild(module: WebAssembly.Module, facts: WasmFacts): void {
  const [section] = WebAssembly.Module.customSections(module, "build");
  const build = section && new TextDecoder().decode(section);
  if (build !== undefined && build === facts.build) return;
  throw refused("the file was altered: openssl.json belongs to another build", REMEDY);
}

async function fromText(read: () => Promise<WasmText>): Promise<WebAssembly.Module> {
  const { base64, sha256 } = await read().catch((cause) => {
    throw refused("the file is missing", REMEDY, cause);
  });
  return await compileText({ base64, sha256 });
}

/**
 * Unpacks, checks and compiles the file.
 *
 * @throws {SslUnsupportedError} If it was altered.
 */
export async function compileText({ base64, sha256 }: WasmText): Promise<WebAssembly.Module> {
  try {
    const packed = new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]);
    const stream = packed.stream().pipeThrough(new DecompressionStream("gzip"));
    const bytes = await new Response(stream).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    if (encodeHex(digest) !== sha256) throw new TypeError("its SHA-256 is another one");
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw refused("the file was altered", REMEDY, cause);
  }
}
