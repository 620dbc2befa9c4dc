/** OpenSSL as it is found, and its C functions as they are bound. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { bind, findLibrary, openSslInfo, usualPaths } from "../../engine/openssl/library.ts";
import { CRYPTO_SYMBOLS } from "../../engine/openssl/symbols.ts";
import { openLibrary } from "../../engine/openssl/binder.ts";
import { FFI_ONLY } from "../helpers/openssl.ts";

const { path } = openLibrary();

const STRLEN = { parameters: ["buffer"], result: "u32" } as const;
/** memcmp with arguments that it does not have, so that the last ones lie on the stack. */
const MANY = {
  name: "memcmp",
  parameters: ["buffer", "buffer", "usize", "u64", "u64", "u64", "u64", "u64"],
  result: "i32",
} as const;

Deno.test("bind() calls a function with its own arguments, compiled or not", FFI_ONLY, () => {
  const rows = { OpenSSL_version_num: CRYPTO_SYMBOLS.OpenSSL_version_num, strlen: STRLEN };
  const compiled = bind(path, rows, new Set(Object.keys(rows)));
  const plain = bind(path, rows, new Set());
  assertEquals(plain.OpenSSL_version_num!(), compiled.OpenSSL_version_num!());
  const text = new TextEncoder().encode("four\0");
  assertEquals([plain.strlen!(text), compiled.strlen!(text)], [4, 4]);
});

Deno.test("bind() calls a function with arguments on the stack", FFI_ONLY, () => {
  const { memcmp8 } = bind(path, { memcmp8: MANY }, new Set());
  const [one, same, other] = ["abc", "abc", "abd"].map((text) => new TextEncoder().encode(text));
  assertEquals(memcmp8!(one, same, 3n, 4n, 5n, 6n, 7n, 8n), 0);
  assert(memcmp8!(one, other, 3n, 4n, 5n, 6n, 7n, 8n) as number < 0);
});

Deno.test(
  "bind() gives null for an optional function that the library lacks, and throws for another",
  FFI_ONLY,
  () => {
    const row = { parameters: [], result: "void" } as const;
    const rows = { SSL_of_no_version: { ...row, optional: true } } as const;
    assertEquals(bind(path, rows, new Set()), { SSL_of_no_version: null });
    assertThrows(
      () => bind(path, { SSL_of_no_version: row }, new Set()),
      Error,
      "SSL_of_no_version",
    );
  },
);

Deno.test("openSslInfo() gives the same before and after openLibrary()", () => {
  const { narrow } = findLibrary();
  const before = openSslInfo();
  const opened = openLibrary();
  assertEquals([opened.path, opened.narrow], [path, narrow]);
  assertEquals(openSslInfo(), before);
});

Deno.test("libssl is looked for in its versions 4, 3 and 1.1, in this order, on each system", () => {
  const versions = (os: string, arch: string): string[] =>
    usualPaths(os, arch).map((path) => /[\\/]([^\\/]+)$/.exec(path)?.[1] ?? path)
      .filter((name, i, all) => name !== all[i - 1]);
  const linux = ["libssl.so.4", "libssl.so.3", "libssl.so.1.1"];
  assertEquals(versions("linux", "x86_64"), linux);
  assertEquals(versions("freebsd", "aarch64"), linux);
  const darwin = ["libssl.4.dylib", "libssl.3.dylib", "libssl.1.1.dylib"];
  assertEquals(versions("darwin", "aarch64"), darwin);
  assertEquals(usualPaths("darwin", "aarch64").slice(0, 2), [
    "/opt/homebrew/opt/openssl@4/lib/libssl.4.dylib",
    "/usr/local/opt/openssl@4/lib/libssl.4.dylib",
  ]);
  const windows = ["libssl-4-x64.dll", "libssl-3-x64.dll", "libssl-1_1-x64.dll"];
  assertEquals(versions("windows", "x86_64"), windows);
  assertEquals(versions("windows", "aarch64").slice(0, 2), [
    "libssl-4-arm64.dll",
    "libssl-3-arm64.dll",
  ]);
});
