/**
 * Random numbers.
 *
 * Source: https://docs.openssl.org/3.0/man3/RAND_bytes/
 *
 * @module
 */

import { lazy } from "./c_function.ts";
import { forC, toBytes, writtenText } from "./c_memory.ts";
import { toInteger } from "./integer.ts";
import { calling } from "./into.ts";

const I = "i32", B = "buffer";
const randBytes = lazy("RAND_bytes", [B, I], I);
const randPrivBytes = lazy("RAND_priv_bytes", [B, I], I);
const randAdd = lazy("RAND_add", [B, I, "f64"], "void");
const fileName = lazy("RAND_file_name", [B, "usize"], "pointer");

function fill(
  name: string,
  make: (out: Uint8Array, count: number) => number,
  buffer: unknown,
  count: unknown,
): number {
  const where = `${name}()`;
  if (!(buffer instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot call ${where}: expected a Uint8Array to fill: received ${typeof buffer}`,
    );
  }
  const wanted = toInteger(count ?? buffer.length, "int", where) as number;
  if (wanted < 0 || wanted > buffer.length) {
    throw new RangeError(
      `Cannot call ${where}: the buffer has ${buffer.length} bytes: ${wanted} are wanted`,
    );
  }
  return calling(() => make(forC(buffer), wanted));
}

/** Fills a buffer, or its first `count` bytes. Perl: `Net::SSLeay::RAND_bytes` */
export function RAND_bytes(buffer: Uint8Array, count?: number): number {
  return fill("RAND_bytes", randBytes, buffer, count);
}

/** As RAND_bytes, from the generator for secrets. Perl: `Net::SSLeay::RAND_priv_bytes` */
export function RAND_priv_bytes(buffer: Uint8Array, count?: number): number {
  return fill("RAND_priv_bytes", randPrivBytes, buffer, count);
}

/** The same as RAND_bytes since OpenSSL 1.1.0. Perl: `Net::SSLeay::RAND_pseudo_bytes` */
export function RAND_pseudo_bytes(buffer: Uint8Array, count?: number): number {
  return fill("RAND_pseudo_bytes", randBytes, buffer, count);
}

/** Adds bytes to the generator's state. Perl: `Net::SSLeay::RAND_add` */
export function RAND_add(data: string | Uint8Array, count: number, entropy: number): void {
  const bytes = toBytes(data, "RAND_add()");
  const wanted = toInteger(count, "int", "RAND_add()") as number;
  if (wanted < 0 || wanted > bytes.length || !(entropy >= 0)) {
    throw new RangeError(
      `Cannot call RAND_add(): ${bytes.length} bytes were given: ${wanted} are to be used`,
    );
  }
  calling(() => randAdd(forC(bytes), wanted, entropy));
}

/** The default file of random bytes; `undefined` if there is no such file. Perl: `Net::SSLeay::RAND_file_name` */
export function RAND_file_name(size: number): string | undefined {
  const length = toInteger(size, "size", "RAND_file_name()") as number;
  if (length > 65_536) {
    throw new RangeError("Cannot call RAND_file_name(): a path has at most 65536 bytes");
  }
  const buffer = new Uint8Array(length + 1);
  return calling(() => {
    return fileName(buffer, BigInt(length)) === null ? undefined : writtenText(buffer);
  });
}
