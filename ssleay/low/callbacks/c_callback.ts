/**
 * The one place where a function of JavaScript becomes a C function.
 *
 * @module
 */

import { SslUnsupportedError } from "../../../errors.ts";
import type { CCallback } from "../backend.ts";
import { backend, isNarrow } from "../c_function.ts";

/** @throws {SslUnsupportedError} Under `--allow-ffi=<path>`. */
export function mustAllowCallbacks(): void {
  if (isNarrow()) {
    throw new SslUnsupportedError(
      'Cannot set a callback: --allow-ffi=<path> rules callbacks out: use --allow-ffi, or useBackend("wasm")',
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
  if (backend !== undefined) return backend.callback({ parameters, result }, run);
  // deno-lint-ignore no-explicit-any
  return new Deno.UnsafeCallback({ parameters, result } as any, run as any);
}
