/**
 * TLS sockets for Deno, with what Perl's IO::Socket::SSL gives its users:
 * clients and servers, STARTTLS, certificates, host name schemes, pins, file
 * handles; on Deno's own TLS or on OpenSSL through FFI.
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

// All that the facades export, a test sees to it (tests/permissions/startup_test.ts). Their values
// stand here again because `export *` and three more modules cost every start half a millisecond.
export type * from "./context/mod.ts";
export type * from "./socket/mod.ts";
export type * from "./verify/mod.ts";
export * from "./constants.ts";
export * from "./errors.ts";
export { SslContext } from "./context/context.ts";
export { DefaultCa, defaultCa } from "./context/trust/default_ca.ts";
export { SessionCache, SslSession } from "./context/sessions/session_cache.ts";
export {
  setArgsFilterHack,
  setClientDefaults,
  setDefaultContext,
  setDefaults,
  setDefaultSessionCache,
  setServerDefaults,
} from "./context/process_defaults.ts";
export { OcspCache } from "./verify/ocsp/cache.ts";
export { Handle } from "./handle/handle.ts";
export type { HandleConnectOptions, HandleOptions, RecordOptions } from "./handle/options.ts";
export type { HandleConn, HandleSource, HandleStreams } from "./handle/source.ts";
export type { PrintItem } from "./handle/writer.ts";
export type { Separator } from "./handle/separator.ts";
export type { Encoding } from "./handle/encoding.ts";
export type { PrintfArgument } from "./handle/sprintf.ts";
export { serve } from "./server/serve.ts";
export { SslListener, SslSocket } from "./socket/socket.ts";
export { takeTransport } from "./socket/transport.ts";
export { parsePin, pinMatches } from "./verify/fingerprint.ts";
export { explain } from "./verify/explain/explain.ts";
export { explainHostname, verifyHostname } from "./verify/hostname.ts";
export { PublicSuffix } from "./verify/public_suffix.ts";
export { DEFAULT_SCHEME, SCHEME_NAMES } from "./verify/schemes.ts";
export { verifyCertificate } from "./context/verify_certificate.ts";
export { verifyCode, verifyErrno } from "./verify/error_codes.ts";
export { Certificate } from "./certificate/certificate.ts";
export { type EngineChoice, engineInfo } from "./engine/select.ts";
export type { EngineInfo, EngineName, Role } from "./engine/engine.ts";
export { type Feature, FEATURES, type FeatureSet } from "./engine/features.ts";
