/**
 * Callbacks that choose an application protocol: ALPN (RFC 7301) and NPN.
 *
 * @module
 */

import { alpnNames, TLSEXT } from "../../../engine/openssl/trampolines.ts";
import { lazy } from "../c_function.ts";
import { addressOf, addressOfBytes, bytesFrom, bytesTo, forC, storeAddress } from "../c_memory.ts";
import type { Taken } from "../declared_types.ts";
import { type Opaque, open } from "../handle.ts";
import { calling, objectOf } from "../into.ts";
import type { CObject } from "../c_object.ts";
import {
  type Answer,
  answering,
  answerOf,
  functionOf,
  lasting,
  setAnswer,
  withSsl,
} from "./registry.ts";

const P = "pointer", I = "i32", B = "buffer";
const ctxProtos = lazy("SSL_CTX_set_alpn_protos", [P, B, "u32"], I);
const sslProtos = lazy("SSL_set_alpn_protos", [P, B, "u32"], I);
const setAlpn = lazy("SSL_CTX_set_alpn_select_cb", [P, P, P], "void");
const setNpnSelect = lazy("SSL_CTX_set_next_proto_select_cb", [P, P, P], "void");
const setNpnAdvertise = lazy("SSL_CTX_set_next_protos_advertised_cb", [P, P, P], "void");

/** OPENSSL_NPN_*. */
const NPN = { NEGOTIATED: 1, NO_OVERLAP: 2 } as const;

/** Chooses a protocol: `(ssl, offered, data)`; `undefined` chooses none. */
export type AlpnCallback = (
  ssl: Opaque<"SSL">,
  offered: string[],
  data: unknown,
) => string | undefined;

/** Chooses a protocol: `(ssl, offered, data)`; the status and the name. */
export type NpnSelectCallback = (
  ssl: Opaque<"SSL">,
  offered: string[],
  data: unknown,
) => [status: number, name: string];

/** Gives the protocols that a server offers: `(ssl, data)`. */
export type NpnAdvertiseCallback = (
  ssl: Opaque<"SSL">,
  data: unknown,
) => readonly string[] | undefined;

/** Names as on the wire: each byte is one character. */
function wireOf(names: unknown, where: string): Uint8Array<ArrayBuffer> {
  if (!Array.isArray(names)) {
    throw new TypeError(
      `Cannot call ${where}: expected a list of protocol names: received ${typeof names}`,
    );
  }
  return new Uint8Array(names.flatMap((name) => {
    const bytes = Array.from(String(name), (char) => char.codePointAt(0)!);
    if (bytes.length < 1 || bytes.length > 255 || bytes.some((byte) => byte > 255)) {
      throw new RangeError(`Cannot call ${where}: a protocol name has 1 to 255 bytes`);
    }
    return [bytes.length, ...bytes];
  }));
}

function offer(kind: "SSL" | "SSL_CTX", name: string, target: unknown, names: unknown): number {
  const { pointer } = objectOf(target, kind, name);
  const wire = wireOf(names, `${name}()`);
  const set = kind === "SSL" ? sslProtos : ctxProtos;
  return calling(() => set(pointer, forC(wire), wire.length));
}

/** The protocols that a client offers; 0 is success. Perl: `Net::SSLeay::CTX_set_alpn_protos` */
export function CTX_set_alpn_protos(ctx: Taken<"SSL_CTX">, names: readonly string[]): number {
  return offer("SSL_CTX", "CTX_set_alpn_protos", ctx, names);
}
/** The protocols that a client offers; 0 is success. Perl: `Net::SSLeay::set_alpn_protos` */
export function set_alpn_protos(ssl: Taken<"SSL">, names: readonly string[]): number {
  return offer("SSL", "set_alpn_protos", ssl, names);
}

/** Stores the address and the length of bytes. */
function point(
  out: Deno.PointerValue,
  outLength: Deno.PointerValue,
  address: bigint,
  length: Uint8Array,
): void {
  storeAddress(out, address);
  bytesTo(outLength, length);
}

/** Points to a name in the peer's own list, which outlives the call; whether it is in there. */
function pointInto(
  list: Deno.PointerValue,
  names: readonly string[],
  chosen: string,
  [out, outLength]: readonly Deno.PointerValue[],
): boolean {
  let at = 0;
  for (const name of names) {
    if (name === chosen) {
      point(out!, outLength!, addressOf(list) + BigInt(at + 1), Uint8Array.of(name.length));
      return true;
    }
    at += 1 + name.length;
  }
  return false;
}

const alpnPointer = () =>
  lasting(
    "alpn",
    [P, P, P, P, "u32", P],
    I,
    (
      ssl: Deno.PointerObject,
      out: Deno.PointerValue,
      outLength: Deno.PointerValue,
      list: Deno.PointerValue,
      length: number,
    ) =>
      answering(TLSEXT.ALERT_FATAL, () => {
        const answer = answerOf(ssl, "alpn");
        if (answer === undefined) return TLSEXT.NOACK;
        const offered = alpnNames(bytesFrom(list, length));
        const chosen = withSsl(ssl, (handle) => answer.run(handle, offered, answer.data));
        if (chosen === undefined || chosen === null) return TLSEXT.NOACK;
        return pointInto(list, offered, String(chosen), [out, outLength])
          ? TLSEXT.OK
          : TLSEXT.ALERT_FATAL;
      }),
  );

/** A list of names chooses the first that the peer offers of ours, as Perl does. */
function chooserOf(callback: unknown, name: string, data: unknown): Answer | undefined {
  if (Array.isArray(callback)) {
    wireOf(callback, `${name}()`);
    const ours = callback.map(String);
    return { run: (_ssl, offered: string[]) => offered.find((each) => ours.includes(each)), data };
  }
  const run = functionOf(callback, name);
  return run && { run, data };
}

/**
 * How a server chooses the protocol: a function, or a list of names, of which the first that the
 * client offers is taken; `undefined` removes it.
 *
 * Perl: `Net::SSLeay::CTX_set_alpn_select_cb`
 */
export function CTX_set_alpn_select_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: AlpnCallback | readonly string[] | null,
  data?: unknown,
): number {
  const name = "CTX_set_alpn_select_cb";
  const native = objectOf(ctx, "SSL_CTX", name);
  const answer = chooserOf(callback, name, data);
  setAnswer(native, "alpn", answer);
  calling(() => setAlpn(native.pointer, answer === undefined ? null : alpnPointer(), null));
  return 1;
}

/** What NPN chose last, for P_next_proto_last_status; and the bytes that C was pointed to. */
const npn = new WeakMap<CObject, { status: number; name: Uint8Array<ArrayBuffer> }>();

/** The first that the server offers of ours; without one, the first that it offers, as Perl does. */
function npnChoice(
  ours: readonly string[],
  offered: readonly string[],
): [status: number, name: string] {
  const common = offered.find((each) => ours.includes(each));
  return common === undefined ? [NPN.NO_OVERLAP, offered[0] ?? ""] : [NPN.NEGOTIATED, common];
}

const npnSelectPointer = () =>
  lasting(
    "npn_select",
    [P, P, P, P, "u32", P],
    I,
    (
      ssl: Deno.PointerObject,
      out: Deno.PointerValue,
      outLength: Deno.PointerValue,
      list: Deno.PointerValue,
      length: number,
    ) =>
      answering(TLSEXT.ALERT_FATAL, () => {
        const answer = answerOf(ssl, "npn_select");
        if (answer === undefined) return TLSEXT.ALERT_FATAL;
        const offered = alpnNames(bytesFrom(list, length));
        return withSsl(ssl, (handle) => {
          const [status, chosen] = answer.run(handle, offered, answer.data) as [number, string];
          const name = wireOf([chosen], "the NPN callback").slice(1);
          // The SSL keeps the pointer until it has sent the name: the bytes live as long as it does.
          npn.set(open(handle, "SSL", ""), { status: Number(status), name });
          point(out, outLength, addressOfBytes(name), Uint8Array.of(name.length));
          return TLSEXT.OK;
        });
      }),
  );

/**
 * How a client chooses the protocol by NPN: a function, or a list of names; `undefined` removes it.
 *
 * Perl: `Net::SSLeay::CTX_set_next_proto_select_cb`
 */
export function CTX_set_next_proto_select_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: NpnSelectCallback | readonly string[] | null,
  data?: unknown,
): number {
  const name = "CTX_set_next_proto_select_cb";
  const native = objectOf(ctx, "SSL_CTX", name);
  const list = Array.isArray(callback) ? callback.map(String) : undefined;
  if (list !== undefined) wireOf(list, `${name}()`);
  const run = list === undefined
    ? functionOf(callback, name)
    : (_ssl: unknown, offered: string[]) => npnChoice(list, offered);
  setAnswer(native, "npn_select", run && { run, data });
  calling(() => setNpnSelect(native.pointer, run === undefined ? null : npnSelectPointer(), null));
  return 1;
}

/** The status that the NPN callback gave last; `undefined` without one. Perl: `Net::SSLeay::P_next_proto_last_status` */
export function P_next_proto_last_status(ssl: Taken<"SSL">): number | undefined {
  return npn.get(objectOf(ssl, "SSL", "P_next_proto_last_status"))?.status;
}

/** The bytes that C was pointed to, as long as their SSL lives. */
const advertised = new WeakMap<CObject, Uint8Array<ArrayBuffer>>();

const npnAdvertisePointer = () =>
  lasting(
    "npn_advertise",
    [P, P, P, P],
    I,
    (ssl: Deno.PointerObject, out: Deno.PointerValue, outLength: Deno.PointerValue) =>
      answering(TLSEXT.NOACK, () => {
        const answer = answerOf(ssl, "npn_advertise");
        if (answer === undefined) return TLSEXT.NOACK;
        return withSsl(ssl, (handle) => {
          const names = answer.run(handle, answer.data);
          if (names === undefined || names === null) return TLSEXT.NOACK;
          const wire = wireOf(names, "the NPN callback");
          advertised.set(open(handle, "SSL", ""), wire);
          const length = new Uint8Array(Uint32Array.of(wire.length).buffer);
          point(out, outLength, addressOfBytes(wire), length);
          return TLSEXT.OK;
        });
      }),
  );

/**
 * The protocols that a server offers by NPN: a function, or a list of names; `undefined` removes it.
 *
 * Perl: `Net::SSLeay::CTX_set_next_protos_advertised_cb`
 */
export function CTX_set_next_protos_advertised_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: NpnAdvertiseCallback | readonly string[] | null,
  data?: unknown,
): number {
  const name = "CTX_set_next_protos_advertised_cb";
  const native = objectOf(ctx, "SSL_CTX", name);
  const list = Array.isArray(callback) ? callback.map(String) : undefined;
  if (list !== undefined) wireOf(list, `${name}()`);
  const run = list === undefined ? functionOf(callback, name) : () => list;
  setAnswer(native, "npn_advertise", run && { run, data });
  calling(() =>
    setNpnAdvertise(native.pointer, run === undefined ? null : npnAdvertisePointer(), null)
  );
  return 1;
}
