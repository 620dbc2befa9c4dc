/**
 * {@linkcode SslSocket}, a TLS connection as client or server, and {@linkcode SslListener}, which
 * accepts them. Each names the other, so they stand together. Their work is done by the parts of
 * `connection.ts` and `listener.ts`, which the first connection or listener loads.
 *
 * @module
 */

import { Certificate, type CertificateInput, toCertificate } from "../certificate/certificate.ts";
import type { SubjectAltName } from "../certificate/general_name.ts";
import { engineOf } from "../context/context_record.ts";
import type { SslContext } from "../context/context.ts";
import type { NativeObject } from "../context/options.ts";
import { checkOptions } from "../context/resolved_options.ts";
import type { EngineName, WaitOptions } from "../engine/engine.ts";
import type { Negotiated } from "../engine/connection_facts.ts";
import type { Feature } from "../engine/features.ts";
import { autoFeatures } from "../engine/select.ts";
import { type Dualvar, SslUnsupportedError, type Want } from "../errors.ts";
import { atCallOf } from "../internal/caller.ts";
import { NO_OPTIONS } from "../internal/own_options.ts";
import { oneLine } from "../internal/show.ts";
import { waitOptions } from "../internal/waiting.ts";
import { verifyHostname } from "../verify/hostname.ts";
import type { OcspResolver } from "../verify/ocsp/resolver.ts";
import type { PublicSuffix } from "../verify/public_suffix.ts";
import type { VerifyReport } from "../verify/report.ts";
import type { Scheme } from "../verify/schemes.ts";
import type { ChannelBindingType } from "./channel_binding.ts";
import type { Connection } from "./connection.ts";
import type { Listener } from "./listener.ts";
import { type ListenerInit, unwrapListener, wrapListener } from "./listener_init.ts";
import { type CertificateField, fieldOf } from "./certificate_field.ts";
import type {
  CloseOptions,
  ConnectOptions,
  ListenOptions,
  ShutdownListenerOptions,
  StartOptions,
  Timings,
} from "./options.ts";
import type { Directions } from "./phases.ts";
import { type SocketInit, unwrapConnection, whereConnectionsAre } from "./socket_init.ts";
import type { StreamPair, Transport, TransportSource } from "./transport.ts";

export type { CloseOptions } from "./options.ts";

/** Whether the engine that `"auto"` chooses has a feature: before it is in use, by the ffi permission alone. */
function can(feature: Feature): boolean {
  return autoFeatures().has(feature);
}

/** A call that waits; options that are wrong reject it. */
async function waiting<T>(
  operation: string,
  options: WaitOptions | undefined,
  call: (own: WaitOptions) => Promise<T>,
): Promise<T> {
  return await call(waitOptions(options, operation));
}

let opening: typeof import("./open.ts") | undefined;

/**
 * A TLS connection. It is a `Deno.Conn`, also a `Deno.TlsConn` and a `Deno.TcpConn`, for code that
 * was written for those. Reading and writing are independent of each other: one read may be
 * in flight at a time, writes queue.
 *
 * `null` from a read means that the peer said it was done (close_notify). A
 * stream that ends without it is an `SslTruncatedError`: data may be missing
 * (RFC 8446 6.1).
 *
 * Perl: `IO::Socket::SSL`
 *
 * @example
 * ```ts ignore
 * import { SslSocket } from "@socket/ssl";
 *
 * await using socket = await SslSocket.connect("example.com:443");
 * await socket.write(new TextEncoder().encode("GET / HTTP/1.0\r\nHost: example.com\r\n\r\n"));
 * const buffer = new Uint8Array(16384);
 * for (let n; (n = await socket.read(buffer)) !== null;) {
 *   await Deno.stdout.write(buffer.subarray(0, n));
 * }
 * ```
 *
 * @category Sockets
 */
export class SslSocket implements Deno.TlsConn, Deno.TcpConn, AsyncDisposable {
  readonly #connection: Connection;
  #peer: Certificate | undefined;

  static {
    whereConnectionsAre((socket) => #connection in socket ? socket.#connection : undefined);
  }

  /** Not for users: use {@linkcode SslSocket.connect}, `start` or `listen`. */
  constructor(init: SocketInit) {
    this.#connection = unwrapConnection(init);
    this.#connection.life.face = this;
  }

  // ---- how one comes to be

  /**
   * Connects, completes the handshake, and verifies the peer's certificate and
   * its name before a byte of data is sent. Nothing stays open when it fails.
   *
   * Perl: `new`
   *
   * @param target `"example.com:443"`, `"example.com:https"`, `"[::1]:8443"`, or options with
   * `hostname` and `port`, or `transport: "unix"` and `path`.
   * @throws {TypeError} If an option or the target is wrong, or there is no name to verify.
   * @throws {SslVerifyError} If the peer's certificate is refused; `report` has the evidence.
   * @throws {SslPeerError} If the peer breaks the protocol or is not a TLS server.
   * @throws {SslTimeoutError} If it takes longer than `timeout` (30,000 ms).
   * @throws {SslUnsupportedError} If the engine cannot honour an option.
   * @throws {SslError} If the connection cannot be made: `code` is `ECONNREFUSED`, `ENOTFOUND`, ...
   */
  static async connect<T extends typeof SslSocket>(
    this: T,
    target: string | ConnectOptions<InstanceType<T>>,
    options?: ConnectOptions<InstanceType<T>>,
  ): Promise<InstanceType<T>> {
    return await atCallOf(SslSocket.connect, async () => {
      opening ??= await import("./open.ts"); // not at start-up
      const connection = await opening.openClient(target, options);
      return opening.socketOver(SslSocket, this, connection) as InstanceType<T>;
    });
  }

  /**
   * Always throws: Deno gives no way from a file descriptor to a connection. What works instead is
   * `SslSocket.start` over the connection itself, or over the standard streams of an inetd-style
   * server: `{ readable: Deno.stdin.readable, writable: Deno.stdout.writable }`.
   *
   * Perl: `new_from_fd`
   *
   * @throws {SslUnsupportedError} Always.
   */
  static newFromFd(fd: number): never {
    throw new SslUnsupportedError(
      `Cannot make a socket from file descriptor ${fd}: Deno gives no way to it: use ` +
        "SslSocket.start over the connection, or over { readable: Deno.stdin.readable, writable: " +
        "Deno.stdout.writable } for the standard streams",
      { code: "ERR_UNSUPPORTED" },
    );
  }

  /**
   * Listens for TLS connections. The certificate is loaded and checked first.
   *
   * Perl: `new(Listen => 10)`
   *
   * @throws {TypeError} If an option is wrong.
   * @throws {SslError} If the port cannot be bound: `code` is `EADDRINUSE`, ...; or a certificate
   * or key cannot be used.
   */
  static async listen<T extends typeof SslSocket>(
    this: T,
    options: ListenOptions<InstanceType<T>>,
  ): Promise<SslListener<InstanceType<T>>> {
    return await atCallOf(SslSocket.listen, async () => {
      const { openListener, socketOver } = await import("./bind.ts");
      const listener = await openListener<InstanceType<T>>(options, (connection) => {
        return socketOver(SslSocket, this, connection) as InstanceType<T>;
      });
      return new SslListener(wrapListener(listener));
    });
  }

  /**
   * Starts TLS on an open connection: as client, or with `{ server: true }` as
   * server. The connection now belongs to the socket. When it fails, the
   * connection stays open (`keepSocketOnError: false` closes it) and is the
   * error's `transport`, unread bytes included; where the peer did not speak TLS it is still usable.
   *
   * Perl: `start_SSL`
   *
   * @param connection A `Deno.TcpConn`, a `Deno.UnixConn`, another `SslSocket` (TLS in TLS), a
   * `Handle`, a transport that `stopSsl` gave, or `{ readable, writable }`.
   * @throws {TypeError} If an option is wrong, or a client has no name to verify: give `hostname`
   * or `serverName`.
   * @throws {SslPeerError} If the peer does not speak TLS, or plain bytes are ahead of the
   * handshake (`code` `ERR_INJECTION`).
   * @throws {SslVerifyError} If the peer's certificate is refused.
   * @throws {SslTimeoutError} If it takes longer than `timeout` (30,000 ms).
   */
  static async start<T extends typeof SslSocket>(
    this: T,
    connection: Transport | StreamPair | TransportSource,
    options?: StartOptions<InstanceType<T>>,
  ): Promise<InstanceType<T>> {
    return await atCallOf(SslSocket.start, async () => {
      opening ??= await import("./open.ts");
      const over = await opening.openOver(connection, options);
      return opening.socketOver(SslSocket, this, over) as InstanceType<T>;
    });
  }

  // ---- data, and the end

  /**
   * Reads up to `p.length` bytes. `null` after the peer's close_notify, again and again; writing goes
   * on, and the peer is answered by `closeWrite`, `stopSsl` or `close`, unless `halfClose` is `false`.
   *
   * Perl: `sysread`
   *
   * @throws {SslTruncatedError} If the stream ended without close_notify, unless `allowTruncation` is set.
   * @throws {SslError} With code `ECLOSED` if the socket is closed, also while it waits;
   * `ERR_TLS_ENDED` after the `null` with `halfClose: false`.
   */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    if (options === undefined) return this.#connection.data.read(p);
    return waiting("read", options, (own) => this.#connection.data.read(p, own));
  }

  /**
   * Writes all of `p`; resolves to `p.length` when the transport took it. A signal that ends it when
   * a part was sent ends the writing direction: later writes and `closeWrite` fail.
   *
   * Perl: `syswrite`
   *
   * @throws {TypeError} If `p` is not a Uint8Array.
   * @throws {SslError} With code `EPIPE` after `closeWrite()`, `ECLOSED` after `close()`,
   * `ERR_WRITE_ABORTED` after a write that was ended half-way.
   */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    if (options === undefined) return this.#connection.data.write(p);
    return waiting("write", options, (own) => this.#connection.data.write(p, own));
  }

  /**
   * Reads up to `p.length` bytes and leaves them to be read again.
   *
   * Perl: `peek`
   */
  peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return waiting("peek", options, (own) => this.#connection.data.peek(p, own));
  }

  /**
   * How many bytes can be read without waiting.
   *
   * Perl: `pending`
   */
  pending(): number {
    return this.#connection.data.pending();
  }

  /** What the peer sends, as a byte stream; it ends after close_notify. Use this or `read`, not both. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#connection.streams.readable;
  }

  /**
   * What goes to the peer, as a stream. Closing it is {@linkcode SslSocket.closeWrite}; when the
   * readable has ended too the socket is closed. Aborting it closes the socket without
   * close_notify, so that the peer sees a truncated stream (the Deno engine always sends it).
   */
  get writable(): WritableStream<Uint8Array> {
    return this.#connection.streams.writable;
  }

  /**
   * Ends our direction with close_notify; reading goes on.
   *
   * Perl: `shutdown(1)`
   */
  closeWrite(options?: WaitOptions): Promise<void> {
    return waiting("end writing", options, (own) => this.#connection.shutdown.closeWrite(own));
  }

  /**
   * Sends close_notify and closes the connection. A read that waits ends with an error whose
   * `code` is `ECLOSED`. A later call may cut it short, by `noShutdown` or `timeout`.
   *
   * It does not wait for the peer's close_notify, and a peer that is gone is not an error (`errstr()`
   * has it), unless `fastShutdown: false` asks for the peer's answer.
   *
   * Perl: `close`
   */
  async close(options: CloseOptions = NO_OPTIONS): Promise<void> {
    if (options === NO_OPTIONS) return await this.#connection.shutdown.close();
    await atCallOf(
      this.close,
      () => this.#connection.shutdown.close(checkOptions("close", options)),
    );
  }

  /** {@linkcode SslSocket.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.shutdown.close();
  }

  /**
   * {@linkcode SslSocket.close} without waiting for its end, for `using`. `await using` waits until
   * close_notify was sent.
   */
  [Symbol.dispose](): void {
    this.#connection.shutdown.close().catch(() => {}); // errstr() has it
  }

  /**
   * Ends TLS in both directions and goes back to plain text: sends close_notify and waits for the
   * peer's, unless `fastShutdown` or `noShutdown` is set. The result is the transport that was
   * given to `start`, or, where plain bytes were read ahead, one that yields these first. The
   * socket itself is plain too and may start TLS again with `connectSsl` or `acceptSsl`.
   *
   * What came over TLS is not lost, and does not mix with plain text. If the peer's bytes are
   * unread, or come between our close_notify and the peer's, this fails: read them, up to `null`,
   * and call it again. With `fastShutdown` writes are plain at once, and reads give what still
   * comes over TLS, then `null` once, where TLS ends, then what comes in plain text.
   *
   * Perl: `stop_SSL`
   *
   * @throws {SslError} With code `ERR_UNREAD` if bytes that came over TLS are unread; they stay
   * readable.
   * @throws {SslTruncatedError} If the stream ends before the peer's close_notify.
   * @throws {SslTimeoutError} If it takes longer than `timeout`.
   * @throws {SslUnsupportedError} On the Deno engine.
   */
  async stopSsl(options: CloseOptions = NO_OPTIONS): Promise<Transport> {
    return await atCallOf(
      this.stopSsl,
      () => this.#connection.shutdown.stop(checkOptions("close", options)),
    );
  }

  /**
   * Starts TLS as client on a plain socket: one made with `startHandshake: false`, or after
   * `stopSsl`. Until then `read` and `write` are plain. What `connect`, `listen` or `start` got holds;
   * the options given here are laid over it. On a socket that is open as client this does nothing.
   * If this fails, nothing goes in plain text either: start TLS again, or close the socket.
   *
   * Perl: `connect_SSL`
   *
   * @throws {TypeError} If an option is wrong, or options come when TLS has been started already.
   * @throws {SslPeerError} If the peer does not speak TLS, or plain bytes are ahead of the handshake
   * (`code` `ERR_INJECTION`), in the socket or in a `Handle` over it.
   * @throws {SslVerifyError} If the peer's certificate is refused.
   * @throws {SslError} With code `ERR_CONCURRENT_READ` if a plain read is in flight.
   */
  async connectSsl(options: StartOptions = NO_OPTIONS): Promise<this> {
    await atCallOf(this.connectSsl, () => this.#connection.handshake.upgrade("client", options));
    return this;
  }

  /**
   * Starts TLS as server on a plain socket. What `listen` got holds, the certificate included.
   * Otherwise as `connectSsl`.
   *
   * Perl: `accept_SSL`
   */
  async acceptSsl(options: StartOptions = NO_OPTIONS): Promise<this> {
    await atCallOf(this.acceptSsl, () => this.#connection.handshake.upgrade("server", options));
    return this;
  }

  /**
   * Completes the handshake, as `Deno.TlsConn` has it: with `startHandshake: false`, or after
   * `stopSsl`, this is `connectSsl` on a client and `acceptSsl` on a server; otherwise the handshake
   * was completed before you got the socket.
   *
   * @returns The ALPN protocol that both sides chose, or `null`.
   * @throws What `connectSsl` throws.
   */
  async handshake(): Promise<Deno.TlsHandshakeInfo> {
    const { handshake, role } = this.#connection;
    await atCallOf(this.handshake, () => handshake.upgrade(role));
    return { alpnProtocol: this.alpnSelected() ?? null };
  }

  /**
   * As `read`, without waiting: `SSL_WANT_READ` or `SSL_WANT_WRITE` when it would have to.
   *
   * Perl: `sysread` on a non-blocking socket
   */
  tryRead(p: Uint8Array): number | null | Want {
    return this.#connection.data.tryRead(p);
  }

  /**
   * As `peek`, without waiting: `SSL_WANT_READ` or `SSL_WANT_WRITE` when it would have to.
   *
   * Perl: `peek` on a non-blocking socket
   */
  tryPeek(p: Uint8Array): number | null | Want {
    return this.#connection.data.tryPeek(p);
  }

  /**
   * As `write`, without waiting: takes what fits into a send buffer of 64 KiB. An error of the
   * transport comes out of the next call.
   *
   * Perl: `syswrite` on a non-blocking socket
   */
  tryWrite(p: Uint8Array): number | Want {
    return this.#connection.data.tryWrite(p);
  }

  /**
   * One step of `connectSsl`, without waiting.
   *
   * Perl: `connect_SSL` on a non-blocking socket
   */
  tryConnectSsl(): true | Want {
    return this.#connection.handshake.tryStep("client");
  }

  /**
   * One step of `acceptSsl`, without waiting.
   *
   * Perl: `accept_SSL` on a non-blocking socket
   */
  tryAcceptSsl(): true | Want {
    return this.#connection.handshake.tryStep("server");
  }

  /**
   * One step of `stopSsl`, without waiting. After `true` the socket is plain.
   *
   * Perl: `stop_SSL` on a non-blocking socket
   *
   * @throws {SslError} With code `ERR_UNREAD` if bytes that came over TLS are unread.
   */
  tryStopSsl(): true | Want {
    return this.#connection.shutdown.tryStop();
  }

  /**
   * Resolves when a call that did not wait may go on. Default: what the last such call wanted.
   *
   * Perl: `IO::Select`
   */
  ready(want?: Want, options?: WaitOptions): Promise<void> {
    return waiting("wait", options, (own) => this.#connection.data.ready(want, own));
  }

  /**
   * Sends small writes at once (TCP_NODELAY), as sockets do at first. Without TCP beneath, this has
   * no effect.
   *
   * @param noDelay Default: `true`.
   * @throws {SslUnsupportedError} On the Deno engine with TLS, which hides the TCP connection.
   * @throws {SslError} With code `ECLOSED` when the socket is closed.
   */
  setNoDelay(noDelay = true): void {
    this.#connection.tcp("setNoDelay()")?.setNoDelay?.(noDelay);
  }

  /**
   * Lets the system ask a silent peer if it is still there (SO_KEEPALIVE); it does not at first.
   * Limits and errors as for `setNoDelay`.
   *
   * @param keepAlive Default: `true`.
   */
  setKeepAlive(keepAlive = true): void {
    this.#connection.tcp("setKeepAlive()")?.setKeepAlive?.(keepAlive);
  }

  /** Lets the event loop wait for the socket, as it does at first. */
  ref(): void {
    this.#connection.ref();
  }

  /** Does not let the event loop wait for the socket. */
  unref(): void {
    this.#connection.unref();
  }

  // ---- what is known of the connection

  #negotiated(call: string, feature?: Feature): Negotiated | undefined {
    return this.#connection.tlsFor(call, feature)?.negotiated();
  }

  /** Which engine does the work. */
  get engine(): EngineName {
    return engineOf(this.#connection.context).name;
  }

  /**
   * The context of this socket, to share with others as `reuseCtx`.
   *
   * Perl: `_get_ctx_object`
   */
  get context(): SslContext {
    return this.#connection.context;
  }

  /**
   * The address of our end. Its type is that of TCP, so that the socket is a `Deno.TlsConn`. Over
   * other transports it is what these have: the `Deno.UnixAddr` of a Unix socket, and `undefined`
   * over web streams.
   *
   * Perl: `sockaddr`
   */
  get localAddr(): Deno.NetAddr {
    return this.#connection.life.localAddr as Deno.NetAddr;
  }

  /**
   * The address of the peer's end, as `localAddr` is that of ours.
   *
   * Perl: `peeraddr`
   */
  get remoteAddr(): Deno.NetAddr {
    return this.#connection.life.remoteAddr as Deno.NetAddr;
  }

  /** The evidence of the verification: what was checked, with which result. Empty before the handshake. */
  get report(): VerifyReport {
    return this.#connection.report;
  }

  /** What the console shows: the peer, the connection, and its state. */
  [Symbol.for("Deno.customInspect")](): string {
    const { role, peer, phase, established, outcome } = this.#connection;
    const { version, cipher } = established?.negotiated() ?? {};
    const verified = established && outcome?.report.ok;
    return oneLine(this, {
      role,
      peer,
      state: phase,
      version,
      cipher,
      verified,
      engine: this.engine,
    });
  }

  /**
   * The last error of this socket: text in string context, a number in numeric
   * context; `undefined` before the first.
   *
   * Perl: `errstr`
   */
  errstr(): Dualvar | undefined {
    return this.#connection.error;
  }

  /**
   * 1 while TLS is established, -1 after a handshake that failed, else 0.
   *
   * Perl: `opened`
   */
  opened(): 0 | 1 | -1 {
    return this.#connection.opened;
  }

  /**
   * The directions in which TLS is open: `"rw"`, `"r"` after our close_notify,
   * `"w"` after the peer's, `""` after both and during the handshake;
   * `undefined` on a plain or closed socket.
   *
   * Perl: `is_SSL`
   */
  isSsl(): Directions {
    return this.#connection.directions;
  }

  /**
   * The cipher suite, as OpenSSL names it, e.g. `TLS_AES_256_GCM_SHA384`.
   *
   * Perl: `get_cipher`
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   */
  getCipher(): string | undefined {
    return this.#negotiated("getCipher()", "negotiated")?.cipher;
  }

  /**
   * The protocol: `TLSv1_3`, `TLSv1_2`, `TLSv1_1`, `TLSv1` or `SSLv3`.
   *
   * Perl: `get_sslversion`
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   */
  getSslversion(): string | undefined {
    return this.#negotiated("getSslversion()", "negotiated")?.version;
  }

  /**
   * The protocol as a number: 0x0304 for TLS 1.3.
   *
   * Perl: `get_sslversion_int`
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   */
  getSslversionInt(): number | undefined {
    return this.#negotiated("getSslversionInt()", "negotiated")?.versionInt;
  }

  /**
   * The group of the key exchange, as `ecdhCurve` takes it: `X25519MLKEM768`, `P-256`; `undefined`
   * without one, and on OpenSSL 1.1.1.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   */
  getGroup(): string | undefined {
    return this.#connection.tlsFor("getGroup()", "negotiated")?.keyExchange().group;
  }

  /**
   * The signature algorithm by which the peer proved that it has the key of its certificate (RFC 8446
   * 4.2.3), e.g. `ecdsa_secp256r1_sha256`; `undefined` where it did not, as when a session is resumed.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   */
  getPeerSignatureAlgorithm(): string | undefined {
    const tls = this.#connection.tlsFor("getPeerSignatureAlgorithm()", "negotiated");
    return tls?.keyExchange().peerSignature;
  }

  /** How long the name, TCP, the handshake and the verification took, in milliseconds. */
  get timings(): Timings {
    return this.#connection.timings;
  }

  /**
   * The name in SNI: sent by us as a client, or asked for by the client.
   *
   * Perl: `get_servername`
   *
   * @throws {SslUnsupportedError} On a server of the Deno engine, which cannot tell.
   */
  getServername(): string | undefined {
    const feature = this.#connection.role === "server" ? "sniCallback" : undefined;
    return this.#negotiated("getServername()", feature)?.serverName;
  }

  /**
   * The ALPN protocol that both sides chose.
   *
   * Perl: `alpn_selected`
   */
  alpnSelected(): string | undefined {
    return this.#negotiated("alpnSelected()")?.alpn;
  }

  /**
   * The NPN protocol that both sides chose.
   *
   * Perl: `next_proto_negotiated`
   */
  nextProtoNegotiated(): string | undefined {
    return this.#negotiated("nextProtoNegotiated()")?.npn;
  }

  /**
   * Whether an earlier session was resumed.
   *
   * Perl: `get_session_reused`
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   */
  getSessionReused(): boolean | undefined {
    return this.#negotiated("getSessionReused()", "negotiated")?.reused;
  }

  /**
   * The peer's certificate; `undefined` if it sent none.
   *
   * Perl: `peer_certificate`
   *
   * @throws {SslUnsupportedError} On the Deno engine, which has no public way to it.
   */
  peerCertificate(): Certificate | undefined;
  /** The DNS names and addresses in the peer's certificate. */
  peerCertificate(field: "subjectAltNames"): SubjectAltName[] | undefined;
  /** A field of the peer's certificate; names in the form `/CN=example.com`. */
  peerCertificate(field: Exclude<CertificateField, "subjectAltNames">): string | undefined;
  peerCertificate(field?: CertificateField): Certificate | SubjectAltName[] | string | undefined {
    const cert = this.#peerCertificate();
    return field === undefined ? cert : fieldOf("peerCertificate()", cert, field);
  }

  #peerCertificate(): Certificate | undefined {
    const tls = this.#connection.tlsFor("peerCertificate()", "peerCertificate");
    const der = tls?.peerChain()[0];
    if (der === undefined) return undefined;
    return this.#peer ??= new Certificate(der);
  }

  /**
   * The certificates that the peer sent, its own first.
   *
   * Perl: `peer_certificates`
   *
   * @throws {SslUnsupportedError} On the Deno engine, which has no public way to them.
   */
  peerCertificates(): Certificate[] {
    const tls = this.#connection.tlsFor("peerCertificates()", "peerCertificate");
    return (tls?.peerChain() ?? []).map((der) => new Certificate(der));
  }

  /**
   * Our own certificate, if we have sent one.
   *
   * Perl: `sock_certificate`
   */
  sockCertificate(): Certificate | undefined;
  /** The DNS names and addresses in our certificate. */
  sockCertificate(field: "subjectAltNames"): SubjectAltName[] | undefined;
  /** A field of our certificate; names in the form `/CN=example.com`. */
  sockCertificate(field: Exclude<CertificateField, "subjectAltNames">): string | undefined;
  sockCertificate(field?: CertificateField): Certificate | SubjectAltName[] | string | undefined {
    const der = this.#connection.tlsFor("sockCertificate()")?.ownCertificate();
    const cert = der && new Certificate(der);
    return field === undefined ? cert : fieldOf("sockCertificate()", cert, field);
  }

  /**
   * Subject and issuer of the peer's certificate in two lines; `undefined` if it sent none.
   *
   * Perl: `dump_peer_certificate`
   *
   * @throws {SslUnsupportedError} On the Deno engine.
   */
  dumpPeerCertificate(): string | undefined {
    const cert = this.#peerCertificate();
    return cert && `Subject Name: ${cert.subject}\nIssuer  Name: ${cert.issuer}\n`;
  }

  /**
   * The fingerprint of a certificate in the form of the option `fingerprint`: `sha256$0123...`,
   * or with `publicKey` that of its public key, `sha256$pub$0123...`.
   *
   * Perl: `get_fingerprint`
   *
   * @param algo The digest. Default: `sha256`.
   * @param cert The certificate. Default: the peer's.
   * @throws {SslUnsupportedError} On the Deno engine, for the peer's certificate.
   */
  getFingerprint(algo = "sha256", cert?: CertificateInput, publicKey = false): string | undefined {
    const from = cert === undefined ? this.#peerCertificate() : toCertificate(cert, "cert");
    return from?.fingerprint(algo, publicKey);
  }

  /**
   * The fingerprint of a certificate, or of its public key, as bytes.
   *
   * Perl: `get_fingerprint_bin`
   *
   * @param algo The digest. Default: `sha256`.
   * @param cert The certificate. Default: the peer's.
   * @throws {SslUnsupportedError} On the Deno engine, for the peer's certificate.
   */
  getFingerprintBin(
    algo = "sha256",
    cert?: CertificateInput,
    publicKey = false,
  ): Uint8Array | undefined {
    const from = cert === undefined ? this.#peerCertificate() : toCertificate(cert, "cert");
    return publicKey ? from?.publicKeyDigest(algo) : from?.fingerprintBin(algo);
  }

  /**
   * Whether the peer's certificate is for a host, by the rules of a scheme. This
   * has been checked in the handshake for the name that was connected to.
   *
   * Perl: `verify_hostname`
   *
   * @param host A name or an IP address.
   * @param scheme Default: `rfc9525`.
   * @param publicSuffix The public suffixes; `""` for none. Default: the built-in list.
   * @throws {SslUnsupportedError} On the Deno engine, which does not show the certificate.
   */
  verifyHostname(host: string, scheme?: Scheme, publicSuffix?: PublicSuffix | ""): boolean {
    const cert = this.#peerCertificate();
    if (cert === undefined) return false;
    return verifyHostname(cert, host, scheme, publicSuffix === undefined ? {} : { publicSuffix });
  }

  /**
   * Keying material bound to this connection (RFC 5705, RFC 8446 7.5).
   *
   * Perl: `export_keying_material`
   *
   * @param label At most 249 bytes (RFC 8446 7.1).
   * @param length In bytes, from 1 to 65,535; TLS 1.3 gives at most 255 times the length of its hash.
   * @param context At most 65,535 bytes.
   * @throws {RangeError} For another length of one of these.
   * @throws {SslUnsupportedError} On the Deno engine.
   */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    return this.#connection.keyingMaterial(label, length, context);
  }

  /**
   * Bytes that only the two ends of this connection know, to bind an authentication above TLS to
   * it (SCRAM-PLUS, ...): `"tls-exporter"` (RFC 9266), `"tls-unique"` (RFC 5929, TLS 1.2 only) or
   * `"tls-server-end-point"` (RFC 5929: a digest of the server's certificate).
   *
   * @throws {SslUnsupportedError} On the Deno engine; for `"tls-unique"` with TLS 1.3; where the
   * handshake lacks what the type needs: the message says what.
   * @throws {SslError} With code `ENOTCONN` without TLS.
   */
  channelBinding(type: ChannelBindingType): Uint8Array {
    return this.#connection.channelBinding(type);
  }

  /**
   * The engine's own object, for `./ssleay/low`. It belongs to the socket: it must not be freed,
   * nor used after `close()` or `stopSsl()`.
   *
   * Perl: `_get_ssl_object`
   *
   * @throws {SslUnsupportedError} On the Deno engine, which has none.
   * @throws {SslError} With code `ENOTCONN` without TLS.
   */
  sslObject(): NativeObject {
    return this.#connection.sslObject();
  }

  /**
   * Asks the OCSP responders about the peer's certificates: as `ocspMode` says, the leaf or the
   * whole chain (`SSL_OCSP_FULL_CHAIN`). It has the stapled response and the results in `ocspCache`.
   *
   * Perl: `ocsp_resolver`
   *
   * @example
   * ```ts ignore
   * import { SslSocket } from "@socket/ssl";
   *
   * await using socket = await SslSocket.connect("example.com:443");
   * const error = await socket.ocspResolver().resolve();
   * if (error !== "") throw new Error(`revoked: ${error}`);
   * ```
   *
   * @throws {SslUnsupportedError} On the Deno engine, which does not show the chain.
   * @throws {SslError} With code `ENOTCONN` without TLS, or where the peer showed no certificate.
   */
  ocspResolver(): OcspResolver {
    return this.#connection.ocspResolver();
  }

  /**
   * The Finished message that we sent.
   *
   * Perl: `get_finished`
   *
   * @throws {SslUnsupportedError} On the Deno engine.
   */
  getFinished(): Uint8Array {
    return this.#connection.mustTls("getFinished()", "finished").finished("own");
  }

  /**
   * The Finished message that the peer sent.
   *
   * Perl: `get_peer_finished`
   *
   * @throws {SslUnsupportedError} On the Deno engine.
   */
  getPeerFinished(): Uint8Array {
    return this.#connection.mustTls("getPeerFinished()", "finished").finished("peer");
  }

  // ---- what can be done here, asked before it is tried

  /**
   * Whether a client sends the server name.
   *
   * Perl: `can_client_sni`
   */
  static canClientSni(): boolean {
    return can("sniClient");
  }

  /**
   * Whether a server can choose its certificate by server name.
   *
   * Perl: `can_server_sni`
   */
  static canServerSni(): boolean {
    return can("sniServer");
  }

  /**
   * Whether NPN, the predecessor of ALPN, is available.
   *
   * Perl: `can_npn`
   */
  static canNpn(): boolean {
    return can("npn");
  }

  /**
   * Whether ALPN is available, as client and as server.
   *
   * Perl: `can_alpn`
   */
  static canAlpn(): boolean {
    return can("alpnClient") && can("alpnServer");
  }

  /**
   * Whether the groups for ECDH can be chosen.
   *
   * Perl: `can_ecdh`
   */
  static canEcdh(): boolean {
    return can("ciphers");
  }

  /**
   * Whether a server can have certificates of several key types for one name.
   *
   * Perl: `can_multi_cert`
   */
  static canMultiCert(): boolean {
    return can("multiCert");
  }

  /**
   * Whether IPv6 is available: always.
   *
   * Perl: `can_ipv6`
   */
  static canIpv6(): boolean {
    return true;
  }

  /**
   * Whether an intermediate or leaf certificate can be a trust anchor.
   *
   * Perl: `can_partial_chain`
   */
  static canPartialChain(): boolean {
    return can("ownAnchors");
  }

  /**
   * Whether the TLS 1.3 cipher suites can be chosen.
   *
   * Perl: `can_ciphersuites`
   */
  static canCiphersuites(): boolean {
    return can("ciphers");
  }

  /**
   * Whether stapled OCSP responses are asked for and checked.
   *
   * Perl: `can_ocsp`
   */
  static canOcsp(): boolean {
    return can("ocsp");
  }

  /**
   * Whether a server can give the keys of its session tickets (`ticketKeycb`).
   *
   * Perl: `can_ticket_keycb`
   */
  static canTicketKeycb(): boolean {
    return can("ticketKeys");
  }

  /**
   * The side that can use pre-shared keys; `undefined` if neither can.
   *
   * Perl: `can_psk`
   */
  static canPsk(): { readonly client: boolean; readonly server: boolean } | undefined {
    return can("psk") ? { client: true, server: true } : undefined;
  }

  /**
   * Whether a client answers a TLS 1.3 server that asks for its certificate after the handshake
   * (RFC 8446 4.6.2): OpenSSL does, once it has one; Deno's TLS never offers it.
   *
   * Perl: `can_pha`
   */
  static canPha(): boolean {
    return can("nativeObjects");
  }

  /**
   * Whether TLS can be started on a TLS socket.
   *
   * Perl: `can_nested_ssl`
   */
  static canNestedSsl(): boolean {
    return can("anyTransport");
  }
}

/**
 * Accepts TLS connections, and can stand where a `Deno.Listener` is expected.
 *
 * `for await` runs many handshakes at once. A slow, silent or hostile client only occupies one of
 * `maxHandshakes` places, for `handshakeTimeout` at most; when all places are taken, one that does
 * not go on gives way to the next client. `accept` runs one handshake: a silent client holds it up
 * for `handshakeTimeout`.
 *
 * Perl: `IO::Socket::SSL`
 *
 * @example
 * ```ts ignore
 * import { SslSocket } from "@socket/ssl";
 *
 * const listener = await SslSocket.listen({ port: 8443, certFile: "server.pem", keyFile: "server.key" });
 * for await (const socket of listener) {
 *   socket.readable.pipeTo(socket.writable).catch(() => socket.close());
 * }
 * ```
 *
 * @category Sockets
 */
export class SslListener<S extends SslSocket = SslSocket>
  implements Deno.Listener<S, Deno.NetAddr>, AsyncDisposable {
  readonly #listener: Listener<S>;

  /** Not for users: use `SslSocket.listen`. */
  constructor(init: ListenerInit<S>) {
    this.#listener = unwrapListener(init);
  }

  /** The address it is bound to. */
  get addr(): Deno.NetAddr {
    return this.#listener.addr;
  }

  /** The context of the next connection. */
  get context(): SslContext {
    return this.#listener.context;
  }

  /** Which engine does the work. */
  get engine(): EngineName {
    return this.#listener.engine;
  }

  /**
   * Accepts one TCP connection and completes its handshake, in at most `handshakeTimeout`
   * (10,000 ms) after the connection came. A handshake that fails rejects this call; the listener
   * goes on.
   *
   * Perl: `accept`
   *
   * @throws {SslError} With code `ECLOSED` when the listener is closed.
   * @throws {SslPeerError} If the client does not speak TLS.
   * @throws {SslVerifyError} If the client's certificate is refused.
   * @throws {SslTimeoutError} If the client is too slow.
   */
  accept(options?: WaitOptions): Promise<S> {
    return atCallOf(this.accept, () => this.#listener.accept(options));
  }

  /**
   * Accepts one connection without TLS, e.g. to look at its first bytes before `SslSocket.start`.
   * `onHandshakeError` gets the error of a client that is gone already; the next one is taken.
   *
   * @throws {SslUnsupportedError} On the Deno engine.
   * @throws {SslError} With code `ECLOSED` when the listener is closed.
   */
  acceptPlain(options?: WaitOptions): Promise<Deno.TcpConn> {
    return atCallOf(this.acceptPlain, () => this.#listener.acceptPlain(options));
  }

  /**
   * The sockets in the order in which their handshakes complete. The loop ends when the listener is
   * closed; the listener stays open when the loop is left.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<S> {
    return this.#listener.iterate();
  }

  /**
   * Sets the context of the connections that are accepted from now on, e.g. for a renewed
   * certificate; connections that run keep theirs. If the context cannot be made ready, nothing
   * changes, and the error goes to `onHandshakeError`.
   *
   * @throws {TypeError} If it is a context of another engine.
   * @throws {SslUnsupportedError} On the Deno engine.
   */
  setContext(context: SslContext): void {
    this.#listener.setContext(context);
  }

  /**
   * Stops listening and drops the connections that nobody has taken yet. Sockets that were
   * accepted are not touched.
   *
   * Perl: `close`
   */
  close(): void {
    this.#listener.drop();
  }

  /** {@linkcode SslListener.close}, for `using`. */
  [Symbol.dispose](): void {
    this.#listener.drop();
  }

  /** Like {@linkcode SslListener.close}, and waits until the dropped connections are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener.drop();
  }

  /**
   * Stops listening, and waits until the handshakes that run are done, the iterator has handed out
   * their sockets, and every socket of this listener is closed. What still runs at the deadline is
   * cut off.
   */
  shutdown(options?: ShutdownListenerOptions): Promise<void> {
    return this.#listener.shutdown(options);
  }

  /** What the console shows: its address and engine. */
  [Symbol.for("Deno.customInspect")](): string {
    const { addr, engine, closed } = this.#listener;
    return oneLine(this, { addr, engine, closed: closed || undefined });
  }

  /** Keeps the program running while it waits for connections, which is the default. */
  ref(): void {
    this.#listener.ref();
  }

  /** Lets the program end while it waits for connections. Deno 2.9 ignores it on the Deno engine. */
  unref(): void {
    this.#listener.unref();
  }
}
