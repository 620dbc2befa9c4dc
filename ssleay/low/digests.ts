/**
 * Digests of bytes, and the list of digests that OpenSSL has.
 *
 * Source: https://docs.openssl.org/3.0/man3/EVP_DigestInit/
 *
 * @module
 */

import { cCallback } from "./callbacks/c_callback.ts";
import { lazy } from "./c_function.ts";
import { forC, textFrom, toBytes } from "./c_memory.ts";
import { calling } from "./into.ts";

const P = "pointer", I = "i32", B = "buffer";
const doAllSorted = lazy("EVP_MD_do_all_sorted", [P, P], "void");
const mdType = lazy("EVP_MD_get_type|EVP_MD_type", [P], I);
const longName = lazy("OBJ_nid2ln", [I], P);
const shortName = lazy("OBJ_nid2sn", [I], P);

function digest(name: string, length: number, data: unknown): Uint8Array | undefined {
  const bytes = toBytes(data, `${name}()`);
  const out = new Uint8Array(length);
  return calling(() => {
    const made = lazy(name, [B, "usize", B], P)(
      forC(bytes),
      BigInt(bytes.length),
      out,
    );
    return made === null ? undefined : out;
  });
}

/** The MD4 digest. Perl: `Net::SSLeay::MD4` */
export function MD4(data: string | Uint8Array): Uint8Array | undefined {
  return digest("MD4", 16, data);
}

/** The MD5 digest. Perl: `Net::SSLeay::MD5` */
export function MD5(data: string | Uint8Array): Uint8Array | undefined {
  return digest("MD5", 16, data);
}

/** The RIPEMD-160 digest. Perl: `Net::SSLeay::RIPEMD160` */
export function RIPEMD160(data: string | Uint8Array): Uint8Array | undefined {
  return digest("RIPEMD160", 20, data);
}

/** The SHA-1 digest. Perl: `Net::SSLeay::SHA1` */
export function SHA1(data: string | Uint8Array): Uint8Array | undefined {
  return digest("SHA1", 20, data);
}

/** The SHA-256 digest. Perl: `Net::SSLeay::SHA256` */
export function SHA256(data: string | Uint8Array): Uint8Array | undefined {
  return digest("SHA256", 32, data);
}

/** The SHA-512 digest. Perl: `Net::SSLeay::SHA512` */
export function SHA512(data: string | Uint8Array): Uint8Array | undefined {
  return digest("SHA512", 64, data);
}

/** The names of all digests, without aliases. Perl: `Net::SSLeay::P_EVP_MD_list_all` */
export function P_EVP_MD_list_all(): string[] {
  const names: string[] = [];
  const each = cCallback(
    [P, P, P, P],
    "void",
    (md: Deno.PointerValue, from: Deno.PointerValue) => {
      if (md === null) return; // an alias
      const nid = mdType(md);
      const name = textFrom(longName(nid));
      if (textFrom(from) === name) {
        names.push(name!.includes(" ") ? textFrom(shortName(nid))! : name!);
      }
    },
  );
  try {
    calling(() => doAllSorted(each.pointer, null));
  } finally {
    each.close();
  }
  return names;
}
