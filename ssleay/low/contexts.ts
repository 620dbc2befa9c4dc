/**
 * Contexts by version, raw controls, and tables of verification parameters.
 *
 * @module
 */

import { cFunction, lazy } from "./c_function.ts";
import { textFrom, toCString } from "./c_memory.ts";
import { toInteger } from "./integer.ts";
import type { Taken } from "./declared_types.ts";
import { giveAway, handleOf, type Opaque } from "./handle.ts";
import { calling, objectOf } from "./into.ts";
import type { CObject } from "./c_object.ts";

const P = "pointer", I = "i32", B = "buffer", L = "i64";
const ctxNew = lazy("SSL_CTX_new", [P], P);
const anyVersion = lazy("TLS_method", [], P);
const ctxCtrl = lazy("SSL_CTX_ctrl", [P, I, L, P], L);
const ctxCtrlText = lazy("SSL_CTX_ctrl", [P, I, L, B], L);
const sslCtrl = lazy("SSL_ctrl", [P, I, L, P], L);
const sslCtrlText = lazy("SSL_ctrl", [P, I, L, B], L);
const paramName = lazy("X509_VERIFY_PARAM_get0_name", [P], P);
const addTable = lazy("X509_VERIFY_PARAM_add0_table", [P], I);
const cleanTable = lazy("X509_VERIFY_PARAM_table_cleanup", [], "void");

/** SSL_CTRL_SET_MIN_PROTO_VERSION and SSL_CTRL_SET_MAX_PROTO_VERSION. */
const VERSION_LIMITS = [123, 124];

/** A context for one version. OpenSSL 4 has only the method for all versions, which is limited then. */
function contextOf(version: bigint, method: string): Opaque<"SSL_CTX"> | null {
  const own = cFunction(method, { parameters: [], result: P });
  const pointer = calling(() => {
    const ctx: Deno.PointerValue = ctxNew((own ?? anyVersion)());
    if (own === undefined && ctx !== null) {
      for (const limit of VERSION_LIMITS) ctxCtrl(ctx, limit, version, null);
    }
    return ctx;
  });
  return handleOf("SSL_CTX", pointer, "new");
}

/** A context for all versions of TLS. Perl: `Net::SSLeay::CTX_new` */
export function CTX_new(): Opaque<"SSL_CTX"> | null {
  return handleOf("SSL_CTX", calling(() => ctxNew(anyVersion())), "new");
}
/** As CTX_new. Perl: `Net::SSLeay::CTX_v23_new` */
export function CTX_v23_new(): Opaque<"SSL_CTX"> | null {
  return CTX_new();
}
/** A context for TLS 1.0 alone. Perl: `Net::SSLeay::CTX_tlsv1_new` */
export function CTX_tlsv1_new(): Opaque<"SSL_CTX"> | null {
  return contextOf(0x0301n, "TLSv1_method");
}
/** A context for TLS 1.1 alone. Perl: `Net::SSLeay::CTX_tlsv1_1_new` */
export function CTX_tlsv1_1_new(): Opaque<"SSL_CTX"> | null {
  return contextOf(0x0302n, "TLSv1_1_method");
}
/** A context for TLS 1.2 alone. Perl: `Net::SSLeay::CTX_tlsv1_2_new` */
export function CTX_tlsv1_2_new(): Opaque<"SSL_CTX"> | null {
  return contextOf(0x0303n, "TLSv1_2_method");
}

/** SSL_CTRL_* that take no pointer (ssl.h): statistics, modes, versions, sizes. */
const NUMBERS: ReadonlySet<number> = new Set([
  8,
  9,
  10,
  11,
  12,
  13,
  20,
  21,
  22,
  23,
  24,
  25,
  26,
  27,
  28,
  29,
  30,
  31,
  33,
  40,
  41,
  42,
  43,
  44,
  45,
  50,
  51,
  52,
  65,
  76,
  78,
  85,
  88,
  94,
  99,
  100,
  118,
  123,
  124,
  125,
  126,
  127,
  130,
  131,
]);

/** SSL_CTRL_* that take a C string: host name, lists of groups and signature algorithms. */
const TEXTS: ReadonlySet<number> = new Set([55, 92, 98, 102]);

interface Ctrl {
  readonly name: string;
  readonly plain: (...args: unknown[]) => bigint;
  readonly text: (...args: unknown[]) => bigint;
}

function control(
  { name, plain, text }: Ctrl,
  native: CObject,
  [cmd, larg, parg]: readonly unknown[],
): number {
  const where = `${name}()`;
  const command = toInteger(cmd, "int", where) as number;
  const number = toInteger(larg ?? 0, "long", where);
  if (TEXTS.has(command)) {
    return Number(calling(() => text(native.pointer, command, number, toCString(parg, where))));
  }
  if (!NUMBERS.has(command)) {
    throw new TypeError(
      `Cannot call ${where}: command ${command} takes a pointer of C, or does not exist: use the function of its name`,
    );
  }
  if (parg !== undefined && parg !== null && parg !== 0 && parg !== "") {
    throw new TypeError(`Cannot call ${where}: command ${command} takes no pointer: pass null`);
  }
  return Number(calling(() => plain(native.pointer, command, number, null)));
}

/**
 * Any control of a context that takes a number or a text.
 *
 * Perl: `Net::SSLeay::CTX_ctrl`
 *
 * @throws {TypeError} For a command that takes a pointer.
 */
export function CTX_ctrl(
  ctx: Taken<"SSL_CTX">,
  cmd: number,
  larg?: number,
  parg?: string | null,
): number {
  const native = objectOf(ctx, "SSL_CTX", "CTX_ctrl");
  return control({ name: "CTX_ctrl", plain: ctxCtrl, text: ctxCtrlText }, native, [
    cmd,
    larg,
    parg,
  ]);
}

/**
 * Any control of a connection that takes a number or a text.
 *
 * Perl: `Net::SSLeay::ctrl`
 *
 * @throws {TypeError} For a command that takes a pointer.
 */
export function ctrl(ssl: Taken<"SSL">, cmd: number, larg?: number, parg?: string | null): number {
  const native = objectOf(ssl, "SSL", "ctrl");
  return control({ name: "ctrl", plain: sslCtrl, text: sslCtrlText }, native, [cmd, larg, parg]);
}

/** The parameters that OpenSSL's table has of us. */
const inTable = new Map<string, CObject>();

/**
 * Adds parameters to OpenSSL's table, which owns them then. They must have a name.
 *
 * Perl: `Net::SSLeay::X509_VERIFY_PARAM_add0_table`
 */
export function X509_VERIFY_PARAM_add0_table(param: Opaque<"X509_VERIFY_PARAM">): number {
  const name = "X509_VERIFY_PARAM_add0_table";
  const native = objectOf(param, "X509_VERIFY_PARAM", name);
  if (!native.owned) {
    throw new TypeError(`Cannot call ${name}(): the X509_VERIFY_PARAM is not yours to give away`);
  }
  // C compares names without looking whether there is one.
  if (paramName(native.pointer) === null) {
    throw new TypeError(
      `Cannot call ${name}(): the parameters have no name: X509_VERIFY_PARAM_set1_name() gives them one`,
    );
  }
  const done: number = calling(() => addTable(native.pointer));
  if (done === 1) {
    const text = textFrom(paramName(native.pointer))!;
    inTable.get(text)?.expire(); // C has freed the one that it replaces
    giveAway(param, "X509_VERIFY_PARAM", native);
    inTable.set(text, native);
  }
  return done;
}

/** Empties OpenSSL's table; the parameters that were in it are gone. Perl: `Net::SSLeay::X509_VERIFY_PARAM_table_cleanup` */
export function X509_VERIFY_PARAM_table_cleanup(): void {
  calling(() => cleanTable());
  for (const native of inTable.values()) native.expire();
  inTable.clear();
}
