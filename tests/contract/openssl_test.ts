import { contractSuite } from "./suite.ts";

contractSuite("openssl", []);
