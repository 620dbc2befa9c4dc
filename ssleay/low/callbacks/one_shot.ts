/**
 * Callbacks that live as long as one call of C.
 *
 * @module
 */

import { cCallback } from "./c_callback.ts";
import type { CCallback } from "../backend.ts";
import { bytesTo, toBytes } from "../c_memory.ts";
import { apart } from "../error_queue.ts";
import { atOnce, guarded } from "../thrown.ts";

/** What gives a password: a text, bytes, or nothing. */
export type PasswordSource = (maxLength: number, rwflag: number) => string | Uint8Array | undefined;

/** Writes a password where C wants it; its length. One that is too long is refused, never cut in half. */
export function writePassword(
  buffer: Deno.PointerValue,
  size: number,
  password: string | Uint8Array | undefined | null,
): number {
  if (password === undefined || password === null) return 0;
  const bytes = toBytes(password, "the password callback");
  if (bytes.length > size) {
    throw new RangeError(`Cannot use a password of more than ${size} bytes`);
  }
  bytesTo(buffer, bytes);
  return bytes.length;
}

/** A `pem_password_cb` of C. Close it after the call. */
export function passwordCallback(
  source: PasswordSource,
): CCallback {
  return cCallback(
    ["pointer", "i32", "i32", "pointer"],
    "i32",
    (buffer: Deno.PointerValue, size: number, rwflag: number) =>
      apart(() =>
        guarded(-1, () => {
          const password = atOnce(source(size - 1, rwflag), "password");
          return writePassword(buffer, size - 1, password);
        })
      ),
  );
}
