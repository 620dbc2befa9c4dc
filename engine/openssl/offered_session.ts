/**
 * A client's session as it is offered to the server: without the server's certificate. Reading the
 * certificate out of a session takes OpenSSL 3.0 half a millisecond, a quarter of a resumption. We
 * keep it here, because it is what the resumed connection is judged by, and put it back into the
 * sessions that follow from this one.
 *
 * @module
 */

import { children, type DerNode, ifReadable, readDer, TAG } from "../../certificate/asn1/reader.ts";
import { explicit, seq } from "../../certificate/asn1/writer.ts";

/** `[3] EXPLICIT Certificate`, the peer's, in OpenSSL's SSL_SESSION (d2i_SSL_SESSION). */
const PEER = 0xa3;

const known = new WeakMap<Uint8Array, OfferedSession>();

/** One session that a client offers. */
export class OfferedSession {
  /** What is offered, in DER. */
  readonly der: Uint8Array;
  /** The server's certificate, in DER; `undefined` when the session began without one. */
  readonly leaf: Uint8Array | undefined;

  private constructor(der: Uint8Array, leaf: Uint8Array | undefined) {
    this.der = der;
    this.leaf = leaf;
  }

  /**
   * The session in DER, as OpenSSL writes it. It is offered again and again, and taken apart once.
   */
  static of(der: Uint8Array): OfferedSession {
    let session = known.get(der);
    // What is not a session is left as it is, for OpenSSL to refuse.
    if (session === undefined) {
      session = ifReadable(() => OfferedSession.#divided(der)) ??
        new OfferedSession(der, undefined);
      known.set(der, session);
    }
    return session;
  }

  static #divided(der: Uint8Array): OfferedSession {
    const { body, fields } = read(der);
    const peer = fields.find(({ tag }) => tag === PEER);
    const leaf = peer && ifReadable(() => children(peer, "the session's certificate")[0]?.raw);
    if (leaf === undefined) return new OfferedSession(der, undefined);
    const without = seq(body.subarray(0, peer!.start), body.subarray(peer!.end));
    return new OfferedSession(without, leaf);
  }

  /** A session that follows from this one, with the certificate that belongs to it. */
  completed(der: Uint8Array): Uint8Array {
    const { leaf } = this;
    if (leaf === undefined) return der;
    const { body, fields } = read(der);
    if (fields.some(({ tag }) => tag === PEER)) return der;
    const at = fields.find(({ tag }) => tag > PEER)?.start ?? body.length;
    return seq(body.subarray(0, at), explicit(PEER & 0x1f, leaf), body.subarray(at));
  }
}

function read(der: Uint8Array): { readonly body: Uint8Array; readonly fields: readonly DerNode[] } {
  const { body } = readDer(der, "the session", TAG.SEQUENCE);
  return { body, fields: children(body, "the session") };
}
