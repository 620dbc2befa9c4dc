/**
 * Finds OpenSSL and says which version it is, when asked: with a few functions of the library;
 * binder.ts loads it with all of them, for the first context.
 *
 * Paths are absolute where they can be: Deno resolves a bare name in an
 * `--allow-ffi=<path>` flag against the working directory, so only the same
 * full path can match.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { featuresOf } from "../features.ts";
import type { EngineInfo } from "../engine.ts";

/** The environment variable that names the library. */
export const LIBRARY_ENV = "SOCKET_SSL_LIBSSL";

/** The library, loaded, with the C functions that were asked for. */
export interface Loaded<C> {
  readonly c: C;
  /** The file it was loaded from. */
  readonly path: string;
  /** Whether `--allow-ffi` is limited to paths, which rules callbacks out. */
  readonly narrow: boolean;
}

/** The newest first, wherever it lies. */
const VERSIONS = ["libssl.so.4", "libssl.so.3", "libssl.so.1.1"];

function linuxPaths(arch: string): string[] {
  const triple = `${arch}-linux-gnu`;
  const folders = [`/usr/lib/${triple}`, "/usr/lib64", "/usr/lib", "/lib64", "/usr/local/lib"];
  return VERSIONS.flatMap((v) => [...folders.map((f) => `${f}/${v}`), v]);
}

function darwinPaths(arch: string): string[] {
  const prefixes = arch === "aarch64"
    ? ["/opt/homebrew", "/usr/local"]
    : ["/usr/local", "/opt/homebrew"];
  const macPorts = "/opt/local/libexec";
  return ["4", "3", "1.1"].flatMap((v) => [
    ...prefixes.map((p) => `${p}/opt/openssl@${v}/lib/libssl.${v}.dylib`),
    `${macPorts}/openssl${v.replace(".", "")}/lib/libssl.${v}.dylib`,
  ]);
}

function windowsPaths(arch: string): string[] {
  const arm = arch === "aarch64";
  const names = ["libssl-4", "libssl-3"].map((n) => `${n}-${arm ? "arm64" : "x64"}.dll`)
    .concat("libssl-1_1-x64.dll");
  return names.flatMap((
    n,
  ) => [`C:\\Program Files\\OpenSSL\\bin\\${n}`, `C:\\Program Files\\OpenSSL-Win64\\bin\\${n}`, n]);
}

function granted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** Where libssl lies on a system, the newest version first. */
export function usualPaths(os: string, arch: string): string[] {
  if (os === "darwin") return darwinPaths(arch);
  return os === "windows" ? windowsPaths(arch) : linuxPaths(arch);
}

/**
 * Where libssl is looked for, in this order: `SOCKET_SSL_LIBSSL` (if reading
 * the environment is already permitted), then the usual places of this system.
 */
export function candidatePaths(): string[] {
  const own = granted({ name: "env", variable: LIBRARY_ENV })
    ? Deno.env.get(LIBRARY_ENV)
    : undefined;
  return own ? [own] : usualPaths(Deno.build.os, Deno.build.arch);
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

let decoder: TextDecoder | undefined;

/** The C functions that read a C string. */
export interface TextReaders {
  /** `size_t strlen(const char *s)` */
  strlen(text: Deno.PointerValue): number;
  /** `void *memcpy(void *to, const void *from, size_t n)` */
  memcpy(to: Uint8Array<ArrayBuffer>, from: Deno.PointerValue, n: bigint): Deno.PointerValue;
}

/** The text of a C string; "" for NULL. */
export function textOf(
  c: TextReaders,
  ptr: Deno.PointerValue,
): string {
  if (ptr === null) return "";
  const bytes = new Uint8Array(c.strlen(ptr));
  if (bytes.length > 0) c.memcpy(bytes, ptr, BigInt(bytes.length));
  return (decoder ??= new TextDecoder()).decode(bytes);
}

/** The rows of the table of C functions that tell the version. */
export const VERSION_SYMBOLS = {
  // const char *OpenSSL_version(int type)
  OpenSSL_version: { parameters: ["i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * The two functions of the C library that replace `Deno.UnsafePointerView` and, for addresses,
 * `Deno.UnsafePointer`, which both ask for the whole ffi permission at every call.
 */
export const LIBC_SYMBOLS = {
  // void *memcpy(void *dest, const void *src, size_t n)
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  memcpyAt: { name: "memcpy", parameters: ["buffer", "u64", "usize"], result: "pointer" },
  memcpyTo: { name: "memcpy", parameters: ["pointer", "buffer", "usize"], result: "pointer" },
  // memcpy returns the address of its destination: with a length of 0 that is all it does
  addressOf: { name: "memcpy", parameters: ["pointer", "pointer", "usize"], result: "u64" },
  addressOfBytes: { name: "memcpy", parameters: ["buffer", "buffer", "usize"], result: "u64" },
  // size_t strlen(const char *s): as u32, which spares the BigInt
  strlen: { parameters: ["pointer"], result: "u32" },
  strlenAt: { name: "strlen", parameters: ["u64"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** What tells OpenSSL 1.1.1 and later from LibreSSL, BoringSSL and older ones, which lack it. */
const MARK = { SSL_CTX_set_session_ticket_cb: { parameters: [], result: "void" } } as const;

type Tables = readonly [
  ssl: Deno.ForeignLibraryInterface,
  crypto: Deno.ForeignLibraryInterface,
  libc: Deno.ForeignLibraryInterface,
];

/** Loads the three tables from one library and what it stands on, each by `load`. */
export function loadTables(
  path: string,
  [ssl, crypto, libc]: Tables,
  load: (path: string, table: Deno.ForeignLibraryInterface) => Record<string, unknown>,
): Record<string, unknown> {
  if (Deno.build.os !== "windows") return load(path, { ...ssl, ...crypto, ...libc });
  // A DLL exports only its own functions.
  return {
    ...load(path, ssl),
    ...load(path.replace("libssl", "libcrypto"), crypto),
    ...load("msvcrt.dll", libc),
  };
}

/** Why it was not found in the places before. */
let before: readonly string[] = [];

/**
 * Loads the library from the first place where that works; those before the one where it was found
 * are not tried again.
 *
 * @throws {SslUnsupportedError} If no candidate could be loaded; lists each with its reason.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
function loadFirst<C>(load: (path: string) => C): Loaded<C> {
  const narrow = !granted({ name: "ffi" });
  const permitted = permittedPaths();
  // If nothing is permitted, one attempt lets Deno ask, or refuse in its own words.
  const paths = permitted.length > 0 ? permitted : candidatePaths().slice(0, 1);
  const at = paths.indexOf(found?.path ?? "");
  const tried = at < 0 ? [] : [...before];
  for (const path of paths.slice(Math.max(at, 0))) {
    try {
      const c = load(path);
      before = tried;
      return { c, path, narrow: narrow && !granted({ name: "ffi" }) };
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      tried.push(`${path}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new SslUnsupportedError(
    `Cannot load OpenSSL: install OpenSSL 4, 3 or 1.1.1, or name its libssl in the environment variable ${LIBRARY_ENV}: tried ${
      tried.join("; ")
    }`,
    { code: "ERR_SSL_LIBRARY" },
  );
}

interface Telling extends TextReaders {
  /** `const char *OpenSSL_version(int type)` */
  OpenSSL_version(type: number): Deno.PointerValue;
}

let found: Loaded<Telling> | undefined;

/**
 * Finds the library, once.
 *
 * @throws As {@linkcode loadWith}.
 */
export function findLibrary(): Loaded<Telling> {
  return found ??= loadFirst((path) => {
    const { memcpy, strlen } = LIBC_SYMBOLS;
    const tables = [MARK, VERSION_SYMBOLS, { memcpy, strlen }] as const;
    return loadTables(path, tables, (file, table) => bind(file, table as Table)) as
      & Record<string, unknown>
      & Telling;
  });
}

/**
 * Loads the library with more functions, from the first place where it has them all.
 *
 * @throws {SslUnsupportedError} If no candidate could be loaded; lists each with its reason.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
export function loadWith<C extends Telling>(load: (path: string) => C): Loaded<C> {
  const loaded = loadFirst(load);
  found = loaded;
  return loaded;
}

/**
 * What is there, and what it can do; loads it at the first call.
 *
 * @throws As {@linkcode findLibrary}.
 */
export function openSslInfo(): EngineInfo {
  const { c, path, narrow } = findLibrary();
  return {
    name: "openssl",
    version: textOf(c, c.OpenSSL_version(0)),
    path,
    features: featuresOf(narrow ? "openssl-narrow" : "openssl"),
  };
}

export type Table = Readonly<Record<string, Deno.ForeignFunction>>;
type Call = (...args: readonly unknown[]) => unknown;
type Functions = Record<string, Call | null>;

/**
 * The additional argument.
 *
 * `Deno.dlopen` compiles the calls of a function, in 0.15 ms, but for one with a struct among its
 * arguments. So each is declared with a struct more, which it never looks at: in C the caller lays out
 * the arguments. Binding then takes 0.015 ms. Only what is called for every piece of data is compiled.
 */
const UNUSED = { struct: ["u32"] } as const;
const NOTHING = new Uint8Array(4);

/** With the additional argument; to spread a list of arguments costs more than most calls. */
function withNothing(call: Call, count: number): Call {
  if (count === 1) return (a) => call(a, NOTHING);
  if (count === 2) return (a, b) => call(a, b, NOTHING);
  if (count === 3) return (a, b, c) => call(a, b, c, NOTHING);
  return (...args) => call(...args, NOTHING);
}

/**
 * Makes the functions of a table callable; an optional one that the library lacks is null.
 *
 * @param compiled The names of those whose calls Deno compiles.
 * @throws {Error} If the library lacks one that is not optional, or cannot be loaded.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
export function bind(
  path: string,
  table: Table,
  compiled: ReadonlySet<string> = new Set(),
): Functions {
  const rows: Record<string, Deno.ForeignFunction> = {}, functions: Functions = {};
  for (const [name, row] of Object.entries(table)) {
    rows[name] = compiled.has(name) ? row : { ...row, parameters: [...row.parameters, UNUSED] };
  }
  for (const [name, call] of Object.entries(Deno.dlopen(path, rows).symbols as Functions)) {
    functions[name] = call && !compiled.has(name)
      ? withNothing(call, table[name]!.parameters.length)
      : call;
  }
  return functions;
}
