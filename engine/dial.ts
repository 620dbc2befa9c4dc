/**
 * Plain connections for both engines. What Deno reports becomes an
 * {@linkcode SslError} with the address in it; permission errors pass through.
 *
 * @module
 */

import { platformCode, platformErrno, platformReason } from "../internal/platform_error.ts";
import { shownPath } from "../internal/quote.ts";
import { joinHostPort } from "../internal/host.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { SslError, SslPeerError } from "../errors.ts";
import type {
  ByteTransport,
  DialTarget,
  EngineContext,
  EngineListener,
  ListenTarget,
  TlsStream,
  WaitOptions,
} from "./engine.ts";

/** Whether it is a `Deno.TcpConn` and nothing else: what Deno.startTls takes. */
export function isTcpConn(transport: unknown): transport is ByteTransport & Deno.TcpConn {
  if (typeof transport !== "object" || transport === null) return false;
  // The classes are not public. Their getters are branded, so that a wrapper does not pass; what
  // passes all the same, Deno.startTls itself refuses.
  const prototype = Object.getPrototypeOf(transport) as object | null;
  const parent = prototype && Object.getPrototypeOf(prototype) as object | null;
  if (prototype?.constructor?.name !== "TcpConn" || parent?.constructor?.name !== "Conn") {
    return false;
  }
  try {
    const get = Object.getOwnPropertyDescriptor(parent, "remoteAddr")?.get;
    return (get?.call(transport) as Deno.Addr | undefined)?.transport === "tcp";
  } catch {
    return false;
  }
}

/** The address as a user would write it. */
export function addressText(target: DialTarget | ListenTarget): string {
  if (Object.hasOwn(target, "path")) return shownPath((target as { readonly path: string }).path);
  const { hostname, port } = target as ListenTarget;
  return joinHostPort(hostname, port);
}

/**
 * An error of the platform, completed with the operation, its input and a code. Permission errors
 * stay as they are.
 */
export function ioError(what: string, error: unknown): unknown {
  if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) return error;
  const code = platformCode(error) ?? "EIO";
  const errno = platformErrno(error);
  const reason = platformReason(error);
  const advice = code === "ENOTFOUND"
    ? ": check the name"
    : code === "ECONNREFUSED"
    ? ": nothing listens there"
    : code === "EADDRINUSE"
    ? ": choose another port, or 0 for any"
    : "";
  return new SslError(`${what}: ${reason}${advice}`, { code, errno, reason, cause: error });
}

/**
 * Connects. TCP connections get NODELAY: a handshake is many small writes.
 *
 * @throws {SslError} With code `ECONNREFUSED`, `ENOTFOUND`, ... and the address in the message.
 * @throws {Deno.errors.NotCapable} Without the net permission.
 */
export async function dialTcp(
  target: DialTarget,
  options: WaitOptions = NO_OPTIONS,
): Promise<Deno.TcpConn | Deno.UnixConn> {
  const { signal } = options;
  signal?.throwIfAborted();
  try {
    if (target.transport === "unix") {
      const conn = await Deno.connect(ownRecord({ transport: "unix" as const, path: target.path }));
      if (!signal?.aborted) return conn;
      conn.close();
      throw signal.reason;
    }
    const { hostname, port } = target;
    const conn = await Deno.connect(
      ownRecord({ hostname, port, ...(signal ? { signal } : {}) }),
    );
    if (signal?.aborted) {
      conn.close();
      throw signal.reason;
    }
    conn.setNoDelay(true);
    return conn;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw ioError(`Cannot connect to ${addressText(target)}`, error);
  }
}

/**
 * Listens.
 *
 * @throws {SslError} With code `EADDRINUSE`, ... and the address in the message.
 * @throws {Deno.errors.NotCapable} Without the net permission.
 */
export function listenTcp(target: ListenTarget): Deno.TcpListener {
  const { hostname, port, backlog } = target;
  try {
    return Deno.listen(ownRecord({
      hostname,
      port,
      ...(backlog === undefined ? {} : { tcpBacklog: backlog }),
    }) as Deno.TcpListenOptions);
  } catch (error) {
    throw ioError(`Cannot listen on ${addressText(target)}`, error);
  }
}

/**
 * The listener of an engine that can start TLS on any transport: it accepts plain TCP connections
 * and prepares TLS over each.
 */
export class TcpListener implements EngineListener {
  readonly #listener: Deno.TcpListener;

  /** Binds; throws an SslError with the address in it. */
  constructor(target: ListenTarget) {
    this.#listener = listenTcp(target);
  }

  get addr(): Deno.Addr {
    return this.#listener.addr;
  }

  async accept(context: EngineContext, user: unknown): Promise<TlsStream> {
    const conn = await this.acceptPlain();
    try {
      return context.start(
        conn,
        ownRecord({ serverName: undefined, verifyName: undefined, user }),
      );
    } catch (error) {
      conn.close();
      throw error;
    }
  }

  /**
   * The next connection as plain TCP.
   *
   * @throws {SslPeerError} With code `ECONNRESET`, for a client that reset its connection while it
   * was in the kernel's queue: nothing is wrong with the listener, the next may be accepted at once.
   */
  async acceptPlain(): Promise<Deno.TcpConn> {
    const conn = await this.#listener.accept().catch((cause) => {
      throw clientGone(cause);
    });
    try {
      // Handshake messages are small and answered at once: Nagle would hold them back.
      conn.setNoDelay(true);
    } catch {
      // A client that is already gone: the handshake says so.
    }
    return conn;
  }

  close(): void {
    this.#listener.close();
  }

  ref(): void {
    this.#listener.ref();
  }

  unref(): void {
    this.#listener.unref();
  }
}

/**
 * The client reset the connection in the queue: Deno accepts it and asks for an address that is
 * gone by then.
 */
function clientGone(cause: unknown): unknown {
  const gone = cause instanceof Deno.errors.NotConnected ||
    cause instanceof Deno.errors.ConnectionAborted || cause instanceof Deno.errors.ConnectionReset;
  if (!gone) return cause;
  return new SslPeerError(
    "Cannot accept a connection: the client reset it before it was accepted",
    {
      code: "ECONNRESET",
      reason: "the client reset the connection",
      cause,
    },
  );
}
