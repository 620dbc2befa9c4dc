import { contractSuite } from "./suite.ts";

contractSuite("deno", []);
