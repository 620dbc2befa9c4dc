/**
 * Results that C writes through a pointer.
 *
 * @module
 */

import { collectErrors } from "./error_queue.ts";
import { type CFunction, lazy } from "./c_function.ts";
import { bytesAt, decodeUtf8, numberCell, pointerCell, withAddress } from "./c_memory.ts";
import { rethrow } from "./thrown.ts";
import type { Row, Written } from "./row.ts";

const P = "pointer", I = "i32";
const bioNew = lazy("BIO_new", [P], P);
const bioMem = lazy("BIO_s_mem", [], P);
const bioFree = lazy("BIO_free", [P], I);
const bioPending = lazy("BIO_ctrl_pending", [P], "u32");
const bioRead = lazy("BIO_read", [P, "buffer", I], I);
const bioWrite = lazy("BIO_write", [P, "buffer", I], I);

/** Runs `use` with a memory BIO that holds `bytes`. */
export function withBio<T>(bytes: Uint8Array, use: (bio: Deno.PointerValue) => T): T {
  const bio = bioNew(bioMem());
  try {
    if (bytes.length > 0) bioWrite(bio, bytes, bytes.length);
    return use(bio);
  } finally {
    bioFree(bio);
  }
}

/** What lies in a memory BIO. */
export function bioBytes(bio: Deno.PointerValue): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(bioPending(bio));
  if (bytes.length > 0) bioRead(bio, bytes, bytes.length);
  return bytes;
}

/** What C prints into a BIO, as text; `undefined` if it says that it failed. */
export function printed(write: (bio: Deno.PointerValue) => unknown): string | undefined {
  return withBio(new Uint8Array(), (bio) => {
    const result = Number(write(bio));
    return result > 0 ? decodeUtf8(bioBytes(bio)) : undefined;
  });
}

/** What an `i2d_*` function writes; `call` gets the place for the pointer, or null to ask for the length. */
export function derFrom(
  call: (place: Uint8Array<ArrayBuffer> | null) => number,
): Uint8Array<ArrayBuffer> | undefined {
  const length = call(null);
  if (length <= 0) return undefined;
  const der = new Uint8Array(length);
  withAddress(der, (address) => call(pointerCell(address).bytes));
  return der;
}

/** Runs `use` with a pointer to a pointer to bytes, and their length, as `d2i_*` functions take them. */
export function withDer<T>(
  bytes: Uint8Array,
  use: (place: Uint8Array<ArrayBuffer>, length: bigint) => T,
): T {
  // A copy with room after it, which stays reachable during the call.
  const held = new Uint8Array(bytes.length + 8);
  held.set(bytes);
  try {
    return withAddress(
      held,
      (address) => use(pointerCell(address).bytes, BigInt(bytes.length)),
    );
  } finally {
    held.fill(0);
  }
}

const MAX_DIGEST = 64;

type Finish = (raw: unknown) => unknown;

/** Calls C for a row whose result is written; `finish` settles the call. */
export function withWritten(row: Row, c: CFunction, out: unknown[], finish: Finish): unknown {
  const der = row.args.findIndex((arg) => arg.form === "der");
  if (der >= 0) {
    return finish(withDer(
      out[der] as Uint8Array,
      (place, length) => after(() => c(...out.toSpliced(der, 1, place, length))),
    ));
  }
  const at = out.findIndex((each) => (each as Written | null)?.form === "written");
  const call = (...places: unknown[]) => c(...out.toSpliced(at, 1, ...places));
  const [value, raw] = after(() => read(out[at] as Written, call));
  finish(raw);
  return value;
}

function after<T>(call: () => T): T {
  const result = call();
  collectErrors();
  rethrow();
  return result;
}

function read(written: Written, call: CFunction): [value: unknown, raw: unknown] {
  switch (written.as) {
    case "text": {
      let raw: unknown;
      return [printed((bio) => raw = call(bio)), raw];
    }
    case "der":
      return [derFrom((place) => Number(call(place))), 1];
    case "md": {
      const digest = new Uint8Array(MAX_DIGEST), length = numberCell();
      const raw = Number(call(digest, length.bytes));
      return [raw > 0 ? digest.slice(0, length.read()) : undefined, raw];
    }
    case "sized": {
      const size = Number(call(null, 0));
      const bytes = new Uint8Array(size);
      return [bytes.subarray(0, Number(call(bytes, size))), 1];
    }
    case "view": {
      const start = pointerCell(), length = numberCell();
      if (written.length === undefined) {
        const size = Number(call(start.bytes));
        return [start.read() !== 0n ? bytesAt(start.read(), size) : undefined, 1];
      }
      const raw = call(start.bytes, length.bytes);
      const found = raw === undefined ? start.read() !== 0n : Number(raw) > 0;
      return [found ? bytesAt(start.read(), length.read()) : undefined, raw];
    }
  }
}
