/**
 * OpenSSL of an instance: its functions as the table of engine/openssl/symbols.ts has them.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import type { Library } from "../openssl/binder.ts";
import type { LIBC_SYMBOLS, Table } from "../openssl/library.ts";
import { CRYPTO_SYMBOLS, type OpenSslSymbols, SSL_SYMBOLS } from "../openssl/symbols.ts";
import { callbackArgument, functionOf } from "./functions.ts";
import type { CFunction, Instance } from "./instance.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Functions = Record<string, CFunction | null>;

/** The functions of the C library, on the memory of an instance. */
function libc(instance: Instance): Record<keyof typeof LIBC_SYMBOLS, unknown> {
  const read = (to: Bytes, from: number | bigint, n: bigint) => {
    instance.read(Number(from), to, Number(n));
    return null;
  };
  const length = (at: number | bigint) => instance.lengthOfString(Number(at));
  return {
    memcpy: read,
    memcpyAt: read,
    memcpyTo(to: number, from: Bytes, n: bigint) {
      instance.write(to, from, Number(n));
      return to;
    },
    addressOf: (at: number | null) => BigInt(at ?? 0),
    addressOfBytes: (bytes: Bytes) => BigInt(instance.copyOf(bytes)),
    strlen: length,
    strlenAt: length,
  };
}

/** The functions of a table; an optional one that the file lacks is null. */
function functionsOf(instance: Instance, table: Table): Functions {
  const functions: Functions = {};
  for (const [key, row] of Object.entries(table)) {
    const name = row.name ?? key;
    // One that runs on another thread elsewhere would hold everything up here.
    const call = row.nonblocking ? undefined : functionOf(instance, { name, row });
    if (call === undefined && !row.optional) throw lacking(name);
    functions[key] = call ?? null;
  }
  return functions;
}

function lacking(name: string): SslUnsupportedError {
  return new SslUnsupportedError(
    `Cannot load OpenSSL as WebAssembly: the file lacks ${name}: build it again with "deno task build:wasm"`,
    { code: "ERR_SSL_LIBRARY", facts: { engine: "wasm" } },
  );
}

/** OpenSSL of an instance, as the engine uses it. */
export function libraryOf(instance: Instance): Library {
  const c = {
    ...functionsOf(instance, SSL_SYMBOLS),
    ...functionsOf(instance, CRYPTO_SYMBOLS),
    ...libc(instance),
  } as unknown as OpenSslSymbols;
  return {
    c,
    path: "",
    memory: instance,
    narrow: false,
    engine: "wasm",
    aesByTables: true,
    sharesMemory: false,
    pointerBytes: 4,
    callback({ parameters, result }, call) {
      const into = parameters.map(callbackArgument);
      const answer = call as (...args: unknown[]) => unknown;
      return instance.callable(
        parameters.length,
        result !== "void",
        (...args) => answer(...args.map((value, i) => into[i]!(value))),
      ) as unknown as Deno.PointerObject;
    },
  };
}
