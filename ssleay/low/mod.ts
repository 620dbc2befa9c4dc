/**
 * Net::SSLeay's low-level functions and constants: OpenSSL itself, under the names that Perl's
 * programs use. Needs `--allow-ffi` and an installed OpenSSL 1.1.1, 3 or 4; or, after
 * `useBackend("wasm")`, which brings OpenSSL 3.5 as WebAssembly, no permission at all.
 *
 * In place of Perl's numbers there are handles. A handle of the wrong kind, a freed one, or one that
 * was valid during a callback only never reaches C. What a program forgets to free is freed with it.
 *
 * @example Your own context
 * ```ts ignore
 * import { SSLeay } from "@socket/ssl/ssleay/low";
 *
 * const ctx = SSLeay.CTX_new()!;
 * SSLeay.CTX_set_options(ctx, SSLeay.OP_NO_TLSv1 | SSLeay.OP_NO_TLSv1_1);
 * const ssl = SSLeay.new(ctx)!;
 * SSLeay.set_fd(ssl, await Deno.connect({ hostname: "example.com", port: 443 }));
 * if (await SSLeay.connect(ssl) !== 1) {
 *   throw new Error(SSLeay.ERR_error_string(SSLeay.ERR_get_error()));
 * }
 * ```
 *
 * @module
 */

export { SSLeay } from "./ssleay.ts";
export { type BackendName, useBackend } from "./c_function.ts";
export { Opaque } from "./handle.ts";
export type { Kind } from "./kinds.ts";
export type { ConstantName, Constants, Declared, Taken } from "./declared_types.ts";
export type { NativeObject } from "../../context/options.ts";
export type { Composed } from "./functions.ts";
