/**
 * One connection of the functions here: TLS or TCP, through the proxy if there is one, with a limit
 * of time on each wait.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import { contextFor } from "../context/operation_context.ts";
import { OPTIONS } from "../context/option_table.ts";
import { SslError, SslUnsupportedError } from "../errors.ts";
import { platformCode, platformReason } from "../internal/platform_error.ts";
import { fitsStart, fitsTarget } from "../socket/needs.ts";
import type { ConnectOptions } from "../socket/options.ts";
import { SslSocket } from "../socket/socket.ts";
import { describeTarget } from "../socket/target.ts";
import { Deadline } from "../socket/timeouts.ts";
import type { Terms } from "./options.ts";
import { dialThrough, type Proxy } from "./proxy.ts";
import type { TcpTarget } from "./target.ts";
import { trace } from "./variables.ts";

/** How much goes out at a time, in bytes: the limit of time is on each of these. */
const PIECE = 65_536;

/** What is read and written: an `SslSocket` or a `Deno.TcpConn`. */
interface Conn {
  read(p: Uint8Array): Promise<number | null>;
  write(p: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void | Promise<void>;
}

/** The options of a TLS connection whose context is made already. */
function withContext(
  options: ConnectOptions,
  reuseCtx: ConnectOptions["reuseCtx"],
): ConnectOptions {
  const rest = Object.entries(options).filter(([name]) =>
    OPTIONS[name as keyof typeof OPTIONS].scope !== "context"
  );
  return { ...Object.fromEntries(rest), reuseCtx };
}

/** TLS through the tunnel of a proxy; tunnel and handshake together take no longer than `timeout`. */
async function tunnel(
  proxy: Proxy,
  target: TcpTarget,
  options: ConnectOptions,
  { timeout, signal }: Terms,
): Promise<SslSocket> {
  const began = Date.now();
  const peer = describeTarget(target);
  using deadline = new Deadline({ timeout, signal, operation: "connect to", peer });
  deadline.check();
  const conn = await dialThrough(proxy, target, deadline);
  const left = timeout === 0 ? 0 : Math.max(1, timeout - (Date.now() - began));
  try {
    const { hostname } = target;
    return await SslSocket.start(conn, {
      ...options,
      hostname,
      timeout: left,
      keepSocketOnError: false,
    });
  } catch (error) {
    try {
      conn.close(); // where the options were refused it is still open
    } catch {
      // The handshake that failed has closed it.
    }
    throw error;
  }
}

/** Connects and makes the handshake; the certificate and key are loaded before a byte is sent. */
export async function openTls(target: TcpTarget, terms: Terms): Promise<SslSocket> {
  const { tls, timeout, proxy } = terms;
  const { hostname, port } = target;
  const fits = proxy === undefined
    ? fitsTarget(tls, { ...target, transport: "tcp" })
    : fitsStart("client", tls, { overTcp: true, hostname });
  const context = await contextFor("client", tls, fits);
  try {
    const options = withContext(tls, context);
    return proxy === undefined
      ? await SslSocket.connect({ ...options, hostname, port, timeout })
      : await tunnel(proxy, target, options, terms);
  } finally {
    if (tls.reuseCtx === undefined) context.close(); // the connection goes on
  }
}

/** Connects without TLS. */
export async function openTcp(target: TcpTarget, terms: Terms): Promise<Deno.TcpConn> {
  const { timeout, signal, proxy } = terms;
  const peer = describeTarget(target);
  using deadline = new Deadline({ timeout, signal, operation: "connect to", peer });
  deadline.check();
  return await dialThrough(proxy, target, deadline);
}

/** What a socket says, where its engine shows it. */
export function shown<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof SslUnsupportedError) return undefined;
    throw error;
  }
}

function traceTls(socket: SslSocket): void {
  trace(2, () => {
    const cipher = shown(() => socket.getCipher()) ?? "unknown";
    const certificate = shown(() => socket.dumpPeerCertificate()) ?? "";
    return `Cipher \`${cipher}'\n${certificate}`;
  });
}

/** An open connection. Dispose of it. */
export class SsleayConnection implements AsyncDisposable {
  readonly #conn: Conn;
  readonly #terms: Terms;
  readonly #peer: string;
  /** The peer's certificate; `undefined` without TLS, and where the engine does not show it. */
  readonly certificate: Certificate | undefined;

  private constructor(conn: Conn, target: TcpTarget, terms: Terms) {
    this.#conn = conn;
    this.#terms = terms;
    this.#peer = describeTarget(target);
    this.certificate = conn instanceof SslSocket ? shown(() => conn.peerCertificate()) : undefined;
  }

  /** Opens a connection; nothing stays open when it fails. */
  static async open(useTls: boolean, target: TcpTarget, terms: Terms): Promise<SsleayConnection> {
    const conn = useTls ? await openTls(target, terms) : await openTcp(target, terms);
    if (conn instanceof SslSocket) traceTls(conn);
    return new SsleayConnection(conn, target, terms);
  }

  async #bounded<T>(operation: string, run: () => Promise<T>): Promise<T> {
    const { timeout, signal } = this.#terms;
    using deadline = new Deadline({ timeout, signal, operation, peer: this.#peer });
    deadline.check();
    try {
      return await deadline.race(run());
    } catch (cause) {
      throw connectionError(operation, this.#peer, cause);
    }
  }

  /** Reads up to `p.length` bytes; `null` at the end. */
  async read(p: Uint8Array): Promise<number | null> {
    return await this.#bounded("read from", () => this.#conn.read(p));
  }

  /** Writes all of `p`. */
  async write(p: Uint8Array): Promise<void> {
    for (let at = 0; at < p.length;) {
      const piece = p.subarray(at, at + PIECE);
      at += await this.#bounded("write to", () => this.#conn.write(piece));
    }
  }

  /** Ends our direction: close_notify with TLS. */
  async closeWrite(): Promise<void> {
    await this.#bounded("end writing to", () => this.#conn.closeWrite());
  }

  /** Closes it. What fails then is of no interest: the answer is there, or an error already. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#conn.close();
    } catch {
      // It was closed already, or the peer is gone.
    }
  }
}

/** An error of the connection with a code; others stay. */
function connectionError(operation: string, peer: string, cause: unknown): unknown {
  if (cause instanceof SslError || !(cause instanceof Error)) return cause;
  const code = platformCode(cause);
  if (code === undefined) return cause;
  const reason = platformReason(cause);
  return new SslError(`Cannot ${operation} ${peer}: ${reason}`, { code, reason, cause });
}
