import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { didYouMean } from "../../internal/suggest.ts";

const NAMES = ["verifyMode", "verifyCallback", "caFile", "ciphersuites", "honorCipherOrder"];

Deno.test("didYouMean() gives the nearest name: case, prefix, underscores, a slip of a letter", () => {
  for (const name of ["SSL_verify_mode", "verifymode", "verifMode", "veriyfMode"]) {
    assertEquals(didYouMean(name, NAMES), ': use "verifyMode"', name);
  }
});

Deno.test("didYouMean() gives the names with the same beginning when no name is near", () => {
  assertEquals(didYouMean("verify", NAMES), ': use one of "verifyMode", "verifyCallback"');
  assertEquals(didYouMean("honor", NAMES), ': use "honorCipherOrder"');
});

Deno.test("didYouMean() says nothing when no name is near, or the text is too short", () => {
  for (const name of ["", "v", "ve", "somethingElse", "x".repeat(1000)]) {
    assertEquals(didYouMean(name, NAMES), "", name);
  }
});
