/**
 * Contexts, which many connections share; all options of TLS; trust anchors, sessions and the
 * defaults of a process; and {@linkcode verifyCertificate}, which judges a chain without a connection.
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
} from "./process_defaults.ts";
export type {
  CertificateInput,
  ClientHelloCallback,
  ContextOptions,
  CrlInput,
  FileInput,
  KeyInput,
  NativeObject,
  OcspStapleCallback,
  OperationOption,
  PerName,
  PskBytes,
  PskInput,
  SharedContext,
  SniCallback,
  SniChoice,
  SslOptions,
  StapleCallback,
  StapledConnection,
  StapleRequest,
  TicketKeycb,
  TicketKeycbInput,
  TlsMessage,
  TlsVersionName,
  TraceWriter,
  VerifyCallback,
  VerifyStore,
} from "./options.ts";
export type {
  ConnectionOptions,
  ConnectOptions,
  ListenOptions,
  StartOptions,
} from "../socket/options.ts";
export { verifyCertificate } from "./verify_certificate.ts";
export type { CertificatesInput, VerifyCertificateOptions } from "./verify_certificate_options.ts";
export type { ChainPurpose } from "../engine/chain_verification.ts";
export {
  SessionCache,
  type SessionKey,
  type SessionStore,
  SslSession,
} from "./sessions/session_cache.ts";
export { OcspCache, type OcspCacheEntry, type OcspCacheStore } from "../verify/ocsp/cache.ts";
export type { ClientHello } from "../engine/client_hello.ts";
export type { ByteTransport } from "../engine/engine.ts";
