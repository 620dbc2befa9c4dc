/**
 * The groups of key agreement (RFC 8446 4.2.7): their numbers, names and how much they are worth. Data.
 *
 * @module
 */

import { hexId } from "./suites.ts";

/** A group. */
export interface Group {
  /** The number on the wire. */
  readonly id: number;
  /** The name: `X25519`, as the library says it. */
  readonly name: string;
  /** How many bits of security it has. */
  readonly bits: number;
  /** Whether it holds against a quantum computer. */
  readonly postQuantum: boolean;
}

/** The number of the first elliptic curve that every server has. */
export const P256 = 0x0017;
/** The number of X25519. */
export const X25519 = 0x001d;

const ROWS: readonly (readonly [id: number, name: string, bits: number, postQuantum?: true])[] = [
  [0x11ec, "X25519MLKEM768", 128, true],
  [0x11eb, "SecP256r1MLKEM768", 128, true],
  [0x11ed, "SecP384r1MLKEM1024", 192, true],
  [0x6399, "X25519Kyber768Draft00", 128, true],
  [0x0200, "MLKEM512", 128, true],
  [0x0201, "MLKEM768", 192, true],
  [0x0202, "MLKEM1024", 256, true],
  [X25519, "X25519", 128],
  [P256, "P-256", 128],
  [0x001e, "X448", 224],
  [0x0018, "P-384", 192],
  [0x0019, "P-521", 256],
  [0x0100, "ffdhe2048", 112],
  [0x0101, "ffdhe3072", 128],
  [0x0102, "ffdhe4096", 150],
  [0x0103, "ffdhe6144", 175],
  [0x0104, "ffdhe8192", 192],
  [0x001a, "brainpoolP256r1", 128],
  [0x001b, "brainpoolP384r1", 192],
  [0x001c, "brainpoolP512r1", 256],
  [0x001f, "brainpoolP256r1tls13", 128],
  [0x0020, "brainpoolP384r1tls13", 192],
  [0x0021, "brainpoolP512r1tls13", 256],
  [0x0029, "curveSM2", 128],
  [0x0016, "secp256k1", 128],
  [0x0015, "secp224r1", 112],
  [0x0014, "secp224k1", 112],
  [0x0013, "secp192r1", 96],
  [0x0012, "secp192k1", 96],
  [0x0010, "secp160r1", 80],
  [0x0011, "secp160r2", 80],
  [0x000f, "secp160k1", 80],
  [0x000e, "sect571r1", 256],
  [0x000d, "sect571k1", 256],
  [0x000c, "sect409r1", 192],
  [0x000b, "sect409k1", 192],
  [0x000a, "sect283r1", 128],
  [0x0009, "sect283k1", 128],
  [0x0008, "sect239k1", 112],
  [0x0007, "sect233r1", 112],
  [0x0006, "sect233k1", 112],
  [0x0005, "sect193r2", 96],
  [0x0004, "sect193r1", 96],
  [0x0003, "sect163r2", 80],
  [0x0002, "sect163r1", 80],
  [0x0001, "sect163k1", 80],
];

/** All groups by number, what one would choose first. */
export const GROUPS: ReadonlyMap<number, Group> = new Map(
  ROWS.map(([id, name, bits, postQuantum = false]) => [id, { id, name, bits, postQuantum }]),
);

/** The group of a number; one that is not in the table has its number for a name. */
export const groupOf = (id: number): Group =>
  GROUPS.get(id) ?? { id, name: hexId(id), bits: 0, postQuantum: false };

/** Whether a group can be used for TLS 1.3 (the others were for older versions). */
const forTls13 = (id: number): boolean =>
  id > 0xff || (id >= P256 && id <= 0x21 && !(id >= 0x1a && id <= 0x1c)) || id === 0x29;

/** What can be offered for TLS 1.3, or for what came before it. */
export function offerableGroups(tls13: boolean): number[] {
  const ids = [...GROUPS.keys()];
  return ids.filter((id) => tls13 ? forTls13(id) : id < 0x1f || (id >= 0x100 && id < 0x200));
}
