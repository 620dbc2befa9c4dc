/**
 * SSL 2.0: a hello of its own form, and what the server answers (draft-hickman-netscape-ssl). Pure.
 *
 * @module
 */

import { concat } from "../../../internal/bytes.ts";

/** The ciphers of SSL 2.0 by number. */
const CIPHERS: readonly (readonly [id: number, name: string])[] = [
  [0x010080, "SSL_CK_RC4_128_WITH_MD5"],
  [0x020080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5"],
  [0x030080, "SSL_CK_RC2_128_CBC_WITH_MD5"],
  [0x040080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"],
  [0x050080, "SSL_CK_IDEA_128_CBC_WITH_MD5"],
  [0x060040, "SSL_CK_DES_64_CBC_WITH_MD5"],
  [0x0700c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"],
];

const u16 = (n: number): number[] => [n >> 8, n & 0xff];
const u24 = (n: number): number[] => [n >> 16, n >> 8 & 0xff, n & 0xff];

/** The hello of a client that has all ciphers. */
export function ssl2Hello(): Uint8Array {
  const ciphers = CIPHERS.flatMap(([id]) => u24(id));
  const challenge = crypto.getRandomValues(new Uint8Array(16));
  const head = [1, 0, 2, ...u16(ciphers.length), ...u16(0), ...u16(challenge.length)];
  const length = head.length + ciphers.length + challenge.length;
  return concat([Uint8Array.of(0x80 | length >> 8, length & 0xff, ...head, ...ciphers), challenge]);
}

/** The names of the ciphers in a server's hello; `undefined` as long as it is not complete or not one. */
export function ssl2Ciphers(bytes: Uint8Array): readonly string[] | undefined {
  const [high = 0, low = 0, type, , , major, minor] = bytes;
  const length = (high & 0x7f) << 8 | low;
  const isHello = high >> 7 === 1 && type === 4 && major === 0 && minor === 2;
  if (!isHello || bytes.length < length + 2 || length < 11) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const certificate = view.getUint16(7), ciphers = view.getUint16(9);
  const list = bytes.subarray(13 + certificate, 13 + certificate + ciphers);
  return Array.from({ length: Math.floor(list.length / 3) }, (_, i) => {
    const id = list[3 * i]! << 16 | list[3 * i + 1]! << 8 | list[3 * i + 2]!;
    return CIPHERS.find(([known]) => known === id)?.[1] ?? `0x${id.toString(16).padStart(6, "0")}`;
  });
}
