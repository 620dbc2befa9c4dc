/**
 * Extensions and attributes added to certificates, requests and CRLs.
 *
 * Source: https://docs.openssl.org/3.0/man5/x509v3_config/
 *
 * @module
 */

import { lazy } from "./c_function.ts";
import { pointerCell, pointerFrom, toCString } from "./c_memory.ts";
import { toInteger } from "./integer.ts";
import { handleOf, type Opaque } from "./handle.ts";
import { elements } from "./stack.ts";
import { calling, objectOf, optionalPointer, pointerOf } from "./into.ts";
import type { CObject } from "./c_object.ts";

const P = "pointer", I = "i32", B = "buffer";
const setCtx = lazy("X509V3_set_ctx", [B, P, P, P, P, I], "void");
const confNid = lazy("X509V3_EXT_conf_nid", [P, B, I, B], P);
const confNidPlain = lazy("X509V3_EXT_conf_nid", [P, P, I, B], P);
const extFree = lazy("X509_EXTENSION_free", [P], "void");
const x509AddExt = lazy("X509_add_ext", [P, P, I], I);
const crlAddExt = lazy("X509_CRL_add_ext", [P, P, I], I);
const reqAddExts = lazy("X509_REQ_add_extensions", [P, P], I);
const reqGetExts = lazy("X509_REQ_get_extensions", [P], P);
const skNew = lazy("OPENSSL_sk_new_null", [], P);
const skPush = lazy("OPENSSL_sk_push", [P, P], I);
const skFree = lazy("OPENSSL_sk_free", [P], "void");
const extObject = lazy("X509_EXTENSION_get_object", [P], P);
const extByObj = lazy("X509_get_ext_by_OBJ", [P, P, I], I);
const deleteExt = lazy("X509_delete_ext", [P, I], P);
const getAttr = lazy("X509_REQ_get_attr", [P, I], P);
const attrCount = lazy("X509_REQ_get_attr_count", [P], I);
const attrValues = lazy("X509_ATTRIBUTE_count", [P], I);
const attrData = lazy("X509_ATTRIBUTE_get0_data", [P, I, I, P], P);
const attrType = lazy("X509_ATTRIBUTE_get0_type", [P, I], P);
const asn1Type = lazy("ASN1_TYPE_get", [P], I);
const crlAddExtI2d = lazy("X509_CRL_add1_ext_i2d", [P, I, P, I, "u64"], I);
const crlGetExtD2i = lazy("X509_CRL_get_ext_d2i", [P, I, P, P], P);
const revokedNew = lazy("X509_REVOKED_new", [], P);
const revokedFree = lazy("X509_REVOKED_free", [P], "void");
const setSerial = lazy("X509_REVOKED_set_serialNumber", [P, P], I);
const setDate = lazy("X509_REVOKED_set_revocationDate", [P, P], I);
const revokedAddExt = lazy("X509_REVOKED_add1_ext_i2d", [P, I, P, I, "u64"], I);
const crlAddRevoked = lazy("X509_CRL_add0_revoked", [P, P], I);
const hexToBn = lazy("BN_hex2bn", [B, B], I);
const bnToInteger = lazy("BN_to_ASN1_INTEGER", [P, P], P);
const bnFree = lazy("BN_free", [P], "void");
const integerFree = lazy("ASN1_INTEGER_free", [P], "void");
const enumNew = lazy("ASN1_ENUMERATED_new", [], P);
const enumSet = lazy("ASN1_ENUMERATED_set", [P, "i64"], I);
const enumFree = lazy("ASN1_ENUMERATED_free", [P], "void");

/** NIDs of OpenSSL (obj_mac.h). */
const NID = { crlNumber: 88, crlReason: 141, invalidityDate: 142 } as const;

/** More than any X509V3_CTX of OpenSSL has. */
const X509V3_CTX_SIZE = 256;

type Pair = [nid: number, value: Uint8Array];

/** Perl's list: nid, value, nid, value. */
function pairs(list: readonly unknown[], where: string): Pair[] {
  if (list.length % 2 !== 0) {
    throw new TypeError(
      `Cannot call ${where}: expected pairs of NID and value: the last has no value`,
    );
  }
  return Array.from({ length: list.length / 2 }, (_, i): Pair => [
    toInteger(list[2 * i], "int", where) as number,
    toCString(list[2 * i + 1], where),
  ]);
}

type Add = (pointer: Deno.PointerObject, extension: Deno.PointerValue, at: number) => number;

function addExtensions(
  target: CObject,
  list: Pair[],
  context: readonly Deno.PointerValue[],
  add: Add,
): number {
  let result = 1;
  calling(() => {
    for (const [nid, value] of list) {
      const ctx = new Uint8Array(X509V3_CTX_SIZE);
      setCtx(ctx, ...context, 0);
      const extension = confNid(null, ctx, nid, value);
      if (extension === null) {
        result = 0;
        continue;
      }
      if (add(target.pointer, extension, -1) !== 1) result = 0;
      extFree(extension);
    }
  });
  return result;
}

/**
 * Adds extensions to a certificate: 1, or 0 if one of them could not be made.
 *
 * Perl: `Net::SSLeay::P_X509_add_extensions`
 *
 * @param list NID and value of each, as in OpenSSL's configuration files.
 */
export function P_X509_add_extensions(
  x: Opaque<"X509">,
  caCert: Opaque<"X509"> | null,
  ...list: (number | string)[]
): number {
  const name = "P_X509_add_extensions";
  const target = objectOf(x, "X509", name), issuer = optionalPointer(caCert, "X509", name);
  return addExtensions(
    target,
    pairs(list, `${name}()`),
    [issuer, target.pointer, null, null],
    x509AddExt,
  );
}

/** Adds extensions to a CRL, as P_X509_add_extensions does. Perl: `Net::SSLeay::P_X509_CRL_add_extensions` */
export function P_X509_CRL_add_extensions(
  x: Opaque<"X509_CRL">,
  caCert: Opaque<"X509"> | null,
  ...list: (number | string)[]
): number {
  const name = "P_X509_CRL_add_extensions";
  const target = objectOf(x, "X509_CRL", name), issuer = optionalPointer(caCert, "X509", name);
  return addExtensions(
    target,
    pairs(list, `${name}()`),
    [issuer, null, null, target.pointer],
    crlAddExt,
  );
}

function freeExtensions(stack: Deno.PointerValue): void {
  if (stack === null) return;
  for (const each of elements(stack)) extFree(each);
  skFree(stack);
}

/** Adds extensions to a request, as P_X509_add_extensions does. Perl: `Net::SSLeay::P_X509_REQ_add_extensions` */
export function P_X509_REQ_add_extensions(
  x: Opaque<"X509_REQ">,
  ...list: (number | string)[]
): number {
  const name = "P_X509_REQ_add_extensions";
  const target = objectOf(x, "X509_REQ", name);
  const wanted = pairs(list, `${name}()`);
  if (wanted.length === 0) return 0;
  return calling(() => {
    const stack = skNew();
    let result = 1;
    for (const [nid, value] of wanted) {
      const extension = confNidPlain(null, null, nid, value);
      if (extension === null) result = 0;
      else skPush(stack, extension);
    }
    if (reqAddExts(target.pointer, stack) !== 1) result = 0;
    freeExtensions(stack);
    return result;
  });
}

/**
 * Copies the extensions of a request into a certificate. Those that the certificate has stay;
 * with `override` false the request's take their place. (Perl's names say it the other way round.)
 *
 * Perl: `Net::SSLeay::P_X509_copy_extensions`
 */
export function P_X509_copy_extensions(
  request: Opaque<"X509_REQ">,
  x509: Opaque<"X509">,
  override: number | boolean = 1,
): number {
  const name = "P_X509_copy_extensions";
  const source = pointerOf(request, "X509_REQ", name), target = objectOf(x509, "X509", name);
  return calling(() => {
    const stack = reqGetExts(source);
    let result = 1;
    for (const extension of elements(stack)) {
      const object = extObject(extension);
      let at = extByObj(target.pointer, object, -1);
      if (at >= 0 && override) continue;
      for (; at >= 0; at = extByObj(target.pointer, object, -1)) {
        extFree(deleteExt(target.pointer, at));
      }
      if (x509AddExt(target.pointer, extension, -1) !== 1) result = 0;
    }
    freeExtensions(stack);
    return result;
  });
}

/** The values of an attribute of a request. Perl: `Net::SSLeay::P_X509_REQ_get_attr` */
export function P_X509_REQ_get_attr(req: Opaque<"X509_REQ">, n: number): Opaque<"ASN1_STRING">[] {
  const name = "P_X509_REQ_get_attr";
  const native = objectOf(req, "X509_REQ", name);
  const index = toInteger(n, "int", `${name}()`) as number;
  return calling(() => {
    if (index < 0 || index >= attrCount(native.pointer)) return [];
    const attribute = getAttr(native.pointer, index);
    return Array.from({ length: attrValues(attribute) }, (_, i) => {
      const type = asn1Type(attrType(attribute, i));
      return handleOf("ASN1_STRING", attrData(attribute, i, type, null), "of", native);
    }).filter((handle) => handle !== null);
  });
}

/** Sets the number of a CRL. Perl: `Net::SSLeay::P_X509_CRL_set_serial` */
export function P_X509_CRL_set_serial(
  crl: Opaque<"X509_CRL">,
  number: Opaque<"ASN1_INTEGER">,
): number {
  const name = "P_X509_CRL_set_serial";
  const target = objectOf(crl, "X509_CRL", name), value = pointerOf(number, "ASN1_INTEGER", name);
  return calling(() => crlAddExtI2d(target.pointer, NID.crlNumber, value, 0, 0n) === 1 ? 1 : 0);
}

/** The number of a CRL, to be freed; `null` if it has none. Perl: `Net::SSLeay::P_X509_CRL_get_serial` */
export function P_X509_CRL_get_serial(crl: Opaque<"X509_CRL">): Opaque<"ASN1_INTEGER"> | null {
  const pointer = pointerOf(crl, "X509_CRL", "P_X509_CRL_get_serial");
  return handleOf(
    "ASN1_INTEGER",
    calling(() => crlGetExtD2i(pointer, NID.crlNumber, null, null)),
    "new",
  );
}

/** Fills a revoked entry; whether all of it could be set. */
function fillRevoked(
  entry: Deno.PointerValue,
  { serial, time, reason, compromised }: {
    serial: Uint8Array;
    time: Deno.PointerValue;
    reason: number;
    compromised: Deno.PointerValue;
  },
): boolean {
  const cell = pointerCell();
  if (hexToBn(cell.bytes, serial) === 0) return false;
  const bn = pointerFrom(cell.read());
  const number = bnToInteger(bn, null);
  bnFree(bn);
  if (number === null) return false;
  setSerial(entry, number);
  integerFree(number);
  if (setDate(entry, time) !== 1) return false;
  if (reason !== 0) {
    const value = enumNew();
    const done = enumSet(value, BigInt(reason)) === 1 &&
      revokedAddExt(entry, NID.crlReason, value, 0, 0n) === 1;
    enumFree(value);
    if (!done) return false;
  }
  return compromised === null || revokedAddExt(entry, NID.invalidityDate, compromised, 0, 0n) === 1;
}

/**
 * Adds a revoked certificate to a CRL: 1 if that worked.
 *
 * Perl: `Net::SSLeay::P_X509_CRL_add_revoked_serial_hex`
 *
 * @param reason The code of RFC 5280 5.3.1; 0 adds no reason.
 * @param compromised When the key was compromised.
 */
export function P_X509_CRL_add_revoked_serial_hex(
  crl: Opaque<"X509_CRL">,
  serialHex: string,
  time: Opaque<"ASN1_TIME">,
  reason = 0,
  compromised?: Opaque<"ASN1_TIME"> | null,
): number {
  const name = "P_X509_CRL_add_revoked_serial_hex";
  const target = objectOf(crl, "X509_CRL", name);
  const values = {
    serial: toCString(serialHex, `${name}()`),
    time: pointerOf(time, "ASN1_TIME", name),
    reason: Number(toInteger(reason, "long", `${name}()`)),
    compromised: optionalPointer(compromised, "ASN1_TIME", name),
  };
  return calling(() => {
    const entry = revokedNew();
    if (!fillRevoked(entry, values) || crlAddRevoked(target.pointer, entry) !== 1) {
      revokedFree(entry);
      return 0;
    }
    return 1;
  });
}
