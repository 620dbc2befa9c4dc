/**
 * One TLS connection of OpenSSL without I/O: bytes in, bytes out.
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
import { insideError } from "../../internal/waiting.ts";
import type { KeyExchange, Negotiated, ShutdownState } from "../connection_facts.ts";
import type { Role, SessionParams } from "../engine.ts";
import type { SansIoSession } from "../sans_io.ts";
import { ContextChoice } from "./context_choice.ts";
import { endError, notEstablishedError, type Operation } from "../wire_errors.ts";
import { FirstBytes } from "./first_bytes.ts";
import { SSL_ERROR } from "./header_numbers.ts";
import * as inspect from "./inspect.ts";
import type { Runtime, SessionContext } from "./session_context.ts";
import { sessionFailure } from "./session_failure.ts";
import { SessionHooks } from "./session_hooks.ts";
import { closedInside, SslObject } from "./ssl_object.ts";
import type { OpenSslSymbols } from "./symbols.ts";

/** The largest C int, which is what OpenSSL counts bytes with. */
const MAX_INT = 0x7fffffff;
const RECEIVED_SHUTDOWN = 2, SENT_SHUTDOWN = 1;
const RECORD = 16384;
/** From how many bytes on a copy costs more than another BIO. */
const WORTH_LENDING = 4096;
/** What getters do, for the message. */
const ASK = "ask about the connection";

/** A sans-IO TLS connection of OpenSSL. */
export class OpenSslSession implements SansIoSession {
  readonly role: Role;
  readonly memory: object | undefined;
  readonly #c: OpenSslSymbols;
  readonly #params: SessionParams;
  readonly #hooks: SessionHooks;
  readonly #ssl: SslObject;
  readonly #first = new FirstBytes();
  /** A server's; a client has none. */
  readonly #choice: ContextChoice | undefined;
  #established = false;
  /** What reading failed with. After a fatal alert OpenSSL reports no error to a second read. */
  #broken: Error | undefined;

  constructor(runtime: Runtime, context: SessionContext, params: SessionParams) {
    this.#c = runtime.library.c;
    this.memory = runtime.library.memory;
    this.role = context.role;
    this.#params = params;
    this.#hooks = new SessionHooks(this.#c, context, params, () => this.#ssl.pointer);
    this.#ssl = new SslObject(runtime, params, this.#hooks);
    if (this.role === "client") return;
    this.#choice = new ContextChoice(this.#ssl, this.#hooks, this.#first, params.user);
  }

  get established(): boolean {
    return this.#established;
  }

  get busy(): boolean {
    return this.#ssl.busy;
  }

  get shutdownState(): ShutdownState {
    const flags = this.#ssl.shutdownFlags;
    const ended = (flags & RECEIVED_SHUTDOWN) !== 0 && this.#broken === undefined; // by no fatal alert
    return { sent: (flags & SENT_SHUTDOWN) !== 0, received: ended };
  }

  // ---- handshake

  handshake(): true | Want | PromiseLike<void> {
    if (this.#established) return true;
    const ssl = this.#ssl.idle("complete the handshake");
    const step = this.#ssl.guarded(() => this.#step(ssl));
    if (this.#ssl.freed) throw closedInside();
    return step;
  }

  #step(ssl: Deno.PointerObject): true | Want | PromiseLike<void> {
    this.#throwCallbackError();
    if (this.#hooks.waiting) return this.#whenDecided(this.#hooks.waiting);
    if (this.#choice?.waits) return SSL_WANT_READ;
    const { result, error } = this.#ssl.call(ssl, () => this.#c.SSL_do_handshake(ssl));
    this.#throwCallbackError();
    if (error === SSL_ERROR.ZERO_RETURN) throw this.#judgedFirst(this.endOfInput()); // by close_notify
    if (error === SSL_ERROR.SSL || error === SSL_ERROR.SYSCALL) {
      throw this.#judgedFirst(this.#failed("handshake"));
    }
    this.#first.progressed();
    const fault = this.#choice?.fault(this.#c, ssl);
    if (fault !== undefined) throw this.#withhold(fault);
    const refusal = this.#judge(result === 1);
    if (refusal !== undefined) throw this.#withhold(refusal);
    if (this.#hooks.waiting) return this.#whenDecided(this.#hooks.waiting);
    if (result === 1) {
      this.#established = true;
      this.#ssl.dry = this.#ssl.input === 0;
      this.#hooks.takeRenewed();
      return true;
    }
    if (error === SSL_ERROR.WANT_WRITE) return SSL_WANT_WRITE;
    this.#ssl.dry = true;
    return SSL_WANT_READ;
  }

  /** As `judgeAfterStep`; a judgement that throws is a refusal. */
  #judge(done: boolean): Error | undefined {
    try {
      return this.#hooks.judgeAfterStep(done);
    } catch (error) {
      return error instanceof Error ? error : new SslError(String(error), { cause: error });
    }
  }

  /**
   * A step that fails may already have put our certificate into the BIO, for a server that was not
   * judged yet.
   */
  #judgedFirst(failure: Error): Error {
    if (this.role === "server" || failure instanceof SslVerifyError) return failure;
    const refusal = this.#ssl.freed ? undefined : this.#judge(false);
    return refusal === undefined ? failure : this.#withhold(refusal);
  }

  /** The answer to a refused peer must not leave. */
  #withhold(refusal: Error): Error {
    this.#hooks.fail(refusal);
    this.#ssl.dropOutput();
    return refusal;
  }

  /** Nothing leaves until the application has decided; a refused peer gets no answer at all. */
  #whenDecided(waiting: Promise<void>): Promise<void> {
    return waiting.then(() => {
      if (this.#hooks.waiting === waiting) this.#hooks.waiting = undefined;
      if (this.#hooks.error !== undefined && !this.#ssl.freed) this.#ssl.dropOutput();
    });
  }

  // ---- data

  /** Decrypts as many records into `p` as fit. */
  read(p: Uint8Array): number | null | Want {
    if (this.#ssl.dry) return SSL_WANT_READ;
    return this.#read(p.length > MAX_INT ? p.subarray(0, MAX_INT) : p, this.#c.SSL_read);
  }

  peek(p: Uint8Array): number | null | Want {
    if (this.#ssl.dry) return SSL_WANT_READ;
    return this.#read(p.length > RECORD ? p.subarray(0, RECORD) : p, this.#c.SSL_peek);
  }

  #read(p: Uint8Array, read: OpenSslSymbols["SSL_read"]): number | null | Want {
    const c = this.#c;
    const ssl = this.#ssl.idle("read");
    const length = p.length;
    if (length === 0) return 0;
    this.#mustWork();
    let n = 0;
    for (;;) {
      const r = this.#ssl.transfer(ssl, read, n === 0 ? p : p.subarray(n));
      if (r > 0) {
        n += r;
        const left = length - n;
        if (this.#ssl.input !== 0) {
          if (left >= RECORD) continue;
        } else if (read === c.SSL_read && (left > 0 || c.SSL_pending(ssl) === 0)) {
          this.#ssl.dried(); // remembering this costs less than asking again
        }
        return this.#checked(n);
      }
      const error = c.SSL_get_error(ssl, r);
      if (error === SSL_ERROR.WANT_READ) {
        this.#ssl.dried();
        return this.#checked(n > 0 ? n : SSL_WANT_READ);
      }
      // Deliver what came before the end or the failure; the next call meets it again.
      if (error === SSL_ERROR.ZERO_RETURN) return this.#checked(n > 0 ? n : null);
      if (this.#hooks.error === undefined) this.#broken = this.#failed("read");
      if (n > 0) return this.#checked(n);
      this.#throwCallbackError();
      throw this.#broken;
    }
  }

  /** After data calls: a callback's failure (of a post-handshake message) and a deferred free. */
  #checked<T>(value: T): T {
    if (this.#hooks.error !== undefined) this.#throwCallbackError();
    if (!this.#ssl.freeIfDue()) return value;
    throw closedInside();
  }

  write(p: Uint8Array): void {
    const ssl = this.#ssl.idle("write");
    if (p.length === 0) return;
    this.#mustWork();
    const r = this.#ssl.transfer(ssl, this.#c.SSL_write, p);
    this.#checked(r);
    if (r === p.length) return;
    throw this.#failed("write");
  }

  #mustWork(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#established) return;
    throw notEstablishedError();
  }

  closeNotify(): void {
    const ssl = this.#ssl.idle("send close_notify");
    if (this.shutdownState.sent || !this.#established) return;
    if (this.#broken !== undefined) throw this.#broken;
    const { result } = this.#ssl.call(ssl, () => this.#c.SSL_shutdown(ssl));
    this.#c.ERR_clear_error();
    if (result < 0) throw this.#failed("shutdown");
  }

  /** Decrypted bytes that can be read at once; opens the next record if there is one. */
  pending(): number {
    const c = this.#c;
    const n = c.SSL_pending(this.#ssl.idle("tell what is pending"));
    if (n > 0 || this.#ssl.dry || !this.#established) return n;
    const r = this.#read(new Uint8Array(1), c.SSL_peek);
    return typeof r === "number" ? c.SSL_pending(this.#ssl.pointer) : 0;
  }

  // ---- bytes in and out

  get fed(): boolean {
    return !this.#ssl.dry;
  }

  get output(): number {
    if (this.busy) return 0; // it is not whole yet
    const alert = this.#choice?.alert;
    if (alert !== undefined) return alert.length;
    if (this.#ssl.freed || this.#hooks.waiting) return 0;
    return this.#ssl.output;
  }

  feed(chunk: Uint8Array, n: number): void {
    if (this.#ssl.freed || n <= 0) return;
    this.#ssl.idle("take in bytes");
    const length = Math.min(n, chunk.length);
    if (this.#established || !this.#toChoice(chunk.subarray(0, length))) {
      this.#ssl.feed(chunk, length);
    }
  }

  /** Keeps bytes of the handshake for the choice of the context, as long as it waits for them. */
  #toChoice(bytes: Uint8Array): boolean {
    if (this.#first.open) this.#first.push(bytes);
    return this.#choice?.push(bytes) === true;
  }

  lend(chunk: Uint8Array<ArrayBuffer>, n: number): boolean {
    return this.#established && n >= WORTH_LENDING && this.#ssl.lend(chunk, n);
  }

  drain(buffer: Uint8Array): number {
    if (this.busy) return 0;
    const alert = this.#choice?.takeAlert();
    if (alert !== undefined) {
      buffer.set(alert);
      return alert.length;
    }
    if (this.#ssl.freed || this.#hooks.waiting) return 0;
    return this.#ssl.drain(buffer);
  }

  /** The bytes that were fed and that TLS has not consumed; all, where the peer never spoke TLS. */
  takeInput(): Uint8Array {
    if (this.#ssl.freed) return new Uint8Array();
    this.#ssl.idle("give the transport back");
    return this.#first.open ? this.#first.all() : this.#ssl.takeInput();
  }

  endOfInput(cause?: unknown): Error {
    return endError(this.#established, cause);
  }

  free(): void {
    this.#ssl.free();
  }

  // ---- what was negotiated

  negotiated(): Negotiated {
    // OpenSSL forgets the name of a session of TLS 1.2 that is resumed.
    const name = this.role === "client"
      ? this.#params.serverName
      : this.#choice?.askedFor || undefined;
    return inspect.negotiated(this.#c, this.#ssl.idle(ASK), this.role, name);
  }

  keyExchange(): KeyExchange {
    return inspect.keyExchange(this.#c, this.#ssl.idle(ASK));
  }

  peerChain(): readonly Uint8Array[] {
    return inspect.peerChain(this.#c, this.#ssl.idle(ASK), this.#hooks.offered);
  }

  ownCertificate(): Uint8Array | undefined {
    return inspect.ownCertificate(this.#c, this.#ssl.idle(ASK));
  }

  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    const ssl = this.#ssl.idle("export keying material");
    return inspect.exportKeyingMaterial(this.#c, ssl, label, length, context);
  }

  finished(whose: "own" | "peer"): Uint8Array {
    return inspect.finished(this.#c, this.#ssl.idle(ASK), whose);
  }

  /** The SSL. */
  native(): Deno.PointerObject | undefined {
    if (this.busy) throw insideError("hand out the SSL");
    return this.#ssl.freed ? undefined : this.#ssl.share();
  }

  // ---- failures

  #throwCallbackError(): void {
    if (this.#hooks.error === undefined) return;
    this.#c.ERR_clear_error();
    throw this.#hooks.error;
  }

  #failed(operation: Operation): Error {
    this.#ssl.freeIfDue();
    return sessionFailure(this.#c, operation, {
      ssl: this.#ssl,
      hooks: this.#hooks,
      first: this.#first,
      established: this.#established,
    });
  }
}
