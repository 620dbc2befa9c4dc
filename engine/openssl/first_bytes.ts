/**
 * The first bytes of a connection, kept until OpenSSL has accepted them as TLS. If the peer does not
 * speak TLS, they can still be read as plain text. This also checks that OpenSSL answers the
 * ClientHello by which the context was chosen: two readers may read the same bytes differently.
 *
 * @module
 */

import type { SslPeerError } from "../../errors.ts";
import { WIRE_EVENTS, wireError, type WireEvent } from "../wire_errors.ts";
import { plainAlert } from "../client_hello.ts";
import { textOf } from "./library.ts";
import type { OpenSslSymbols } from "./symbols.ts";
import { TLS1_3 } from "../tls_versions.ts";

/** A record header: with fewer bytes OpenSSL has decided nothing. */
const RECORD_HEADER = 5;
const NOTHING = new Uint8Array();

/**
 * Keeps bytes while {@linkcode FirstBytes.open}, in one buffer: a list of chunks would fill the
 * memory if a peer sent them one by one.
 */
export class FirstBytes {
  #bytes = NOTHING;
  #length = 0;
  #open = true;

  /** Whether bytes are still kept. */
  get open(): boolean {
    return this.#open;
  }

  /** Keeps a copy. */
  push(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
  }

  /** OpenSSL took a step without an error: past a record header the peer does speak TLS. */
  progressed(): void {
    if (this.#length < RECORD_HEADER) return;
    this.#open = false;
    this.#bytes = NOTHING;
    this.#length = 0;
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** All bytes so far, as long as nothing is pushed; others may follow them. */
  get held(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** A copy of all bytes so far. */
  all(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}

const ALERT = { illegal_parameter: 47, decode_error: 50 } as const;

/** Why a client is refused, and the alert for it in plain text, because keys do not exist yet. */
export interface HelloFault {
  /** What the server's handshake fails with. */
  readonly error: SslPeerError;
  /** What the client gets. */
  readonly alert: Uint8Array<ArrayBuffer>;
}

function fault(event: WireEvent, alert: keyof typeof ALERT, reason: string): HelloFault {
  const error = wireError("handshake", event, { alert, reason });
  return { error, alert: plainAlert(ALERT[alert]) };
}

/**
 * Looks at a server's SSL that has an answer ready. If this finds a fault, the answer must not be
 * sent.
 *
 * @param name The server name of the choice in lower case; `null` if the ClientHello could not be
 * read, so that nobody was asked.
 */
export function helloFault(
  c: OpenSslSymbols,
  ssl: Deno.PointerObject,
  name: string | null,
): HelloFault | undefined {
  if (name === null) {
    return fault(WIRE_EVENTS.malformed, "decode_error", "its ClientHello cannot be read");
  }
  if (textOf(c, c.SSL_get_servername(ssl, 0)).toLowerCase() === name) return undefined;
  // Before TLS 1.3 a resumed session has the name that it began with.
  if (c.SSL_session_reused(ssl) === 1 && c.SSL_version(ssl) !== TLS1_3) return undefined;
  const reason = "its second ClientHello has another server name";
  return fault(WIRE_EVENTS.misbehaved, "illegal_parameter", reason);
}
