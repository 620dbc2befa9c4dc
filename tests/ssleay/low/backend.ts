/**
 * What the tests of this folder run on: the installed OpenSSL, or OpenSSL as WebAssembly where
 * `SSLEAY_BACKEND=wasm` says so. Whatever calls `SSLeay` imports this first.
 */

import { assertEquals } from "@std/assert";
import { backend, type BackendName, type Signature } from "../../../ssleay/low/c_function.ts";
import { useBackend } from "../../../ssleay/low/mod.ts";
import { exportedTypes } from "./wasm_types.ts";

if (Deno.env.get("SSLEAY_BACKEND") === "wasm") await useBackend("wasm");

/** The backend in use. */
export const BACKEND: BackendName = backend === undefined ? "ffi" : "wasm";

/** A function that this OpenSSL lacks says which one has it. */
export const MISSING =
  /OpenSSL [\d.]+ and (?:later|earlier) do$|OpenSSL as WebAssembly is built without /;

const FILE = new URL("../../../engine/wasm/openssl.wasm", import.meta.url);

/** How each type of FFI may stand in WebAssembly. */
const STANDS_AS: Readonly<Record<string, readonly string[]>> = {
  pointer: ["i32"],
  buffer: ["i32"],
  i32: ["i32"],
  u32: ["i32"],
  usize: ["i32"],
  i64: ["i32", "i64"],
  u64: ["i32", "i64"],
  f64: ["f64"],
};

/** Compares every signature that a function is called with to that in the file. */
function checkSignatures(): void {
  const types = exportedTypes(Deno.readFileSync(FILE));
  const used = backend!;
  const find = used.function.bind(used);
  used.function = (name: string, signature: Signature) => {
    const { parameters, results } = types.get(name) ?? {};
    if (parameters !== undefined) {
      const given = signature.parameters.map((type, i) =>
        STANDS_AS[type as string]?.find((each) => each === parameters[i])
      );
      assertEquals(given, [...parameters], `the arguments of ${name}()`);
      const result = STANDS_AS[signature.result as string]?.find((each) => each === results?.[0]);
      if (signature.result !== "void") {
        assertEquals(result, results?.[0], `the result of ${name}()`);
      }
    }
    return find(name, signature);
  };
}

if (BACKEND === "wasm") checkSignatures();
