/**
 * TLS sockets: {@linkcode SslSocket} to connect, {@linkcode SslListener} to
 * accept, {@linkcode serve} for a server in one call.
 *
 * @module
 */

export type { Dualvar, Want } from "../errors.ts";
export type { WaitOptions } from "../engine/engine.ts";
export type {
  CloseOptions,
  ConnectionOptions,
  ConnectOptions,
  ListenOptions,
  ShutdownListenerOptions,
  StartOptions,
  Timings,
} from "./options.ts";
export { SslListener, SslSocket } from "./socket.ts";
export type { CertificateField } from "./certificate_field.ts";
export type { ListenerInit } from "./listener_init.ts";
export type { SocketInit } from "./socket_init.ts";
export type { ChannelBindingType } from "./channel_binding.ts";
export { serve, type ServeHandler, type SslServer } from "../server/serve.ts";
export { takeTransport } from "./transport.ts";
export type { StreamPair, Transport, TransportSource } from "./transport.ts";
export type { Directions } from "./phases.ts";
