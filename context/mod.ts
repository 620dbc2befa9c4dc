/**
 * Contexts, options and process-wide defaults.
 *
 * @module
 */

export { SslContext } from "./context.ts";
export {
  DefaultCa,
  defaultCa,
  type DefaultCaInput,
  type DefaultCaSource,
} from "./trust/default_ca.ts";
export {
  type ArgsFilter,
  type DefaultOptions,
  setArgsFilterHack,
  setClientDefaults,
  setDefaultContext,
  setDefaults,
  setDefaultSessionCache,
  setServerDefaults,
  type SocketDefaults,
} from "./validate.ts";
export type {
  CertificateInput,
  ContextOptions,
  CrlInput,
  FileInput,
  KeyInput,
  OperationOption,
  PerName,
  SslOptions,
} from "./options.ts";
export type {
  ConnectionOptions,
  ConnectOptions,
  ListenOptions,
  StartOptions,
} from "../socket/options.ts";
export {
  type CertificatesInput,
  verifyCertificate,
  type VerifyCertificateOptions,
} from "./verify_certificate.ts";
export type { ChainPurpose } from "../engine/engine.ts";
export type { TlsVersionName } from "./versions.ts";
export type { NativeObject } from "./native.ts";
export type { OcspStapleCallback, StapledConnection } from "./stapling.ts";
export type { ClientHelloCallback, SniCallback, SniChoice } from "./server_names.ts";
export type { PskBytes, PskInput } from "./psk.ts";
export {
  SessionCache,
  type SessionKey,
  type SessionStore,
  SslSession,
} from "./sessions/session_cache.ts";
export type { TicketKeycb, TicketKeycbInput } from "./sessions/binding.ts";
export { OcspCache, type OcspCacheEntry, type OcspCacheStore } from "../verify/ocsp/cache.ts";
export type { StapleCallback, StapleRequest } from "./stapling.ts";
export type { TlsMessage, TraceWriter } from "./trace.ts";
export type { VerifyCallback, VerifyStore } from "./hooks.ts";
export type { ClientHello } from "../engine/client_hello.ts";
export type { ByteTransport } from "../engine/engine.ts";
