/**
 * Sessions as bytes at rest: DER, and with a key AES-256-GCM around it.
 *
 * | bytes | what                                                     |
 * |-------|----------------------------------------------------------|
 * | 5     | `SSLS` and the version of the format                     |
 * | 1     | how it is sealed: 0 not, 1 by a key, 2 by a pass phrase  |
 * | 16    | salt of PBKDF2, with a pass phrase only                  |
 * | 12    | nonce, with a key or pass phrase only                    |
 * | rest  | DER, or the ciphertext with its tag                      |
 *
 * All that precedes the ciphertext is authenticated with it.
 *
 * @module
 */

import {
  boolean,
  children,
  derError,
  expectTag,
  integer,
  readDer,
  sequence,
  smallInteger,
  stringValue,
  TAG,
} from "../../certificate/asn1/reader.ts";
import {
  bool,
  concat,
  explicit,
  int,
  octets,
  seq,
  utf8String,
} from "../../certificate/asn1/writer.ts";
import { SslError } from "../../errors.ts";
import type { ChainError, Findings } from "../../verify/answers.ts";
import type { SessionParts, VerifiedPeer } from "./verified_peer.ts";

/**
 * A key for `SslSession.export()`: a CryptoKey for AES-GCM, 32 bytes, or a pass phrase.
 *
 * @category Sessions
 */
export type SessionKey = CryptoKey | Uint8Array | string;

type Bytes = Uint8Array<ArrayBuffer>;

const MAGIC = new TextEncoder().encode("SSLS\x01");
const SEALED = { NOT: 0, BY_KEY: 1, BY_PHRASE: 2 } as const;
const SALT = 16, NONCE = 12;
/** OWASP's number for PBKDF2-HMAC-SHA256. */
const ROUNDS = 600_000;
const WHAT = "a session";

// ---- DER

/** SEQUENCE { INTEGER 1, OCTET STRING session, UTF8String policy, SEQUENCE peer }. */
function encode({ der, policy, peer }: SessionParts): Uint8Array {
  return seq(int(1), octets(der), utf8String(policy), encodePeer(peer));
}

function encodePeer(peer: VerifiedPeer): Uint8Array {
  return seq(
    utf8String(peer.by),
    int(peer.at),
    seq(...peer.chain.map((cert) => octets(cert))),
    int(peer.error),
    int(peer.errorDepth),
    utf8String(peer.errorText),
    seq(...encodeFindings(peer.findings)),
  );
}

const errorSeq = ({ error, depth }: ChainError) => seq(int(error), int(depth));

/** [0] the answers of verifyCallback, [1] the finding of OCSP. A session whose peer one of them refused is never kept. */
function encodeFindings({ callback, ocsp }: Findings): Uint8Array[] {
  const parts: Uint8Array[] = [];
  if (callback !== undefined) {
    parts.push(explicit(0, int(callback.asked), seq(...callback.overridden.map(errorSeq))));
  }
  if (ocsp !== undefined) {
    const ok = ocsp.ok === undefined ? [] : [bool(ocsp.ok)];
    parts.push(explicit(1, utf8String(ocsp.detail), ...ok));
  }
  return parts;
}

function decode(bytes: Uint8Array): SessionParts {
  const [version, der, policy, peer] = fields(readDer(bytes, WHAT), 4);
  if (smallInteger(version, WHAT) !== 1) throw derError(WHAT, "it is of an unknown version");
  return {
    der: expectTag(der, TAG.OCTET_STRING, WHAT).body,
    policy: text(policy),
    peer: decodePeer(fields(peer, 7)),
  };
}

function decodePeer(nodes: ReturnType<typeof sequence>): VerifiedPeer {
  const [by, at, chain, error, errorDepth, errorText, findings] = nodes;
  const how = text(by);
  if (how !== "certificate" && how !== "psk" && how !== "nothing") {
    throw derError(WHAT, "it does not say how the peer was verified");
  }
  return {
    by: how,
    at: Number(integer(at, WHAT)),
    chain: sequence(chain, WHAT).map((node) =>
      expectTag(node, TAG.OCTET_STRING, WHAT).body.slice()
    ),
    error: smallInteger(error, WHAT),
    errorDepth: smallInteger(errorDepth, WHAT),
    errorText: text(errorText),
    findings: decodeFindings(sequence(findings, WHAT)),
  };
}

function decodeFindings(nodes: ReturnType<typeof sequence>): Findings {
  const found = (tag: number) => {
    const node = nodes.find((each) => each.tag === tag);
    return node && children(node, WHAT);
  };
  const [asked, overridden] = found(0xa0) ?? [];
  const [detail, ok] = found(0xa1) ?? [];
  return {
    ...(asked === undefined ? {} : {
      callback: {
        asked: smallInteger(asked, WHAT),
        overridden: sequence(overridden, WHAT).map((node) => {
          const [error, depth] = fields(node, 2);
          return { error: smallInteger(error, WHAT), depth: smallInteger(depth, WHAT) };
        }),
      },
    }),
    ...(detail === undefined ? {} : {
      ocsp: { ok: ok === undefined ? undefined : boolean(ok, WHAT), detail: text(detail) },
    }),
  };
}

function fields(node: Parameters<typeof sequence>[0], count: number): ReturnType<typeof sequence> {
  const nodes = sequence(node, WHAT);
  if (nodes.length !== count) throw derError(WHAT, `it has ${nodes.length} parts, not ${count}`);
  return nodes;
}

function text(node: Parameters<typeof expectTag>[0]): string {
  return stringValue(expectTag(node, TAG.UTF8_STRING, WHAT), WHAT);
}

// ---- the seal

async function keyFor(key: SessionKey, salt: Bytes): Promise<CryptoKey> {
  const aes = "AES-GCM";
  if (typeof key === "string") {
    if (key === "") throw new TypeError("Cannot seal a session: the pass phrase is empty");
    const phrase = new TextEncoder().encode(key);
    const base = await crypto.subtle.importKey("raw", phrase, "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
    const made = { name: aes, length: 256 };
    return await crypto.subtle.deriveKey(how, base, made, false, ["encrypt", "decrypt"]);
  }
  if (key instanceof Uint8Array) {
    if (key.length !== 32) {
      throw new TypeError(
        `Cannot seal a session: a key has 32 bytes: received ${key.length} bytes`,
      );
    }
    return await crypto.subtle.importKey("raw", key.slice(), aes, false, ["encrypt", "decrypt"]);
  }
  const { name, length } = (key?.algorithm ?? {}) as AesKeyAlgorithm;
  if (name === aes && length === 256) return key;
  throw new TypeError(
    "Cannot seal a session: the key must be a CryptoKey for AES-GCM with 256 bits, 32 bytes, or " +
      "a pass phrase",
  );
}

/** The bytes of `session.export()`. */
export async function exportSession(session: SessionParts, key?: SessionKey): Promise<Bytes> {
  const der = encode(session) as Bytes;
  if (key === undefined) return concat(MAGIC, Uint8Array.of(SEALED.NOT), der) as Bytes;
  const byPhrase = typeof key === "string";
  const salt = crypto.getRandomValues(new Uint8Array(byPhrase ? SALT : 0));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const mode = Uint8Array.of(byPhrase ? SEALED.BY_PHRASE : SEALED.BY_KEY);
  const head = concat(MAGIC, mode, salt, nonce) as Bytes;
  const gcm = { name: "AES-GCM", iv: nonce, additionalData: head };
  const sealed = await crypto.subtle.encrypt(gcm, await keyFor(key, salt), der);
  return concat(head, new Uint8Array(sealed)) as Bytes;
}

function refuse(reason: string): SslError {
  return new SslError(`Cannot import a session: ${reason}`, { code: "ERR_SESSION", reason });
}

/**
 * Reads what {@linkcode exportSession} returned.
 *
 * @param make Makes the session; if it throws, the bytes are malformed.
 */
export async function importSession<T>(
  bytes: Uint8Array,
  key: SessionKey | undefined,
  make: (parts: SessionParts) => T,
): Promise<T> {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot import a session: it must be a Uint8Array: received ${typeof bytes}`,
    );
  }
  const all = bytes.slice();
  if (!MAGIC.every((byte, i) => all[i] === byte)) {
    throw refuse("these bytes are not an exported session");
  }
  const mode = all[MAGIC.length];
  const start = MAGIC.length + 1;
  if (mode === SEALED.NOT) {
    if (key !== undefined) throw refuse("it is not encrypted, so nothing vouches for it");
    return read(all.subarray(start), make);
  }
  if (mode !== SEALED.BY_KEY && mode !== SEALED.BY_PHRASE) throw refuse("it is of an unknown form");
  if (key === undefined) throw refuse("it is encrypted: give its key");
  const byPhrase = mode === SEALED.BY_PHRASE;
  if (byPhrase !== (typeof key === "string")) {
    throw refuse(`it was encrypted by ${byPhrase ? "a pass phrase" : "a key"}: give that`);
  }
  const body = start + (byPhrase ? SALT : 0) + NONCE;
  if (all.length < body + 16) throw refuse("it is cut short");
  const nonce = all.subarray(body - NONCE, body);
  const gcm = { name: "AES-GCM", iv: nonce, additionalData: all.subarray(0, body) };
  const opener = await keyFor(key, all.subarray(start, body - NONCE));
  let der: ArrayBuffer;
  try {
    der = await crypto.subtle.decrypt(gcm, opener, all.subarray(body));
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "InvalidAccessError") {
      throw new TypeError("Cannot import a session: the key must be usable for decrypt", { cause });
    }
    throw refuse("it was changed, or the key is another one");
  }
  return read(new Uint8Array(der), make);
}

function read<T>(der: Uint8Array, make: (parts: SessionParts) => T): T {
  try {
    return make(decode(der));
  } catch (cause) {
    if (!(cause instanceof SslError)) throw cause;
    throw refuse(`it is malformed: ${cause.reason ?? cause.message}`);
  }
}
