import "../helpers/limit.ts";
import { assertStringIncludes, assertThrows } from "@std/assert";
import { SslSocket, SslUnsupportedError } from "../../mod.ts";

Deno.test("SslSocket.newFromFd() throws, and says what works instead", () => {
  const error = assertThrows(() => SslSocket.newFromFd(3), SslUnsupportedError, "descriptor 3");
  assertStringIncludes((error as Error).message, "SslSocket.start");
});
