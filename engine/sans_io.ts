/**
 * A TLS connection that does no I/O: bytes in, bytes out. The pump drives it
 * over any transport.
 *
 * @module
 */

import type { Want } from "../errors.ts";
import type { Role } from "./engine.ts";
import type { ShutdownState, TlsFacts } from "./connection_facts.ts";

/**
 * The sans-IO session. Every method is synchronous. `feed` takes what came
 * from the peer, `drain` gives what must go to it; the others turn one into
 * the other. After a method has thrown, its alert, if any, is there to be drained.
 */
export interface SansIoSession extends TlsFacts {
  /** Our side: client or server. */
  readonly role: Role;
  /** Whether the handshake is complete. */
  readonly established: boolean;
  /**
   * Whether a method of this session is running, so that the caller is a callback inside it. Until
   * that method has returned, only `free`, `shutdownState` and `established` may be called.
   */
  readonly busy?: boolean;
  /** Which close_notify alerts were made and taken in. */
  readonly shutdownState: ShutdownState;
  /**
   * Goes on with the handshake as far as the bytes reach. A promise means:
   * a decision of the application is awaited; call again when it settles.
   */
  handshake(): true | Want | PromiseLike<void>;
  /** Decrypts into `p`: the count, `null` after close_notify, or SSL_WANT_READ. */
  read(p: Uint8Array): number | null | Want;
  /** As `read`, without consuming. */
  peek(p: Uint8Array): number | null | Want;
  /** Encrypts all of `p`, at most `MAX_WRITE` bytes of buffers.ts. */
  write(p: Uint8Array): void;
  /** Makes our close_notify, once. */
  closeNotify(): void;
  /** Decrypted bytes that can be read at once. */
  pending(): number;
  /** Whether bytes that were fed have not been looked at. */
  readonly fed: boolean;
  /** Bytes to be drained. */
  readonly output: number;
  /** Takes in the first `n` bytes of `chunk`. */
  feed(chunk: Uint8Array, n: number): void;
  /** As `feed`, without a copy, if it can: then the session gives the chunk back to the pool. */
  lend?(chunk: Uint8Array<ArrayBuffer>, n: number): boolean;
  /** Puts bytes for the peer into `buffer`; their count. */
  drain(buffer: Uint8Array): number;
  /** The bytes that were fed and that TLS has not consumed. */
  takeInput(): Uint8Array;
  /** The error for an end of the transport at this point, e.g. a truncation. */
  endOfInput(cause?: unknown): Error;
  /**
   * Frees it; inside one of its own callbacks this waits until the callback is done. Idempotent.
   */
  free(): void;
}
