/** The requests about one connection: start, handshake, read, write, stop, close, and what was negotiated. */
import {
  Certificate,
  Handle,
  isWant,
  SSL_WANT_READ,
  SslSocket,
  type StartOptions,
  type Transport,
  type Want,
} from "@socket/ssl";
import { type Channel, type Request, toBytes, toText } from "./channel.ts";
import { drive, driveClose, type Driven, driveStep } from "./driving.ts";
import { MemoryTransport } from "./memory_transport.ts";
import {
  type Connection,
  connections,
  contexts,
  ipText,
  optionsFrom,
  PERLS_RULES,
  schemeOf,
} from "./values.ts";

/** How long Perl waits for bytes where the call has no limit of its own, in seconds. */
const PATIENCE = 30;

interface Base extends Request {
  readonly id: number;
  readonly nonblocking?: number;
}

const connectionOf = ({ id }: Base): Connection => connections.get(id);
const driven = (channel: Channel, { transport }: Connection): Driven => ({ channel, transport });
const wants = (want: Want) => ({ want: want.direction });
/** What was read, `null` at the end. */
const data = (buffer: Uint8Array, count: number | null) => ({
  data: count === null ? null : toText(buffer.subarray(0, count)),
});

/** The handle, which reads ahead from now on. */
function handleOf(connection: Connection): Handle {
  connection.handled = true;
  return connection.handle;
}

interface Start extends Request {
  readonly args: Record<string, unknown>;
  readonly context: number;
  /** Whether Perl's SSL_reuse_ctx was given: the options about certificates come along. */
  readonly reuses: number;
  readonly server: number;
  /** The name that Perl connected to, or the peer's address. */
  readonly peer: string | null;
  /** The connection that lies below, for TLS in TLS. */
  readonly over?: number;
}

function startOptions(request: Start): StartOptions {
  const { context, operation } = optionsFrom(request.args);
  const options: Record<string, unknown> = {
    ...(request.reuses ? context : {}),
    ...operation,
    reuseCtx: contexts.get(request.context),
    startHandshake: false,
  };
  if (PERLS_RULES) options.allowTruncation = true;
  if (request.server) {
    options.server = true;
    delete options.serverName;
    delete options.hostname;
  } else if (PERLS_RULES && request.peer !== null) options.hostname ??= request.peer;
  return options;
}

async function start(_channel: Channel, request: Start) {
  const below = request.over === undefined ? undefined : connections.get(request.over);
  const transport = below?.transport ?? new MemoryTransport();
  const carrier: Transport = below?.socket ?? transport;
  const socket = await SslSocket.start(carrier, startOptions(request));
  const handle = new Handle(socket, { encoding: "latin1" });
  return { id: connections.add({ socket, handle, transport, handled: false }) };
}

interface Handshake extends Base {
  readonly role: "client" | "server";
  readonly timeout: number | null;
}

async function handshake(channel: Channel, request: Handshake) {
  const connection = connectionOf(request);
  const { socket } = connection;
  const server = request.role === "server";
  if (request.nonblocking) {
    const result = await driveStep(
      driven(channel, connection),
      socket,
      () => server ? socket.tryAcceptSsl() : socket.tryConnectSsl(),
    );
    return isWant(result) ? wants(result) : {};
  }
  const { timeout } = request;
  const options = timeout === null ? {} : { timeout: Math.max(1, timeout * 1000) };
  await drive(
    driven(channel, connection),
    () => server ? socket.acceptSsl(options) : socket.connectSsl(options),
    timeout ?? PATIENCE,
  );
  return {};
}

interface Read extends Base {
  readonly kind: "read" | "sysread" | "peek";
  readonly length: number;
}

/** A peek that does not wait: there is nothing to look at until a record has been read. */
async function tryPeek(channel: Channel, connection: Connection, buffer: Uint8Array) {
  const { socket } = connection;
  const some = await driveStep(
    driven(channel, connection),
    socket,
    () => socket.pending() > 0 ? true as const : SSL_WANT_READ,
  );
  if (isWant(some)) return wants(some);
  return data(buffer, await drive(driven(channel, connection), () => socket.peek(buffer)));
}

async function readNow(channel: Channel, connection: Connection, { kind, length }: Read) {
  const { socket } = connection;
  const buffer = new Uint8Array(length);
  // What the handle has read ahead comes first, and comes at once.
  if (connection.handled && connection.handle.pending() > socket.pending()) {
    return data(buffer, await connection.handle.sysread(buffer));
  }
  if (kind === "peek") return await tryPeek(channel, connection, buffer);
  const result = await driveStep(
    driven(channel, connection),
    socket,
    (): number | null | Want => socket.tryRead(buffer),
  );
  return isWant(result) ? wants(result) : data(buffer, result);
}

async function read(channel: Channel, request: Read) {
  const connection = connectionOf(request);
  if (request.nonblocking) return await readNow(channel, connection, request);
  const { kind, length } = request;
  const buffer = new Uint8Array(length);
  const handle = handleOf(connection);
  const count = await drive(driven(channel, connection), () => {
    if (kind === "peek") return connection.socket.peek(buffer);
    return kind === "read" ? handle.read(buffer, length) : handle.sysread(buffer, length);
  });
  return data(buffer, count);
}

async function getc(channel: Channel, request: Base) {
  const connection = connectionOf(request);
  const handle = handleOf(connection);
  return { data: await drive(driven(channel, connection), () => handle.getc()) ?? null };
}

interface ReadLine extends Base {
  readonly separator: string | number | null;
  readonly list: number;
}

async function readline(channel: Channel, request: ReadLine) {
  const connection = connectionOf(request);
  const handle = handleOf(connection);
  const options = { separator: request.separator, chomp: false };
  if (request.nonblocking) {
    const line = await driveStep(
      driven(channel, connection),
      connection.socket,
      (): string | undefined | Want => handle.tryReadLine(options),
    );
    if (isWant(line)) return wants(line);
    return { data: line === undefined ? null : request.list ? [line] : line };
  }
  if (request.list) {
    return { data: await drive(driven(channel, connection), () => handle.getlines(options)) };
  }
  const line = await drive(driven(channel, connection), () => handle.readLine(options));
  return { data: line ?? null };
}

interface Write extends Base {
  readonly kind: "write" | "syswrite" | "print" | "printf";
  readonly data: string;
  readonly args?: readonly (string | number)[];
}

/** The most that a write which does not wait takes, as OpenSSL: one record. */
const RECORD = 16_384;

async function write(channel: Channel, request: Write) {
  const connection = connectionOf(request);
  const { kind, data, args = [] } = request;
  const bytes = toBytes(data);
  if (request.nonblocking) {
    const { socket } = connection;
    const part = bytes.subarray(0, RECORD);
    const result = await driveStep(
      driven(channel, connection),
      socket,
      (): number | Want => socket.tryWrite(part),
    );
    return isWant(result) ? wants(result) : { count: result };
  }
  const handle = handleOf(connection);
  const count = await drive(driven(channel, connection), async () => {
    if (kind === "write") return await handle.write(bytes);
    if (kind === "syswrite") return await handle.syswrite(bytes);
    if (kind === "print") await handle.print(data);
    else await handle.printf(data, ...args);
    return bytes.length;
  });
  return { count };
}

interface Stop extends Base {
  readonly fast: number;
  readonly silent: number;
  readonly timeout: number | null;
}

async function stop(channel: Channel, request: Stop) {
  const connection = connectionOf(request);
  const { socket } = connection;
  const [fastShutdown, noShutdown] = [Boolean(request.fast), Boolean(request.silent)];
  if (request.nonblocking && !fastShutdown && !noShutdown) {
    const result = await driveStep(
      driven(channel, connection),
      socket,
      (): true | Want => socket.tryStopSsl(),
    );
    return isWant(result) ? wants(result) : {};
  }
  const { timeout } = request;
  const options = {
    fastShutdown,
    noShutdown,
    ...(timeout ? { timeout: timeout * 1000 } : {}),
  };
  const rest = await drive(
    driven(channel, connection),
    () => socket.stopSsl(options),
    timeout ?? PATIENCE,
  );
  // After a fast stop what still comes over TLS is read before what is plain.
  return { tail: fastShutdown && !noShutdown && rest !== connection.transport };
}

interface Close extends Base {
  readonly silent: number;
  readonly full?: number;
}

async function close(channel: Channel, request: Close) {
  if (!connections.has(request.id)) return {};
  const connection = connectionOf(request);
  const options = {
    ...(request.silent ? { noShutdown: true } : {}),
    ...(request.full ? { fastShutdown: false } : {}),
  };
  const end = connection.handled ? connection.handle : connection.socket;
  await driveClose(
    driven(channel, connection),
    () => end.close(options),
    Boolean(request.full),
    Boolean(request.nonblocking),
  );
  connections.delete(request.id);
  return {};
}

function state(_channel: Channel, request: Base) {
  if (!connections.has(request.id)) return {};
  const { socket, handle, handled } = connectionOf(request);
  return { isSsl: socket.isSsl() ?? null, pending: (handled ? handle : socket).pending() };
}

interface Info extends Base {
  readonly what: string;
  readonly name?: InfoMethod;
  readonly whose?: "peer" | "own";
  readonly field?: "subjectAltNames" | "commonName" | "subject" | "issuer";
  readonly algorithm?: string;
  readonly certificate?: string;
  readonly ofKey?: number;
  readonly host?: string;
  readonly scheme?: unknown;
}

type InfoMethod =
  | "getSessionReused"
  | "getServername"
  | "getCipher"
  | "getSslversion"
  | "getSslversionInt"
  | "alpnSelected"
  | "nextProtoNegotiated"
  | "dumpPeerCertificate";

/** GEN_* of OpenSSL: what Perl calls the types of a subjectAltName. */
const NAME_TYPES = ["OTHERNAME", "EMAIL", "DNS", "X400", "DIRNAME", "EDIPARTY", "URI", "IP", "RID"];

function field({ socket }: Connection, { whose, field }: Info): unknown {
  const own = whose === "own";
  if (field !== "subjectAltNames") {
    return own ? socket.sockCertificate(field!) : socket.peerCertificate(field!);
  }
  const value = (own ? socket.sockCertificate(field) : socket.peerCertificate(field)) ?? [];
  return value.flatMap(({ type, value }) => [
    NAME_TYPES.indexOf(type),
    type === "IP" ? ipText(value) : value,
  ]);
}

function info(_channel: Channel, request: Info): unknown {
  const connection = connectionOf(request);
  const { socket } = connection;
  const { what, algorithm, certificate, ofKey } = request;
  const cert = certificate ? Certificate.fromPem(certificate) : undefined;
  switch (what) {
    case "peer certificate":
      return socket.peerCertificate()?.pem;
    case "peer certificates":
      return socket.peerCertificates().map(({ pem }) => pem);
    case "own certificate":
      return socket.sockCertificate()?.pem;
    case "field":
      return field(connection, request);
    case "fingerprint":
      return socket.getFingerprint(algorithm ?? undefined, cert, Boolean(ofKey));
    case "fingerprint bin": {
      const bytes = socket.getFingerprintBin(algorithm ?? undefined, cert, Boolean(ofKey));
      return bytes && toText(bytes);
    }
    case "verify_hostname":
      return socket.verifyHostname(request.host!, schemeOf(request.scheme));
    case "method":
      return socket[request.name!]();
  }
  throw new Error(`there is no information ${what}`);
}

/** By `op`. */
export const connectionRequests = {
  start,
  handshake,
  read,
  getc,
  readline,
  write,
  stop,
  close,
  state,
  info,
};
