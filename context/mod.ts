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
  setServerDefaults,
} from "./defaults.ts";
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
