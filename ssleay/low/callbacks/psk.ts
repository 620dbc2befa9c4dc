/**
 * Callbacks of pre-shared keys, for TLS 1.2 and for TLS 1.3 (sessions).
 *
 * Source: https://docs.openssl.org/3.0/man3/SSL_CTX_set_psk_client_callback/
 *
 * @module
 */

import { type CFunction, lazy } from "../c_function.ts";
import {
  addressOf,
  addressOfBytes,
  bytesFrom,
  bytesTo,
  storeAddress,
  storeSize,
  textFrom,
  toBytes,
  toCString,
} from "../c_memory.ts";
import type { Taken } from "../declared_types.ts";
import { handleOf, type Opaque, open } from "../handle.ts";
import { CObject } from "../c_object.ts";
import { answering, answerOf, lasting, setCallback, type Setter, withSsl } from "./registry.ts";

const P = "pointer", I = "i32", U = "u32";

/** A client's identity and key: `(hint)`; the key in hexadecimal, as in Perl. */
export type PskClientCallback = (
  hint?: string,
) => readonly [identity: string, key: string] | undefined;

/** A server's key for an identity: `(ssl, identity, maxLength)`. */
export type PskServerCallback = (
  ssl: Opaque<"SSL">,
  identity: string,
  maxLength: number,
) => string | Uint8Array | undefined;

/** A server's session for an identity (TLS 1.3): `(ssl, identity)`; 1 and the session or nothing. */
export type PskFindSessionCallback = (
  ssl: Opaque<"SSL">,
  identity: Uint8Array,
) => readonly [result: number, session?: Opaque<"SSL_SESSION"> | null] | undefined;

/** A client's identity and session (TLS 1.3): `(ssl, md)`; 1, the identity and the session or nothing. */
export type PskUseSessionCallback = (
  ssl: Opaque<"SSL">,
  md: Opaque<"EVP_MD"> | null,
) =>
  | readonly [
    result: number,
    identity?: string | Uint8Array | null,
    session?: Opaque<"SSL_SESSION"> | null,
  ]
  | undefined;

/** The bytes of a key in hexadecimal. The text itself is in no message. */
function keyBytes(hex: string, most: number): Uint8Array {
  const text = String(hex);
  if (!/^(?:[0-9a-f]{2})+$/i.test(text)) {
    throw new TypeError("Cannot use a pre-shared key: it must be written in hexadecimal");
  }
  const bytes = Uint8Array.fromHex(text);
  if (bytes.length > most) {
    throw new RangeError(`Cannot use a pre-shared key of more than ${most} bytes`);
  }
  return bytes;
}

const clientPointer = () =>
  lasting(
    "psk_client",
    [P, P, P, U, P, U],
    U,
    (
      ssl: Deno.PointerObject,
      hint: Deno.PointerValue,
      identity: Deno.PointerValue,
      most: number,
      key: Deno.PointerValue,
      mostKey: number,
    ) =>
      answering(0, () => {
        const given = answerOf(ssl, "psk_client")?.run(...(hint === null ? [] : [textFrom(hint)]));
        if (given === undefined || given === null) return 0;
        const [name, hex] = given as [string, string];
        const text = toCString(name, "the PSK callback");
        if (text.length > most) {
          throw new RangeError(`Cannot use an identity of more than ${most - 1} bytes`);
        }
        const bytes = keyBytes(hex, mostKey);
        bytesTo(identity, text);
        bytesTo(key, bytes);
        return bytes.length;
      }),
  );

const serverPointer = () =>
  lasting(
    "psk_server",
    [P, P, P, U],
    U,
    (ssl: Deno.PointerObject, identity: Deno.PointerValue, key: Deno.PointerValue, most: number) =>
      answering(0, () => {
        const answer = answerOf(ssl, "psk_server");
        if (answer === undefined) return 0;
        const given = withSsl(ssl, (handle) => answer.run(handle, textFrom(identity) ?? "", most));
        if (given === undefined || given === null || given === 0) return 0;
        const bytes = toBytes(given, "the PSK callback");
        if (bytes.length > most) {
          throw new RangeError(`Cannot use a pre-shared key of more than ${most} bytes`);
        }
        bytesTo(key, bytes);
        return bytes.length;
      }),
  );

/** Gives C a session with a reference of its own. */
function giveSession(out: Deno.PointerValue, handle: unknown): void {
  let address = 0n;
  if (handle !== undefined && handle !== null) {
    const { pointer } = open(handle, "SSL_SESSION", "the PSK callback");
    CObject.upRef("SSL_SESSION", pointer);
    address = addressOf(pointer);
  }
  storeAddress(out, address);
}

const findSessionPointer = () =>
  lasting(
    "psk_find_session",
    [P, P, "usize", P],
    I,
    (
      ssl: Deno.PointerObject,
      identity: Deno.PointerValue,
      length: bigint,
      out: Deno.PointerValue,
    ) =>
      answering(0, () => {
        const answer = answerOf(ssl, "psk_find_session");
        if (answer === undefined) return 0;
        const name = bytesFrom(identity, Number(length));
        const given = withSsl(ssl, (handle) => answer.run(handle, name)) as unknown[] | undefined;
        giveSession(out, given?.[1]);
        return Number(given?.[0] ?? 0) ? 1 : 0;
      }),
  );

/** The identity that C was pointed to, as long as the SSL lives. */
const identities = new WeakMap<CObject, Uint8Array<ArrayBuffer>>();

type UseArguments = [
  ssl: Deno.PointerObject,
  md: Deno.PointerValue,
  id: Deno.PointerValue,
  idLength: Deno.PointerValue,
  out: Deno.PointerValue,
];

const useSessionPointer = () =>
  lasting(
    "psk_use_session",
    [P, P, P, P, P],
    I,
    (...[ssl, md, id, idLength, out]: UseArguments) =>
      answering(0, () => {
        const answer = answerOf(ssl, "psk_use_session");
        if (answer === undefined) return 0;
        return withSsl(ssl, (handle) => {
          const given = answer.run(handle, handleOf("EVP_MD", md, "static")) as
            | unknown[]
            | undefined;
          const [result, name, session] = given ?? [];
          giveSession(out, session);
          if (name !== undefined && name !== null) {
            const bytes = toBytes(name, "the PSK callback").slice();
            identities.set(open(handle, "SSL", ""), bytes);
            storeAddress(id, addressOfBytes(bytes));
            storeSize(idLength, bytes.length);
          }
          return Number(result ?? 0) ? 1 : 0;
        });
      }),
  );

const POINTERS = {
  psk_client: clientPointer,
  psk_server: serverPointer,
  psk_find_session: findSessionPointer,
  psk_use_session: useSessionPointer,
} as const;

interface PskSetter extends Setter {
  readonly kind: keyof typeof POINTERS;
  readonly set: CFunction;
}

function setPsk({ set, ...setter }: PskSetter, target: unknown, callback: unknown): void {
  setCallback(
    setter,
    [target, callback],
    (pointer, isSet) => set(pointer, isSet ? POINTERS[setter.kind]() : null),
  );
}

/** The C function is named in full: by its name it gets into the WebAssembly. */
function setter(kind: keyof typeof POINTERS, cName: string): PskSetter {
  const on = cName.startsWith("SSL_CTX_") ? "SSL_CTX" : "SSL";
  return { name: cName.slice("SSL_".length), on, kind, set: lazy(cName, [P, P], "void") };
}

const CTX = {
  client: setter("psk_client", "SSL_CTX_set_psk_client_callback"),
  server: setter("psk_server", "SSL_CTX_set_psk_server_callback"),
  find: setter("psk_find_session", "SSL_CTX_set_psk_find_session_callback"),
  use: setter("psk_use_session", "SSL_CTX_set_psk_use_session_callback"),
};
const SSL = {
  client: setter("psk_client", "SSL_set_psk_client_callback"),
  server: setter("psk_server", "SSL_set_psk_server_callback"),
  find: setter("psk_find_session", "SSL_set_psk_find_session_callback"),
  use: setter("psk_use_session", "SSL_set_psk_use_session_callback"),
};

/** A client's keys up to TLS 1.2; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_psk_client_callback` */
export function CTX_set_psk_client_callback(
  ctx: Taken<"SSL_CTX">,
  callback?: PskClientCallback | null,
): void {
  setPsk(CTX.client, ctx, callback);
}
/** A client's keys up to TLS 1.2; `undefined` removes it. Perl: `Net::SSLeay::set_psk_client_callback` */
export function set_psk_client_callback(
  ssl: Taken<"SSL">,
  callback?: PskClientCallback | null,
): void {
  setPsk(SSL.client, ssl, callback);
}
/** A server's keys up to TLS 1.2; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_psk_server_callback` */
export function CTX_set_psk_server_callback(
  ctx: Taken<"SSL_CTX">,
  callback?: PskServerCallback | null,
): void {
  setPsk(CTX.server, ctx, callback);
}
/** A server's keys up to TLS 1.2; `undefined` removes it. Perl: `Net::SSLeay::set_psk_server_callback` */
export function set_psk_server_callback(
  ssl: Taken<"SSL">,
  callback?: PskServerCallback | null,
): void {
  setPsk(SSL.server, ssl, callback);
}
/** A server's sessions for TLS 1.3; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_psk_find_session_callback` */
export function CTX_set_psk_find_session_callback(
  ctx: Taken<"SSL_CTX">,
  callback?: PskFindSessionCallback | null,
): void {
  setPsk(CTX.find, ctx, callback);
}
/** A server's sessions for TLS 1.3; `undefined` removes it. Perl: `Net::SSLeay::set_psk_find_session_callback` */
export function set_psk_find_session_callback(
  ssl: Taken<"SSL">,
  callback?: PskFindSessionCallback | null,
): void {
  setPsk(SSL.find, ssl, callback);
}
/** A client's sessions for TLS 1.3; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_psk_use_session_callback` */
export function CTX_set_psk_use_session_callback(
  ctx: Taken<"SSL_CTX">,
  callback?: PskUseSessionCallback | null,
): void {
  setPsk(CTX.use, ctx, callback);
}
/** A client's sessions for TLS 1.3; `undefined` removes it. Perl: `Net::SSLeay::set_psk_use_session_callback` */
export function set_psk_use_session_callback(
  ssl: Taken<"SSL">,
  callback?: PskUseSessionCallback | null,
): void {
  setPsk(SSL.use, ssl, callback);
}
