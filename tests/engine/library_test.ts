/** What is told of the library without the table of C functions holds for the table, too. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { findLibrary, NEEDED, openSslInfo, usualPaths } from "../../engine/openssl/library.ts";
import { CRYPTO_SYMBOLS, openLibrary, SSL_SYMBOLS } from "../../engine/openssl/symbols.ts";

/** The C functions of a table without which it cannot be loaded. */
function requiredIn(table: Deno.ForeignLibraryInterface): string[] {
  const required = Object.entries(table)
    .filter(([, row]) => row.optional !== true)
    .map(([name, row]) => row.name ?? name);
  return [...new Set(required)].sort();
}

const listed = (names: string, ...more: string[]): string[] =>
  [...names.trim().split(/\s+/), ...more].sort();

Deno.test("findLibrary() wants what the table of C functions needs, no more and no less", () => {
  assertEquals(listed(NEEDED.ssl), requiredIn(SSL_SYMBOLS));
  assertEquals(listed(NEEDED.crypto, "OpenSSL_version"), requiredIn(CRYPTO_SYMBOLS));
});

Deno.test("openSslInfo() tells the same before and after openLibrary()", () => {
  const { path, narrow } = findLibrary();
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
