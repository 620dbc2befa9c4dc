/**
 * Callbacks of a handshake: the server's name, the stapled response, the ClientHello, tickets,
 * and the master secret of EAP-FAST.
 *
 * @module
 */

import { lazy } from "../c_function.ts";
import {
  addressOf,
  bytesFrom,
  bytesTo,
  pointerCell,
  pointerFrom,
  storeAddress,
  storeInt,
  textFrom,
  toBytes,
} from "../c_memory.ts";
import type { Taken } from "../declared_types.ts";
import { type Opaque, scoped } from "../handle.ts";
import { withDer } from "../written.ts";
import { answerAt, answering, answerOf, lasting, setCallback, withSsl } from "./registry.ts";

const P = "pointer", I = "i32", B = "buffer", L = "i64";
const ctxCallbackCtrl = lazy("SSL_CTX_callback_ctrl", [P, I, P], L);
const ctxCtrl = lazy("SSL_CTX_ctrl", [P, I, L, P], L);
const setClientHello = lazy("SSL_CTX_set_client_hello_cb", [P, P, P], "void");
const setTicketExt = lazy("SSL_set_session_ticket_ext_cb", [P, P, P], I);
const setSecret = lazy("SSL_set_session_secret_cb", [P, P, P], I);
const sslCtx = lazy("SSL_get_SSL_CTX", [P], P);
const sslCtrlInto = lazy("SSL_ctrl", [P, I, L, B], L);
const d2iResponse = lazy("d2i_OCSP_RESPONSE", [P, B, L], P);
const responseFree = lazy("OCSP_RESPONSE_free", [P], "void");
const skNum = lazy("OPENSSL_sk_num", [P], I);
const skValue = lazy("OPENSSL_sk_value", [P, I], P);
const cipherName = lazy("SSL_CIPHER_get_name", [P], P);
const randBytes = lazy("RAND_bytes", [P, I], I);
const encryptInit = lazy("EVP_EncryptInit_ex", [P, P, P, B, P], I);
const decryptInit = lazy("EVP_DecryptInit_ex", [P, P, P, B, P], I);
const aes128 = lazy("EVP_aes_128_cbc", [], P);
const sha256 = lazy("EVP_sha256", [], P);
const hmacInit = lazy("HMAC_Init_ex", [P, B, I, P, P], I);

/** SSL_CTRL_* of the setters that are macros. */
const CTRL = {
  servernameCallback: 53,
  servernameArgument: 54,
  statusCallback: 63,
  getOcspResponse: 70,
  ticketKeyCallback: 72,
} as const;

/** Chooses by the server's name: `(ssl, data)`; SSL_TLSEXT_ERR_*. */
export type ServernameCallback = (ssl: Opaque<"SSL">, data: unknown) => number;

/** Judges or makes a stapled response: `(ssl, response, data)`; a client's 1 accepts, 0 refuses. */
export type StatusCallback = (
  ssl: Opaque<"SSL">,
  response: Opaque<"OCSP_RESPONSE"> | undefined,
  data: unknown,
) => number | boolean;

/** Looks at the ClientHello: `(ssl, arg)`; 1 goes on, 0 refuses, -1 waits; or the result and an alert. */
export type ClientHelloCallback = (
  ssl: Opaque<"SSL">,
  arg: unknown,
) => number | [result: number, alert: number];

/** Gives ticket keys: `(data, name?)`; the key of 32 or 48 bytes and its name of up to 16. */
export type TicketKeyCallback = (
  data: unknown,
  name?: Uint8Array,
) => readonly [key: Uint8Array, name: Uint8Array | string] | readonly [] | undefined;

/** Gets the ticket that a client sent: `(ssl, ticket, data)`; 1 goes on. */
export type TicketExtCallback = (
  ssl: Opaque<"SSL">,
  ticket: Uint8Array,
  data: unknown,
) => number | boolean;

/** Sets the master secret: `(secret, ciphers, preferred, data)`; true or 1 uses it. */
export type SessionSecretCallback = (
  secret: { value: Uint8Array },
  ciphers: string[],
  preferred: { value?: number },
  data: unknown,
) => number | boolean;

const servernamePointer = () =>
  lasting("servername", [P, P, P], I, (ssl: Deno.PointerObject) =>
    answering(2, () => {
      const answer = answerOf(ssl, "servername");
      return answer === undefined
        ? 3
        : withSsl(ssl, (handle) => Number(answer.run(handle, answer.data)) | 0);
    }));

/** What chooses by the server's name; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_tlsext_servername_callback` */
export function CTX_set_tlsext_servername_callback(
  ctx: Taken<"SSL_CTX">,
  callback?: ServernameCallback | null,
  data?: unknown,
): void {
  setCallback(
    { name: "CTX_set_tlsext_servername_callback", on: "SSL_CTX", kind: "servername" },
    [ctx, callback, data],
    (pointer, isSet) => {
      ctxCallbackCtrl(pointer, CTRL.servernameCallback, isSet ? servernamePointer() : null);
      ctxCtrl(pointer, CTRL.servernameArgument, 0n, null);
    },
  );
}

/** The response that the peer stapled, to be freed; null if it sent no response, or one that cannot be read. */
function stapledOf(ssl: Deno.PointerValue): Deno.PointerValue {
  const cell = pointerCell();
  const length = Number(sslCtrlInto(ssl, CTRL.getOcspResponse, 0n, cell.bytes));
  if (length <= 0 || cell.read() === 0n) return null;
  return withDer(
    bytesFrom(pointerFrom(cell.read()), length),
    (place, size) => d2iResponse(null, place, size),
  );
}

const statusPointer = () =>
  lasting("status", [P, P], I, (ssl: Deno.PointerObject) =>
    answering(-1, () => {
      const answer = answerOf(ssl, "status");
      if (answer === undefined) return -1;
      const response = stapledOf(ssl);
      const judge = (handle?: Opaque<"OCSP_RESPONSE">) =>
        withSsl(ssl, (own) => Number(answer.run(own, handle, answer.data)) | 0);
      if (response === null) return judge();
      try {
        return scoped("OCSP_RESPONSE", response, judge);
      } finally {
        responseFree(response);
      }
    }));

/** What judges or makes stapled responses; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_tlsext_status_cb` */
export function CTX_set_tlsext_status_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: StatusCallback | null,
  data?: unknown,
): number {
  setCallback(
    { name: "CTX_set_tlsext_status_cb", on: "SSL_CTX", kind: "status" },
    [ctx, callback, data],
    (pointer, isSet) =>
      ctxCallbackCtrl(pointer, CTRL.statusCallback, isSet ? statusPointer() : null),
  );
  return 1;
}

const clientHelloPointer = () =>
  lasting(
    "client_hello",
    [P, P, P],
    I,
    (ssl: Deno.PointerObject, alert: Deno.PointerValue) =>
      answering(0, () => {
        const answer = answerOf(ssl, "client_hello");
        if (answer === undefined) return 1;
        const given = withSsl(ssl, (handle) => answer.run(handle, answer.data));
        const [result, code] = Array.isArray(given) ? given : [given, undefined];
        if (code !== undefined) storeInt(alert, Number(code));
        return Number(result) | 0;
      }),
  );

/** What looks at the ClientHello first; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_client_hello_cb` */
export function CTX_set_client_hello_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: ClientHelloCallback | null,
  arg?: unknown,
): void {
  setCallback(
    { name: "CTX_set_client_hello_cb", on: "SSL_CTX", kind: "client_hello" },
    [ctx, callback, arg],
    (pointer, isSet) => setClientHello(pointer, isSet ? clientHelloPointer() : null, null),
  );
}

const NAME_SIZE = 16, CIPHER_KEY_SIZE = 16;

/** The key and its name of 16 bytes; `undefined` if the callback knows none. */
function ticketKey(given: unknown): { key: Uint8Array; name: Uint8Array } | undefined {
  const [key, name] = (given ?? []) as unknown[];
  if (key === undefined && name === undefined) return undefined;
  const bytes = toBytes(key, "the ticket key callback"),
    label = toBytes(name, "the ticket key callback");
  if (bytes.length !== 32 && bytes.length !== 48) {
    throw new RangeError(
      `Cannot use a ticket key: it must have 32 or 48 bytes: it has ${bytes.length}`,
    );
  }
  if (label.length < 1 || label.length > NAME_SIZE) {
    throw new RangeError(
      `Cannot use a ticket key's name: it must have 1 to 16 bytes: it has ${label.length}`,
    );
  }
  const padded = new Uint8Array(NAME_SIZE);
  padded.set(label);
  return { key: bytes, name: padded };
}

type Pointers = readonly [
  ssl: Deno.PointerValue,
  name: Deno.PointerValue,
  iv: Deno.PointerValue,
  cipher: Deno.PointerValue,
  hmac: Deno.PointerValue,
];

/** Encrypts (1) or decrypts a ticket: 1, 2 to renew it, 0 if the key is not known. */
function useTicketKey([ssl, name, iv, cipher, hmac]: Pointers, encrypt: number): number {
  const answer = answerAt(addressOf(sslCtx(ssl)), "ticket_key");
  if (answer === undefined) return encrypt ? -1 : 0;
  const asked = encrypt ? [answer.data] : [answer.data, bytesFrom(name, NAME_SIZE)];
  const found = ticketKey(answer.run(...asked));
  if (found === undefined) {
    if (encrypt) throw new TypeError("Cannot make a session ticket: the callback gave no key");
    return 0;
  }
  const mac = found.key.subarray(CIPHER_KEY_SIZE);
  hmacInit(hmac, mac, mac.length, sha256(), null);
  if (encrypt) {
    randBytes(iv, 16);
    encryptInit(cipher, aes128(), null, found.key, iv);
    bytesTo(name, found.name);
    return 1;
  }
  const sent = bytesFrom(name, NAME_SIZE);
  decryptInit(cipher, aes128(), null, found.key, iv);
  return sent.every((byte, i) => byte === found.name[i]) ? 1 : 2;
}

const ticketKeyPointer = () =>
  lasting(
    "ticket_key",
    [P, P, P, P, P, I],
    I,
    (...args: [...Pointers, number]) =>
      answering(-1, () => useTicketKey(args.slice(0, 5) as unknown as Pointers, args[5])),
  );

/** What gives the keys of session tickets; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_tlsext_ticket_getkey_cb` */
export function CTX_set_tlsext_ticket_getkey_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: TicketKeyCallback | null,
  data?: unknown,
): void {
  setCallback(
    { name: "CTX_set_tlsext_ticket_getkey_cb", on: "SSL_CTX", kind: "ticket_key" },
    [ctx, callback, data],
    (pointer, isSet) =>
      ctxCallbackCtrl(
        pointer,
        CTRL.ticketKeyCallback,
        isSet ? ticketKeyPointer() : null,
      ),
  );
}

const ticketExtPointer = () =>
  lasting(
    "ticket_ext",
    [P, P, I, P],
    I,
    (ssl: Deno.PointerObject, data: Deno.PointerValue, length: number) =>
      answering(0, () => {
        const answer = answerOf(ssl, "ticket_ext");
        if (answer === undefined) return 1;
        const ticket = bytesFrom(data, length);
        return withSsl(ssl, (handle) => Number(answer.run(handle, ticket, answer.data)) | 0);
      }),
  );

/** What gets the ticket that a client sent; `undefined` removes it. Perl: `Net::SSLeay::set_session_ticket_ext_cb` */
export function set_session_ticket_ext_cb(
  ssl: Taken<"SSL">,
  callback?: TicketExtCallback | null,
  data?: unknown,
): number {
  setCallback(
    { name: "set_session_ticket_ext_cb", on: "SSL", kind: "ticket_ext" },
    [ssl, callback, data],
    (pointer, isSet) => setTicketExt(pointer, isSet ? ticketExtPointer() : null, null),
  );
  return 1;
}

/** SSL_MAX_MASTER_KEY_LENGTH: how much room C gives. */
const MASTER_KEY = 48;

type SecretArguments = [
  ssl: Deno.PointerObject,
  secret: Deno.PointerValue,
  secretLength: Deno.PointerValue,
  ciphers: Deno.PointerValue,
  cipher: Deno.PointerValue,
];

const secretPointer = () =>
  lasting(
    "session_secret",
    [P, P, P, P, P, P],
    I,
    (...[ssl, secret, secretLength, ciphers, cipher]: SecretArguments) =>
      answering(0, () => {
        const answer = answerOf(ssl, "session_secret");
        if (answer === undefined) return 0;
        const length = new Int32Array(bytesFrom(secretLength, 4).buffer)[0]!;
        const value = { value: bytesFrom(secret, length) as Uint8Array };
        const count: number = ciphers === null ? 0 : Math.max(0, skNum(ciphers));
        const names = Array.from(
          { length: count },
          (_, i) => textFrom(cipherName(skValue(ciphers, i)))!,
        );
        const preferred: { value?: number } = {};
        if (!Number(answer.run(value, names, preferred, answer.data))) return 0;
        if (preferred.value !== undefined && preferred.value >= 0 && preferred.value < count) {
          storeAddress(cipher, addressOf(skValue(ciphers, preferred.value)));
        }
        const made = toBytes(value.value, "the session secret callback");
        if (made.length > MASTER_KEY) {
          throw new RangeError("Cannot use a session secret of more than 48 bytes");
        }
        bytesTo(secret, made);
        storeInt(secretLength, made.length);
        return 1;
      }),
  );

/** What sets the master secret, as EAP-FAST needs it; `undefined` removes it. Perl: `Net::SSLeay::set_session_secret_cb` */
export function set_session_secret_cb(
  ssl: Taken<"SSL">,
  callback?: SessionSecretCallback | null,
  data?: unknown,
): void {
  setCallback(
    { name: "set_session_secret_cb", on: "SSL", kind: "session_secret" },
    [ssl, callback, data],
    (pointer, isSet) => setSecret(pointer, isSet ? secretPointer() : null, null),
  );
}
