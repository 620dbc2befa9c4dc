/**
 * The floor: the least JavaScript that does TLS with OpenSSL's memory BIOs over a Deno.TcpConn. It
 * checks nothing and keeps no state, so no library that uses the same means can be faster by much.
 *
 * @module
 */

import { type Conn, type Contender, type Material, splitLines } from "./contender.ts";
import type { Checks } from "./floor_checks.ts";

const P = "pointer", B = "buffer", I = "i32";
const SYMBOLS = {
  TLS_client_method: { parameters: [], result: P },
  TLS_server_method: { parameters: [], result: P },
  SSL_CTX_new: { parameters: [P], result: P },
  SSL_new: { parameters: [P], result: P },
  SSL_free: { parameters: [P], result: "void" },
  SSL_CTX_load_verify_locations: { parameters: [P, B, P], result: I },
  SSL_CTX_use_certificate_chain_file: { parameters: [P, B], result: I },
  SSL_CTX_use_PrivateKey_file: { parameters: [P, B, I], result: I },
  SSL_CTX_set_verify: { parameters: [P, I, P], result: "void" },
  SSL_CTX_ctrl: { parameters: [P, I, "i64", P], result: "i64" },
  SSL_ctrl: { parameters: [P, I, "i64", B], result: "i64" },
  SSL_set1_host: { parameters: [P, B], result: I },
  SSL_set_bio: { parameters: [P, P, P], result: "void" },
  SSL_set_connect_state: { parameters: [P], result: "void" },
  SSL_set_accept_state: { parameters: [P], result: "void" },
  SSL_do_handshake: { parameters: [P], result: I },
  SSL_read: { parameters: [P, B, I], result: I },
  SSL_write: { parameters: [P, B, I], result: I },
  SSL_shutdown: { parameters: [P], result: I },
  SSL_get1_session: { parameters: [P], result: P },
  SSL_set_session: { parameters: [P, P], result: I },
  SSL_SESSION_free: { parameters: [P], result: "void" },
  BIO_new: { parameters: [P], result: P },
  BIO_s_mem: { parameters: [], result: P },
  BIO_ctrl: { parameters: [P, I, "i64", P], result: "i64" },
  BIO_ctrl_pending: { parameters: [P], result: "u32" },
  BIO_read: { parameters: [P, B, I], result: I },
  BIO_write: { parameters: [P, B, I], result: I },
} as const;

/** Numbers of OpenSSL's headers. */
const FILETYPE_PEM = 1, VERIFY_PEER = 1, SET_EOF_RETURN = 130;
const CTRL_MODE = 33, CTRL_SESS_CACHE_MODE = 44, CTRL_HOSTNAME = 55;
const MOVING_WRITE_BUFFER = 2n, RELEASE_BUFFERS = 0x10n, CLIENT_NO_INTERNAL = 0x301n;

type Pointer = Deno.PointerValue;
type Functions = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

const zeroEnded = (text: string) => new TextEncoder().encode(`${text}\0`);
const LOCALHOST = zeroEnded("localhost");
/** Buffers for one read or write; taken and given back. */
const pool: Uint8Array<ArrayBuffer>[] = [];
const take = () => pool.pop() ?? new Uint8Array(131072);

class FloorConn implements Conn {
  readonly #c: Functions;
  readonly #tcp: Deno.TcpConn;
  readonly #in: Pointer;
  readonly #out: Pointer;
  #ssl: Pointer;
  /** Whether OpenSSL has used all that was received. */
  #dry = true;
  /** Is given the session at the end. */
  readonly #keep: ((session: Pointer) => void) | undefined;

  constructor(c: Functions, tcp: Deno.TcpConn, ssl: Pointer, keep?: (session: Pointer) => void) {
    this.#c = c;
    this.#tcp = tcp;
    this.#ssl = ssl;
    this.#keep = keep;
    this.#in = c.BIO_new(c.BIO_s_mem());
    this.#out = c.BIO_new(c.BIO_s_mem());
    for (const bio of [this.#in, this.#out]) c.BIO_ctrl(bio, SET_EOF_RETURN, -1n, null);
    c.SSL_set_bio(ssl, this.#in, this.#out);
  }

  async shake(): Promise<this> {
    const buffer = new Uint8Array(4096);
    for (;;) {
      const done = this.#c.SSL_do_handshake(this.#ssl) === 1;
      const n = this.#c.BIO_read(this.#out, buffer, buffer.length);
      if (n > 0) {
        const sent = this.#tcp.write(buffer.subarray(0, n));
        if (done) sent.catch(() => {});
        else await sent;
      }
      if (done) return this;
      const got = await this.#tcp.read(buffer);
      if (got === null) throw new Error("the stream ended in the handshake");
      this.#c.BIO_write(this.#in, buffer, got);
      this.#dry = false;
    }
  }

  async read(p: Uint8Array): Promise<number | null> {
    for (;;) {
      const n = this.#dry ? 0 : this.#decrypt(p as Uint8Array<ArrayBuffer>);
      if (n > 0) return n;
      const buffer = take();
      const got = await this.#tcp.read(buffer);
      if (got !== null) this.#c.BIO_write(this.#in, buffer, got);
      pool.push(buffer);
      if (got === null) return null;
      this.#dry = false;
    }
  }

  #decrypt(p: Uint8Array<ArrayBuffer>): number {
    for (let n = 0;;) {
      const got = this.#c.SSL_read(this.#ssl, n ? p.subarray(n) : p, p.length - n);
      if (got <= 0) {
        this.#dry = true;
        return n;
      }
      n += got;
      const more = this.#c.BIO_ctrl_pending(this.#in) > 0;
      if (more && p.length - n >= 16384) continue;
      this.#dry = !more && n < p.length;
      return n;
    }
  }

  async write(p: Uint8Array): Promise<number> {
    const part = (p.length > 65536 ? p.subarray(0, 65536) : p) as Uint8Array<ArrayBuffer>;
    this.#c.SSL_write(this.#ssl, part, part.length);
    const buffer = take();
    const n = this.#c.BIO_read(this.#out, buffer, buffer.length);
    for (let at = 0; at < n;) at += await this.#tcp.write(buffer.subarray(at, n));
    pool.push(buffer);
    return part.length;
  }

  async close(): Promise<void> {
    const ssl = this.#ssl;
    if (ssl === null) return;
    this.#ssl = null;
    this.#c.SSL_shutdown(ssl);
    const buffer = new Uint8Array(256);
    const n = this.#c.BIO_read(this.#out, buffer, buffer.length);
    try {
      if (n > 0) await this.#tcp.write(buffer.subarray(0, n));
    } catch {
      // The peer was faster.
    }
    this.#keep?.(this.#c.SSL_get1_session(ssl));
    this.#c.SSL_free(ssl);
    this.#tcp.close();
  }
}

/** Connections whose handshakes run side by side, in the order in which they end. */
async function* accepted(
  c: Functions,
  context: Pointer,
  listener: Deno.TcpListener,
): AsyncGenerator<Conn> {
  const ready: Conn[] = [];
  let wake = () => {};
  (async () => {
    for await (const tcp of listener) {
      tcp.setNoDelay(true);
      const ssl = c.SSL_new(context);
      c.SSL_set_accept_state(ssl);
      new FloorConn(c, tcp, ssl).shake().then((conn) => {
        ready.push(conn);
        wake();
      }, () => tcp.close());
    }
  })();
  for (;;) {
    while (ready.length > 0) yield ready.shift()!;
    await new Promise<void>((resolve) => wake = resolve);
  }
}

/** The contender; with `checks` its clients do what a library cannot leave out. */
export function floor({ folder }: Material, checks?: Checks): Contender {
  const c = Deno.dlopen("libssl.so.3", SYMBOLS).symbols;
  let clients: Pointer = null, last: Pointer = null;
  const keep = (session: Pointer) => {
    if (last !== null) c.SSL_SESSION_free(last);
    last = session;
  };
  function clientContext(): Pointer {
    const context = c.SSL_CTX_new(c.TLS_client_method());
    c.SSL_CTX_load_verify_locations(context, zeroEnded(`${folder}/ca.pem`), null);
    c.SSL_CTX_set_verify(context, VERIFY_PEER, null);
    c.SSL_CTX_ctrl(context, CTRL_MODE, MOVING_WRITE_BUFFER, null);
    c.SSL_CTX_ctrl(context, CTRL_SESS_CACHE_MODE, CLIENT_NO_INTERNAL, null);
    checks?.prepare(context);
    return context;
  }
  async function connect(port: number, resume: boolean, signal?: AbortSignal): Promise<Conn> {
    clients ??= clientContext();
    const target = { hostname: "127.0.0.1", port };
    const tcp = await Deno.connect(signal ? { ...target, signal } : target);
    tcp.setNoDelay(true);
    const ssl = c.SSL_new(clients);
    c.SSL_ctrl(ssl, CTRL_HOSTNAME, 0n, LOCALHOST);
    c.SSL_set1_host(ssl, LOCALHOST);
    checks?.ask(ssl);
    c.SSL_set_connect_state(ssl);
    if (resume && last !== null) c.SSL_set_session(ssl, last);
    return await new FloorConn(c, tcp, ssl, resume ? keep : undefined).shake();
  }
  return {
    connect: (port, resume) =>
      checks === undefined
        ? connect(port, resume)
        : checks.bounded((signal) => connect(port, resume, signal)),
    listen() {
      const context = c.SSL_CTX_new(c.TLS_server_method());
      c.SSL_CTX_use_certificate_chain_file(context, zeroEnded(`${folder}/server.pem`));
      c.SSL_CTX_use_PrivateKey_file(context, zeroEnded(`${folder}/server.key`), FILETYPE_PEM);
      c.SSL_CTX_ctrl(context, CTRL_MODE, MOVING_WRITE_BUFFER | RELEASE_BUFFERS, null);
      const listener = Deno.listen(
        { hostname: "127.0.0.1", port: 0, tcpBacklog: 1024 } as Deno.TcpListenOptions,
      );
      const { port } = listener.addr;
      return Promise.resolve({ port, connections: accepted(c, context, listener) });
    },
    lines: splitLines,
  };
}
