/**
 * One SSL over two memory BIOs: bytes in, bytes out.
 *
 * The peer is judged by the layer above ({@linkcode ContextHooks.verify})
 * before anything that depends on it leaves: inside OpenSSL's own verification
 * where callbacks are possible, so that the right alert goes out; otherwise
 * (`--allow-ffi=<path>`) right after the step that brought the certificate,
 * while the answer still lies in the BIO, which is emptied when the peer is
 * refused. A handshake that ends without a judgement that was due is refused.
 *
 * @module
 */

import {
  SSL_WANT_READ,
  SSL_WANT_WRITE,
  SslError,
  SslVerifyError,
  type Want,
} from "../../errors.ts";
import type { SansIoSession } from "../sans_io.ts";
import type { Negotiated, PeerEvidence, Role, SessionParams, ShutdownState } from "../types.ts";
import { alpnNames, type CallbackTarget, TLSEXT } from "./callbacks.ts";
import type { OpenSslContext, Runtime } from "./context.ts";
import { drainErrors } from "./error_queue.ts";
import { connectionError, endError, localError } from "./errors.ts";
import { NativeHandle } from "./handles.ts";
import { cString, drainBio, textOf } from "./memory.ts";
import * as inspect from "./inspect.ts";
import { CTRL, type OpenSslSymbols, SSL_ERROR } from "./symbols.ts";

const TLSEXT_NAMETYPE_HOST = 0;
const RECEIVED_SHUTDOWN = 2, SENT_SHUTDOWN = 1;
const RECORD = 16384;
const X509_V_ERR_UNSPECIFIED = 1;
const X509_V_ERR_APPLICATION_VERIFICATION = 50;
const VERIFY_PEER = 1, VERIFY_FAIL_IF_NO_PEER_CERT = 2;

type Bytes = Uint8Array<ArrayBuffer>;

/** A sans-IO TLS connection of OpenSSL. */
export class OpenSslSession implements SansIoSession, CallbackTarget {
  /** Which side. */
  readonly role: Role;
  readonly #c: OpenSslSymbols;
  readonly #handle: NativeHandle;
  readonly #rbio: Deno.PointerValue;
  readonly #wbio: Deno.PointerValue;
  readonly #params: SessionParams;
  readonly #forget: (() => void) | undefined;
  #context: OpenSslContext;
  #established = false;
  /** Nothing was fed since OpenSSL last asked for more. */
  #dry = true;
  #judged = false;
  #callbackError: unknown;
  /** Depth of calls into OpenSSL: freeing inside one of them would crash. */
  #calls = 0;
  #freeLater = false;

  /** Makes the SSL of one connection. */
  constructor(runtime: Runtime, context: OpenSslContext, params: SessionParams) {
    const c = this.#c = runtime.library.c;
    this.role = context.role;
    this.#context = context;
    this.#params = params;
    c.ERR_clear_error();
    const ssl = c.SSL_new(context.ptr);
    if (ssl === null) throw localError("Cannot create a connection", drainErrors(c));
    const { callbacks } = runtime;
    const key = callbacks?.register(ssl, this);
    this.#forget = key === undefined ? undefined : () => callbacks!.forget(key);
    this.#handle = new NativeHandle(ssl, freeSsl(c, this.#forget));
    this.#rbio = c.BIO_new(c.BIO_s_mem());
    this.#wbio = c.BIO_new(c.BIO_s_mem());
    for (const bio of [this.#rbio, this.#wbio]) {
      c.BIO_ctrl(bio, CTRL.BIO_SET_MEM_EOF_RETURN, -1n, null);
    }
    c.SSL_set_bio(ssl, this.#rbio, this.#wbio); // which now belong to the SSL
    if (this.role === "server") c.SSL_set_accept_state(ssl);
    else this.#prepareClient(ssl);
  }

  #prepareClient(ssl: Deno.PointerObject): void {
    const c = this.#c;
    c.SSL_set_connect_state(ssl);
    const { serverName } = this.#params;
    try {
      if (serverName === undefined) return;
      if (
        c.SSL_ctrl(ssl, CTRL.SET_HOSTNAME, BigInt(TLSEXT_NAMETYPE_HOST), cString(serverName)) !== 1
      ) {
        throw localError(`Cannot send serverName ${JSON.stringify(serverName)}`, drainErrors(c));
      }
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Whether the handshake is complete. */
  get established(): boolean {
    return this.#established;
  }

  /** Which close_notify alerts were made and taken in. */
  get shutdownState(): ShutdownState {
    const flags = this.#handle.freed ? 0 : this.#c.SSL_get_shutdown(this.#handle.ptr);
    return { sent: (flags & SENT_SHUTDOWN) !== 0, received: (flags & RECEIVED_SHUTDOWN) !== 0 };
  }

  /** The SSL; throws after {@linkcode free}. */
  get ssl(): Deno.PointerObject {
    const ptr = this.#handle.ptr;
    if (ptr === null) {
      throw new SslError("Cannot use the connection: it is closed", { code: "ECLOSED" });
    }
    return ptr;
  }

  // ---- handshake

  /** Goes on with the handshake as far as the bytes reach. */
  handshake(): true | Want {
    if (this.#established) return true;
    const c = this.#c;
    const ssl = this.ssl;
    const { result, error } = this.#call(ssl, () => c.SSL_do_handshake(ssl));
    this.#throwCallbackError();
    if (error === SSL_ERROR.SSL || error === SSL_ERROR.SYSCALL || error === SSL_ERROR.ZERO_RETURN) {
      throw this.#failed(this.role === "client" ? "SSL connect attempt" : "SSL accept attempt");
    }
    this.#judgeBeforeFlush(ssl, result === 1);
    if (result === 1) {
      this.#established = true;
      this.#dry = c.BIO_ctrl_pending(this.#rbio) === 0;
      return true;
    }
    return error === SSL_ERROR.WANT_WRITE ? SSL_WANT_WRITE : SSL_WANT_READ;
  }

  // ---- verification

  get #mustJudge(): boolean {
    return this.#context.config.verifyMode !== 0 && this.#context.config.hooks.verify !== undefined;
  }

  /** OpenSSL's verification of the peer: its own chain building, then the layer above. */
  onVerify(store: Deno.PointerValue): number {
    const c = this.#c;
    const ok = c.X509_verify_cert(store) === 1;
    const found = c.X509_STORE_CTX_get_error(store);
    const error = ok ? 0 : found || X509_V_ERR_UNSPECIFIED;
    const refusal = this.#judge(inspect.storeEvidence(c, store, error));
    if (refusal === undefined) {
      c.X509_STORE_CTX_set_error(store, 0);
      return 1;
    }
    const errno = refusal instanceof SslVerifyError ? refusal.errno : 0;
    c.X509_STORE_CTX_set_error(
      store,
      errno > 0 && errno < 200 ? errno : X509_V_ERR_APPLICATION_VERIFICATION,
    );
    this.fail(refusal);
    return 0;
  }

  #judge(evidence: PeerEvidence): Error | undefined {
    const { verify } = this.#context.config.hooks;
    const refusal = verify?.(evidence, this.#params.user);
    this.#judged = refusal === undefined;
    return refusal;
  }

  /** What OpenSSL's verification did not judge is judged here, before the output leaves. */
  #judgeBeforeFlush(ssl: Deno.PointerObject, done: boolean): void {
    if (this.#judged || !this.#mustJudge) return;
    const c = this.#c;
    const resumed = c.SSL_session_reused(ssl) === 1;
    if (!done && (resumed || c.SSL_get_peer_cert_chain(ssl) === null)) return;
    const evidence = inspect.sslEvidence(c, ssl, resumed);
    let refusal: Error | undefined;
    if (evidence.presented.length > 0) refusal = this.#judge(evidence);
    else if (!done || !this.#needsCertificate()) return;
    else {
      refusal = new SslVerifyError("Cannot verify the peer: it sent no certificate", {
        code: "NO_PEER_CERTIFICATE",
        errno: X509_V_ERR_UNSPECIFIED,
      });
    }
    if (refusal === undefined) return;
    drainBio(c, this.#wbio); // the answer to a refused peer must not leave
    throw refusal;
  }

  #needsCertificate(): boolean {
    const { verifyMode } = this.#context.config;
    return this.role === "client"
      ? (verifyMode & VERIFY_PEER) !== 0
      : (verifyMode & VERIFY_PEER) !== 0 && (verifyMode & VERIFY_FAIL_IF_NO_PEER_CERT) !== 0;
  }

  // ---- the other callbacks

  /** The SNI name arrived: the layer above may choose another context. */
  onServerName(): number {
    const name = textOf(this.#c, this.#c.SSL_get_servername(this.ssl, TLSEXT_NAMETYPE_HOST));
    const chosen = this.#context.config.hooks.selectContext?.(name, this.#params.user);
    if (chosen === undefined) return TLSEXT.OK;
    if (chosen === null) {
      this.fail(
        new SslError(`Cannot serve: there is no certificate for ${JSON.stringify(name)}`, {
          code: "ERR_SSL_UNRECOGNIZED_NAME",
          alert: "unrecognized_name",
        }),
      );
      return TLSEXT.ALERT_FATAL;
    }
    const context = chosen as OpenSslContext;
    this.#c.SSL_set_SSL_CTX(this.ssl, context.ptr);
    this.#context = context;
    return TLSEXT.OK;
  }

  /** The server's first protocol that the client offers; none is an error (RFC 7301 3.2). */
  onAlpn(offered: Uint8Array): string | undefined {
    const names = alpnNames(offered);
    const { alpn } = this.#context.config;
    const chosen = alpn.find((name) => names.includes(name));
    if (chosen === undefined) {
      this.fail(
        new SslError(
          `Cannot agree on an ALPN protocol: we have ${alpn.join(", ")}: received ${
            names.join(", ")
          }`,
          { code: "ERR_SSL_NO_APPLICATION_PROTOCOL", alert: "no_application_protocol" },
        ),
      );
    }
    return chosen;
  }

  /** A line of the key log. */
  onKeylog(line: string): void {
    this.#context.config.hooks.keylog?.(line);
  }

  /** Keeps the first failure inside a callback; it becomes the error of the call. */
  fail(error: unknown): void {
    this.#callbackError ??= error ?? new SslError("A callback failed");
  }

  // ---- data

  /** Decrypts into `p`, as many records as fit. */
  read(p: Uint8Array): number | null | Want {
    if (this.#dry) return SSL_WANT_READ;
    return this.#read(p, this.#c.SSL_read);
  }

  /** As `read`, without consuming. */
  peek(p: Uint8Array): number | null | Want {
    if (this.#dry) return SSL_WANT_READ;
    return this.#read(p.length > RECORD ? p.subarray(0, RECORD) : p, this.#c.SSL_peek);
  }

  #read(p: Uint8Array, read: OpenSslSymbols["SSL_read"]): number | null | Want {
    const c = this.#c;
    const ssl = this.ssl;
    const length = p.length;
    if (length === 0) return 0;
    let n = 0;
    for (;;) {
      const part = (n === 0 ? p : p.subarray(n)) as Bytes;
      c.ERR_clear_error();
      this.#calls++;
      const r = read(ssl, part, length - n);
      this.#calls--;
      if (r > 0) {
        n += r;
        const more = length - n >= RECORD && c.BIO_ctrl_pending(this.#rbio) !== 0;
        if (!more) return this.#checked(n);
        continue;
      }
      const error = c.SSL_get_error(ssl, r);
      if (error === SSL_ERROR.WANT_READ) {
        this.#dry = true;
        return this.#checked(n > 0 ? n : SSL_WANT_READ);
      }
      // Deliver what came before the end or the failure; the next call meets it again.
      if (n > 0) return this.#checked(n);
      if (error === SSL_ERROR.ZERO_RETURN) return this.#checked(null);
      this.#throwCallbackError();
      throw this.#failed("SSL read");
    }
  }

  /** After data calls: a callback's failure (of a post-handshake message) and a deferred free. */
  #checked<T>(value: T): T {
    if (this.#callbackError !== undefined) this.#throwCallbackError();
    if (this.#freeLater) this.free();
    return value;
  }

  /** Encrypts all of `p`. */
  write(p: Uint8Array): void {
    const ssl = this.ssl;
    if (p.length === 0) return;
    const c = this.#c;
    c.ERR_clear_error();
    this.#calls++;
    const r = c.SSL_write(ssl, p as Bytes, p.length);
    this.#calls--;
    this.#checked(r);
    if (r === p.length) return;
    throw this.#failed("SSL write");
  }

  /** Makes our close_notify, once. */
  closeNotify(): void {
    if (this.shutdownState.sent || !this.#established) return;
    const ssl = this.ssl;
    const { result } = this.#call(ssl, () => this.#c.SSL_shutdown(ssl));
    this.#c.ERR_clear_error();
    if (result < 0) throw this.#failed("SSL shutdown");
  }

  /** Decrypted bytes that can be read at once; opens the next record if there is one. */
  pending(): number {
    const c = this.#c;
    const n = c.SSL_pending(this.ssl);
    if (n > 0 || this.#dry || !this.#established) return n;
    const r = this.#read(new Uint8Array(1), c.SSL_peek);
    return typeof r === "number" ? c.SSL_pending(this.ssl) : 0;
  }

  // ---- bytes in and out

  /** Whether bytes that were fed have not been looked at. */
  get fed(): boolean {
    return !this.#dry;
  }

  /** Bytes to be drained. */
  get output(): number {
    return this.#handle.freed ? 0 : this.#c.BIO_ctrl_pending(this.#wbio);
  }

  /** Takes in the first `n` bytes of `chunk`. */
  feed(chunk: Uint8Array, n: number): void {
    if (this.#handle.freed || n <= 0) return;
    const length = Math.min(n, chunk.length);
    if (this.#c.BIO_write(this.#rbio, chunk as Bytes, length) !== length) {
      throw localError("Cannot take in bytes", drainErrors(this.#c));
    }
    this.#dry = false;
  }

  /** Puts bytes for the peer into `buffer`. */
  drain(buffer: Uint8Array): number {
    if (this.#handle.freed) return 0;
    return Math.max(0, this.#c.BIO_read(this.#wbio, buffer as Bytes, buffer.length));
  }

  /** The bytes that were fed and that TLS has not consumed. */
  takeInput(): Uint8Array {
    return this.#handle.freed ? new Uint8Array() : drainBio(this.#c, this.#rbio);
  }

  /** The error for an end of the transport at this point. */
  endOfInput(cause?: unknown): Error {
    return endError(
      this.#established,
      this.role === "client" ? "SSL connect attempt" : "SSL accept attempt",
      cause,
    );
  }

  /** Frees it; inside one of its own callbacks this waits until the callback is done. */
  free(): void {
    if (this.#calls > 0) this.#freeLater = true;
    else this.#handle.free();
  }

  // ---- what was negotiated

  /** What was negotiated. */
  negotiated(): Negotiated {
    return inspect.negotiated(this.#c, this.ssl, this.role, this.#params.serverName);
  }

  /** What the peer sent, leaf first, in DER. */
  peerChain(): readonly Uint8Array[] {
    return inspect.peerChain(this.#c, this.ssl);
  }

  /** Our own certificate in DER. */
  ownCertificate(): Uint8Array | undefined {
    return inspect.ownCertificate(this.#c, this.ssl);
  }

  /** RFC 5705 / RFC 8446 7.5. */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    return inspect.exportKeyingMaterial(this.#c, this.ssl, label, length, context);
  }

  /** A Finished message. */
  finished(whose: "own" | "peer"): Uint8Array {
    return inspect.finished(this.#c, this.ssl, whose);
  }

  // ---- calls

  /** One call into OpenSSL with its SSL_get_error, the queue cleared before. */
  #call(ssl: Deno.PointerObject, call: () => number): { result: number; error: number } {
    const c = this.#c;
    c.ERR_clear_error();
    this.#calls++;
    let result: number, error: number;
    try {
      result = call();
      error = result === 1 ? SSL_ERROR.NONE : c.SSL_get_error(ssl, result);
    } finally {
      this.#calls--;
    }
    if (this.#freeLater) {
      c.ERR_clear_error();
      this.free();
      throw this.#callbackError ??
        new SslError("Cannot go on: the connection was closed inside its own callback", {
          code: "ECLOSED",
        });
    }
    return { result, error };
  }

  #throwCallbackError(): void {
    if (this.#callbackError === undefined) return;
    const error = this.#callbackError;
    this.#c.ERR_clear_error();
    throw error;
  }

  #failed(operation: string): Error {
    if (this.#freeLater) this.free();
    return connectionError(operation, drainErrors(this.#c), this.#established);
  }
}

/** Must not close over the session: it is the free function of its handle. */
function freeSsl(
  c: OpenSslSymbols,
  forget: (() => void) | undefined,
): (ptr: Deno.PointerValue) => void {
  return (ptr) => {
    forget?.();
    c.SSL_free(ptr);
  };
}
