/**
 * A client's session as it is offered to the server: without the server's certificate. Reading the
 * certificate out of a session takes OpenSSL 3.0 half a millisecond, a quarter of a resumption. We
 * keep it here, because it is what the resumed connection is judged by, and put it back into the
 * sessions that follow from this one.
 *
 * @module
 */

import {
  children,
  type DerNode,
  ifReadable,
  readDer,
  sequence,
} from "../../certificate/asn1/reader.ts";
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

  private constructor(whole: Uint8Array) {
    // What is not a session is left as it is, for OpenSSL to refuse.
    const fields = ifReadable(() => fieldsOf(whole)) ?? [];
    const peer = fields.find(({ tag }) => tag === PEER);
    this.leaf = peer && ifReadable(() => children(peer, "the session's certificate")[0]?.raw);
    this.der = this.leaf === undefined
      ? whole
      : seq(...fields.filter((field) => field !== peer).map(({ raw }) => raw));
  }

  /** The session in DER, as OpenSSL writes it. A session is offered again and again, and taken apart once. */
  static of(der: Uint8Array): OfferedSession {
    let session = known.get(der);
    if (session === undefined) known.set(der, session = new OfferedSession(der));
    return session;
  }

  /** A session that follows from this one, with the certificate that belongs to it. */
  completed(der: Uint8Array): Uint8Array {
    const { leaf } = this;
    if (leaf === undefined) return der;
    const fields = fieldsOf(der);
    if (fields.some(({ tag }) => tag === PEER)) return der;
    const after = fields.findIndex(({ tag }) => tag > PEER);
    const all = fields.map(({ raw }) => raw);
    all.splice(after < 0 ? all.length : after, 0, explicit(PEER & 0x1f, leaf));
    return seq(...all);
  }
}

const fieldsOf = (der: Uint8Array): DerNode[] =>
  sequence(readDer(der, "the session"), "the session");
