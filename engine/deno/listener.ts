/**
 * The listener of the Deno engine: Deno.listenTls, whose certificates are those of the context it
 * began with. Deno begins the handshake when it accepts.
 *
 * A limit of the runtime (Deno 2.9): closing a connection whose handshake has
 * not ended does not close its socket before the handshake or the client ends.
 * A silent client gives up its place among `maxHandshakes` at
 * `handshakeTimeout`, or to another client, but costs a file descriptor for as
 * long as it likes. The engine "openssl" closes it at once.
 *
 * Nor does the runtime show what a client has sent before its handshake is
 * complete: only the age of the handshake decides which client gives way.
 *
 * @module
 */

import { ownRecord } from "../../internal/own_options.ts";
import { SslError } from "../../errors.ts";
import { addressText, ioError } from "../dial.ts";
import { lacking } from "../features.ts";
import type { EngineContext, EngineListener, ListenTarget, TlsStream } from "../engine.ts";
import { SNI_RESOLVER } from "./capabilities.ts";
import { DENO, type PemCredential } from "./check.ts";
import { DenoStream } from "./stream.ts";

/** What a listener is made from. */
export interface ListenerInit {
  /** The context, for comparison with the one of each `accept`. */
  readonly context: EngineContext;
  /** The certificate, where no name decides. */
  readonly credential: PemCredential | undefined;
  /** The certificate for a server name, `undefined` for none. Deno asks once for each name. */
  readonly credentialFor: ((serverName: string) => PemCredential | undefined) | undefined;
  /** ALPN protocols, in the server's order. */
  readonly alpn: readonly string[];
}

/** How Deno gets the certificates. */
function certificates({ credential, credentialFor }: ListenerInit): { cert: string; key: string } {
  if (credentialFor === undefined) return { cert: credential!.cert, key: credential!.key };
  const resolver = (serverName: string) => {
    const found = credentialFor(serverName);
    if (found === undefined) throw new TypeError("Cannot serve: no certificate has this name");
    return { cert: found.cert, key: found.key };
  };
  return { [SNI_RESOLVER]: resolver } as never;
}

function listen(target: ListenTarget, init: ListenerInit): Deno.TlsListener {
  const { hostname, port, backlog } = target;
  try {
    return Deno.listenTls(ownRecord({
      hostname,
      port,
      ...certificates(init),
      ...(backlog === undefined ? {} : { tcpBacklog: backlog }),
      ...(init.alpn.length === 0 ? {} : { alpnProtocols: [...init.alpn] }),
    }));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reason =
      /^(?:invalid peer certificate|keys may not be consistent|unexpected error): (.*)$/
        .exec(text)?.[1] ?? /^No (?:keys|certificates) found/.exec(text)?.[0];
    if (reason !== undefined) {
      throw new SslError(
        `Cannot listen on ${
          addressText(target)
        }: Deno refuses the certificate from ${init.credential?.source}: ${reason}`,
        { code: "ERR_CERTIFICATE", reason, cause: error, facts: { engine: "deno" } },
      );
    }
    throw ioError(`Cannot listen on ${addressText(target)}`, error);
  }
}

/** Accepts TLS connections with one context. */
export class DenoListener implements EngineListener {
  readonly #listener: Deno.TlsListener;
  readonly #init: ListenerInit;

  /** Binds; throws an SslError with the address, or the source of a bad certificate, in it. */
  constructor(target: ListenTarget, init: ListenerInit) {
    this.#init = init;
    this.#listener = listen(target, init);
  }

  get addr(): Deno.Addr {
    return this.#listener.addr;
  }

  /**
   * The next connection.
   *
   * @throws {SslUnsupportedError} For another context than the listener's.
   */
  async accept(context: EngineContext, _user: unknown): Promise<TlsStream> {
    if (context !== this.#init.context) {
      throw lacking(DENO, "hotSwap", "another context on a listener that runs");
    }
    const conn = await this.#listener.accept();
    // Where names decide, the runtime does not tell which one was asked for.
    const { credential, credentialFor } = this.#init;
    const ownCertificate = credentialFor === undefined ? credential?.leaf : undefined;
    return new DenoStream({ role: "server", conn, ownCertificate });
  }

  /** Not possible: the runtime begins the handshake itself. */
  acceptPlain(): Promise<Deno.TcpConn> {
    return Promise.reject(lacking(DENO, "acceptPlain", "acceptPlain()"));
  }

  close(): void {
    this.#listener.close();
  }

  ref(): void {
    this.#listener.ref();
  }

  unref(): void {
    this.#listener.unref();
  }
}
