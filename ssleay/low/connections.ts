/**
 * What a connection negotiated, as JavaScript values; references to sessions and connections.
 *
 * @module
 */

import { lazy } from "./c_function.ts";
import {
  bytesAt,
  forC,
  numberCell,
  pointerCell,
  pointerFrom,
  samePointer,
  textFrom,
  toBytes,
  writtenText,
} from "./c_memory.ts";
import type { Reference } from "./certificates.ts";
import { toInteger } from "./integer.ts";
import type { Taken } from "./declared_types.ts";
import { handleAt, handleOf, type Opaque } from "./handle.ts";
import { calling, objectOf, pointerOf } from "./into.ts";
import { hasAddresses } from "./c_object.ts";
import { printed } from "./written.ts";
import { elements } from "./stack.ts";

const P = "pointer", I = "i32", B = "buffer";
const currentCipher = lazy("SSL_get_current_cipher", [P], P);
const cipherName = lazy("SSL_CIPHER_get_name", [P], P);
const cipherBits = lazy("SSL_CIPHER_get_bits", [P, B], I);
const cipherFind = lazy("SSL_CIPHER_find", [P, B], P);
const cipherNid = lazy("SSL_CIPHER_get_cipher_nid", [P], I);
const cipherDigestNid = lazy("SSL_CIPHER_get_digest_nid", [P], I);
const nid2sn = lazy("OBJ_nid2sn", [I], P);
const cipherByName = lazy("EVP_get_cipherbyname", [P], P);
const digestByName = lazy("EVP_get_digestbyname", [P], P);
const keyLength = lazy("EVP_CIPHER_get_key_length|EVP_CIPHER_key_length", [P], I);
const cipherFlags = lazy("EVP_CIPHER_get_flags|EVP_CIPHER_flags", [P], "u64");
const ivLength = lazy("EVP_CIPHER_get_iv_length|EVP_CIPHER_iv_length", [P], I);
const mdSize = lazy("EVP_MD_get_size|EVP_MD_size", [P], I);
const getCiphers = lazy("SSL_get_ciphers", [P], P);
const peerChain = lazy("SSL_get_peer_cert_chain", [P], P);
const sharedCiphers = lazy("SSL_get_shared_ciphers", [P, B, I], P);
const getFinished = lazy("SSL_get_finished", [P, B, "usize"], "usize");
const peerFinished = lazy("SSL_get_peer_finished", [P, B, "usize"], "usize");
const sigalgs = lazy("SSL_get_sigalgs", [P, I, B, B, B, B, B], I);
const sharedSigalgs = lazy("SSL_get_shared_sigalgs", [P, I, B, B, B, B, B], I);
const exportMaterial = lazy(
  "SSL_export_keying_material",
  [P, B, "usize", B, "usize", P, "usize", I],
  I,
);
const exportWithContext = lazy(
  "SSL_export_keying_material",
  [P, B, "usize", B, "usize", B, "usize", I],
  I,
);
const inInit = lazy("SSL_in_init", [P], I);
const isServer = lazy("SSL_is_server", [P], I);
const helloExtensions = lazy("SSL_client_hello_get1_extensions_present", [P, B, B], I);
const helloOrder = lazy("SSL_client_hello_get_extension_order", [P, P, B], I);
const helloOrderInto = lazy("SSL_client_hello_get_extension_order", [P, B, B], I);
const cryptoFree = lazy("CRYPTO_free", [P, P, I], "void");
const sslDup = lazy("SSL_dup", [P], P);
const sslFree = lazy("SSL_free", [P], "void");
const sessionPrint = lazy("SSL_SESSION_print", [P, P], I);

/** The name of the cipher in use; `(NONE)` without one. Perl: `Net::SSLeay::get_cipher` */
export function get_cipher(ssl: Taken<"SSL">): string {
  const pointer = pointerOf(ssl, "SSL", "get_cipher");
  return textFrom(calling(() => cipherName(currentCipher(pointer)))) ?? "(NONE)";
}

function bitsOf(cipher: Deno.PointerValue, allBits: Reference<number> | undefined): number {
  if (cipher === null) return 0;
  const all = new Int32Array(1);
  const bits: number = cipherBits(cipher, new Uint8Array(all.buffer));
  if (allBits !== undefined) allBits.value = all[0]!;
  return bits;
}

/** The bits of the cipher in use that are secret; 0 without one. Perl: `Net::SSLeay::get_cipher_bits` */
export function get_cipher_bits(ssl: Taken<"SSL">, allBits?: Reference<number>): number {
  const pointer = pointerOf(ssl, "SSL", "get_cipher_bits");
  return calling(() => bitsOf(currentCipher(pointer), allBits));
}

/** The bits of a cipher that are secret. Perl: `Net::SSLeay::CIPHER_get_bits` */
export function CIPHER_get_bits(cipher: Opaque<"SSL_CIPHER">, allBits?: Reference<number>): number {
  const pointer = pointerOf(cipher, "SSL_CIPHER", "CIPHER_get_bits");
  return calling(() => bitsOf(pointer, allBits));
}

/** The cipher with these two bytes on the wire. Perl: `Net::SSLeay::CIPHER_find` */
export function CIPHER_find(
  ssl: Taken<"SSL">,
  bytes: string | Uint8Array,
): Opaque<"SSL_CIPHER"> | null {
  const pointer = pointerOf(ssl, "SSL", "CIPHER_find");
  const two = toBytes(bytes, "CIPHER_find()");
  if (two.length !== 2) {
    throw new RangeError(
      `Cannot call CIPHER_find(): a cipher has 2 bytes on the wire: received ${two.length}`,
    );
  }
  return handleOf("SSL_CIPHER", calling(() => cipherFind(pointer, two)), "static");
}

/** The ciphers that may be used. Perl: `Net::SSLeay::get_ciphers` */
export function get_ciphers(ssl: Taken<"SSL">): Opaque<"SSL_CIPHER">[] {
  const pointer = pointerOf(ssl, "SSL", "get_ciphers");
  return calling(() => [...elements(getCiphers(pointer))])
    .map((cipher) => handleOf("SSL_CIPHER", cipher, "static")!);
}

/** The certificates that the peer sent, each to be freed. Perl: `Net::SSLeay::get_peer_cert_chain` */
export function get_peer_cert_chain(ssl: Taken<"SSL">): Opaque<"X509">[] {
  const native = objectOf(ssl, "SSL", "get_peer_cert_chain");
  return calling(() => [...elements(peerChain(native.pointer))])
    .map((x509) => handleOf("X509", x509, "share", native)!);
}

/** The ciphers that both ends have, joined by colons. The other arguments are Perl's. Perl: `Net::SSLeay::get_shared_ciphers` */
export function get_shared_ciphers(ssl: Taken<"SSL">, ..._unused: unknown[]): string | undefined {
  const pointer = pointerOf(ssl, "SSL", "get_shared_ciphers");
  const buffer = new Uint8Array(8192);
  const found = calling(() => sharedCiphers(pointer, buffer, buffer.length));
  return found === null ? undefined : writtenText(buffer);
}

type Finished = (ssl: Deno.PointerValue, buffer: Uint8Array, size: bigint) => bigint;

function finished(
  name: string,
  get: Finished,
  ssl: unknown,
  buffer: unknown,
  count: unknown,
): number {
  const pointer = pointerOf(ssl, "SSL", name);
  if (!(buffer instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot call ${name}(): expected a Uint8Array to fill: received ${typeof buffer}`,
    );
  }
  const size = toInteger(count ?? buffer.length, "size", `${name}()`) as number;
  if (size > buffer.length) {
    throw new RangeError(
      `Cannot call ${name}(): the buffer has ${buffer.length} bytes: ${size} are wanted`,
    );
  }
  return Number(
    calling(() => get(pointer, forC(buffer), BigInt(size))),
  );
}

/** Puts our Finished message into a buffer; its whole length. Perl: `Net::SSLeay::get_finished` */
export function get_finished(ssl: Taken<"SSL">, buffer: Uint8Array, count?: number): number {
  return finished("get_finished", getFinished, ssl, buffer, count);
}

/** Puts the peer's Finished message into a buffer; its whole length. Perl: `Net::SSLeay::get_peer_finished` */
export function get_peer_finished(ssl: Taken<"SSL">, buffer: Uint8Array, count?: number): number {
  return finished("get_peer_finished", peerFinished, ssl, buffer, count);
}

function algorithms(
  name: string,
  get: (...args: unknown[]) => number,
  ssl: unknown,
  index: unknown,
): number[] {
  const pointer = pointerOf(ssl, "SSL", name);
  const at = toInteger(index, "int", `${name}()`);
  const cells = Array.from({ length: 5 }, () => new Uint8Array(4));
  return calling(() => {
    const count = get(pointer, at, ...cells);
    if (count <= 0 || (at as number) < 0 || (at as number) >= count) return [count];
    const [sign, hash, both] = cells.map((cell) => new Int32Array(cell.buffer)[0]!);
    return [count, sign!, hash!, both!, cells[3]![0]!, cells[4]![0]!];
  });
}

/**
 * A signature algorithm that the peer offers: how many there are, then the NIDs of signature,
 * hash and both, and the two bytes on the wire.
 *
 * Perl: `Net::SSLeay::get_sigalgs`
 */
export function get_sigalgs(ssl: Taken<"SSL">, index: number): number[] {
  return algorithms("get_sigalgs", sigalgs, ssl, index);
}

/** As get_sigalgs, of those that both ends have. Perl: `Net::SSLeay::get_shared_sigalgs` */
export function get_shared_sigalgs(ssl: Taken<"SSL">, index: number): number[] {
  return algorithms("get_shared_sigalgs", sharedSigalgs, ssl, index);
}

/** EVP_CIPH_MODE; EVP_CIPH_GCM_MODE and EVP_CIPH_CCM_MODE, of whose nonce the handshake makes 4 bytes. */
const MODE = 0xf0007n, GCM = 6n, CCM = 7n, IMPLICIT_NONCE = 4;

function ivSize(cipher: Deno.PointerValue): number {
  const mode = BigInt(cipherFlags(cipher)) & MODE;
  return mode === GCM || mode === CCM ? IMPLICIT_NONCE : ivLength(cipher);
}

/** The size of the key block of the cipher in use; -1 without one. Perl: `Net::SSLeay::get_keyblock_size` */
export function get_keyblock_size(ssl: Taken<"SSL">): number {
  const pointer = pointerOf(ssl, "SSL", "get_keyblock_size");
  return calling(() => {
    const cipher = currentCipher(pointer);
    if (cipher === null) return -1;
    const evp = cipherByName(nid2sn(cipherNid(cipher)));
    const digest = cipherDigestNid(cipher);
    const mac = digest === 0 ? 0 : mdSize(digestByName(nid2sn(digest)));
    return evp === null ? -1 : 2 * (keyLength(evp) + mac + ivSize(evp));
  });
}

const MAX_EXPORT = 1 << 20;

/**
 * Keying material of the connection (RFC 5705); `undefined` before the handshake.
 *
 * Perl: `Net::SSLeay::export_keying_material`
 */
export function export_keying_material(
  ssl: Taken<"SSL">,
  length: number,
  label: string | Uint8Array,
  context?: string | Uint8Array,
): Uint8Array | undefined {
  const where = "export_keying_material()";
  const pointer = pointerOf(ssl, "SSL", "export_keying_material");
  const size = toInteger(length, "int", where) as number;
  if (size < 0 || size > MAX_EXPORT) {
    throw new RangeError(
      `Cannot call ${where}: the length must be from 0 to ${MAX_EXPORT}: received ${size}`,
    );
  }
  const name = toBytes(label, where), out = new Uint8Array(Math.max(1, size));
  const head = [
    pointer,
    out,
    BigInt(size),
    forC(name),
    BigInt(name.length),
  ];
  const done = calling(() => {
    if (context === undefined) return exportMaterial(...head, null, 0n, 0);
    const bytes = toBytes(context, where);
    return exportWithContext(
      ...head,
      forC(bytes),
      BigInt(bytes.length),
      1,
    );
  });
  return done > 0 ? out.subarray(0, size) : undefined;
}

function inHandshakeAs(server: number, ssl: unknown, name: string): number {
  const pointer = pointerOf(ssl, "SSL", name);
  return calling(() => inInit(pointer) === 1 && isServer(pointer) === server ? 1 : 0);
}

/** 1 while a server is in its handshake. Perl: `Net::SSLeay::in_accept_init` */
export function in_accept_init(ssl: Taken<"SSL">): number {
  return inHandshakeAs(1, ssl, "in_accept_init");
}

/** 1 while a client is in its handshake. Perl: `Net::SSLeay::in_connect_init` */
export function in_connect_init(ssl: Taken<"SSL">): number {
  return inHandshakeAs(0, ssl, "in_connect_init");
}

/**
 * The types of the ClientHello's extensions, in the client-hello callback only.
 *
 * Perl: `Net::SSLeay::client_hello_get1_extensions_present`
 */
export function client_hello_get1_extensions_present(ssl: Taken<"SSL">): number[] | undefined {
  const pointer = pointerOf(ssl, "SSL", "client_hello_get1_extensions_present");
  const list = pointerCell(), length = numberCell();
  return calling(() => {
    if (helloExtensions(pointer, list.bytes, length.bytes) !== 1) return undefined;
    const count = length.read();
    const bytes = bytesAt(list.read(), 4 * count);
    if (list.read() !== 0n) cryptoFree(pointerFrom(list.read()), null, 0);
    return [...new Int32Array(bytes.buffer)];
  });
}

/**
 * The types of the ClientHello's extensions in the order that they were sent in. OpenSSL 3.2.
 *
 * Perl: `Net::SSLeay::client_hello_get_extension_order`
 */
export function client_hello_get_extension_order(ssl: Taken<"SSL">): number[] | undefined {
  const pointer = pointerOf(ssl, "SSL", "client_hello_get_extension_order");
  const length = numberCell();
  return calling(() => {
    if (helloOrder(pointer, null, length.bytes) !== 1) return undefined;
    const types = new Uint16Array(length.read());
    if (types.length === 0) return [];
    return helloOrderInto(pointer, new Uint8Array(types.buffer), length.bytes) === 1
      ? [...types]
      : undefined;
  });
}

/** Allows one more SESSION_free. Perl: `Net::SSLeay::SESSION_up_ref` */
export function SESSION_up_ref(session: Opaque<"SSL_SESSION">): number {
  objectOf(session, "SSL_SESSION", "SESSION_up_ref").spareFrees++;
  return 1;
}

/**
 * A copy of a connection that has not begun; of another one OpenSSL gives the same, which may
 * then be freed once more.
 *
 * Perl: `Net::SSLeay::dup`
 */
export function dup(ssl: Taken<"SSL">): Opaque<"SSL"> | null {
  const native = objectOf(ssl, "SSL", "dup");
  const copy: Deno.PointerValue = calling(() => sslDup(native.pointer));
  if (copy !== null && samePointer(copy, native.pointer)) {
    sslFree(copy); // the reference that SSL_dup() added: ours are counted here
    native.spareFrees++;
    return hasAddresses() ? handleAt("SSL", native.address) ?? null : null;
  }
  return handleOf("SSL", copy, "new", native);
}

/** Where a text can be written. */
export interface TextSink {
  /** Writes bytes at once. */
  writeSync(bytes: Uint8Array): number;
}

/** Prints a session to a file or another sink. Perl: `Net::SSLeay::SESSION_print_fp` */
export function SESSION_print_fp(sink: TextSink, session: Opaque<"SSL_SESSION">): number {
  const pointer = pointerOf(session, "SSL_SESSION", "SESSION_print_fp");
  const text = calling(() => printed((bio) => sessionPrint(bio, pointer)));
  if (text === undefined) return 0;
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += sink.writeSync(bytes.subarray(at));
  return 1;
}
