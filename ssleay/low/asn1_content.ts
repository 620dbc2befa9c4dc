/**
 * The content of OpenSSL's ASN.1 objects, by their pointers.
 *
 * @module
 */

import { lazy } from "./c_function.ts";
import { bytesFrom, decodeUtf8 } from "./c_memory.ts";

const P = "pointer", I = "i32", B = "buffer";
const stringData = lazy("ASN1_STRING_get0_data", [P], P);
const stringLength = lazy("ASN1_STRING_length", [P], I);
const timeDiff = lazy("ASN1_TIME_diff", [B, B, P, P], I);
const timeNew = lazy("ASN1_TIME_new", [], P);
const timeSet = lazy("ASN1_TIME_set", [P, "i64"], P);
const obj2txt = lazy("OBJ_obj2txt", [B, I, P, I], I);
const timeFree = lazy("ASN1_TIME_free", [P], "void");

/** The bytes of any ASN.1 string, by its pointer. */
export function asn1StringBytes(pointer: Deno.PointerValue): Uint8Array<ArrayBuffer> {
  return bytesFrom(stringData(pointer), stringLength(pointer));
}

const DAY = 86_400;

/** An ASN1_TIME by its pointer, in seconds since 1970; `undefined` if it is not a valid time. */
export function secondsOf(time: Deno.PointerValue): number | undefined {
  const epoch = timeNew();
  try {
    timeSet(epoch, 0n);
    const days = new Int32Array(1), seconds = new Int32Array(1);
    const known = timeDiff(
      new Uint8Array(days.buffer),
      new Uint8Array(seconds.buffer),
      epoch,
      time,
    );
    return known === 1 ? days[0]! * DAY + seconds[0]! : undefined;
  } finally {
    timeFree(epoch);
  }
}

/** An object identifier by its pointer: its name, or its numbers. */
export function oidText(object: Deno.PointerValue, noName: boolean): string {
  const length = obj2txt(null, 0, object, noName ? 1 : 0);
  if (length <= 0) return "";
  const text = new Uint8Array(length + 1);
  obj2txt(text, text.length, object, noName ? 1 : 0);
  return decodeUtf8(text.subarray(0, length));
}
