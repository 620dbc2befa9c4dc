/**
 * Finds and loads OpenSSL. Nothing happens at import; {@linkcode openLibrary}
 * loads once per process and lists what it tried when it fails.
 *
 * Paths are absolute where they can be: Deno resolves a bare name in an
 * `--allow-ffi=<path>` flag against the working directory, so only the same
 * full path can match.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { featuresOf } from "../features.ts";
import type { EngineInfo } from "../types.ts";
import { CRYPTO_SYMBOLS, LIBC_SYMBOLS, type OpenSslSymbols, SSL_SYMBOLS } from "./symbols.ts";

/** The environment variable that names the library. */
export const LIBRARY_ENV = "SOCKET_SSL_LIBSSL";

/** OpenSSL, loaded. */
export interface Library {
  /** The C functions. */
  readonly c: OpenSslSymbols;
  /** The file it was loaded from. */
  readonly path: string;
  /** Whether `--allow-ffi` is limited to paths, which rules callbacks out. */
  readonly narrow: boolean;
}

const VERSIONS = ["libssl.so.3", "libssl.so.1.1"];

function linuxPaths(): string[] {
  const triple = `${Deno.build.arch}-linux-gnu`;
  const folders = [`/usr/lib/${triple}`, "/usr/lib64", "/usr/lib", "/lib64", "/usr/local/lib"];
  return VERSIONS.flatMap((v) => [...folders.map((f) => `${f}/${v}`), v]);
}

function darwinPaths(): string[] {
  const prefixes = Deno.build.arch === "aarch64"
    ? ["/opt/homebrew", "/usr/local"]
    : ["/usr/local", "/opt/homebrew"];
  return prefixes.flatMap((p) => [
    `${p}/opt/openssl@3/lib/libssl.3.dylib`,
    `${p}/opt/openssl@1.1/lib/libssl.1.1.dylib`,
  ]).concat("/opt/local/libexec/openssl3/lib/libssl.3.dylib");
}

function windowsPaths(): string[] {
  const arm = Deno.build.arch === "aarch64";
  const names = [arm ? "libssl-3-arm64.dll" : "libssl-3-x64.dll", "libssl-1_1-x64.dll"];
  return names.flatMap((
    n,
  ) => [`C:\\Program Files\\OpenSSL\\bin\\${n}`, `C:\\Program Files\\OpenSSL-Win64\\bin\\${n}`, n]);
}

function granted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/**
 * Where libssl is looked for, in this order: `SOCKET_SSL_LIBSSL` (if reading
 * the environment is already permitted), then the usual places of this system.
 */
export function candidatePaths(): string[] {
  const own = granted({ name: "env", variable: LIBRARY_ENV })
    ? Deno.env.get(LIBRARY_ENV)
    : undefined;
  if (own) return [own];
  switch (Deno.build.os) {
    case "darwin":
      return darwinPaths();
    case "windows":
      return windowsPaths();
    default:
      return linuxPaths();
  }
}

/**
 * The paths that may be loaded without a prompt: all of them under a full
 * `--allow-ffi`, the named ones under `--allow-ffi=<path>`.
 */
export function permittedPaths(): string[] {
  const paths = candidatePaths();
  if (granted({ name: "ffi" })) return paths;
  return paths.filter((path) => /[\\/]/.test(path) && granted({ name: "ffi", path }));
}

function load(path: string): OpenSslSymbols {
  if (Deno.build.os !== "windows") {
    return Deno.dlopen(path, { ...SSL_SYMBOLS, ...CRYPTO_SYMBOLS, ...LIBC_SYMBOLS }).symbols;
  }
  // A DLL exports only its own functions.
  const ssl = Deno.dlopen(path, SSL_SYMBOLS).symbols;
  const crypto = Deno.dlopen(path.replace("libssl", "libcrypto"), CRYPTO_SYMBOLS).symbols;
  const libc = Deno.dlopen("msvcrt.dll", LIBC_SYMBOLS).symbols;
  return { ...ssl, ...crypto, ...libc };
}

const decoder = new TextDecoder();

/** The text of a C string; "" for NULL. */
export function textOf(c: OpenSslSymbols, ptr: Deno.PointerValue): string {
  if (ptr === null) return "";
  const bytes = new Uint8Array(c.strlen(ptr));
  if (bytes.length > 0) c.memcpy(bytes, ptr, BigInt(bytes.length));
  return decoder.decode(bytes);
}

let opened: Library | undefined;

/**
 * Loads OpenSSL, once.
 *
 * @throws {SslUnsupportedError} If no candidate could be loaded; lists each with its reason.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
export function openLibrary(): Library {
  if (opened) return opened;
  const narrow = !granted({ name: "ffi" });
  const permitted = permittedPaths();
  // With nothing permitted, one attempt lets Deno ask or refuse in its own words.
  const paths = permitted.length > 0 ? permitted : candidatePaths().slice(0, 1);
  const tried: string[] = [];
  for (const path of paths) {
    try {
      const c = load(path);
      return opened = { c, path, narrow: narrow && !granted({ name: "ffi" }) };
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      tried.push(`${path}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new SslUnsupportedError(
    `Cannot load OpenSSL: install OpenSSL 3 or 1.1.1, or name its libssl in the environment variable ${LIBRARY_ENV}: tried ${
      tried.join("; ")
    }`,
    { code: "ERR_SSL_LIBRARY" },
  );
}

/**
 * What is loaded, and what it can do; loads it at the first call.
 *
 * @throws As {@linkcode openLibrary}.
 */
export function openSslInfo(): EngineInfo {
  const { c, path, narrow } = openLibrary();
  return {
    name: "openssl",
    version: textOf(c, c.OpenSSL_version(0)),
    path,
    features: featuresOf(narrow ? "openssl-narrow" : "openssl"),
  };
}
