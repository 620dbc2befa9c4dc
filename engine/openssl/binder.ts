/**
 * Makes the C functions of OpenSSL callable, all of them when the first context is made. From then
 * on no connection needs the ffi permission, so the program may drop it.
 *
 * `Deno.dlopen` finds a function quickly; compiling machine code for its calls takes 0.15 ms. Deno
 * compiles nothing for a function that has a struct among its arguments. So each function is
 * declared with one more argument than it has: a small struct at the end, which it never looks at,
 * because in C the caller lays out the arguments and removes them. Binding then takes 0.015 ms, and
 * each call 0.1 us longer. Only the functions that are called for every piece of data are compiled.
 *
 * @module
 */

import { LIBC_SYMBOLS, type Loaded, loadTables, loadWith } from "./library.ts";
import { COMPILED, CRYPTO_SYMBOLS, type OpenSslSymbols, SSL_SYMBOLS } from "./symbols.ts";

type Table = Readonly<Record<string, Deno.ForeignFunction>>;
type Call = (...args: readonly unknown[]) => unknown;
type Functions = Record<string, Call | null>;

/** The additional argument. */
const UNUSED = { struct: ["u32"] } as const;
const NOTHING = new Uint8Array(4);

const withUnused = (row: Deno.ForeignFunction): Deno.ForeignFunction => ({
  ...row,
  parameters: [...row.parameters, UNUSED],
});

function select(
  table: Table,
  row: (name: string, row: Deno.ForeignFunction) => Deno.ForeignFunction | undefined,
): Table {
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, each]) => {
      const chosen = row(name, each);
      return chosen === undefined ? [] : [[name, chosen]];
    }),
  );
}

/**
 * Makes the functions of a table callable; an optional one that the library lacks is null.
 *
 * @param compiled The names of those whose calls Deno compiles.
 * @throws {Error} If the library lacks one that is not optional, or cannot be loaded.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
export function bind(path: string, table: Table, compiled: ReadonlySet<string>): Functions {
  const slow = select(table, (name, row) => compiled.has(name) ? undefined : withUnused(row));
  const fast = select(table, (name, row) => compiled.has(name) ? row : undefined);
  const functions: Functions = { ...Deno.dlopen(path, fast).symbols as Functions };
  for (const [name, call] of Object.entries(Deno.dlopen(path, slow).symbols as Functions)) {
    functions[name] = call && ((...args) => call(...args, NOTHING));
  }
  return functions;
}

/** OpenSSL, loaded. */
export type Library = Loaded<OpenSslSymbols>;

const OPENSSL_INIT_NO_ATEXIT = 0x80000n;

let opened: Library | undefined;

/**
 * Loads OpenSSL, once.
 *
 * @throws {SslUnsupportedError} If no candidate could be loaded; lists each with its reason.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
export function openLibrary(): Library {
  return opened ??= loadWith((path) => {
    const tables = [SSL_SYMBOLS, CRYPTO_SYMBOLS, LIBC_SYMBOLS] as const;
    const c = loadTables(path, tables, (file, table) => bind(file, table as Table, COMPILED)) as
      & Record<string, unknown>
      & OpenSslSymbols;
    // Before any call that would initialize it otherwise. At exit OpenSSL would free what threads
    // that end just then (workers, the test runner) are about to free themselves.
    c.OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, null);
    return c;
  });
}
