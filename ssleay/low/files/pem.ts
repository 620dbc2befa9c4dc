/**
 * The certificates and CRLs of a PEM text, read by OpenSSL.
 *
 * @module
 */

import { lazy } from "../c_function.ts";
import { pointerAt } from "../c_memory.ts";
import { hasReason } from "../error_queue.ts";
import { elements } from "../stack.ts";
import { withBio } from "../written.ts";

const P = "pointer", I = "i32";
const readX509 = lazy("PEM_read_bio_X509_AUX", [P, P, P, P], P);
const readCrl = lazy("PEM_read_bio_X509_CRL", [P, P, P, P], P);
const x509Free = lazy("X509_free", [P], "void");
const crlFree = lazy("X509_CRL_free", [P], "void");
const readInfos = lazy("PEM_X509_INFO_read_bio", [P, P, P, P], P);
const infoFree = lazy("X509_INFO_free", [P], "void");
const skFree = lazy("OPENSSL_sk_free", [P], "void");
const peekLast = lazy("ERR_peek_last_error", [], "u32");
const clear = lazy("ERR_clear_error", [], "void");
const storeAddCert = lazy("X509_STORE_add_cert", [P, P], I);
const storeAddCrl = lazy("X509_STORE_add_crl", [P, P], I);

/** ERR_LIB_PEM and PEM_R_NO_START_LINE: the text has ended. */
const NO_START_LINE = [9, 108] as const;

function ended(): boolean {
  const isEnd = hasReason(peekLast(), ...NO_START_LINE);
  if (isEnd) clear();
  return isEnd;
}

type Reader = (bio: Deno.PointerValue, x: null, callback: null, data: null) => Deno.PointerValue;

function each(
  text: Uint8Array,
  read: Reader,
  free: (pointer: Deno.PointerValue) => void,
  use: (pointer: Deno.PointerObject) => boolean,
): number {
  return withBio(text, (bio) => {
    for (let count = 0;; count++) {
      const found = read(bio, null, null, null);
      if (found === null) return ended() ? count : 0;
      const used = use(found);
      free(found);
      if (!used) return 0;
    }
  });
}

/**
 * Calls `use` for each certificate; how many there were, or 0 with errors in OpenSSL's queue if one
 * of them could not be read or used. The certificate is freed after `use`.
 */
export function eachCertificate(
  text: Uint8Array,
  use: (x509: Deno.PointerObject) => boolean,
): number {
  return each(text, readX509, x509Free, use);
}

/** As {@linkcode eachCertificate}, for CRLs. */
export function eachCrl(text: Uint8Array, use: (crl: Deno.PointerObject) => boolean): number {
  return each(text, readCrl, crlFree, use);
}

/** Where struct X509_info_st, which begins with X509 *x509; X509_CRL *crl, has its pointers. */
export const X509_INFO = { x509: 0, crl: 1 } as const;

/** Adds the certificates and CRLs of a PEM text to a store; how many there were. */
export function addToStore(
  store: Deno.PointerValue,
  text: Uint8Array,
): number {
  return withBio(text, (bio) => {
    const infos = readInfos(bio, null, null, null);
    if (infos === null) return 0;
    let count = 0;
    for (const info of elements(infos)) {
      const x509 = pointerAt(info, X509_INFO.x509), crl = pointerAt(info, X509_INFO.crl);
      if (x509 !== null && storeAddCert(store, x509) === 1) count++;
      if (crl !== null && storeAddCrl(store, crl) === 1) count++;
      infoFree(info);
    }
    skFree(infos);
    return count;
  });
}
