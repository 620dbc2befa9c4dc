/**
 * TLS sockets for Deno, with what Perl's IO::Socket::SSL gives its users:
 * clients and servers, STARTTLS, certificates, host name schemes, pins, file
 * handles; on Deno's own TLS, on OpenSSL as WebAssembly or through FFI.
 *
 * ```ts ignore
 * import { Handle } from "@socket/ssl";
 *
 * await using www = await Handle.connect("example.com:443");
 * await www.print("GET / HTTP/1.0\r\nHost: example.com\r\n\r\n");
 * for await (const line of www.lines()) console.log(line);
 * ```
 *
 * Importing this needs no permission and loads no engine.
 *
 * @module
 */

export * from "./constants.ts";
export * from "./errors.ts";
export * from "./context/mod.ts";
export * from "./handle/mod.ts";
export * from "./socket/mod.ts";
export * from "./verify/mod.ts";
export { Certificate } from "./certificate/certificate.ts";
export { type EngineChoice, engineInfo } from "./engine/select.ts";
export type { EngineInfo, EngineName, Role } from "./engine/engine.ts";
export { type Feature, FEATURES, type FeatureSet } from "./engine/features.ts";
