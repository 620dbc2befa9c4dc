/**
 * One SSL with its two memory BIOs: made from a context, fed and drained, called, freed.
 *
 * While a call runs, OpenSSL may call the application back, and the application may close the
 * connection. The SSL is then freed when the call has returned.
 *
 * @module
 */

import { SslError } from "../../errors.ts";
import { quote } from "../../internal/quote.ts";
import { closedError, insideError } from "../../internal/waiting.ts";
import type { Role, SessionParams } from "../engine.ts";
import { drainErrors, localError } from "./error_queue.ts";
import { CTRL, SSL_ERROR } from "./header_numbers.ts";
import { giveBuffer } from "../buffers.ts";
import { offerSession } from "./inspect.ts";
import { cString, drainBio, memoryBio, NativeHandle } from "./memory.ts";
import type { Runtime, SessionContext } from "./session_context.ts";
import type { SessionHooks } from "./session_hooks.ts";
import type { OpenSslSymbols } from "./symbols.ts";

const TLSEXT_NAMETYPE_HOST = 0n;
const TLSEXT_STATUSTYPE_OCSP = 1n;

type Bytes = Uint8Array<ArrayBuffer>;
const NOTHING = new Uint8Array();

/** The error of an operation in which a callback closed the connection. */
export function closedInside(): SslError {
  return new SslError("Cannot go on: the connection was closed inside its own callback", {
    code: "ECLOSED",
  });
}

/** The SSL of one connection. */
export class SslObject {
  readonly #runtime: Runtime;
  readonly #c: OpenSslSymbols;
  readonly #role: Role;
  readonly #params: SessionParams;
  readonly #hooks: SessionHooks;
  #handle!: NativeHandle;
  #rbio: Deno.PointerValue = null;
  #wbio: Deno.PointerValue = null;
  /** The bytes that OpenSSL reads where they are; empty when it has read them. */
  #lent: Bytes | undefined;
  /**
   * How many calls are running that may call the application back; OpenSSL is at work meanwhile.
   */
  #depth = 0;
  #freeLater = false;
  /** SSL_get_shutdown as it was before the call that runs. */
  #shutdownFlags = 0;
  /** Whether it is known that there is nothing for the peer. */
  #empty = false;
  #shared = false;
  /** Whether nothing was fed since OpenSSL last asked for more. */
  dry = true;

  /** Makes the SSL from the context of `hooks`. */
  constructor(runtime: Runtime, params: SessionParams, hooks: SessionHooks) {
    this.#runtime = runtime;
    this.#c = runtime.library.c;
    this.#role = hooks.context.role;
    this.#params = params;
    this.#hooks = hooks;
    this.#open(hooks.context);
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
    this.#rbio = memoryBio(c); // an empty one asks for more (-1), and does not end
    this.#wbio = memoryBio(c);
    c.SSL_set_bio(ssl, this.#rbio, this.#wbio); // which now belong to the SSL
    if (this.#role === "server") {
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
    const { serverName } = this.#params;
    if (
      serverName !== undefined &&
      c.SSL_ctrl(ssl, CTRL.SET_HOSTNAME, TLSEXT_NAMETYPE_HOST, cString(serverName)) !== 1
    ) {
      throw localError(`Cannot send serverName ${quote(serverName)}`, drainErrors(c));
    }
    if (this.#hooks.context.config.requestOcsp) {
      c.SSL_ctrl(ssl, CTRL.SET_STATUS_TYPE, TLSEXT_STATUSTYPE_OCSP, null);
    }
    const { offered } = this.#hooks;
    if (offered !== undefined) offerSession(c, ssl, offered);
  }

  /** Makes it anew, from another context. */
  moveTo(context: SessionContext): void {
    this.#handle.free();
    this.#hooks.context = context;
    this.#open(context);
  }

  /** The SSL; throws after {@linkcode SslObject.free}. */
  get pointer(): Deno.PointerObject {
    const ptr = this.#handle.ptr;
    if (ptr === null) throw closedError();
    return ptr;
  }

  /** Whether it was freed. */
  get freed(): boolean {
    return this.#handle.freed;
  }

  /** Whether a callback of the application runs: the SSL must be left alone until it is over. */
  get busy(): boolean {
    return this.#depth > 0;
  }

  /** What SSL_get_shutdown says; 0 when it was freed. */
  get shutdownFlags(): number {
    if (this.#handle.freed) this.#shutdownFlags = 0;
    else if (!this.busy) this.#shutdownFlags = this.#c.SSL_get_shutdown(this.#handle.ptr);
    return this.#shutdownFlags;
  }

  /** The SSL, for a call that must not run inside one of its own callbacks. */
  idle(operation: string): Deno.PointerObject {
    if (this.#depth > 0) throw insideError(operation);
    return this.pointer;
  }

  // ---- calls

  /** To ask is faster than to clear, which goes through all places for errors. */
  #clearErrors(): void {
    if (this.#c.takeError() !== 0) this.#c.ERR_clear_error();
  }

  /** One call into OpenSSL with its SSL_get_error, the queue cleared before. */
  call(ssl: Deno.PointerObject, call: () => number): { result: number; error: number } {
    const c = this.#c;
    this.#clearErrors();
    let result: number, error: number;
    this.#empty = false;
    this.#depth++;
    try {
      result = call();
      error = result === 1 ? SSL_ERROR.NONE : c.SSL_get_error(ssl, result);
    } finally {
      this.#depth--;
    }
    if (this.#freeLater) {
      c.ERR_clear_error();
      this.free(); // once nothing else is under way
      throw this.#hooks.error ?? closedInside();
    }
    return { result, error };
  }

  /** One call of SSL_read, SSL_peek or SSL_write, the queue cleared before. */
  transfer(ssl: Deno.PointerObject, call: OpenSslSymbols["SSL_read"], bytes: Uint8Array): number {
    this.#clearErrors();
    this.#empty = false;
    this.#depth++;
    try {
      return call(ssl, bytes as Bytes, bytes.length);
    } finally {
      this.#depth--;
    }
  }

  /** Runs what may call the application back. */
  guarded<T>(run: () => T): T {
    this.#depth++;
    try {
      return run();
    } finally {
      this.#depth--;
      this.freeIfDue();
    }
  }

  /** Frees it if a callback has asked for that. Whether one has. */
  freeIfDue(): boolean {
    if (this.#freeLater) this.free();
    return this.#freeLater;
  }

  /** Frees it; inside one of its own callbacks this waits until the callback is done. */
  free(): void {
    if (this.#depth > 0) {
      this.#freeLater = true;
      return;
    }
    this.#handle.free();
    this.dried();
  }

  // ---- bytes in and out

  /** Takes in the first `length` bytes of `chunk`. */
  feed(chunk: Uint8Array, length: number): void {
    if (this.#lent !== undefined) {
      const unread = this.takeInput();
      this.#lent = undefined;
      this.#readFrom(memoryBio(this.#c));
      if (unread.length > 0) this.feed(unread, unread.length);
    }
    if (this.#c.BIO_write(this.#rbio, chunk as Bytes, length) !== length) {
      throw localError("Cannot take in bytes", drainErrors(this.#c));
    }
    this.dry = false;
  }

  /** As `feed`: OpenSSL reads them where they are, and `dried` gives the chunk back. Whether it can. */
  lend(chunk: Bytes, length: number): boolean {
    const { c, sharesMemory } = this.#runtime.library;
    if (!this.dry || !sharesMemory || this.#handle.freed || this.busy) return false;
    this.#readFrom(c.BIO_new_mem_buf!(chunk, length));
    this.#lent = chunk;
    this.dry = false;
    return true;
  }

  /** OpenSSL has read all that was fed. */
  dried(): void {
    this.dry = true;
    if (this.#lent === undefined || this.#lent === NOTHING) return;
    giveBuffer(this.#lent);
    this.#lent = NOTHING;
  }

  #readFrom(bio: Deno.PointerValue): void {
    this.#c.BIO_ctrl(bio, CTRL.BIO_SET_MEM_EOF_RETURN, -1n, null);
    this.#c.SSL_set0_rbio!(this.#handle.ptr, bio); // which frees the one before
    this.#rbio = bio;
  }

  /** How many bytes were fed that OpenSSL has not read. */
  get input(): number {
    return this.#c.BIO_ctrl_pending(this.#rbio);
  }

  /** Takes back the bytes that OpenSSL has not read. */
  takeInput(): Bytes {
    const bytes = drainBio(this.#c, this.#rbio);
    this.dried();
    return bytes;
  }

  /** How many bytes there are for the peer. Where it had nothing, only a call can make some. */
  get output(): number {
    if (this.#empty) return 0;
    const n = this.#c.BIO_ctrl_pending(this.#wbio);
    this.#empty = n === 0 && !this.#shared;
    return n;
  }

  /** Puts bytes for the peer into `buffer`; their count. */
  drain(buffer: Uint8Array): number {
    const n = Math.max(0, this.#c.BIO_read(this.#wbio, buffer as Bytes, buffer.length));
    this.#empty = n < buffer.length && !this.#shared;
    return n;
  }

  /** The application gets the SSL: it may make calls of its own. */
  share(): Deno.PointerObject {
    this.#shared = true;
    this.#empty = false;
    return this.pointer;
  }

  /** Throws away what there is for the peer. */
  dropOutput(): void {
    drainBio(this.#c, this.#wbio);
  }
}

/** The free function of a handle: it must not refer to the session, or that is never collected. */
function freeSsl(
  c: OpenSslSymbols,
  forget: (() => void) | undefined,
): (ptr: Deno.PointerValue) => void {
  return (ptr) => {
    forget?.();
    c.SSL_free(ptr);
  };
}
