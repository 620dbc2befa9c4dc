/**
 * Sessions between a client's connections: which one is offered, and which
 * ones are kept. Loaded by the first context that has a session cache.
 *
 * A session has the digest of the settings under which its peer was verified, and is offered only
 * under an equal digest; context/connection.ts judges the handshake that resumes it.
 *
 * @module
 */

import { equalBytes } from "../../internal/bytes.ts";
import { quote } from "../../internal/quote.ts";
import { Certificate } from "../../certificate/certificate.ts";
import type { ContextConfig, Engine, PeerEvidence } from "../../engine/engine.ts";
import type { Findings } from "../../verify/answers.ts";
import type { Policy } from "../../verify/policy.ts";
import type { Names } from "../../verify/peer.ts";
import type { SslOptions } from "../options.ts";
import { SessionCache, type SessionStore } from "./session_cache.ts";
import { makeSession, sessionLeaf, sessionParts, SslSession } from "./session.ts";
import type { VerifiedPeer, Vouched } from "./verified_peer.ts";
import { connectionDigest, contextDigest } from "./binding.ts";

/**
 * How many of the latest sessions of one connection are kept: servers give one to four. A server that
 * never stops must fill neither the memory nor a cache that others share.
 */
const MAX_ADDED = 8;

/** What the sessions of a connection are bound to, beside its context. */
interface Bound {
  readonly policy: Policy;
  readonly names: Names;
  /** The options of the context. */
  readonly shared: SslOptions;
}

/** The session cache of a client's context. */
export class ClientSessions {
  readonly #store: SessionStore;
  readonly #digest: string;
  #own = "";
  /** The last digest of a connection: most connections have the same policy and names. */
  #last: (Bound & { readonly of: string; readonly digest: string }) | undefined;

  /** The sessions of a context. The option `sessionCache` takes precedence over `sessionCacheSize`. */
  constructor(engine: Engine, options: SslOptions, config: ContextConfig) {
    this.#store = options.sessionCache ?? new SessionCache(options.sessionCacheSize!);
    this.#digest = contextDigest(engine, config);
  }

  /** The program may have changed the context: it shares no session with another one from now on. */
  isolate(): void {
    this.#own = crypto.randomUUID();
  }

  /** For one connection; `undefined` without a key. */
  connection(input: Bound & { readonly key: string | undefined }): ConnectionSessions | undefined {
    const { key, policy, names, shared } = input;
    if (key === undefined) return undefined;
    return new ConnectionSessions(this.#store, key, this.#digestOf({ policy, names, shared }));
  }

  /** What a digest is made of does not change: the same objects have the same digest. */
  #digestOf(bound: Bound): string {
    const of = this.#digest + this.#own;
    const last = this.#last;
    if (
      last?.of === of && last.policy === bound.policy && last.names === bound.names &&
      last.shared === bound.shared
    ) return last.digest;
    const digest = connectionDigest(of, bound.policy, bound.names, bound.shared);
    this.#last = { ...bound, of, digest };
    return digest;
  }
}

/** The sessions that one connection takes and gives. */
export class ConnectionSessions {
  readonly #store: SessionStore;
  readonly #key: string;
  readonly #policy: string;
  readonly #added: SslSession[] = [];
  /** The session that is offered to the server. */
  readonly offered: SslSession | undefined;

  /** The offered session, for the engine. */
  get offeredDer(): Uint8Array | undefined {
    return this.offered && sessionParts(this.offered).der;
  }

  /** What the offered session knows of its peer. */
  get vouched(): Vouched | undefined {
    const leaf = this.offered && sessionLeaf(this.offered);
    return leaf && { leaf, peer: sessionParts(this.offered!).peer };
  }

  /** Looks for a session to offer. */
  constructor(store: SessionStore, key: string, policy: string) {
    this.#store = store;
    this.#key = key;
    this.#policy = policy;
    this.offered = this.#find();
  }

  /** The latest session that was made under our policy; sessions that have ended are removed. */
  #find(): SslSession | undefined {
    const store = this.#store;
    const all = store instanceof SessionCache
      ? store.sessions(this.#key)
      : [store.getSession(this.#key)];
    for (const session of all) {
      if (session === undefined || session === null) continue;
      if (!(session instanceof SslSession)) {
        throw new TypeError(
          `Cannot use option "sessionCache": getSession(${quote(this.#key)}) must give ` +
            `an SslSession or undefined: received ${typeof session}`,
        );
      }
      if (session.policy !== this.#policy) continue;
      if (mayBeOffered(session, Date.now())) {
        return store instanceof SessionCache ? store.getSession(this.#key, session) : session;
      }
      store.delSession(this.#key, session);
    }
    return undefined;
  }

  /** The server gave a session; `evidence` is what the peer was accepted by. */
  add(
    der: Uint8Array,
    accepted: { readonly evidence: PeerEvidence | undefined; readonly findings: Findings },
  ): void {
    const peer = this.#peer(accepted.evidence, accepted.findings);
    if (peer === undefined) return;
    const session = makeSession({ der, policy: this.#policy, peer });
    // A ticket should be used once (RFC 8446 C.4): it is removed as soon as there is another.
    const first = this.#added.length === 0 && accepted.evidence?.resumed === true;
    if (first && session.protocol === "TLSv1_3" && this.offered !== undefined) {
      this.#store.delSession(this.#key, this.offered);
    }
    this.#added.push(session);
    this.#store.addSession(this.#key, session);
    if (this.#added.length > MAX_ADDED) this.#store.delSession(this.#key, this.#added.shift());
  }

  #peer(evidence: PeerEvidence | undefined, findings: Findings): VerifiedPeer | undefined {
    const { callback, ocsp } = findings;
    // A pin can override these; that is judged with everything at hand, each time.
    if (callback?.refused !== undefined || callback?.thrown !== undefined) return undefined;
    if (ocsp?.refuse !== undefined) return undefined;
    const by = evidence === undefined ? "nothing" : evidence.psk ? "psk" : "certificate";
    const before = this.offered && sessionParts(this.offered).peer;
    // A resumed connection has the verification of the session before, and its age.
    if (evidence?.resumed && before?.by === by) return before;
    return {
      by,
      at: Date.now(),
      chain: evidence?.chain ?? [],
      error: evidence?.error ?? 0,
      errorDepth: evidence?.errorDepth ?? 0,
      errorText: evidence?.errorText ?? "",
      findings,
    };
  }

  /** The handshake failed: neither the offered session nor those it received are used again. */
  drop(): void {
    const { offered } = this;
    if (offered !== undefined) this.#store.delSession(this.#key, offered);
    for (const session of this.#added.splice(0)) this.#store.delSession(this.#key, session);
  }
}

/** How long a verification counts, in milliseconds, even if its session is renewed. */
const VERIFIED_FOR = 24 * 3600 * 1000;

interface Validity {
  readonly from: number;
  readonly until: number;
}

const NEVER: Validity = { from: Infinity, until: -Infinity };

/** When the certificates behind a verification are valid; sessions that follow from each other share its peer. */
const validities = new WeakMap<
  VerifiedPeer,
  { readonly leaf: Uint8Array; readonly is: Validity }
>();

/** From when to when all certificates behind a session are valid, in milliseconds since 1970. */
function validityOf(session: SslSession): Validity {
  const leaf = sessionLeaf(session);
  const { peer } = sessionParts(session);
  if (leaf === undefined) return NEVER;
  const known = validities.get(peer);
  if (known !== undefined && equalBytes(known.leaf, leaf)) return known.is;
  const is = commonValidity([leaf, ...peer.chain]);
  validities.set(peer, { leaf, is });
  return is;
}

function commonValidity(ders: readonly Uint8Array[]): Validity {
  try {
    const certificates = ders.map((der) => Certificate.fromDer(der));
    return {
      from: Math.max(...certificates.map(({ notBefore }) => notBefore.getTime())),
      until: Math.min(...certificates.map(({ notAfter }) => notAfter.getTime())),
    };
  } catch {
    return NEVER; // one of them is malformed
  }
}

/** Whether a session may be offered: neither it nor the certificates behind its verification have ended. */
export function mayBeOffered(session: SslSession, now: number): boolean {
  const { peer } = sessionParts(session);
  if (session.expired || !(now < peer.at + VERIFIED_FOR) || session.created > now + 60_000) {
    return false;
  }
  if (peer.by !== "certificate") return true;
  const { from, until } = validityOf(session);
  return from <= now && now <= until;
}
