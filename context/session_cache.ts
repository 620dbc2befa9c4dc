/**
 * The sessions that a client may resume, and the cache of them. Pure: it knows no
 * engine. A session is a value; it holds what the peer's verification came to,
 * because a resumed handshake brings no chain to verify.
 *
 * @module
 */

import { children, expectTag, integer, readDer, sequence, TAG } from "../certificate/der.ts";
import type { Findings } from "./findings.ts";

/** What the verification of the peer found out when the session began. */
export interface VerifiedPeer {
  /** By a certificate, by a pre-shared key, or not at all (SSL_VERIFY_NONE). */
  readonly by: "certificate" | "psk" | "nothing";
  /** When, in milliseconds since 1970: sessions that follow from a resumed one keep it. */
  readonly at: number;
  /** The chain that was built, leaf first, in DER. */
  readonly chain: readonly Uint8Array[];
  /** X509_V_ERR number of the chain; not 0 where a pin overrode it. */
  readonly error: number;
  /** At which certificate the error is. */
  readonly errorDepth: number;
  /** The text of the error. */
  readonly errorText: string;
  /** What only a full handshake can find out: of OCSP, of verifyCallback. Nothing that refuses. */
  readonly findings: Findings;
}

/** What an {@linkcode SslSession} is made from. */
export interface SessionParts {
  /** SSL_SESSION in DER. */
  readonly der: Uint8Array;
  /** The digest of all that the verification depended on, in hex. */
  readonly policy: string;
  /** What it found. */
  readonly peer: VerifiedPeer;
}

const PROTOCOLS: Readonly<Record<number, string>> = {
  0x0300: "SSLv3",
  0x0301: "TLSv1",
  0x0302: "TLSv1_1",
  0x0303: "TLSv1_2",
  0x0304: "TLSv1_3",
};

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
  const version = Number(integer(nodes[1], what));
  const protocol = PROTOCOLS[version] ?? `0x${version.toString(16).padStart(4, "0")}`;
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
   * bytes, or a pass phrase. Without it, whoever reads them can decrypt the session's traffic, and
   * whoever changes them decides whom the client trusts.
   * @throws {TypeError} For a key that is none of these.
   */
  async export(key?: SessionKey): Promise<Uint8Array<ArrayBuffer>> {
    const { exportSession } = await import("./session_export.ts");
    return await exportSession(this, key);
  }

  /**
   * Reads what {@linkcode SslSession.export} gave. The session is resumed only under the same
   * verification settings and the same version of the engine, and where a function decides (a
   * callback, a scheme's callback), only in the process that made it.
   *
   * @throws {SslError} If the bytes are no session, were changed, or are of another key.
   * @throws {TypeError} For a key that is none.
   */
  static async import(bytes: Uint8Array, key?: SessionKey): Promise<SslSession> {
    const { importSession } = await import("./session_export.ts");
    return await importSession(bytes, key);
  }
}

/** A key for {@linkcode SslSession.export}: a CryptoKey for AES-GCM, 32 bytes, or a pass phrase. */
export type SessionKey = CryptoKey | Uint8Array | string;

/**
 * Makes a session.
 *
 * @throws {SslError} If the DER is no SSL_SESSION.
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

/**
 * What the option `sessionCache` takes: a {@linkcode SessionCache}, or an object of one's own with
 * these methods. They are called while a connection is made and must not wait.
 */
export interface SessionStore {
  /** Keeps a session under a key, next to those that are there. */
  addSession(key: string, session: SslSession): unknown;
  /** The session to use for a key: the latest. */
  getSession(key: string, session?: SslSession): SslSession | undefined;
  /** Forgets a session, or all of a key. */
  delSession(key?: string, session?: SslSession): unknown;
}

interface Entry<T> {
  readonly key: string;
  readonly session: T;
}

/**
 * Sessions by key, at most `capacity` of them. A key may have several; the one
 * that was added or asked for last comes first. When it is full, the one that
 * was not used for the longest time goes, whatever its key.
 *
 * @example One cache for several contexts
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SessionCache } from "@socket/ssl/session-cache";
 *
 * const sessionCache = new SessionCache(100);
 * // SslSocket.connect("example.com:443", { sessionCache }), once more, and so on
 * assertEquals([...sessionCache.keys()], []);
 * ```
 *
 * Perl: `IO::Socket::SSL::Session_Cache`
 */
export class SessionCache<T = SslSession> implements Iterable<[key: string, session: T]> {
  /** How many sessions it holds at most. */
  readonly capacity: number;
  /** In the order of their use: the first has not been used for the longest time. */
  readonly #entries = new Set<Entry<T>>();
  /** The same by key; the last is the latest. */
  readonly #byKey = new Map<string, Entry<T>[]>();

  /**
   * An empty cache.
   *
   * @param size How many sessions it holds at most.
   * @throws {RangeError} If that is not a whole number of at least 1.
   *
   * Perl: `new`
   */
  constructor(size: number) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(
        `Cannot create a SessionCache: the size must be a whole number of at least 1: ` +
          `received ${size}`,
      );
    }
    this.capacity = size;
  }

  /** How many sessions it holds. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * For how many more sessions there is room until one has to go.
   *
   * Perl: `room`
   */
  get room(): number {
    return this.capacity - this.size;
  }

  /**
   * Keeps a session under a key, in front of those that are there.
   *
   * Perl: `add_session`
   */
  addSession(key: string, session: T): void {
    this.#add({ key, session });
    if (this.#entries.size <= this.capacity) return;
    const [oldest] = this.#entries;
    this.#remove(oldest!);
  }

  /**
   * The latest session of a key, or the given one if it is there. It counts as used now, and so
   * becomes the latest.
   *
   * Perl: `get_session`
   */
  getSession(key: string, session?: T): T | undefined {
    const list = this.#byKey.get(key);
    const entry = session === undefined
      ? list?.at(-1)
      : list?.findLast((each) => each.session === session);
    if (entry === undefined) return undefined;
    this.#remove(entry);
    this.#add(entry);
    return entry.session;
  }

  /**
   * Forgets a session of a key, or all of them; without a key, a session wherever it is, or every
   * session.
   *
   * @returns How many were forgotten.
   *
   * Perl: `del_session`
   */
  delSession(key?: string, session?: T): number {
    const all = key === undefined ? [...this.#entries] : [...this.#byKey.get(key) ?? []];
    const found = session === undefined
      ? all
      : all.filter((entry) => entry.session === session).slice(-1);
    for (const entry of found) this.#remove(entry);
    return found.length;
  }

  /**
   * Keeps a session under a key instead of all that are there.
   *
   * Perl: `replace_session`
   */
  replaceSession(key: string, session: T): void {
    this.delSession(key);
    this.addSession(key, session);
  }

  /** The sessions of a key, the latest first. Does not count as use. */
  sessions(key: string): T[] {
    return (this.#byKey.get(key) ?? []).map((entry) => entry.session).reverse();
  }

  /** The keys, that of the latest session first. */
  keys(): IterableIterator<string> {
    return new Set([...this].map(([key]) => key)).values();
  }

  /** Keys and sessions, the latest first. Does not count as use. */
  [Symbol.iterator](): IterableIterator<[key: string, session: T]> {
    return [...this.#entries].reverse()
      .map(({ key, session }): [string, T] => [key, session]).values();
  }

  #add(entry: Entry<T>): void {
    this.#entries.add(entry);
    const list = this.#byKey.get(entry.key);
    if (list === undefined) this.#byKey.set(entry.key, [entry]);
    else list.push(entry);
  }

  #remove(entry: Entry<T>): void {
    this.#entries.delete(entry);
    const list = this.#byKey.get(entry.key)!;
    list.splice(list.indexOf(entry), 1);
    if (list.length === 0) this.#byKey.delete(entry.key);
  }
}
