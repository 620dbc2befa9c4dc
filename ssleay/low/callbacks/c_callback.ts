/**
 * The one place where a function of JavaScript becomes a C function.
 *
 * @module
 */

import { SslUnsupportedError } from "../../../errors.ts";
import { isNarrow } from "../c_function.ts";

/** A C function that calls JavaScript. */
export interface CCallback {
  /** Its address. */
  readonly pointer: Deno.PointerObject;
  /** Frees it. C must not call it any more. */
  close(): void;
}

/** @throws {SslUnsupportedError} Under `--allow-ffi=<path>`. */
export function mustAllowCallbacks(): void {
  if (isNarrow()) {
    throw new SslUnsupportedError(
      "Cannot set a callback: --allow-ffi=<path> rules callbacks out: use --allow-ffi",
    );
  }
}

/**
 * Makes a C function.
 *
 * @throws {SslUnsupportedError} Under `--allow-ffi=<path>`.
 */
export function cCallback(
  parameters: Deno.NativeType[],
  result: Deno.NativeResultType,
  // deno-lint-ignore no-explicit-any
  run: (...args: any[]) => unknown,
): CCallback {
  mustAllowCallbacks();
  // deno-lint-ignore no-explicit-any
  return new Deno.UnsafeCallback({ parameters, result } as any, run as any);
}
