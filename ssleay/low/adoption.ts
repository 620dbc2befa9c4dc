/**
 * The C objects of our classes: `socket.sslObject()` and `context.ctxObject()` are taken wherever an
 * SSL or SSL_CTX is. What would pull the ground from under their owner is refused.
 *
 * @module
 */

import { type Native, nativeOf } from "../../context/context_record.ts";
import { SslUnsupportedError } from "../../errors.ts";
import { backend } from "./c_function.ts";
import type { NativeObject } from "../../context/options.ts";
import { type Opaque, wrap } from "./handle.ts";
import { isKind, type Kind } from "./kinds.ts";
import { CObject } from "./c_object.ts";

/** Moves bytes, changes who owns what, or takes the place of a callback that the engine needs. */
const REFUSED: ReadonlySet<string> = new Set(
  `read read_ex peek peek_ex write write_ex write_partial connect accept do_handshake shutdown
  renegotiate clear set_bio set_fd set_rfd set_wfd set_SSL_CTX free dup set_connect_state
  set_accept_state set_ssl_method set_session set_verify set_psk_client_callback
  set_psk_server_callback set_psk_use_session_callback set_psk_find_session_callback
  set_session_secret_cb set_session_ticket_ext_cb set_msg_callback set_info_callback
  set_tlsext_status_ocsp_resp CTX_free CTX_set_verify CTX_set_cert_verify_callback CTX_set_cert_cb
  CTX_set_client_hello_cb CTX_set_alpn_select_cb CTX_set_next_proto_select_cb
  CTX_set_next_protos_advertised_cb CTX_sess_set_new_cb CTX_sess_set_remove_cb
  CTX_set_keylog_callback CTX_set_msg_callback CTX_set_info_callback CTX_set_tlsext_status_cb
  CTX_set_tlsext_ticket_getkey_cb CTX_set_tlsext_servername_callback CTX_set_psk_client_callback
  CTX_set_psk_server_callback CTX_set_psk_use_session_callback CTX_set_psk_find_session_callback
  CTX_set_ssl_version`.split(/\s+/),
);

const adopted = new WeakMap<object, Opaque>();

const OWNERS: Readonly<Record<string, string>> = { SSL: "SslSocket", SSL_CTX: "SslContext" };

/**
 * The pointer of an object of an engine.
 *
 * @throws {SslUnsupportedError} If the engine has another library than `SSLeay`.
 * @throws {TypeError} If it was lost with the memory of a WebAssembly that has ended.
 */
function ofOurLibrary(kind: Kind, { pointer, memory }: Native): Deno.PointerObject {
  const engine = memory === undefined ? "openssl" : "wasm";
  if (engine === "openssl" && backend === undefined) return pointer;
  if (backend !== undefined && backend.memory === memory) return backend.adopt(pointer);
  const what = `Cannot use the ${kind} of an ${OWNERS[kind]} on the engine "${engine}"`;
  if (engine === "wasm" && backend !== undefined) {
    throw new TypeError(
      `${what}: it was lost when OpenSSL stopped inside a call: make another one`,
    );
  }
  throw new SslUnsupportedError(
    engine === "wasm"
      ? `${what}: SSLeay is not on it: call useBackend("wasm") before every function of SSLeay`
      : `${what}: SSLeay is on the backend "wasm": give the ${OWNERS[kind]} the engine "wasm", too`,
    { code: "ERR_UNSUPPORTED", facts: { engine } },
  );
}

/** A handle for an object of ours; anything else as it is. */
export function adoptable(value: unknown, kind: Kind): unknown {
  const native = nativeOf(value);
  if (native === undefined) return value;
  const object = value as NativeObject;
  const known = adopted.get(object);
  if (known !== undefined) return known;
  if (!isKind(object.kind) || object.kind !== kind) return value;
  const pointer = ofOurLibrary(kind, native);
  // A reference of its own: the owner may close while the handle lives.
  CObject.upRef(kind, pointer);
  const handle = wrap(new CObject(kind, pointer, { owned: true, adopted: true }) as never);
  adopted.set(object, handle);
  return handle;
}

/** Refuses what an object of an SslSocket or SslContext must not be used for. */
export function mayUse(native: CObject, name: string): void {
  if (!native.adopted || !REFUSED.has(name)) return;
  const owner = native.kind === "SSL"
    ? "an SslSocket: use its methods"
    : "an SslContext: use its options";
  throw new TypeError(`Cannot call ${name}(): the ${native.kind} belongs to ${owner}`);
}
