/**
 * ASN.1 integers, strings, times and object identifiers as JavaScript values.
 *
 * Source: https://docs.openssl.org/3.0/man3/ASN1_INTEGER_get_int64/
 *
 * @module
 */

import { asn1StringBytes, oidText, secondsOf } from "./asn1_content.ts";
import { lazy } from "./c_function.ts";
import { decodeUtf8, pointerCell, pointerFrom, takeText, toCString } from "./c_memory.ts";
import type { Opaque } from "./handle.ts";
import { calling, objectOf, pointerOf } from "./into.ts";

const P = "pointer", I = "i32", B = "buffer";
const toBn = lazy("ASN1_INTEGER_to_BN", [P, P], P);
const fromBn = lazy("BN_to_ASN1_INTEGER", [P, P], P);
const bnFree = lazy("BN_free", [P], "void");
const bnToHex = lazy("BN_bn2hex", [P], P);
const bnToDec = lazy("BN_bn2dec", [P], P);
const hexToBn = lazy("BN_hex2bn", [B, B], I);
const decToBn = lazy("BN_dec2bn", [B, B], I);
const timeFree = lazy("ASN1_TIME_free", [P], "void");
const toGeneralized = lazy("ASN1_TIME_to_generalizedtime", [P, P], P);
const setString = lazy("ASN1_TIME_set_string", [P, B], I);
const checkTime = lazy("ASN1_TIME_check", [P], I);

function integerText(
  i: unknown,
  name: string,
  print: (bn: Deno.PointerValue) => Deno.PointerValue,
) {
  const { pointer } = objectOf(i, "ASN1_INTEGER", name);
  return calling(() => {
    const bn = toBn(pointer, null);
    if (bn === null) return undefined;
    try {
      return takeText(print(bn));
    } finally {
      bnFree(bn);
    }
  });
}

function setInteger(
  i: unknown,
  text: unknown,
  name: string,
  read: (cell: Uint8Array, text: Uint8Array) => number,
): number {
  const { pointer } = objectOf(i, "ASN1_INTEGER", name);
  const string = toCString(text, `${name}()`);
  const cell = pointerCell();
  return calling(() => {
    if (read(cell.bytes, string) === 0) return 0;
    const bn = pointerFrom(cell.read());
    try {
      return fromBn(bn, pointer) === null ? 0 : 1;
    } finally {
      bnFree(bn);
    }
  });
}

/** An ASN1_INTEGER in hexadecimal. Perl: `Net::SSLeay::P_ASN1_INTEGER_get_hex` */
export function P_ASN1_INTEGER_get_hex(i: Opaque<"ASN1_INTEGER">): string | undefined {
  return integerText(i, "P_ASN1_INTEGER_get_hex", bnToHex);
}

/** An ASN1_INTEGER in decimal. Perl: `Net::SSLeay::P_ASN1_INTEGER_get_dec` */
export function P_ASN1_INTEGER_get_dec(i: Opaque<"ASN1_INTEGER">): string | undefined {
  return integerText(i, "P_ASN1_INTEGER_get_dec", bnToDec);
}

/** Sets an ASN1_INTEGER from hexadecimal. Perl: `Net::SSLeay::P_ASN1_INTEGER_set_hex` */
export function P_ASN1_INTEGER_set_hex(i: Opaque<"ASN1_INTEGER">, hex: string): number {
  return setInteger(i, hex, "P_ASN1_INTEGER_set_hex", hexToBn);
}

/** Sets an ASN1_INTEGER from decimal. Perl: `Net::SSLeay::P_ASN1_INTEGER_set_dec` */
export function P_ASN1_INTEGER_set_dec(i: Opaque<"ASN1_INTEGER">, decimal: string): number {
  return setInteger(i, decimal, "P_ASN1_INTEGER_set_dec", decToBn);
}

/**
 * The content of an ASN1_STRING: its bytes, or with `utf8Decode` its text.
 *
 * Perl: `Net::SSLeay::P_ASN1_STRING_get`
 */
export function P_ASN1_STRING_get(
  s: Opaque<"ASN1_STRING"> | Opaque<"ASN1_OCTET_STRING">,
  utf8Decode?: number | boolean,
): Uint8Array | string {
  const bytes = asn1StringBytes(pointerOf(s, "ASN1_STRING", "P_ASN1_STRING_get"));
  return utf8Decode ? decodeUtf8(bytes) : bytes;
}

/** An ASN1_TIME in seconds since 1970; 0 for one that is not valid. Perl: `Net::SSLeay::ASN1_TIME_timet` */
export function ASN1_TIME_timet(s: Opaque<"ASN1_TIME">): number {
  const { pointer } = objectOf(s, "ASN1_TIME", "ASN1_TIME_timet");
  return calling(() => checkTime(pointer) === 1 ? secondsOf(pointer) ?? 0 : 0);
}

/** An ASN1_TIME as `2026-11-28T06:00:00Z`; "" for one that is not valid. Perl: `Net::SSLeay::P_ASN1_TIME_get_isotime` */
export function P_ASN1_TIME_get_isotime(tm: Opaque<"ASN1_TIME">): string {
  const { pointer } = objectOf(tm, "ASN1_TIME", "P_ASN1_TIME_get_isotime");
  return calling(() => {
    if (checkTime(pointer) !== 1) return "";
    const general = toGeneralized(pointer, null);
    if (general === null) return "";
    const text = decodeUtf8(asn1StringBytes(general));
    timeFree(general);
    const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(.*)$/.exec(text);
    if (parts === null) return "";
    const [, y, mo, d, h, mi, s, rest] = parts;
    return `${y}-${mo}-${d}T${h}:${mi}:${s}${rest}`;
  });
}

/**
 * Sets an ASN1_TIME from `2026-11-28T06:00:00Z`; `undefined` for a text that is not such a time.
 *
 * Perl: `Net::SSLeay::P_ASN1_TIME_set_isotime`
 */
export function P_ASN1_TIME_set_isotime(tm: Opaque<"ASN1_TIME">, text: string): number | undefined {
  const { pointer } = objectOf(tm, "ASN1_TIME", "P_ASN1_TIME_set_isotime");
  const parts = /^(\d{4}).(\d\d).(\d\d).(\d\d).(\d\d).(\d\d)(.{0,180})$/s.exec(String(text));
  if (parts === null) return undefined;
  const string = toCString(parts.slice(1).join(""), "P_ASN1_TIME_set_isotime()");
  return calling(() => setString(pointer, string) === 1 ? 1 : undefined);
}

/** The name of an object identifier, or with `noName` its numbers. Perl: `Net::SSLeay::OBJ_obj2txt` */
export function OBJ_obj2txt(a: Opaque<"ASN1_OBJECT">, noName?: number | boolean): string {
  const { pointer } = objectOf(a, "ASN1_OBJECT", "OBJ_obj2txt");
  return calling(() => oidText(pointer, Boolean(noName)));
}
