import "../helpers/limit.ts";
import { contractSuite } from "./suite.ts";

contractSuite("openssl", []);
