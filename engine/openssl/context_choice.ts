/**
 * A server's choice of the context by the ClientHello: the certificate depends on it, and which
 * session may be resumed. OpenSSL gets the ClientHello when the choice is made, and its answer is
 * held against that choice.
 *
 * @module
 */

import { SslError } from "../../errors.ts";
import { quote } from "../../internal/quote.ts";
import { type ClientHello, ClientHelloReader, plainAlert } from "../client_hello.ts";
import type { EngineContext } from "../engine.ts";
import { type FirstBytes, helloFault } from "./first_bytes.ts";
import type { SessionContext } from "./session_context.ts";
import type { SessionHooks } from "./session_hooks.ts";
import type { SslObject } from "./ssl_object.ts";
import type { OpenSslSymbols } from "./symbols.ts";

const ALERT_UNRECOGNIZED_NAME = 112;

/** The choice for one connection of a server. */
export class ContextChoice {
  readonly #ssl: SslObject;
  readonly #hooks: SessionHooks;
  readonly #first: FirstBytes;
  readonly #user: unknown;
  #hello: ClientHelloReader | undefined = new ClientHelloReader();
  #choosing = false;
  #askedFor: string | null | undefined;
  #alert: Uint8Array<ArrayBuffer> | undefined;

  /** For a connection whose bytes are kept in `first`; `user` goes to the hook. */
  constructor(ssl: SslObject, hooks: SessionHooks, first: FirstBytes, user: unknown) {
    this.#ssl = ssl;
    this.#hooks = hooks;
    this.#first = first;
    this.#user = user;
  }

  /** Whether the ClientHello is not complete yet. */
  get waits(): boolean {
    return this.#hello !== undefined;
  }

  /** The server name in lower case, of the first ClientHello; null if that could not be read. */
  get askedFor(): string | null | undefined {
    return this.#askedFor;
  }

  /** The alert for a client that is refused, in plain text because keys do not exist yet. */
  get alert(): Uint8Array<ArrayBuffer> | undefined {
    return this.#alert;
  }

  /** Gives the alert away. */
  takeAlert(): Uint8Array<ArrayBuffer> | undefined {
    const alert = this.#alert;
    this.#alert = undefined;
    return alert;
  }

  /** Takes in bytes; false when the choice is made, so that they are OpenSSL's. */
  push(chunk: Uint8Array): boolean {
    if (this.#choosing) return true; // kept among the first bytes until the context is chosen
    if (this.#hello === undefined) return false;
    const hello = this.#hello.push(chunk);
    if (hello !== undefined) this.#choose(hello);
    return true;
  }

  /** The ClientHello is complete, or cannot be read: the layer above chooses the context. */
  #choose(hello: ClientHello | null): void {
    this.#hello = undefined;
    const { selectContext } = this.#hooks.context.config.hooks;
    this.#askedFor = hello === null ? null : hello.serverName;
    // OpenSSL says in its own words what is wrong with it; should it find nothing, we do.
    if (hello === null) return this.#begin(undefined, "");
    const name = hello.serverName;
    if (selectContext === undefined) return this.#begin(undefined, name);
    try {
      const chosen = this.#ssl.guarded(() => selectContext(name, this.#user, hello));
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

  /** The context is chosen: the SSL is made anew from it. */
  #begin(chosen: EngineContext | undefined | null, name: string): void {
    if (this.#ssl.freed) return;
    if (chosen === null) {
      this.#alert = plainAlert(ALERT_UNRECOGNIZED_NAME);
      const text = `Cannot serve: there is no certificate for ${quote(name)}`;
      this.#hooks.fail(
        new SslError(text, { code: "ERR_SSL_UNRECOGNIZED_NAME", alert: "unrecognized_name" }),
      );
      return;
    }
    const context = chosen as (EngineContext & SessionContext) | undefined; // one of this engine's
    if (context !== undefined && context !== this.#hooks.context) this.#ssl.moveTo(context);
    this.#hooks.context.bindSessions(this.#ssl.pointer, this.#askedFor ?? null);
    this.#ssl.feed(this.#first.held, this.#first.length);
  }

  /**
   * The error where OpenSSL answers another ClientHello than the one that the choice was made by.
   */
  fault(c: OpenSslSymbols, ssl: Deno.PointerObject): Error | undefined {
    const name = this.#askedFor;
    if (name === undefined || this.#ssl.output === 0) return undefined;
    // Nothing was chosen by a ClientHello that only OpenSSL can read.
    if (name === null && !this.#hooks.context.config.hooks.selectContext) return undefined;
    const fault = helloFault(c, ssl, name);
    this.#alert = fault?.alert ?? this.#alert;
    return fault?.error;
  }
}
