import "../helpers/limit.ts";
import { wasmBuilt } from "../helpers/wasm.ts";
import { contractSuite } from "./suite.ts";

if (wasmBuilt) contractSuite("wasm", []);
