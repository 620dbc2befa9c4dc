/** The largest C int, which is what OpenSSL counts bytes with. */
const MAX_INT = 0x7fffffff;

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

import { quote } from "../../internal/quote.ts";
import {
  SSL_WANT_READ,
  SSL_WANT_WRITE,
  SslError,
  SslVerifyError,
  type Want,
} from "../../errors.ts";
import { type ClientHello, ClientHelloReader, peerOffer, plainAlert } from "../client_hello.ts";
import type { SansIoSession } from "../sans_io.ts";
import type { EngineContext, Role, SessionParams } from "../engine.ts";
import type { Negotiated, ShutdownState } from "../connection_facts.ts";
import { insideError } from "../../internal/waiting.ts";
import type { Runtime, SessionContext } from "./session_context.ts";
import { connectionError, drainErrors, endError, localError, READ } from "./error_queue.ts";
import { FirstBytes, helloFault } from "./first_bytes.ts";
import { cString, drainBio, NativeHandle } from "./memory.ts";
import * as inspect from "./inspect.ts";
import { legacyAdvice } from "./legacy.ts";
import { offerSession } from "./inspect.ts";
import { SessionHooks } from "./session_hooks.ts";
import { CTRL, type OpenSslSymbols, SSL_ERROR } from "./symbols.ts";

const TLSEXT_NAMETYPE_HOST = 0n;
const TLSEXT_STATUSTYPE_OCSP = 1n;
const RECEIVED_SHUTDOWN = 2, SENT_SHUTDOWN = 1;
const ALERT_UNRECOGNIZED_NAME = 112;
const RECORD = 16384;
/** What getters do, for the message. */
const ASK = "ask about the connection";

type Bytes = Uint8Array<ArrayBuffer>;

/** A sans-IO TLS connection of OpenSSL. */
export class OpenSslSession implements SansIoSession {
  /** Which side. */
  readonly role: Role;
  readonly #runtime: Runtime;
  readonly #c: OpenSslSymbols;
  readonly #params: SessionParams;
  readonly #hooks: SessionHooks;
  #handle!: NativeHandle;
  #rbio: Deno.PointerValue = null;
  #wbio: Deno.PointerValue = null;
  /** A server reads the ClientHello first: the context depends on it, and which session may be resumed. */
  #hello: ClientHelloReader | undefined;
  #choosing = false;
  /** The server name in lower case, of the first ClientHello; null if that could not be read. */
  #askedFor: string | null | undefined;
  #refusalAlert: Bytes | undefined;
  readonly #first = new FirstBytes();
  #established = false;
  /** Nothing was fed since OpenSSL last asked for more. */
  #dry = true;
  /** What reading failed with: after a fatal alert OpenSSL, asked again, says that all is well. */
  #broken: Error | undefined;
  /** Depth of what may call the application back: meanwhile OpenSSL is in the midst of its work. */
  #calls = 0;
  #freeLater = false;
  /** SSL_get_shutdown as it was before the call that runs. */
  #shutdownFlags = 0;

  /** Makes the SSL of one connection. */
  constructor(runtime: Runtime, context: SessionContext, params: SessionParams) {
    this.#runtime = runtime;
    this.#c = runtime.library.c;
    this.role = context.role;
    this.#params = params;
    this.#hooks = new SessionHooks(this.#c, context, params, () => this.ssl);
    if (this.role === "server") this.#hello = new ClientHelloReader();
    this.#open(context);
  }

  #open(context: SessionContext): void {
    const c = this.#c;
    c.ERR_clear_error();
    const ssl = c.SSL_new(context.ptr);
    if (ssl === null) throw localError("Cannot create a connection", drainErrors(c));
    const { callbacks } = this.#runtime;
    const key = callbacks?.register(ssl, this.#hooks);
    const forget = key === undefined ? undefined : () => callbacks!.forget(key);
    this.#handle = new NativeHandle(ssl, freeSsl(c, forget));
    this.#rbio = c.BIO_new(c.BIO_s_mem());
    this.#wbio = c.BIO_new(c.BIO_s_mem());
    for (const bio of [this.#rbio, this.#wbio]) {
      c.BIO_ctrl(bio, CTRL.BIO_SET_MEM_EOF_RETURN, -1n, null);
    }
    c.SSL_set_bio(ssl, this.#rbio, this.#wbio); // which now belong to the SSL
    if (this.role === "server") {
      c.SSL_set_accept_state(ssl);
      return;
    }
    try {
      this.#prepareClient(ssl);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  #prepareClient(ssl: Deno.PointerObject): void {
    const c = this.#c;
    c.SSL_set_connect_state(ssl);
    const { serverName, session } = this.#params;
    if (
      serverName !== undefined &&
      c.SSL_ctrl(ssl, CTRL.SET_HOSTNAME, TLSEXT_NAMETYPE_HOST, cString(serverName)) !== 1
    ) {
      throw localError(`Cannot send serverName ${quote(serverName)}`, drainErrors(c));
    }
    if (this.#hooks.context.config.requestOcsp) {
      c.SSL_ctrl(ssl, CTRL.SET_STATUS_TYPE, TLSEXT_STATUSTYPE_OCSP, null);
    }
    if (session !== undefined) offerSession(c, ssl, session);
  }

  /** Whether the handshake is complete. */
  get established(): boolean {
    return this.#established;
  }

  /** Whether a callback of the application runs: the SSL must be left alone until it is over. */
  get busy(): boolean {
    return this.#calls > 0;
  }

  /** Which close_notify alerts were made and taken in. */
  get shutdownState(): ShutdownState {
    if (this.#handle.freed) this.#shutdownFlags = 0;
    else if (!this.busy) this.#shutdownFlags = this.#c.SSL_get_shutdown(this.#handle.ptr);
    const flags = this.#shutdownFlags;
    const ended = (flags & RECEIVED_SHUTDOWN) !== 0 && this.#broken === undefined; // by no fatal alert
    return { sent: (flags & SENT_SHUTDOWN) !== 0, received: ended };
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

  /** The SSL for a call that nothing of its own may interrupt. */
  #idle(operation: string): Deno.PointerObject {
    if (this.#calls > 0) throw insideError(operation);
    return this.ssl;
  }

  /** Goes on with the handshake as far as the bytes reach. */
  handshake(): true | Want | PromiseLike<void> {
    if (this.#established) return true;
    const ssl = this.#idle("complete the handshake");
    const step = this.#guarded(() => this.#step(ssl));
    if (this.#handle.freed) throw closedInside();
    return step;
  }

  #step(ssl: Deno.PointerObject): true | Want | PromiseLike<void> {
    this.#throwCallbackError();
    if (this.#hooks.waiting) return this.#whenDecided(this.#hooks.waiting);
    if (this.#hello) return SSL_WANT_READ;
    const { result, error } = this.#call(ssl, () => this.#c.SSL_do_handshake(ssl));
    this.#throwCallbackError();
    if (error === SSL_ERROR.ZERO_RETURN) throw this.#judgedFirst(this.endOfInput()); // by close_notify
    if (error === SSL_ERROR.SSL || error === SSL_ERROR.SYSCALL) {
      throw this.#judgedFirst(this.#failed(this.#attempt));
    }
    this.#first.progressed();
    this.#checkChoice(ssl);
    const refusal = this.#judge(result === 1);
    if (refusal !== undefined) throw this.#withhold(refusal);
    if (this.#hooks.waiting) return this.#whenDecided(this.#hooks.waiting);
    if (result === 1) {
      this.#established = true;
      this.#dry = this.#c.BIO_ctrl_pending(this.#rbio) === 0;
      this.#hooks.takeRenewed();
      return true;
    }
    if (error === SSL_ERROR.WANT_WRITE) return SSL_WANT_WRITE;
    this.#dry = true;
    return SSL_WANT_READ;
  }

  /** As `judgeAfterStep`; who cannot judge does not accept. */
  #judge(done: boolean): Error | undefined {
    try {
      return this.#hooks.judgeAfterStep(done);
    } catch (error) {
      return error instanceof Error ? error : new SslError(String(error), { cause: error });
    }
  }

  /** A step that fails may have put our certificate into the BIO before, for a server not judged yet. */
  #judgedFirst(failure: Error): Error {
    if (this.role === "server" || failure instanceof SslVerifyError) return failure;
    const refusal = this.#handle.freed ? undefined : this.#judge(false);
    return refusal === undefined ? failure : this.#withhold(refusal);
  }

  /** The answer to a refused peer must not leave. */
  #withhold(refusal: Error): Error {
    this.#hooks.fail(refusal);
    drainBio(this.#c, this.#wbio);
    return refusal;
  }

  /** Nothing is answered to a ClientHello that is not the one the choice was made by. */
  #checkChoice(ssl: Deno.PointerObject): void {
    const name = this.#askedFor;
    if (name === undefined || this.#c.BIO_ctrl_pending(this.#wbio) === 0) return;
    // Nothing was chosen by a ClientHello that only OpenSSL can read.
    if (name === null && !this.#hooks.context.config.hooks.selectContext) return;
    const fault = helloFault(this.#c, ssl, name);
    if (fault === undefined) return;
    this.#withhold(fault.error);
    this.#refusalAlert = fault.alert;
    throw fault.error;
  }

  get #attempt(): string {
    return this.role === "client" ? "SSL connect attempt" : "SSL accept attempt";
  }

  /** Nothing leaves until the application has decided; a refused peer gets no answer at all. */
  #whenDecided(waiting: Promise<void>): Promise<void> {
    return waiting.then(() => {
      if (this.#hooks.waiting === waiting) this.#hooks.waiting = undefined;
      if (this.#hooks.error !== undefined && !this.#handle.freed) drainBio(this.#c, this.#wbio);
    });
  }

  /** The ClientHello is complete, or is none: the layer above chooses the context. */
  #choose(hello: ClientHello | null): void {
    this.#hello = undefined;
    const { selectContext } = this.#hooks.context.config.hooks;
    this.#askedFor = hello === null ? null : hello.serverName;
    // OpenSSL says in its own words what is wrong with it; should it find nothing, we do.
    if (hello === null) return this.#begin(undefined, "");
    const name = hello.serverName;
    if (selectContext === undefined) return this.#begin(undefined, name);
    try {
      const chosen = this.#guarded(() => selectContext(name, this.#params.user, hello));
      if (chosen === null || chosen === undefined || !("then" in chosen)) {
        return this.#begin(chosen, name);
      }
      this.#choosing = true;
      this.#hooks.waiting = Promise.resolve(chosen)
        .then((context) => this.#begin(context, name))
        .catch((error) => this.#hooks.fail(error))
        .finally(() => this.#choosing = false);
    } catch (error) {
      this.#hooks.fail(error);
    }
  }

  /** The context is chosen: the SSL is made anew from it, as if it had been so from the start. */
  #begin(chosen: EngineContext | undefined | null, name: string): void {
    if (this.#handle.freed) return;
    if (chosen === null) {
      this.#refusalAlert = plainAlert(ALERT_UNRECOGNIZED_NAME);
      const text = `Cannot serve: there is no certificate for ${quote(name)}`;
      this.#hooks.fail(
        new SslError(text, { code: "ERR_SSL_UNRECOGNIZED_NAME", alert: "unrecognized_name" }),
      );
      return;
    }
    const context = chosen as (EngineContext & SessionContext) | undefined; // one of this engine's
    if (context !== undefined && context !== this.#hooks.context) {
      this.#handle.free();
      this.#hooks.context = context;
      this.#open(this.#hooks.context);
    }
    this.#hooks.context.bindSessions(this.ssl, this.#askedFor ?? null);
    const held = this.#first.all();
    this.#feed(held, held.length);
  }

  // ---- data

  /** Decrypts into `p`, as many records as fit. */
  read(p: Uint8Array): number | null | Want {
    if (this.#dry) return SSL_WANT_READ;
    return this.#read(p.length > MAX_INT ? p.subarray(0, MAX_INT) : p, this.#c.SSL_read);
  }

  /** As `read`, without consuming. */
  peek(p: Uint8Array): number | null | Want {
    if (this.#dry) return SSL_WANT_READ;
    return this.#read(p.length > RECORD ? p.subarray(0, RECORD) : p, this.#c.SSL_peek);
  }

  #read(p: Uint8Array, read: OpenSslSymbols["SSL_read"]): number | null | Want {
    const c = this.#c;
    const ssl = this.#idle("read");
    const length = p.length;
    if (length === 0) return 0;
    this.#mustWork();
    let n = 0;
    for (;;) {
      const part = (n === 0 ? p : p.subarray(n)) as Bytes;
      c.ERR_clear_error();
      let r: number;
      this.#calls++;
      try {
        r = read(ssl, part, length - n);
      } finally {
        this.#calls--;
      }
      if (r > 0) {
        n += r;
        const left = length - n;
        if (c.BIO_ctrl_pending(this.#rbio) !== 0) {
          if (left >= RECORD) continue;
        } else if (read === c.SSL_read && (left > 0 || c.SSL_pending(ssl) === 0)) {
          this.#dry = true; // to know costs less than to ask again
        }
        return this.#checked(n);
      }
      const error = c.SSL_get_error(ssl, r);
      if (error === SSL_ERROR.WANT_READ) {
        this.#dry = true;
        return this.#checked(n > 0 ? n : SSL_WANT_READ);
      }
      // Deliver what came before the end, which the next call meets again, or before the failure.
      if (error === SSL_ERROR.ZERO_RETURN) return this.#checked(n > 0 ? n : null);
      if (this.#hooks.error === undefined) this.#broken = this.#failed(READ);
      if (n > 0) return this.#checked(n);
      this.#throwCallbackError();
      throw this.#broken;
    }
  }

  /** After data calls: a callback's failure (of a post-handshake message) and a deferred free. */
  #checked<T>(value: T): T {
    if (this.#hooks.error !== undefined) this.#throwCallbackError();
    if (!this.#freeLater) return value;
    this.free();
    throw closedInside();
  }

  /** Encrypts all of `p`. */
  write(p: Uint8Array): void {
    const ssl = this.#idle("write");
    if (p.length === 0) return;
    this.#mustWork();
    const c = this.#c;
    c.ERR_clear_error();
    let r: number;
    this.#calls++;
    try {
      r = c.SSL_write(ssl, p as Bytes, p.length);
    } finally {
      this.#calls--;
    }
    this.#checked(r);
    if (r === p.length) return;
    throw this.#failed("SSL write");
  }

  #mustWork(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#established) return;
    throw new SslError("Cannot use the connection: its handshake is not complete", {
      code: "ERR_SSL_NOT_ESTABLISHED",
    });
  }

  /** Makes our close_notify, once. */
  closeNotify(): void {
    const ssl = this.#idle("send close_notify");
    if (this.shutdownState.sent || !this.#established) return;
    if (this.#broken !== undefined) throw this.#broken;
    const { result } = this.#call(ssl, () => this.#c.SSL_shutdown(ssl));
    this.#c.ERR_clear_error();
    if (result < 0) throw this.#failed("SSL shutdown");
  }

  /** Decrypted bytes that can be read at once; opens the next record if there is one. */
  pending(): number {
    const c = this.#c;
    const n = c.SSL_pending(this.#idle("tell what is pending"));
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
    if (this.busy) return 0; // it is not whole yet
    if (this.#refusalAlert !== undefined) return this.#refusalAlert.length;
    if (this.#handle.freed || this.#hooks.waiting) return 0;
    return this.#c.BIO_ctrl_pending(this.#wbio);
  }

  /** Takes in the first `n` bytes of `chunk`. */
  feed(chunk: Uint8Array, n: number): void {
    if (this.#handle.freed || n <= 0) return;
    this.#idle("take in bytes");
    const length = Math.min(n, chunk.length);
    if (this.#first.open) this.#first.push(chunk.subarray(0, length));
    if (this.#choosing) return; // kept in #first until the context is chosen
    if (this.#hello === undefined) return this.#feed(chunk, length);
    const hello = this.#hello.push(chunk.subarray(0, length));
    if (hello !== undefined) this.#choose(hello);
  }

  #feed(chunk: Uint8Array, length: number): void {
    if (this.#c.BIO_write(this.#rbio, chunk as Bytes, length) !== length) {
      throw localError("Cannot take in bytes", drainErrors(this.#c));
    }
    this.#dry = false;
  }

  /** Puts bytes for the peer into `buffer`. */
  drain(buffer: Uint8Array): number {
    if (this.busy) return 0;
    if (this.#refusalAlert !== undefined) {
      const alert = this.#refusalAlert;
      this.#refusalAlert = undefined;
      buffer.set(alert);
      return alert.length;
    }
    if (this.#handle.freed || this.#hooks.waiting) return 0;
    return Math.max(0, this.#c.BIO_read(this.#wbio, buffer as Bytes, buffer.length));
  }

  /** The bytes that were fed and that TLS has not consumed; all, where the peer never spoke TLS. */
  takeInput(): Uint8Array {
    if (this.#handle.freed) return new Uint8Array();
    this.#idle("give the transport back");
    return this.#first.open ? this.#first.all() : drainBio(this.#c, this.#rbio);
  }

  /** The error for an end of the transport at this point. */
  endOfInput(cause?: unknown): Error {
    return endError(this.#established, this.#attempt, cause);
  }

  /** Frees it; inside one of its own callbacks this waits until the callback is done. */
  free(): void {
    if (this.#calls > 0) this.#freeLater = true;
    else this.#handle.free();
  }

  // ---- what was negotiated

  /** What was negotiated. */
  negotiated(): Negotiated {
    // OpenSSL forgets the name of a session of TLS 1.2 that is resumed.
    const name = this.role === "client" ? this.#params.serverName : this.#askedFor || undefined;
    return inspect.negotiated(this.#c, this.#idle(ASK), this.role, name);
  }

  /** What the peer sent, leaf first, in DER. */
  peerChain(): readonly Uint8Array[] {
    return inspect.peerChain(this.#c, this.#idle(ASK));
  }

  /** Our own certificate in DER. */
  ownCertificate(): Uint8Array | undefined {
    return inspect.ownCertificate(this.#c, this.#idle(ASK));
  }

  /** RFC 5705 / RFC 8446 7.5. */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    const ssl = this.#idle("export keying material");
    return inspect.exportKeyingMaterial(this.#c, ssl, label, length, context);
  }

  /** A Finished message. */
  finished(whose: "own" | "peer"): Uint8Array {
    return inspect.finished(this.#c, this.#idle(ASK), whose);
  }

  /** The SSL. */
  native(): Deno.PointerObject | undefined {
    if (this.busy) throw insideError("hand out the SSL");
    return this.#handle.ptr ?? undefined;
  }

  // ---- calls

  /** One call into OpenSSL with its SSL_get_error, the queue cleared before. */
  #call(ssl: Deno.PointerObject, call: () => number): { result: number; error: number } {
    const c = this.#c;
    c.ERR_clear_error();
    let result: number, error: number;
    this.#calls++;
    try {
      result = call();
      error = result === 1 ? SSL_ERROR.NONE : c.SSL_get_error(ssl, result);
    } finally {
      this.#calls--;
    }
    if (this.#freeLater) {
      c.ERR_clear_error();
      this.free(); // once nothing else is under way
      throw this.#hooks.error ?? closedInside();
    }
    return { result, error };
  }

  /** Runs what may call the application back. */
  #guarded<T>(run: () => T): T {
    this.#calls++;
    try {
      return run();
    } finally {
      this.#calls--;
      if (this.#freeLater) this.free();
    }
  }

  #throwCallbackError(): void {
    if (this.#hooks.error === undefined) return;
    this.#c.ERR_clear_error();
    throw this.#hooks.error;
  }

  #failed(operation: string): Error {
    if (this.#freeLater) this.free();
    const { context } = this.#hooks;
    const ctx = context.native();
    const established = this.#established;
    const error = connectionError(operation, drainErrors(this.#c), {
      established,
      securityLevel: ctx && this.#c.SSL_CTX_get_security_level(ctx),
      advise: (options) =>
        (established ? undefined : this.#hooks.advise(options)) ??
          legacyAdvice(options.reason ?? "", this.#c, ctx, context.config.versions),
    });
    if (/certificate verify failed/.test(error.reason) && !this.#handle.freed) {
      const refusal = this.#hooks.refusalOfChain();
      if (refusal !== undefined) return refusal;
    }
    if (this.role === "client" && refusesStaple(error)) return malformedStaple(error);
    if (this.#first.open && !this.#established) {
      const peer = peerOffer(this.role, this.#first.all());
      if (peer !== undefined) error.offers = { peer };
    }
    return error;
  }
}

/** OpenSSL 4 reads a stapled response itself, and goes no further with one that is malformed. */
function refusesStaple({ alert, queue }: SslError): boolean {
  return alert === undefined &&
    queue.some(({ library, reason, data }) =>
      library === "SSL routines" && reason === "tlsv1 bad certificate status response" ||
      data === "Type=OCSP_RESPONSE"
    );
}

function malformedStaple({ reason: detail, queue, library }: SslError): SslVerifyError {
  const reason = "OCSP verification failed";
  return new SslVerifyError(
    `Cannot verify the peer: its stapled OCSP response is malformed: ${detail}`,
    {
      ...{ code: "OCSP_VERIFY_FAILED", errno: 74, reason, queue },
      ...(library === undefined ? {} : { library }),
      facts: { ocsp: { state: "error", detail } },
    },
  );
}

function closedInside(): SslError {
  return new SslError("Cannot go on: the connection was closed inside its own callback", {
    code: "ECLOSED",
  });
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
