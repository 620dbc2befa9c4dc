/**
 * Reads what a server of TLS 1.3 sends after its hello: the key schedule of RFC 8446 7.1 as far as a
 * client needs it to read the certificates. Nothing is verified and no handshake is completed.
 *
 * @module
 */

import { Fields, need } from "../../../engine/client_hello.ts";
import { concat } from "../../../internal/bytes.ts";
import { nodeCrypto } from "../../../internal/node_crypto.ts";
import { P256, X25519 } from "../groups.ts";
import type { FlightReader } from "./flight.ts";
import type { KeyShare } from "./hello.ts";

/** The ciphers that can be read: their names in `node:crypto`, the length of the key and the hash. */
const CIPHERS: Readonly<Record<number, readonly [name: string, keyLength: number, hash: string]>> =
  {
    0x1301: ["aes-128-gcm", 16, "sha256"],
    0x1302: ["aes-256-gcm", 32, "sha384"],
    0x1303: ["chacha20-poly1305", 32, "sha256"],
  };

/** The suites whose protection can be read. */
export const READABLE_SUITES: readonly number[] = Object.keys(CIPHERS).map(Number);

const RECORD_HEADER = 5, TAG_LENGTH = 16;
const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 };
const FINISHED = 20;

/** The secret halves of the keys that a hello offers. */
export interface OfferedKeys {
  /** What the hello sends. */
  readonly shares: readonly KeyShare[];
  /** The secret that both sides have, once the server has sent its key. */
  agree(group: number, key: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

const ALGORITHMS: Readonly<Record<number, { name: string; namedCurve?: string }>> = {
  [X25519]: { name: "X25519" },
  [P256]: { name: "ECDH", namedCurve: "P-256" },
};

/** Makes keys for the two groups that servers have in common. */
export async function offerKeys(): Promise<OfferedKeys> {
  const pairs = new Map<number, CryptoKeyPair>();
  const shares: KeyShare[] = [];
  for (const group of [X25519, P256]) {
    const pair = await crypto.subtle.generateKey(ALGORITHMS[group]!, false, [
      "deriveBits",
    ]) as CryptoKeyPair;
    pairs.set(group, pair);
    const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    shares.push({ group, key });
  }
  return {
    shares,
    async agree(group, key) {
      const algorithm = ALGORITHMS[group]!;
      const peer = await crypto.subtle.importKey("raw", key, algorithm, true, []);
      const ours = pairs.get(group)!.privateKey;
      return new Uint8Array(
        await crypto.subtle.deriveBits({ ...algorithm, public: peer }, ours, 256),
      );
    },
  };
}

/** The key derivation with one hash. */
class Schedule {
  readonly #hash: string;
  readonly #length: number;

  constructor(hash: string) {
    this.#hash = hash;
    this.#length = this.digest(new Uint8Array()).length;
  }

  digest(data: Uint8Array): Uint8Array {
    return new Uint8Array(nodeCrypto().createHash(this.#hash).update(data).digest());
  }

  extract(salt: Uint8Array, secret: Uint8Array): Uint8Array {
    return new Uint8Array(nodeCrypto().createHmac(this.#hash, salt).update(secret).digest());
  }

  /** HKDF-Expand-Label for what fits one block. */
  expand(secret: Uint8Array, label: string, context: Uint8Array, length: number): Uint8Array {
    const name = new TextEncoder().encode(`tls13 ${label}`);
    const info = concat([
      Uint8Array.of(length >> 8, length & 0xff, name.length),
      name,
      Uint8Array.of(context.length),
      context,
      Uint8Array.of(1),
    ]);
    return this.extract(secret, info).subarray(0, length);
  }

  /** The secret under which the server sends the rest of its handshake. */
  serverSecret(shared: Uint8Array, messages: Uint8Array): Uint8Array {
    const zeros = new Uint8Array(this.#length);
    const early = this.extract(zeros, zeros);
    const empty = this.digest(new Uint8Array());
    const derived = this.expand(early, "derived", empty, this.#length);
    const secret = this.extract(derived, shared);
    return this.expand(secret, "s hs traffic", this.digest(messages), this.#length);
  }
}

/** Takes the protection off a server's handshake messages. */
class Opener {
  readonly #name: string;
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  #sequence = 0;

  constructor(suite: number, shared: Uint8Array, messages: Uint8Array) {
    const [name, keyLength, hash] = CIPHERS[suite]!;
    const schedule = new Schedule(hash);
    const secret = schedule.serverSecret(shared, messages);
    const none = new Uint8Array();
    this.#name = name;
    this.#key = schedule.expand(secret, "key", none, keyLength);
    this.#iv = schedule.expand(secret, "iv", none, 12);
  }

  /** The content of one record, and its real type. */
  open(header: Uint8Array, body: Uint8Array): readonly [type: number, content: Uint8Array] {
    need(body.length > TAG_LENGTH);
    const nonce = this.#iv.slice();
    nonce[11]! ^= this.#sequence++; // a handshake has few records
    // The types of Deno know GCM alone under this signature.
    const decipher = nodeCrypto().createDecipheriv(this.#name as "aes-128-gcm", this.#key, nonce, {
      authTagLength: TAG_LENGTH,
    });
    decipher.setAAD(header, { plaintextLength: body.length - TAG_LENGTH });
    decipher.setAuthTag(body.subarray(body.length - TAG_LENGTH));
    const plain = concat([
      decipher.update(body.subarray(0, body.length - TAG_LENGTH)),
      decipher.final(),
    ]);
    const last = plain.findLastIndex((byte) => byte !== 0);
    need(last >= 0);
    return [plain[last]!, plain.subarray(0, last)];
  }
}

/** Whether all messages up to the Finished are there, without reading them. */
function isComplete(messages: Uint8Array): boolean {
  for (let at = 0; at + 4 <= messages.length;) {
    if (messages[at] === FINISHED) return true;
    at += 4 + new Fields(messages.subarray(at + 1, at + 4)).u8() * 65536 +
      (messages[at + 2]! << 8 | messages[at + 3]!);
  }
  return false;
}

/** Collects the protected part of a server's handshake. */
export class ProtectedReader {
  /** The handshake messages in plain text. */
  messages: Uint8Array = new Uint8Array();
  /** The alert that came in their place. */
  alert: number | undefined;
  #rest: Uint8Array;
  readonly #opener: Opener;

  private constructor(rest: Uint8Array, opener: Opener) {
    this.#rest = rest;
    this.#opener = opener;
    this.#take();
  }

  /** Begins where the hello ends; `undefined` for a suite or a group that cannot be read. */
  static async after(
    reader: FlightReader,
    keys: OfferedKeys,
    clientHello: Uint8Array,
  ): Promise<ProtectedReader | undefined> {
    const { suite, group, key } = reader.flight.hello!;
    if (group === undefined || key === undefined || !READABLE_SUITES.includes(suite)) {
      return undefined;
    }
    if (!keys.shares.some((share) => share.group === group)) return undefined;
    const shared = await keys.agree(group, Uint8Array.from(key));
    const messages = concat([clientHello, reader.messages]);
    return new ProtectedReader(reader.rest, new Opener(suite, shared, messages));
  }

  /** Whether the server has said all. */
  get done(): boolean {
    return this.alert !== undefined || isComplete(this.messages);
  }

  /** Takes more bytes. Throws for what is not protected as it must be. */
  push(chunk: Uint8Array): void {
    this.#rest = concat([this.#rest, chunk]);
    this.#take();
  }

  #take(): void {
    while (!this.done && this.#rest.length >= RECORD_HEADER) {
      const header = this.#rest.subarray(0, RECORD_HEADER);
      const length = header[3]! << 8 | header[4]!;
      if (this.#rest.length < RECORD_HEADER + length) return;
      const body = this.#rest.subarray(RECORD_HEADER, RECORD_HEADER + length);
      this.#rest = this.#rest.subarray(RECORD_HEADER + length);
      if (header[0] === RECORD.changeCipherSpec) continue;
      const [type, content] = header[0] === RECORD.data
        ? this.#opener.open(header, body)
        : [header[0]!, body];
      if (type === RECORD.alert) this.alert = content[1]!;
      else {
        need(type === RECORD.handshake);
        this.messages = concat([this.messages, content]);
      }
    }
  }
}
