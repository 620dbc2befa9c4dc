/**
 * Values of the program at an object of OpenSSL. They stay in JavaScript, so any value is possible.
 *
 * Source: https://docs.openssl.org/3.0/man3/CRYPTO_get_ex_new_index/
 *
 * @module
 */

import { toInteger } from "./integer.ts";
import type { Opaque } from "./handle.ts";
import { objectOf } from "./into.ts";
import type { Kind } from "./kinds.ts";
import type { CObject } from "./c_object.ts";
import type { Taken } from "./declared_types.ts";

const values = new WeakMap<CObject, Map<number, unknown>>();

type Holder = "SSL" | "SSL_CTX" | "SSL_SESSION" | "X509" | "X509_STORE_CTX";

const next: Record<Holder, number> = {
  SSL: 1,
  SSL_CTX: 1,
  SSL_SESSION: 1,
  X509: 1,
  X509_STORE_CTX: 1,
};

function indexOf(value: unknown, name: string): number {
  const index = toInteger(value, "int", `${name}()`) as number;
  if (index < 0) throw new RangeError(`Cannot call ${name}(): the index is negative: ${index}`);
  return index;
}

function set(kind: Kind, name: string, handle: unknown, index: unknown, data: unknown): number {
  const native = objectOf(handle, kind, name);
  let held = values.get(native);
  if (held === undefined) values.set(native, held = new Map());
  held.set(indexOf(index, name), data);
  return 1;
}

function get(kind: Kind, name: string, handle: unknown, index: unknown): unknown {
  return values.get(objectOf(handle, kind, name))?.get(indexOf(index, name));
}

/** Keeps a value at an SSL_CTX. Perl: `Net::SSLeay::CTX_set_ex_data` */
export function CTX_set_ex_data(ctx: Taken<"SSL_CTX">, index: number, data: unknown): number {
  return set("SSL_CTX", "CTX_set_ex_data", ctx, index, data);
}
/** The value at an SSL_CTX. Perl: `Net::SSLeay::CTX_get_ex_data` */
export function CTX_get_ex_data(ctx: Taken<"SSL_CTX">, index: number): unknown {
  return get("SSL_CTX", "CTX_get_ex_data", ctx, index);
}
/** A new index. The arguments are Perl's; none is used. Perl: `Net::SSLeay::CTX_get_ex_new_index` */
export function CTX_get_ex_new_index(..._unused: unknown[]): number {
  return next.SSL_CTX++;
}
/** Keeps the value of index 0. Perl: `Net::SSLeay::CTX_set_app_data` */
export function CTX_set_app_data(ctx: Taken<"SSL_CTX">, data: unknown): number {
  return set("SSL_CTX", "CTX_set_app_data", ctx, 0, data);
}
/** The value of index 0. Perl: `Net::SSLeay::CTX_get_app_data` */
export function CTX_get_app_data(ctx: Taken<"SSL_CTX">): unknown {
  return get("SSL_CTX", "CTX_get_app_data", ctx, 0);
}

/** Keeps a value at an SSL. Perl: `Net::SSLeay::set_ex_data` */
export function set_ex_data(ssl: Taken<"SSL">, index: number, data: unknown): number {
  return set("SSL", "set_ex_data", ssl, index, data);
}
/** The value at an SSL. Perl: `Net::SSLeay::get_ex_data` */
export function get_ex_data(ssl: Taken<"SSL">, index: number): unknown {
  return get("SSL", "get_ex_data", ssl, index);
}
/** A new index. The arguments are Perl's; none is used. Perl: `Net::SSLeay::get_ex_new_index` */
export function get_ex_new_index(..._unused: unknown[]): number {
  return next.SSL++;
}
/** Keeps the value of index 0. Perl: `Net::SSLeay::set_app_data` */
export function set_app_data(ssl: Taken<"SSL">, data: unknown): number {
  return set("SSL", "set_app_data", ssl, 0, data);
}
/** The value of index 0. Perl: `Net::SSLeay::get_app_data` */
export function get_app_data(ssl: Taken<"SSL">): unknown {
  return get("SSL", "get_app_data", ssl, 0);
}

/** Keeps a value at a session. Perl: `Net::SSLeay::SESSION_set_ex_data` */
export function SESSION_set_ex_data(
  session: Opaque<"SSL_SESSION">,
  index: number,
  data: unknown,
): number {
  return set("SSL_SESSION", "SESSION_set_ex_data", session, index, data);
}
/** The value at a session. Perl: `Net::SSLeay::SESSION_get_ex_data` */
export function SESSION_get_ex_data(session: Opaque<"SSL_SESSION">, index: number): unknown {
  return get("SSL_SESSION", "SESSION_get_ex_data", session, index);
}
/** A new index. The arguments are Perl's; none is used. Perl: `Net::SSLeay::SESSION_get_ex_new_index` */
export function SESSION_get_ex_new_index(..._unused: unknown[]): number {
  return next.SSL_SESSION++;
}
/** Keeps the value of index 0. Perl: `Net::SSLeay::SESSION_set_app_data` */
export function SESSION_set_app_data(session: Opaque<"SSL_SESSION">, data: unknown): number {
  return set("SSL_SESSION", "SESSION_set_app_data", session, 0, data);
}
/** The value of index 0. Perl: `Net::SSLeay::SESSION_get_app_data` */
export function SESSION_get_app_data(session: Opaque<"SSL_SESSION">): unknown {
  return get("SSL_SESSION", "SESSION_get_app_data", session, 0);
}

/** Keeps a value at a certificate. Perl: `Net::SSLeay::X509_set_ex_data` */
export function X509_set_ex_data(x509: Opaque<"X509">, index: number, data: unknown): number {
  return set("X509", "X509_set_ex_data", x509, index, data);
}
/** The value at a certificate. Perl: `Net::SSLeay::X509_get_ex_data` */
export function X509_get_ex_data(x509: Opaque<"X509">, index: number): unknown {
  return get("X509", "X509_get_ex_data", x509, index);
}
/** A new index. The arguments are Perl's; none is used. Perl: `Net::SSLeay::X509_get_ex_new_index` */
export function X509_get_ex_new_index(..._unused: unknown[]): number {
  return next.X509++;
}
/** Keeps the value of index 0. Perl: `Net::SSLeay::X509_set_app_data` */
export function X509_set_app_data(x509: Opaque<"X509">, data: unknown): number {
  return set("X509", "X509_set_app_data", x509, 0, data);
}
/** The value of index 0. Perl: `Net::SSLeay::X509_get_app_data` */
export function X509_get_app_data(x509: Opaque<"X509">): unknown {
  return get("X509", "X509_get_app_data", x509, 0);
}

/** Keeps a value at an X509_STORE_CTX. Perl: `Net::SSLeay::X509_STORE_CTX_set_ex_data` */
export function X509_STORE_CTX_set_ex_data(
  store: Opaque<"X509_STORE_CTX">,
  index: number,
  data: unknown,
): number {
  return set("X509_STORE_CTX", "X509_STORE_CTX_set_ex_data", store, index, data);
}
/** The value at an X509_STORE_CTX. Perl: `Net::SSLeay::X509_STORE_CTX_get_ex_data` */
export function X509_STORE_CTX_get_ex_data(
  store: Opaque<"X509_STORE_CTX">,
  index: number,
): unknown {
  return get("X509_STORE_CTX", "X509_STORE_CTX_get_ex_data", store, index);
}
/** A new index. The arguments are Perl's; none is used. Perl: `Net::SSLeay::X509_STORE_CTX_get_ex_new_index` */
export function X509_STORE_CTX_get_ex_new_index(..._unused: unknown[]): number {
  return next.X509_STORE_CTX++;
}
/** Keeps the value of index 0. Perl: `Net::SSLeay::X509_STORE_CTX_set_app_data` */
export function X509_STORE_CTX_set_app_data(
  store: Opaque<"X509_STORE_CTX">,
  data: unknown,
): number {
  return set("X509_STORE_CTX", "X509_STORE_CTX_set_app_data", store, 0, data);
}
/** The value of index 0. Perl: `Net::SSLeay::X509_STORE_CTX_get_app_data` */
export function X509_STORE_CTX_get_app_data(store: Opaque<"X509_STORE_CTX">): unknown {
  return get("X509_STORE_CTX", "X509_STORE_CTX_get_app_data", store, 0);
}
