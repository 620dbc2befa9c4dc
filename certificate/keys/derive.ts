/**
 * Derives keys from passwords, in two ways: at once, or on other threads and in small steps, so
 * that the program goes on meanwhile. What needs keys is a generator, which asks for each of them
 * and does not know in which of the two ways it comes.
 *
 * @module
 */

import { concat } from "../../internal/bytes.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { digestChain } from "./digest_chain.ts";
import { nativeKdf, type Pkcs12Derivation } from "./native_kdf.ts";

/** A key that PBKDF2 (RFC 8018 5.2) derives. */
interface Pbkdf2Derivation {
  readonly kind: "pbkdf2";
  readonly hash: string;
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly rounds: number;
  readonly length: number;
}

/** A key that PBKDF1 (RFC 8018 5.1) derives: the whole digest. */
interface Pbkdf1Derivation {
  readonly kind: "pbkdf1";
  readonly hash: string;
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly rounds: number;
}

/** A key that scrypt (RFC 7914) derives. */
interface ScryptDerivation {
  readonly kind: "scrypt";
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly length: number;
  readonly options: {
    readonly N: number;
    readonly r: number;
    readonly p: number;
    readonly maxmem: number;
  };
}

/** A key, and what it is derived from. */
export type Derivation = Pbkdf2Derivation | Pbkdf1Derivation | ScryptDerivation | Pkcs12Derivation;

/** Work that needs keys: it yields what to derive, and gets the key. */
export type Deriving<T> = Generator<Derivation, T, Uint8Array>;

/** A derivation in small steps. */
type Steps = Generator<undefined, Uint8Array>;

/** How many rounds a step has: well below a millisecond of them. */
const STEP = 512;
/** How long steps may follow each other before the event loop has its turn, in milliseconds. */
const SLICE = 8;

/** The digest of `start` after so many rounds, the first of which is done. */
function* iterated(hash: string, start: Uint8Array, rounds: number): Steps {
  const chain = digestChain(hash, start);
  for (let left = rounds - 1; left > 0; left -= STEP) {
    chain.run(Math.min(left, STEP));
    yield;
  }
  return chain.value();
}

function digestOf(hash: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(nodeCrypto().createHash(hash).update(concat(parts)).digest());
}

/** Bytes, repeated until whole blocks are full. */
function stretch(bytes: Uint8Array, block: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / block) * block);
  for (let i = 0; i < out.length; i++) out[i] = bytes[i % bytes.length]!;
  return out;
}

/** The derivation of PKCS#12 (RFC 7292 appendix B.2). */
function* pkcs12Steps({ hash, password, salt, id, rounds, length }: Pkcs12Derivation): Steps {
  const v = hash === "sha384" || hash === "sha512" ? 128 : 64;
  const diversifier = new Uint8Array(v).fill(id);
  const input = concat([stretch(salt, v), stretch(password, v)]);
  const result = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const a = yield* iterated(hash, digestOf(hash, diversifier, input), rounds);
    result.set(a.subarray(0, Math.min(a.length, length - at)), at);
    at += a.length;
    // Every block of I becomes I + B + 1 modulo 2^(8v), B being A repeated.
    for (let block = 0; block < input.length; block += v) {
      let carry = 1;
      for (let i = v - 1; i >= 0; i--) {
        carry += input[block + i]! + a[i % a.length]!;
        input[block + i] = carry & 255;
        carry >>= 8;
      }
    }
  }
  return result;
}

function stepsOf(of: Pkcs12Derivation | Pbkdf1Derivation): Steps {
  if (of.kind === "pkcs12") return pkcs12Steps(of);
  return iterated(of.hash, digestOf(of.hash, of.password, of.salt), of.rounds);
}

function keyNow(of: Derivation): Uint8Array {
  switch (of.kind) {
    case "pbkdf2": {
      const { password, salt, rounds, length, hash } = of;
      return new Uint8Array(nodeCrypto().pbkdf2Sync(password, salt, rounds, length, hash));
    }
    case "scrypt":
      return new Uint8Array(nodeCrypto().scryptSync(of.password, of.salt, of.length, of.options));
    default: {
      const steps = stepsOf(of);
      let step = steps.next();
      while (!step.done) step = steps.next();
      return step.value;
    }
  }
}

/** The digests with which the platform's fastest PBKDF2 works. */
const SUBTLE: Readonly<Record<string, string>> = {
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

type Done = (error: Error | null, key: Uint8Array) => void;

/** The key of a function of `node:crypto`, which derives it on another thread. */
async function fromPlatform(start: (done: Done) => void): Promise<Uint8Array> {
  const key = await new Promise<Uint8Array>((resolve, reject) =>
    start((error, key) => error === null ? resolve(key) : reject(error))
  );
  return new Uint8Array(key);
}

async function pbkdf2(of: Pbkdf2Derivation): Promise<Uint8Array> {
  const { hash, rounds, length } = of;
  const [password, salt] = [Uint8Array.from(of.password), Uint8Array.from(of.salt)];
  const name = SUBTLE[hash];
  if (name === undefined) {
    return await fromPlatform((done) =>
      nodeCrypto().pbkdf2(password, salt, rounds, length, hash, done)
    );
  }
  const secret = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", salt, iterations: rounds, hash: name };
  return new Uint8Array(await crypto.subtle.deriveBits(how, secret, 8 * length));
}

/** Runs steps, and lets the event loop have its turns between them. */
async function inSlices(steps: Steps): Promise<Uint8Array> {
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - since < SLICE) continue;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
}

async function keyLater(of: Derivation): Promise<Uint8Array> {
  switch (of.kind) {
    case "pbkdf2":
      return await pbkdf2(of);
    case "scrypt":
      return await fromPlatform((done) =>
        nodeCrypto().scrypt(of.password, of.salt, of.length, of.options, done)
      );
    case "pkcs12":
      return await nativeKdf()?.(of) ?? await inSlices(stepsOf(of));
    default:
      return await inSlices(stepsOf(of));
  }
}

/** Does work that needs keys, without waiting. */
export function deriveNow<T>(work: Deriving<T>): T {
  let step = work.next();
  while (!step.done) step = work.next(keyNow(step.value));
  return step.value;
}

/** Does work that needs keys while the program goes on. */
export async function derive<T>(work: Deriving<T>): Promise<T> {
  let step = work.next();
  while (!step.done) step = work.next(await keyLater(step.value));
  return step.value;
}
