/**
 * From the C signature of each callback to the method of a session that
 * answers it, and back to C memory. Lists of protocol names are in wire format
 * (RFC 7301 3.1): names are bytes; as text, each byte is one character.
 *
 * @module
 */

import { quote } from "../../internal/quote.ts";
import type { Guard } from "./callback_target.ts";
import type { Library } from "./binder.ts";
import { textOf } from "./library.ts";
import { addressOf, addressOfBytes } from "./memory.ts";
import type { OpenSslSymbols } from "./symbols.ts";

/** The names of a list. A malformed list gives what precedes the fault. */
export function alpnNames(list: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 0; at < list.length; at += 1 + list[at]!) {
    names.push(String.fromCharCode(...list.subarray(at + 1, at + 1 + list[at]!)));
  }
  return names;
}

/** A list of names. */
export function alpnWire(names: readonly string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(names.flatMap((name) => {
    const bytes = Array.from(name, (char) => char.codePointAt(0)!);
    if (bytes.length < 1 || bytes.length > 255 || bytes.some((b) => b > 255)) {
      throw new TypeError(
        `Cannot use a protocol name: it must have 1 to 255 bytes: received ${quote(name)}`,
      );
    }
    return [bytes.length, ...bytes];
  }));
}

/** SSL_TLSEXT_ERR_*. */
export const TLSEXT = { OK: 0, ALERT_WARNING: 1, ALERT_FATAL: 2, NOACK: 3 } as const;

/** SSL_TICKET_*: what became of a ticket, and what is to become of its session. */
const TICKET = {
  SUCCESS: 5,
  SUCCESS_RENEW: 6,
  RETURN_ABORT: 0,
  RETURN_IGNORE_RENEW: 2,
  RETURN_USE: 3,
  RETURN_USE_RENEW: 4,
} as const;

type Ptr = Deno.PointerValue;
type Maker = (library: Library, guard: Guard) => Deno.PointerObject;

function copyIn(c: OpenSslSymbols, from: Ptr, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  if (length > 0 && from !== null) c.memcpy(bytes, from, BigInt(length));
  return bytes;
}

function cBytes(c: OpenSslSymbols, text: Ptr): Uint8Array<ArrayBuffer> | undefined {
  return text === null ? undefined : copyIn(c, text, c.strlen(text));
}

function copyOut(c: OpenSslSymbols, to: Ptr, bytes: Uint8Array): void {
  if (bytes.length > 0) c.memcpyTo(to, bytes as Uint8Array<ArrayBuffer>, BigInt(bytes.length));
}

/** Stores an address into `*out`. */
function storeAddress({ c, pointerBytes }: Library, out: Ptr, address: bigint): void {
  copyOut(c, out, new Uint8Array(BigUint64Array.of(address).buffer, 0, pointerBytes));
}

/** Answers a protocol choice with a pointer into the peer's own list, which outlives the call. */
function answerProtocol(
  library: Library,
  chosen: string,
  list: { ptr: Ptr; names: readonly string[] },
  out: Ptr,
  outLength: Ptr,
): boolean {
  let at = 0;
  for (const name of list.names) {
    if (name === chosen) {
      storeAddress(library, out, addressOf(library.c, list.ptr) + BigInt(at + 1));
      copyOut(library.c, outLength, Uint8Array.of(name.length));
      return true;
    }
    at += 1 + name.length;
  }
  return false;
}

/**
 * The bytes of protocols that a client chose without the server's advertising them (NPN allows it);
 * kept as long as the process.
 */
const pinned = new Map<string, Uint8Array<ArrayBuffer>>();

function pin(text: string): Uint8Array<ArrayBuffer> {
  let bytes = pinned.get(text);
  if (bytes === undefined) {
    bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    pinned.set(text, bytes);
  }
  return bytes;
}

/** The makers of the C functions. */
export const TRAMPOLINES = {
  // int (*)(X509_STORE_CTX *, void *arg)
  verify: ({ c, callback }, guard) => {
    const index = c.SSL_get_ex_data_X509_STORE_CTX_idx();
    return callback(
      { parameters: ["pointer", "pointer"], result: "i32" },
      (store: Ptr) =>
        guard(c.X509_STORE_CTX_get_ex_data(store, index), 0, (t) => t.onVerify(store)),
    );
  },
  // int (*)(int preverify_ok, X509_STORE_CTX *)
  verifyEach: ({ c, callback }, guard) => {
    const index = c.SSL_get_ex_data_X509_STORE_CTX_idx();
    return callback(
      { parameters: ["i32", "pointer"], result: "i32" },
      (ok: number, store: Ptr) =>
        guard(
          c.X509_STORE_CTX_get_ex_data(store, index),
          0,
          (t) => t.onVerifyEach(ok === 1, store),
        ),
    );
  },
  // int (*)(SSL *, const unsigned char **out, unsigned char *outlen, const unsigned char *in,
  //   unsigned int inlen, void *arg)
  alpnSelect: (library, guard) =>
    library.callback(
      { parameters: ["pointer", "pointer", "pointer", "pointer", "u32", "pointer"], result: "i32" },
      (ssl: Ptr, out: Ptr, outLength: Ptr, list: Ptr, length: number) =>
        guard(ssl, TLSEXT.ALERT_FATAL, (t) => {
          const names = alpnNames(copyIn(library.c, list, length));
          const chosen = t.onAlpn(names);
          return chosen !== undefined &&
              answerProtocol(library, chosen, { ptr: list, names }, out, outLength)
            ? TLSEXT.OK
            : TLSEXT.ALERT_FATAL;
        }),
    ),
  // int (*)(SSL *, const unsigned char **out, unsigned int *outlen, void *arg)
  npnAdvertise: (library, guard) =>
    library.callback(
      { parameters: ["pointer", "pointer", "pointer", "pointer"], result: "i32" },
      (ssl: Ptr, out: Ptr, outLength: Ptr) =>
        guard(ssl, TLSEXT.NOACK, (t) => {
          const wire = t.onNpnAdvertise();
          storeAddress(library, out, addressOfBytes(library.c, wire));
          copyOut(library.c, outLength, new Uint8Array(Uint32Array.of(wire.length).buffer));
          return TLSEXT.OK;
        }),
    ),
  // int (*)(SSL *, unsigned char **out, unsigned char *outlen, const unsigned char *in,
  //   unsigned int inlen, void *arg)
  npnSelect: (library, guard) =>
    library.callback(
      { parameters: ["pointer", "pointer", "pointer", "pointer", "u32", "pointer"], result: "i32" },
      (ssl: Ptr, out: Ptr, outLength: Ptr, list: Ptr, length: number) =>
        guard(ssl, TLSEXT.ALERT_FATAL, (t) => {
          const bytes = pin(t.onNpnSelect(alpnNames(copyIn(library.c, list, length))));
          storeAddress(library, out, addressOfBytes(library.c, bytes));
          copyOut(library.c, outLength, Uint8Array.of(bytes.length));
          return TLSEXT.OK;
        }),
    ),
  // void (*)(const SSL *, const char *line)
  keylog: ({ c, callback }, guard) =>
    callback(
      { parameters: ["pointer", "pointer"], result: "void" },
      (ssl: Ptr, line: Ptr) => {
        guard(ssl, 0, (t) => (t.onKeylog(textOf(c, line)), 0));
      },
    ),
  // int (*)(SSL *, SSL_SESSION *): 0, we keep no reference
  newSession: ({ callback }, guard) =>
    callback(
      { parameters: ["pointer", "pointer"], result: "i32" },
      (ssl: Ptr, session: Ptr) => guard(ssl, 0, (t) => (t.onNewSession(session), 0)),
    ),
  // SSL_TICKET_RETURN (*)(SSL *, SSL_SESSION *, const unsigned char *keyname, size_t keyname_len,
  //   SSL_TICKET_STATUS status, void *arg)
  ticketUse: ({ callback }, guard) =>
    callback(
      { parameters: ["pointer", "pointer", "pointer", "usize", "i32", "pointer"], result: "i32" },
      (ssl: Ptr, session: Ptr, _name: Ptr, _length: bigint, status: number) =>
        guard(ssl, TICKET.RETURN_ABORT, (t) => {
          const renew = status === TICKET.SUCCESS_RENEW;
          if (status !== TICKET.SUCCESS && !renew) return TICKET.RETURN_IGNORE_RENEW;
          if (!t.onTicketUse(session)) return TICKET.RETURN_IGNORE_RENEW;
          return renew ? TICKET.RETURN_USE_RENEW : TICKET.RETURN_USE;
        }),
    ),
  // int (*)(SSL *, unsigned char key_name[16], unsigned char iv[16], EVP_CIPHER_CTX *, HMAC_CTX *, int enc)
  ticketKey: ({ c, callback }, guard) =>
    callback(
      { parameters: ["pointer", "pointer", "pointer", "pointer", "pointer", "i32"], result: "i32" },
      (ssl: Ptr, keyName: Ptr, iv: Ptr, cipher: Ptr, mac: Ptr, encrypt: number) =>
        guard(ssl, -1, (t) => {
          const answer = t.onTicketKey(encrypt === 1 ? undefined : copyIn(c, keyName, 16));
          if (answer === undefined) return 0; // no ticket; an unknown one means a full handshake
          const init = encrypt === 1 ? c.EVP_EncryptInit_ex : c.EVP_DecryptInit_ex;
          if (encrypt === 1) {
            copyOut(c, keyName, answer.name);
            copyOut(c, iv, crypto.getRandomValues(new Uint8Array(16)));
          }
          const ok = init(cipher, c.EVP_aes_256_cbc(), null, answer.cipherKey, iv) === 1 &&
            c.HMAC_Init_ex!(mac, answer.macKey, answer.macKey.length, c.EVP_sha256(), null) === 1;
          return !ok ? -1 : encrypt !== 1 && answer.renew ? 2 : 1;
        }),
    ),
  // int (*)(SSL *, void *arg): 1 goes on, 0 refuses (client); SSL_TLSEXT_ERR_* (server)
  clientStatus: ({ callback }, guard) =>
    callback(
      { parameters: ["pointer", "pointer"], result: "i32" },
      (ssl: Ptr) => guard(ssl, 0, (t) => t.onStatus()),
    ),
  serverStatus: ({ callback }, guard) =>
    callback(
      { parameters: ["pointer", "pointer"], result: "i32" },
      (ssl: Ptr) => guard(ssl, TLSEXT.ALERT_FATAL, (t) => t.onStatus()),
    ),
  // unsigned int (*)(SSL *, const char *hint, char *identity, unsigned int max_identity_len,
  //   unsigned char *psk, unsigned int max_psk_len)
  pskClient: ({ c, callback }, guard) =>
    callback(
      { parameters: ["pointer", "pointer", "pointer", "u32", "pointer", "u32"], result: "u32" },
      (ssl: Ptr, hint: Ptr, identity: Ptr, maxIdentity: number, key: Ptr, maxKey: number) =>
        guard(ssl, 0, (t) => {
          const psk = t.onPsk(cBytes(c, hint));
          if (psk === undefined) return 0;
          if (psk.identity.length >= maxIdentity || psk.key.length > maxKey) {
            throw new RangeError(
              `Cannot use psk: at most ${maxIdentity - 1} bytes of identity and ${maxKey} of key`,
            );
          }
          copyOut(c, identity, Uint8Array.of(...psk.identity, 0));
          copyOut(c, key, psk.key);
          return psk.key.length;
        }),
    ),
  // unsigned int (*)(SSL *, const char *identity, unsigned char *psk, unsigned int max_psk_len)
  pskServer: ({ c, callback }, guard) =>
    callback(
      { parameters: ["pointer", "pointer", "pointer", "u32"], result: "u32" },
      (ssl: Ptr, identity: Ptr, key: Ptr, maxKey: number) =>
        guard(ssl, 0, (t) => {
          const psk = t.onPsk(cBytes(c, identity));
          if (psk === undefined) return 0;
          if (psk.key.length > maxKey) {
            throw new RangeError(`Cannot use psk: at most ${maxKey} bytes of key`);
          }
          copyOut(c, key, psk.key);
          return psk.key.length;
        }),
    ),
  // void (*)(int write_p, int version, int content_type, const void *buf, size_t len, SSL *, void *arg)
  message: ({ c, callback }, guard) =>
    callback(
      {
        parameters: ["i32", "i32", "i32", "pointer", "usize", "pointer", "pointer"],
        result: "void",
      },
      (write: number, version: number, type: number, buffer: Ptr, length: bigint, ssl: Ptr) => {
        guard(
          ssl,
          0,
          (t) => (t.onMessage(write === 1, version, type, copyIn(c, buffer, Number(length))), 0),
        );
      },
    ),
} satisfies Record<string, Maker>;

/** The kinds of callbacks. */
export type CallbackKind = keyof typeof TRAMPOLINES;
