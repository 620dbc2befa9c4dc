/**
 * Opens a connection as the options of the command line ask for it, and measures its parts.
 *
 * @module
 */

import { SslError, SslTimeoutError } from "../../errors.ts";
import { SslContext } from "../../context/context.ts";
import { contextFor as contextOf } from "../../context/operation_context.ts";
import { checkOptions } from "../../context/resolved_options.ts";
import type { Fits } from "../../engine/load.ts";
import { engineInfo } from "../../engine/select.ts";
import { SslSocket } from "../../socket/socket.ts";
import { startTls } from "../../starttls/start.ts";
import { UsageError } from "../usage_error.ts";
import { dialFirst } from "./dial_first.ts";
import { lookUp } from "./lookup.ts";
import type { ConnectionSettings } from "./connection_settings.ts";
import type { Target } from "./target.ts";

/** How long the parts of a connection took, in milliseconds. What is not there was not measured. */
export interface Timings {
  /** Looking up the name. */
  dns?: number;
  /** Connecting; the name as well, where `dns` is not there. */
  tcp?: number;
  /** The dialogue of STARTTLS; with the handshake, where that is not known alone. */
  starttls?: number;
  /** The handshake. */
  tls?: number;
  /** Verifying the server, which is a part of the handshake. */
  verify?: number;
}

/** What came of it. */
export interface Opened {
  /** The server. */
  readonly target: Target;
  /** The name that was verified. */
  readonly name: string;
  /** The address that was reached. */
  readonly address: string | undefined;
  /** How long the parts took. */
  readonly timings: Timings;
  /** The connection; `undefined` when it failed. */
  readonly socket: SslSocket | undefined;
  /** Why it failed. */
  readonly error: unknown;
}

/** Which addresses of V8's own messages are faults of the program, and not of what it was given. */
const OF_V8 = /propert|undefined|is not a function|is not iterable|constant variable/;

/** What the library says of a wrong argument is about what was typed. */
export function asUsage(error: unknown): unknown {
  const misuse = error instanceof TypeError || error instanceof RangeError;
  if (!misuse || !error.message.startsWith("Cannot ") || OF_V8.test(error.message)) return error;
  return new UsageError(error.message, undefined, { cause: error });
}

/**
 * Prepares what all connections share: reads the files and the anchors, and loads the engine. None
 * of this counts as time of the network.
 *
 * @throws {UsageError} If an option is wrong.
 */
export async function contextFor({ tls, starttls }: ConnectionSettings): Promise<SslContext> {
  try {
    if (starttls === undefined || tls.certFile === undefined) return await SslContext.create(tls);
    const fits: Fits = ({ features }) => features.has("clientCertificateOnStart");
    return await contextOf("client", checkOptions("context", tls), fits);
  } catch (error) {
    throw asUsage(error);
  }
}

/** The error for a server that does not answer the attempt to connect. */
function tooLate({ text }: Target, ms: number): SslTimeoutError {
  const reason = `no answer within ${ms / 1000} s`;
  return new SslTimeoutError(`Cannot connect to ${text}: ${reason}`, { code: "ETIMEDOUT", reason });
}

async function dial(
  target: Target,
  timings: Timings,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const { addresses, ms } = await lookUp(target.host, target.port);
  if (ms !== undefined) timings.dns = ms;
  const began = performance.now();
  const conn = await dialFirst(addresses, target.port, signal);
  timings.tcp = performance.now() - began;
  return conn;
}

interface Attempt {
  readonly target: Target;
  readonly settings: ConnectionSettings;
  readonly context: SslContext;
  readonly timings: Timings;
  readonly signal: AbortSignal;
  address: string | undefined;
}

async function attempt(a: Attempt): Promise<SslSocket> {
  const { target, settings: { starttls, name, timeout, tls }, context, timings, signal } = a;
  const hostname = name ?? target.host;
  // Such an engine gives a client certificate only on a connection that it opens itself.
  if (
    !engineInfo(context.engine).features.has("clientCertificateOnStart") &&
    tls.certFile !== undefined && starttls === undefined
  ) {
    const began = performance.now();
    const { host, port } = target;
    const names = name === undefined ? {} : { serverName: name, verifycnName: name };
    const to = { hostname: host, port, reuseCtx: context, timeout, signal, ...names };
    const socket = await SslSocket.connect(to);
    timings.tls = socket.timings.tls ?? performance.now() - began;
    return socket;
  }
  const late = AbortSignal.timeout(timeout);
  let conn: Deno.TcpConn;
  try {
    conn = await dial(target, timings, AbortSignal.any([signal, late]));
  } catch (error) {
    throw late.aborted && !signal.aborted ? tooLate(target, timeout) : error;
  }
  a.address = conn.remoteAddr.hostname;
  const began = performance.now();
  const how = { hostname, reuseCtx: context, timeout, signal };
  const socket = starttls === undefined
    ? await SslSocket.start(conn, how)
    : (await startTls(conn, starttls, how)).socket;
  const { tls: handshake, verify } = socket.timings;
  const both = performance.now() - began;
  if (starttls !== undefined) timings.starttls = Math.max(0, both - (handshake ?? 0));
  if (starttls === undefined || handshake !== undefined) timings.tls = handshake ?? both;
  if (verify !== undefined) timings.verify = verify;
  return socket;
}

/**
 * Opens a connection. It does not throw when that fails for a reason of the network, of TLS or of
 * the certificate: the result says so.
 *
 * @throws {UsageError} If an option is wrong.
 * @throws {Deno.errors.NotCapable} If a permission is missing.
 */
export async function open(
  target: Target,
  settings: ConnectionSettings,
  context: SslContext,
  signal: AbortSignal,
): Promise<Opened> {
  const timings: Timings = {};
  const a: Attempt = { target, settings, context, timings, signal, address: undefined };
  const name = settings.name ?? target.host;
  const known = () => ({ target, name, address: a.address, timings });
  try {
    const socket = await attempt(a);
    return { ...known(), socket, error: undefined };
  } catch (error) {
    if (signal.aborted || !(error instanceof SslError)) throw asUsage(error);
    return { ...known(), socket: undefined, error };
  }
}
