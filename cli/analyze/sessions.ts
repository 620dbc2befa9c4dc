/**
 * What takes a whole handshake to find out: whether sessions are resumed, and whether a client can
 * renegotiate. OpenSSL does it, with everything allowed that it has: nothing is sent but handshakes.
 *
 * @module
 */

import { inTime } from "../../internal/waiting.ts";
import type { Taken } from "../../ssleay/low/declared_types.ts";
import type { Opaque } from "../../ssleay/low/handle.ts";
import { SSLeay } from "../../ssleay/low/ssleay.ts";
import type { FeaturesFound } from "./model.ts";
import type { Prober, Wire } from "./prober.ts";

/** How long a server has to give out a ticket after the handshake, in milliseconds. */
const PATIENCE = 1000;

type Context = Taken<"SSL_CTX">;
type Session = Opaque<"SSL_SESSION">;

/** How a handshake is to be. */
interface Manner {
  /** The version. */
  readonly version: "TLS1_2_VERSION" | "TLS1_3_VERSION";
  /** Whether tickets are allowed. */
  readonly tickets: boolean;
}

function contextFor({ version, tickets }: Manner): Context {
  const context = SSLeay.CTX_new()!;
  SSLeay.CTX_set_min_proto_version(context, SSLeay[version]);
  SSLeay.CTX_set_max_proto_version(context, SSLeay[version]);
  SSLeay.CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
  SSLeay.CTX_set_verify(context, SSLeay.VERIFY_NONE);
  if (!tickets) SSLeay.CTX_set_options(context, SSLeay.OP_NO_TICKET);
  return context;
}

/** Asks a server with OpenSSL. */
export class Sessions {
  readonly #prober: Prober;
  readonly #serverName: string;

  /** Asks nothing yet. */
  constructor(prober: Prober, serverName: string) {
    this.#prober = prober;
    this.#serverName = serverName;
  }

  /** One handshake, and what is done with it; `undefined` if it fails. */
  #handshake<T>(
    manner: Manner,
    session: Session | undefined,
    use: (ssl: Taken<"SSL">, wire: Wire) => Promise<T>,
  ): Promise<T | undefined> {
    return this.#prober.connect(async (wire) => {
      const context = contextFor(manner);
      const ssl = SSLeay.new(context)!;
      try {
        SSLeay.set_tlsext_host_name(ssl, this.#serverName);
        if (session !== undefined) SSLeay.set_session(ssl, session);
        SSLeay.set_fd(ssl, wire.conn);
        const done = await SSLeay.connect(ssl) === 1;
        return done ? await use(ssl, wire) : undefined;
      } finally {
        SSLeay.free(ssl);
        SSLeay.CTX_free(context);
      }
    });
  }

  /** Whether a second handshake resumes the session of a first one; `undefined` without a first one. */
  async #resumes(manner: Manner): Promise<boolean | undefined> {
    const session = await this.#handshake(manner, undefined, async (ssl) => {
      // OpenSSL does not resume what was not closed in order.
      await SSLeay.shutdown(ssl);
      // The tickets of TLS 1.3 come after the handshake, when we read.
      if (manner.version === "TLS1_3_VERSION") {
        await inTime(Promise.resolve(SSLeay.read(ssl)), PATIENCE);
      }
      return SSLeay.get1_session(ssl);
    });
    if (session === undefined || session === null) return undefined;
    try {
      const again = await this.#handshake(
        manner,
        session,
        (ssl) => Promise.resolve(SSLeay.session_reused(ssl) === 1),
      );
      return again ?? false;
    } finally {
      SSLeay.SESSION_free(session);
    }
  }

  /** Whether and how sessions are resumed. */
  async resumption(
    tls12: boolean,
    tls13: boolean,
  ): Promise<Pick<FeaturesFound["resumption"], "byId" | "byTicket" | "tls13">> {
    const [byId, byTicket, newer] = await Promise.all([
      tls12 ? this.#resumes({ version: "TLS1_2_VERSION", tickets: false }) : undefined,
      tls12 ? this.#resumes({ version: "TLS1_2_VERSION", tickets: true }) : undefined,
      tls13 ? this.#resumes({ version: "TLS1_3_VERSION", tickets: true }) : undefined,
    ]);
    return {
      ...(byId !== undefined && { byId }),
      ...(byTicket !== undefined && { byTicket }),
      ...(newer !== undefined && { tls13: newer }),
    };
  }

  /** Whether the server does another handshake when a client of TLS 1.2 asks for one. */
  clientRenegotiation(): Promise<boolean | undefined> {
    const manner: Manner = { version: "TLS1_2_VERSION", tickets: true };
    return this.#handshake(manner, undefined, async (ssl) => {
      if (await SSLeay.renegotiate(ssl) !== 1) return false;
      return await SSLeay.do_handshake(ssl) === 1;
    });
  }
}
