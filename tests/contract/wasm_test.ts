import "../helpers/limit.ts";
import { wasmBuilt } from "../helpers/wasm.ts";
import { contractSuite } from "./suite.ts";

// Deno 2.5 cannot import the file as it is.
if (wasmBuilt && Deno.version.deno.startsWith("2.5.")) await import("../../engine/wasm/text.ts");

if (wasmBuilt) contractSuite("wasm", []);
