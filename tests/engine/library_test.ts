/** What is told of the library without the table of C functions holds for the table, too. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { findLibrary, NEEDED, openSslInfo } from "../../engine/openssl/library.ts";
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
