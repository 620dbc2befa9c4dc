/**
 * The one error for what an engine cannot do: what was asked for, what the engine lacks, and the
 * way out.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";

/** The way to the engine that can do everything. */
export const USE_FFI = `run with --allow-ffi to use the engine "openssl"`;

/** The ways to OpenSSL. */
export const USE_OPENSSL = `use engine: "wasm", or ${USE_FFI}`;

/** The way to callbacks, which Deno rules out where the permission is for single files. */
export const USE_CALLBACKS = "run with --allow-ffi without a path";

/** The way to an engine that can do more. */
function remedyFor(engine: string): string {
  if (engine === "openssl") return USE_CALLBACKS;
  return engine === "wasm" ? USE_FFI : USE_OPENSSL;
}

/**
 * The error for something that an engine cannot do.
 *
 * @param engine The engine in use.
 * @param what What was asked for: `option "psk"`, `ctxObject()`.
 * @param lacks What it lacks, in words.
 * @param remedy What to do instead. @default {the ways to an engine that can do more}
 */
export function unsupported(
  engine: { readonly name: string },
  what: string,
  lacks: string,
  remedy: string = remedyFor(engine.name),
): SslUnsupportedError {
  return new SslUnsupportedError(
    `Cannot use ${what}: the engine "${engine.name}" cannot do it here (${lacks}): ${remedy}`,
    { code: "ERR_UNSUPPORTED", reason: lacks },
  );
}
