/**
 * A TLS session that a client may resume: a value. It holds the result of the peer's verification,
 * because a resumed handshake brings no chain to verify.
 *
 * @module
 */

import { atCallOf } from "../../internal/caller.ts";
import {
  children,
  expectTag,
  integer,
  readDer,
  sequence,
  TAG,
} from "../../certificate/asn1/reader.ts";
import { versionName } from "../../engine/tls_versions.ts";
import type { SessionKey } from "./export.ts";
import type { SessionParts } from "./verified_peer.ts";

/** No session is used for longer (RFC 8446 4.6.1). */
const WEEK = 7 * 24 * 3600 * 1000;

interface Facts {
  readonly protocol: string;
  readonly created: number;
  readonly lifetime: number;
  readonly leaf: Uint8Array | undefined;
}

/** Tags of SSL_SESSION_ASN1 in OpenSSL's ssl/ssl_asn1.c. */
const FIELD = { TIME: 0xa1, TIMEOUT: 0xa2, PEER: 0xa3, LIFETIME_HINT: 0xa9 } as const;

function readFacts(der: Uint8Array): Facts {
  const what = "the session";
  const nodes = sequence(readDer(der, what), what);
  const protocol = versionName(Number(integer(nodes[1], what)));
  expectTag(nodes[4], TAG.OCTET_STRING, what); // the secret must be there
  const field = (tag: number) => {
    const node = nodes.slice(5).find((each) => each.tag === tag);
    return node && children(node, what)[0];
  };
  const seconds = (tag: number): number | undefined => {
    const node = field(tag);
    return node === undefined ? undefined : Number(integer(node, what)) * 1000;
  };
  const lifetime = seconds(FIELD.LIFETIME_HINT) || seconds(FIELD.TIMEOUT) || 0;
  return {
    protocol,
    created: seconds(FIELD.TIME) ?? 0,
    lifetime: Math.min(lifetime, WEEK),
    leaf: field(FIELD.PEER)?.raw,
  };
}

let partsIn: (session: SslSession) => SessionParts;
let leafIn: (session: SslSession) => Uint8Array | undefined;
let make: (parts: SessionParts) => SslSession;

/**
 * A session that a client may resume. It never changes, and keeps its secret to itself: only
 * {@linkcode SslSession.export} gives it away.
 *
 * @example
 * ```ts ignore
 * import { SessionCache, SslSocket } from "@socket/ssl";
 *
 * const sessionCache = new SessionCache(10);
 * await using _ = await SslSocket.connect("example.com:443", { sessionCache });
 * console.log(sessionCache.getSession("example.com:443")?.expired); // false
 * ```
 * @category Sessions
 */
export class SslSession {
  readonly #parts: SessionParts;
  readonly #leaf: Uint8Array | undefined;
  /** `TLSv1_3`, `TLSv1_2`, ... */
  readonly protocol: string;
  /** When it began, in milliseconds since 1970. */
  readonly created: number;
  /** For how long the server said that it may be used, in milliseconds. */
  readonly lifetime: number;
  /**
   * The digest, in hex, of everything that the verification of the peer depended on: a session is
   * resumed only under the same digest.
   */
  readonly policy: string;

  static {
    partsIn = (session) => session.#parts;
    leafIn = (session) => session.#leaf;
    make = (parts) => new SslSession(parts);
  }

  private constructor(parts: SessionParts) {
    const facts = readFacts(parts.der);
    this.#parts = { ...parts, der: parts.der.slice() };
    this.#leaf = facts.leaf;
    this.protocol = facts.protocol;
    this.created = facts.created;
    this.lifetime = facts.lifetime;
    this.policy = parts.policy;
    Object.freeze(this);
  }

  /** Whether its time is over. */
  get expired(): boolean {
    return !(Date.now() < this.created + this.lifetime);
  }

  /**
   * The session and what the verification of its peer found out, as bytes for a file.
   *
   * @param key Encrypts and authenticates the bytes with AES-256-GCM: a CryptoKey for AES-GCM, 32
   * bytes, or a pass phrase. Without it, anyone who reads them can decrypt the session's traffic, and
   * anyone who changes them decides whom the client trusts.
   * @throws {TypeError} For another kind of key.
   */
  async export(key?: SessionKey): Promise<Uint8Array<ArrayBuffer>> {
    return await atCallOf(this.export, async () => {
      const { exportSession } = await import("./export.ts");
      return await exportSession(this.#parts, key);
    });
  }

  /**
   * Reads what {@linkcode SslSession.export} returned. The session is resumed only under the same
   * verification settings and the same version of the engine, and where a function decides (a
   * callback, a scheme's callback), only in the process that made it.
   *
   * @throws {SslError} If the bytes are not a session, were changed, or were made with another key.
   * @throws {TypeError} For another kind of key.
   */
  static async import(bytes: Uint8Array, key?: SessionKey): Promise<SslSession> {
    return await atCallOf(SslSession.import, async () => {
      const { importSession } = await import("./export.ts");
      return await importSession(bytes, key, make);
    });
  }
}

/**
 * Makes a session.
 *
 * @throws {SslError} If the DER is not an SSL_SESSION.
 */
export function makeSession(parts: SessionParts): SslSession {
  return make(parts);
}

/** What a session was made from. */
export function sessionParts(session: SslSession): SessionParts {
  return partsIn(session);
}

/** The peer's certificate in a session, in DER. */
export function sessionLeaf(session: SslSession): Uint8Array | undefined {
  return leafIn(session);
}
