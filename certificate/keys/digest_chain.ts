/**
 * A digest hashed again and again, which is what makes the old key derivations slow on purpose:
 * SHA-1 and SHA-2 (FIPS 180-4) of one block, over memory that is allocated once. A round costs 0.3
 * us, and with an object of `node:crypto` for each round twenty times as much.
 *
 * @module
 */

import { digests } from "../../internal/digest.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";

/** A digest that is replaced by its own digest, round after round. */
export interface DigestChain {
  /** Hashes it so many times more. */
  run(rounds: number): void;
  /** The digest that it is now. */
  value(): Uint8Array;
}

/**
 * Compresses one block from the initial value.
 *
 * @param w The block in its first 16 words, with room for the whole schedule behind it.
 * @param out The new value.
 */
type Compress = (w: Int32Array, out: Int32Array) => void;

const primes = (count: number): bigint[] => {
  const found: bigint[] = [];
  for (let n = 2n; found.length < count; n++) {
    if (found.every((prime) => n % prime !== 0n)) found.push(n);
  }
  return found;
};

/** The first 64 bits behind the point of a root, in two words: what SHA-2 takes its constants from. */
function rootBits(of: bigint, degree: bigint): readonly [high: number, low: number] {
  const n = of << (64n * degree);
  let root = 1n << 72n; // above the roots of all primes that are used
  for (;;) { // Newton's method, which comes down to the whole number below the root
    const next = ((degree - 1n) * root + n / root ** (degree - 1n)) / degree;
    if (next >= root) break;
    root = next;
  }
  return [Number(BigInt.asIntN(32, root >> 32n)), Number(BigInt.asIntN(32, root))];
}

/** The constants of SHA-2, each 64-bit number as two words. */
interface Constants {
  readonly rounds32: Int32Array;
  readonly rounds64: Int32Array;
  readonly initial: Readonly<Record<string, Int32Array>>;
}

let known: Constants | undefined;

function constants(): Constants {
  if (known !== undefined) return known;
  const cubes = primes(80).map((prime) => rootBits(prime, 3n));
  const squares = primes(16).map((prime) => rootBits(prime, 2n));
  const [first, second] = [squares.slice(0, 8), squares.slice(8)];
  return known = {
    rounds32: Int32Array.from(cubes.slice(0, 64), ([high]) => high),
    rounds64: Int32Array.from(cubes.flat()),
    initial: {
      sha224: Int32Array.from(second, ([, low]) => low),
      sha256: Int32Array.from(first, ([high]) => high),
      sha384: Int32Array.from(second.flat()),
      sha512: Int32Array.from(first.flat()),
    },
  };
}

function sha1(w: Int32Array, out: Int32Array): void {
  for (let i = 16; i < 80; i++) {
    const x = w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!;
    w[i] = x << 1 | x >>> 31;
  }
  let a = 0x67452301, b = 0xefcdab89 | 0, c = 0x98badcfe | 0, d = 0x10325476, e = 0xc3d2e1f0 | 0;
  for (let i = 0; i < 80; i++) {
    const f = i < 20
      ? (d ^ (b & (c ^ d))) + 0x5a827999
      : i < 40
      ? (b ^ c ^ d) + 0x6ed9eba1
      : i < 60
      ? ((b & c) | (d & (b | c))) + 0x8f1bbcdc
      : (b ^ c ^ d) + 0xca62c1d6;
    const next = ((a << 5 | a >>> 27) + f + e + w[i]!) | 0;
    e = d;
    d = c;
    c = b << 30 | b >>> 2;
    b = a;
    a = next;
  }
  out[0] = a + 0x67452301;
  out[1] = b + 0xefcdab89;
  out[2] = c + 0x98badcfe;
  out[3] = d + 0x10325476;
  out[4] = e + 0xc3d2e1f0;
}

/** SHA-224 and SHA-256, which differ in the initial value. */
function sha256(initial: Int32Array, k: Int32Array): Compress {
  return (w, out) => {
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!, y = w[i - 2]!;
      w[i] = w[i - 16]! + w[i - 7]! + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
        ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
    }
    let a = initial[0]!, b = initial[1]!, c = initial[2]!, d = initial[3]!;
    let e = initial[4]!, f = initial[5]!, g = initial[6]!, h = initial[7]!;
    for (let i = 0; i < 64; i++) {
      const t = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) +
        (g ^ (e & (f ^ g))) + k[i]! + w[i]!) | 0;
      const u = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) +
        ((a & b) | (c & (a | b)))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t) | 0;
      d = c;
      c = b;
      b = a;
      a = (t + u) | 0;
    }
    out[0] = initial[0]! + a;
    out[1] = initial[1]! + b;
    out[2] = initial[2]! + c;
    out[3] = initial[3]! + d;
    out[4] = initial[4]! + e;
    out[5] = initial[5]! + f;
    out[6] = initial[6]! + g;
    out[7] = initial[7]! + h;
  };
}

/** The upper half of a sum of lower halves: what is carried. */
const carry = (sum: number): number => (sum / 0x1_0000_0000) | 0;

/** The message schedule of SHA-512; every number is two words, the upper half first. */
function schedule64(w: Int32Array): void {
  for (let i = 32; i < 160; i += 2) {
    const h = w[i - 30]!, l = w[i - 29]!, H = w[i - 4]!, L = w[i - 3]!;
    const low = (w[i - 31]! >>> 0) + (w[i - 13]! >>> 0) +
      (((l >>> 1 | h << 31) ^ (l >>> 8 | h << 24) ^ (l >>> 7 | h << 25)) >>> 0) +
      (((L >>> 19 | H << 13) ^ (L << 3 | H >>> 29) ^ (L >>> 6 | H << 26)) >>> 0);
    w[i] = w[i - 32]! + w[i - 14]! + ((h >>> 1 | l << 31) ^ (h >>> 8 | l << 24) ^ h >>> 7) +
      ((H >>> 19 | L << 13) ^ (H << 3 | L >>> 29) ^ H >>> 6) + carry(low);
    w[i + 1] = low;
  }
}

/** SHA-384 and SHA-512: the variables a to h of the standard are `ah` and `al`, `bh` and `bl`, ... */
function sha512(initial: Int32Array, k: Int32Array): Compress {
  return (w, out) => {
    schedule64(w);
    out.set(initial);
    let ah = out[0]!, al = out[1]!, bh = out[2]!, bl = out[3]!, ch = out[4]!, cl = out[5]!;
    let dh = out[6]!, dl = out[7]!, eh = out[8]!, el = out[9]!, fh = out[10]!, fl = out[11]!;
    let gh = out[12]!, gl = out[13]!, hh = out[14]!, hl = out[15]!;
    for (let i = 0; i < 160; i += 2) {
      const t = (hl >>> 0) + ((gl ^ (el & (fl ^ gl))) >>> 0) + (k[i + 1]! >>> 0) +
        (((el >>> 14 | eh << 18) ^ (el >>> 18 | eh << 14) ^ (eh >>> 9 | el << 23)) >>> 0) +
        (w[i + 1]! >>> 0);
      const th = (hh + (gh ^ (eh & (fh ^ gh))) + k[i]! + w[i]! +
        ((eh >>> 14 | el << 18) ^ (eh >>> 18 | el << 14) ^ (el >>> 9 | eh << 23)) + carry(t)) | 0;
      const tl = t | 0;
      const u = (tl >>> 0) + (((al & bl) | (cl & (al | bl))) >>> 0) +
        (((al >>> 28 | ah << 4) ^ (ah >>> 2 | al << 30) ^ (ah >>> 7 | al << 25)) >>> 0);
      const uh = (th + ((ah & bh) | (ch & (ah | bh))) +
        ((ah >>> 28 | al << 4) ^ (al >>> 2 | ah << 30) ^ (al >>> 7 | ah << 25)) + carry(u)) | 0;
      const v = (dl >>> 0) + (tl >>> 0);
      hh = gh, hl = gl, gh = fh, gl = fl, fh = eh, fl = el;
      eh = (dh + th + carry(v)) | 0, el = v | 0;
      dh = ch, dl = cl, ch = bh, cl = bl, bh = ah, bl = al;
      ah = uh, al = u | 0;
    }
    out[0] = ah, out[1] = al, out[2] = bh, out[3] = bl, out[4] = ch, out[5] = cl;
    out[6] = dh, out[7] = dl, out[8] = eh, out[9] = el, out[10] = fh, out[11] = fl;
    out[12] = gh, out[13] = gl, out[14] = hh, out[15] = hl;
    for (let i = 0; i < 16; i += 2) {
      const low = (initial[i + 1]! >>> 0) + (out[i + 1]! >>> 0);
      out[i] = initial[i]! + out[i]! + carry(low);
      out[i + 1] = low;
    }
  };
}

/** What compresses with a digest, and how many words of 32 bits its block and its schedule have. */
function compression(hash: string): readonly [Compress, block: number, room: number] | undefined {
  if (hash === "sha1") return [sha1, 16, 80];
  const { rounds32, rounds64, initial } = constants();
  const from = initial[hash];
  if (from === undefined) return undefined;
  return from.length === 8 ? [sha256(from, rounds32), 16, 64] : [sha512(from, rounds64), 32, 160];
}

/** A chain of a digest that has no compression here: an object for each round. */
function platformChain(hash: string, start: Uint8Array): DigestChain {
  let now = start;
  return {
    run(rounds): void {
      for (let i = 0; i < rounds; i++) now = nodeCrypto().createHash(hash).update(now).digest();
    },
    value: () => new Uint8Array(now),
  };
}

/** A chain that begins with a digest of bytes. */
export function digestChain(hash: string, start: Uint8Array): DigestChain {
  const found = compression(hash);
  if (found === undefined) return platformChain(hash, start);
  const [compress, block, room] = found;
  const words = digests()[hash]!.length / 4;
  const w = new Int32Array(room), out = new Int32Array(block / 2);
  const bytes = new DataView(start.buffer, start.byteOffset, start.byteLength);
  for (let i = 0; i < words; i++) w[i] = bytes.getInt32(4 * i);
  w[words] = 1 << 31; // the padding, which no round changes
  w[block - 1] = 32 * words;
  return {
    run(rounds): void {
      for (let i = 0; i < rounds; i++) {
        compress(w, out);
        for (let j = 0; j < words; j++) w[j] = out[j]!;
      }
    },
    value(): Uint8Array {
      const result = new DataView(new ArrayBuffer(4 * words));
      for (let i = 0; i < words; i++) result.setInt32(4 * i, w[i]!);
      return new Uint8Array(result.buffer);
    },
  };
}
