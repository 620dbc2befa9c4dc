/**
 * What tests of TLS need: a certification authority of their own, certificates with any fault, and
 * an OCSP responder, all in memory.
 *
 * @example A server and a client that trusts it
 * ```ts
 * import { SslSocket } from "@socket/ssl";
 * import { TestCa } from "@socket/ssl/testing";
 *
 * const ca = await TestCa.create();
 * const { cert, key } = await ca.server("localhost");
 * await using listener = await SslSocket.listen({ hostname: "127.0.0.1", port: 0, cert, key });
 * const { port } = listener.addr as Deno.NetAddr;
 * const accepted = listener.accept();
 * await using client = await SslSocket.connect({
 *   hostname: "127.0.0.1",
 *   port,
 *   serverName: "localhost",
 *   extraCa: ca.cert,
 * });
 * await using server = await accepted;
 * await Promise.all([client.closeWrite(), server.closeWrite()]);
 * ```
 *
 * @module
 */

export { TestCa } from "./ca.ts";
export type { TestOcspResponseOptions } from "./ocsp_response.ts";
export {
  selfSigned,
  type TestCaArguments,
  TestCertificate,
  type TestCertificateOptions,
  type TestKeyType,
} from "../certificate/issue.ts";
export { type OcspResponderOptions, type RespondingCa, TestOcspResponder } from "./responder.ts";
