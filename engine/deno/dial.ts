/**
 * Connections for the Deno engine: the name that Deno checks and sends, and
 * the two ways to a client. Without a client certificate it is Deno.connect
 * (which can switch Nagle's algorithm off) and Deno.startTls. With one it must
 * be Deno.connectTls, because startTls ignores `cert` and `key`.
 *
 * @module
 */

import { quotePath } from "../../internal/quote.ts";
import { ipVersion, plainHost } from "../../internal/host.ts";
import { ownRecord } from "../../internal/own_options.ts";
import { SslError } from "../../errors.ts";
import { addressText, ioError } from "../dial.ts";
import { lacking } from "../features.ts";
import { isOneName } from "../requirements.ts";
import type { DialTarget, SessionParams, WaitOptions } from "../engine.ts";
import { SERVER_NAME } from "./capabilities.ts";
import { DENO, type PemCredential } from "./check.ts";
import { ignore, orAborted } from "../../internal/waiting.ts";

/** What both of Deno's client functions take. */
export interface ClientOptions {
  /** The name that is checked, and sent as SNI unless it is an IP address. */
  readonly hostname: string;
  /** Anchors in PEM that are added to Deno's. */
  readonly caCerts: string[];
  /** Leaves the name unchecked, never the chain. */
  readonly unsafelyDisableHostnameVerification: boolean;
  /** ALPN protocols; left out for none. */
  readonly alpnProtocols?: string[];
}

/** An IP address has no SNI: given as the name it keeps Deno from sending one. */
const NO_SNI = "0.0.0.0";

/**
 * The one name for Deno. Deno checks the name that it sends, so they cannot be
 * two different ones.
 *
 * @throws {SslUnsupportedError} If SNI and the name to verify differ.
 * @throws {TypeError} If there is no name to verify.
 */
export function runtimeName(params: SessionParams, skipHostname: boolean): string {
  const serverName = plainHost(params.serverName ?? "");
  if (skipHostname) return serverName === "" ? NO_SNI : serverName;
  // Deno takes an empty name for "localhost": it must never get one.
  const verifyName = plainHost(params.verifyName ?? "");
  if (verifyName === "") {
    throw new TypeError(
      "Cannot start TLS: there is no name to verify: give hostname, serverName or verifycnName",
    );
  }
  if (isOneName(serverName, verifyName)) return verifyName;
  const sni = serverName === "" ? "no server name" : `the server name ${serverName}`;
  throw lacking(DENO, "noSni", `${sni} together with the name to verify ${verifyName}`);
}

/** An error that Deno.startTls throws before it sends a byte. */
export function startError(options: ClientOptions, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SslError) return error;
  const because = (reason: string, code: string): SslError =>
    new SslError(`Cannot start TLS: ${reason}`, { code, reason, cause: error });
  if (/^expected type/.test(error.message)) {
    return lacking(DENO, "anyTransport", "start() over anything but a Deno.TcpConn");
  }
  if (/^Invalid hostname/.test(error.message)) {
    const name = JSON.stringify(options.hostname);
    return because(`${name} is neither a DNS name nor an IP address`, "ERR_INVALID_NAME");
  }
  if (/^invalid peer certificate/.test(error.message)) {
    return because("a certificate in extraCa cannot be used as an anchor", "ERR_CA");
  }
  if (error instanceof Deno.errors.Busy) {
    return because("a read or write is in flight on the plain connection", "EBUSY");
  }
  if (error instanceof Deno.errors.BadResource) {
    return because("the plain connection is closed", "ECLOSED");
  }
  return error;
}

/** The options with another name than the host's, and whether the runtime has read it. */
function withServerName<T extends object>(options: T, name: string): [T, () => boolean] {
  let read = false;
  Object.defineProperty(options, SERVER_NAME, { get: () => (read = true, name) });
  return [options, () => read];
}

/**
 * Connects with a client certificate. Deno checks the host that it connects to; another name is
 * checked where the runtime reads {@linkcode SERVER_NAME}, which it does before it connects.
 *
 * @throws {SslUnsupportedError} If it does not, or for a Unix socket.
 */
export async function dialWithCertificate(
  target: DialTarget,
  options: ClientOptions,
  credential: PemCredential,
  { signal }: WaitOptions,
): Promise<Deno.TlsConn> {
  if (target.transport !== "tcp") {
    throw lacking(DENO, "anyTransport", `TLS over the Unix socket ${quotePath(target.path)}`);
  }
  const host = plainHost(target.hostname);
  const wantsNoSni = options.hostname === NO_SNI && options.unsafelyDisableHostnameVerification;
  signal?.throwIfAborted();
  const { cert, key } = credential;
  const [all, isNameRead] = withServerName(
    ownRecord({ ...options, hostname: host, port: target.port, cert, key }),
    options.hostname,
  );
  const connecting = Deno.connectTls(all);
  if (!isNameRead() && !(wantsNoSni ? ipVersion(host) !== undefined : host === options.hostname)) {
    connecting.then((conn) => conn.close(), ignore);
    const name = wantsNoSni ? "no server name" : `the name ${options.hostname}`;
    throw lacking(
      DENO,
      "noSni",
      `a client certificate with ${name} on a connection to ${target.hostname}`,
    );
  }
  try {
    return await orClosed(connecting, signal);
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw error;
    const own = startError(options, error);
    throw own instanceof SslError
      ? own
      : ioError(`Cannot connect to ${addressText(target)}`, error);
  }
}

/** Waits; an abort closes the connection as soon as there is one. */
function orClosed(
  connecting: Promise<Deno.TlsConn>,
  signal: AbortSignal | undefined,
): Promise<Deno.TlsConn> {
  return orAborted(connecting, signal).catch((error) => {
    if (signal?.aborted) connecting.then((conn) => conn.close(), ignore);
    throw error;
  });
}
