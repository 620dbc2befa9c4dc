/**
 * Opens the connection of a socket: connect and start, without the socket around it.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { ipVersion } from "../internal/host.ts";
import { contextFor } from "../context/operation_context.ts";
import { engineContext } from "../context/engine_contexts.ts";
import { engineOf } from "../context/context_record.ts";
import { newConnection } from "../context/new_connection.ts";
import type { ConnectOptions, StartOptions } from "./options.ts";
import { OPTIONS } from "../context/option_table.ts";
import { NO_OPTIONS, ownMembers, ownRecord } from "../internal/own_options.ts";
import type { Resolved } from "../context/validate.ts";
import { checkOptions, checkStart } from "../context/resolved_options.ts";
import { dialTcp, isTcpConn } from "../engine/dial.ts";
import type { DialTarget, Role } from "../engine/engine.ts";
import { SslError } from "../errors.ts";
import { Connection } from "./connection.ts";
import type { ConnectionSettings } from "./lifecycle.ts";
import { fitsStart, fitsTarget } from "./needs.ts";
import type { SocketOptions } from "./options.ts";
import { connectionOf } from "./socket_init.ts";
import { describeAddr, describeTarget, parseTarget, sessionPeer } from "./target.ts";
import { Deadline, DEFAULT_TIMEOUT } from "./timeouts.ts";
import type { StreamPair, Transport, TransportSource } from "./transport.ts";

export { socketOver } from "./socket_class.ts";

/** Whether a handshake is to be made at once. */
function handshakeNow(options: SocketOptions): boolean {
  return options.startHandshake ?? true;
}

/**
 * Makes the options of connect out of its two arguments.
 *
 * @throws {TypeError} If they are neither `"host:port"` nor options.
 */
export function connectArguments<T extends ConnectOptions>(target: string | T, options: T): T {
  if (options === null || typeof options !== "object") {
    const shown = quote(options);
    const port = typeof target === "string" && /^"?\d+"?$/.test(shown);
    throw new TypeError(
      `Cannot connect: the second argument must be options: received ${shown}` +
        (port ? `: write the port behind the host: "${target}:${options}"` : ""),
    );
  }
  const rules = { operation: "connect", names: OPTIONS };
  if (typeof target === "string") return ownMembers(options, rules);
  if (target === null || typeof target !== "object") {
    throw new TypeError(
      `Cannot connect: it needs "host:port" or options: received ${quote(target)}`,
    );
  }
  if (target instanceof URL) {
    throw new TypeError(
      `Cannot connect: a URL is not a target: received ${quote(target)}: ` +
        `write host and port, as in "example.com:443"`,
    );
  }
  return ownRecord({ ...ownMembers(target, rules), ...ownMembers(options, rules) });
}

/** `SslSocket.connect` as far as the connection. */
export async function openClient(
  target: string | ConnectOptions,
  more: ConnectOptions = NO_OPTIONS,
): Promise<Connection> {
  const options = checkOptions("connect", connectArguments(target, more));
  const where = parseTarget(
    typeof target === "string" ? ownRecord({ ...options, hostname: target }) : options,
  );
  const peer = describeTarget(where);
  using deadline = new Deadline({
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    signal: options.signal,
    operation: "connect to",
    peer,
  });
  deadline.check();
  const context = await deadline.race(contextFor("client", options, fitsTarget(options, where)));
  const init: ConnectionSettings = {
    options,
    role: "client",
    context,
    engineContext: await deadline.race(engineContext(context, "client")),
    peer,
    hostname: where.transport === "tcp" ? where.hostname : undefined,
    sessionPeer: peer,
    keepTransport: options.keepSocketOnError ?? false,
  };
  return await dialAndShake(init, where, deadline);
}

/** A target to connect to, and how long its name was looked up, where that was not left to Deno. */
interface Found {
  readonly target: DialTarget;
  readonly dns: number | undefined;
}

/** Holds a target to one address family: a literal must be of it, a name is looked up in it. */
async function inFamily(
  target: DialTarget,
  family: 4 | 6 | undefined,
  deadline: Deadline,
): Promise<Found> {
  if (target.transport === "unix") return { target, dns: undefined };
  const { hostname } = target;
  const version = ipVersion(hostname);
  if (family === undefined) return { target, dns: version && 0 };
  if (version !== undefined) {
    if (version === family) return { target, dns: 0 };
    throw new TypeError(
      `Cannot connect to ${hostname}: it is not an IPv${family} address, as the option family asks for`,
    );
  }
  // node:dns is getaddrinfo: it knows /etc/hosts, which Deno.resolveDns does not.
  const { lookup } = await import("node:dns/promises");
  const begun = performance.now();
  try {
    const { address } = await deadline.race(lookup(hostname, ownRecord({ family })));
    return { target: { ...target, hostname: address }, dns: performance.now() - begun };
  } catch (cause) {
    if (deadline.signal?.aborted || cause instanceof Deno.errors.NotCapable) throw cause;
    if ((cause as { code?: unknown }).code === "EPERM") throw lookupRefused(hostname, cause);
    throw new SslError(`Cannot connect to ${hostname}: it has no IPv${family} address`, {
      code: "ENOTFOUND",
      reason: `no IPv${family} address`,
      cause,
    });
  }
}

/** node:dns hides Deno's refusal. */
function lookupRefused(hostname: string, cause: unknown): Error {
  const message =
    `Requires net access to "${hostname}", run again with the --allow-net flag: the option family ` +
    `looks the name up, which --allow-net=${hostname} without a port allows`;
  return Object.assign(new Deno.errors.NotCapable(message), { cause });
}

/** Connects without TLS. */
function dialPlain(
  target: DialTarget,
  deadline: Deadline,
): Promise<Deno.TcpConn | Deno.UnixConn> {
  const { signal } = deadline;
  return deadline.race(dialTcp(target, { signal }), (late) => late.close());
}

async function dialAndShake(
  init: ConnectionSettings,
  where: DialTarget,
  deadline: Deadline,
): Promise<Connection> {
  const { options, context, hostname } = init;
  const now = handshakeNow(options);
  // Without a name to verify this throws, before a byte is sent.
  const prepared = now
    ? newConnection(context, { role: "client", options, hostname, peer: init.sessionPeer })
    : undefined;
  const { target, dns } = await inFamily(where, options.family, deadline);
  const begun = performance.now();
  const reached = (connection: Connection): Connection => {
    Object.assign(connection.life.timings, { dns, tcp: performance.now() - begun });
    return connection;
  };
  // An engine that takes any transport gets one that the socket knows: it can be kept and stopped.
  if (prepared === undefined || engineOf(context).features.has("anyTransport")) {
    const connection = reached(Connection.plain(init, await dialPlain(target, deadline)));
    if (now) await connection.handshake.upgradeWith(prepared!, deadline);
    return connection;
  }
  const dialling = init.engineContext.dial(target, prepared.params, { signal: deadline.signal });
  const tls = await deadline.race(dialling, (late) => late.close());
  const connection = reached(Connection.prepared(init, tls, prepared));
  await connection.handshake.complete(deadline);
  return connection;
}

/** The plain socket that TLS is to run over, of which connect() or listen() got the options. */
function plainBelow(source: unknown): Connection | undefined {
  const conn = (source as { readonly conn?: unknown } | null)?.conn; // of a Handle
  const below = connectionOf(source) ?? connectionOf(conn);
  return below?.phase === "plain" ? below : undefined;
}

/** Whether TLS would be started over a TCP connection of Deno's, as far as it shows before it is taken. */
function isOverTcp(source: unknown): boolean {
  const { conn = source } = (source ?? {}) as { readonly conn?: unknown }; // of a Handle
  return isTcpConn(plainBelow(source)?.life.transport ?? conn);
}

function roleOf(options: StartOptions): Role {
  return options.server ? "server" : "client";
}

/** What is given to start, over what the plain socket below has, and the side that it means. */
function startOptions(given: StartOptions, below: Connection | undefined): {
  readonly own: StartOptions;
  readonly options: Resolved<SocketOptions>;
  readonly role: Role;
} {
  if (below === undefined) {
    const own = checkOptions<StartOptions>("start", given);
    return { own, options: own, role: roleOf(own) };
  }
  const own = checkStart<StartOptions>(given);
  const role = own.server === undefined ? below.role : roleOf(own);
  return { own, options: below.life.later(own, role), role };
}

/** What is said in plain text before a handshake, and within its time. */
export type BeforeTls = (connection: Connection, deadline: Deadline) => Promise<void>;

/** Says it; the connection is closed, or kept as the options say, when that fails. */
export async function speak(
  before: BeforeTls,
  connection: Connection,
  deadline: Deadline,
): Promise<void> {
  try {
    await before(connection, deadline);
  } catch (error) {
    connection.life.record(error);
    connection.handshake.keepOrDrop(error);
    throw error;
  }
}

/**
 * `SslSocket.start` as far as the connection.
 *
 * @param before Something to do first. Where it is given, the connection is closed on failure.
 */
export async function openOver(
  source: Transport | StreamPair | TransportSource,
  given: StartOptions = NO_OPTIONS,
  before?: BeforeTls,
): Promise<Connection> {
  const below = plainBelow(source);
  const { own, options, role } = startOptions(given, below);
  const hostname = own.hostname ?? below?.hostname;
  const { remoteAddr } = (source ?? {}) as Transport;
  const peer = own.hostname ?? below?.peer ?? describeAddr(remoteAddr);
  using deadline = new Deadline({
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    signal: options.signal,
    operation: role === "client" ? "start TLS with" : "accept a handshake from",
    peer,
  });
  deadline.check();
  const fits = fitsStart(role, options, { overTcp: isOverTcp(source), hostname });
  const context = await deadline.race(contextFor(role, options, fits));
  const init: ConnectionSettings = {
    options,
    role,
    context,
    engineContext: await deadline.race(engineContext(context, role)),
    peer,
    hostname,
    sessionPeer: sessionPeer(hostname, remoteAddr),
    keepTransport: options.keepSocketOnError ?? before === undefined,
  };
  const prepared = handshakeNow(own)
    ? newConnection(context, { role, options, hostname, peer: init.sessionPeer })
    : undefined;
  const connection = await Connection.over(init, source, connectionOf);
  if (before !== undefined) await speak(before, connection, deadline);
  if (prepared !== undefined) await connection.handshake.upgradeWith(prepared, deadline);
  return connection;
}
