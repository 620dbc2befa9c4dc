/**
 * The providers of OpenSSL 3.
 *
 * @module
 */

import { cCallback } from "./callbacks/c_callback.ts";
import { answering } from "./callbacks/registry.ts";
import { cFunction, missing } from "./c_function.ts";
import { addressOf } from "./c_memory.ts";
import { handleAt, type Opaque, scoped } from "./handle.ts";
import { calling, optionalPointer } from "./into.ts";
import { atOnce } from "./thrown.ts";

/** Is called for each provider: `(provider, data)`; false or 0 stops. */
export type ProviderCallback = (
  provider: Opaque<"OSSL_PROVIDER">,
  data: unknown,
) => number | boolean;

/** Calls a function for each provider that is active. OpenSSL 3.0. Perl: `Net::SSLeay::OSSL_PROVIDER_do_all` */
export function OSSL_PROVIDER_do_all(
  context: Opaque<"OSSL_LIB_CTX"> | null | undefined,
  callback: ProviderCallback,
  data?: unknown,
): number {
  const name = "OSSL_PROVIDER_do_all";
  const pointer = optionalPointer(context, "OSSL_LIB_CTX", name);
  if (typeof callback !== "function") {
    throw new TypeError(`Cannot call ${name}(): expected a function`);
  }
  const doAll = cFunction(name, { parameters: ["pointer", "pointer", "pointer"], result: "i32" });
  if (doAll === undefined) throw missing(name, name);
  const each = cCallback(
    ["pointer", "pointer"],
    "i32",
    (provider: Deno.PointerObject) => {
      const ask = (handle: Opaque<"OSSL_PROVIDER">) =>
        Number(atOnce(callback(handle, data), "provider")) ? 1 : 0;
      const known = handleAt("OSSL_PROVIDER", addressOf(provider));
      return answering(
        0,
        () => known === undefined ? scoped("OSSL_PROVIDER", provider, ask) : ask(known),
      );
    },
  );
  try {
    return calling(() => doAll(pointer, each.pointer, null));
  } finally {
    each.close();
  }
}
