/**
 * Contexts, options and process-wide defaults.
 *
 * @module
 */

export { SslContext } from "./context.ts";
export { DefaultCa, defaultCa, type DefaultCaInput, type DefaultCaSource } from "./default_ca.ts";
export {
  type ArgsFilter,
  type DefaultOptions,
  setArgsFilterHack,
  setClientDefaults,
  setDefaultContext,
  setDefaults,
  setDefaultSessionCache,
  setServerDefaults,
} from "./validate.ts";
export type {
  CertificateInput,
  ConnectOptions,
  ContextOptions,
  CrlInput,
  FileInput,
  KeyInput,
  ListenOptions,
  OperationOption,
  PerName,
  SslOptions,
  StartOptions,
} from "./options.ts";
export type { TlsVersionName } from "./versions.ts";
export type { NativeObject } from "./native.ts";
export type { OcspStapleCallback, StapledConnection } from "./staple.ts";
export type { ClientHelloCallback, SniCallback, SniChoice } from "./sni.ts";
export type { PskBytes, PskInput } from "./psk.ts";
export { SessionCache, type SessionKey, type SessionStore, SslSession } from "./session_cache.ts";
export type { TicketKeycb, TicketKeycbInput } from "./session_policy.ts";
export { OcspCache, type OcspCacheEntry, type OcspCacheStore } from "../verify/ocsp/cache.ts";
export type { StapleCallback, StapleRequest } from "./staple.ts";
export type { TlsMessage, TraceWriter } from "./trace.ts";
export type { VerifyCallback, VerifyStore } from "./hooks.ts";
export type { ClientHello } from "../engine/client_hello.ts";
export type { ByteTransport } from "../engine/types.ts";
