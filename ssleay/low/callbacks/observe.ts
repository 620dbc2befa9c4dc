/**
 * Callbacks that follow a connection: its states, its messages, its keys, its sessions.
 *
 * @module
 */

import { lazy } from "../c_function.ts";
import { addressOf, bytesFrom, textFrom } from "../c_memory.ts";
import type { Taken } from "../declared_types.ts";
import { handleOf, type Opaque } from "../handle.ts";
import { objectOf } from "../into.ts";
import {
  answerAt,
  answering,
  answerOf,
  lasting,
  setCallback,
  withCtx,
  withSsl,
} from "./registry.ts";

const P = "pointer", I = "i32";
const setters = {
  SSL_CTX: {
    info: lazy("SSL_CTX_set_info_callback", [P, P], "void"),
    msg: lazy("SSL_CTX_set_msg_callback", [P, P], "void"),
  },
  SSL: {
    info: lazy("SSL_set_info_callback", [P, P], "void"),
    msg: lazy("SSL_set_msg_callback", [P, P], "void"),
  },
};
const setKeylog = lazy("SSL_CTX_set_keylog_callback", [P, P], "void");
const setNew = lazy("SSL_CTX_sess_set_new_cb", [P, P], "void");
const setRemove = lazy("SSL_CTX_sess_set_remove_cb", [P, P], "void");

/** Follows the states: `(ssl, where, ret, data)`. */
export type InfoCallback = (
  ssl: Opaque<"SSL">,
  where: number,
  ret: number,
  data: unknown,
) => unknown;

/** Follows the messages: `(write, version, type, bytes, length, ssl, data)`. */
export type MsgCallback = (
  write: number,
  version: number,
  type: number,
  bytes: Uint8Array,
  length: number,
  ssl: Opaque<"SSL">,
  data: unknown,
) => unknown;

/** Gets lines for a key log: `(ssl, line)`. */
export type KeylogCallback = (ssl: Opaque<"SSL">, line: string) => unknown;

/** Gets new sessions: `(ssl, session)`. The session stays good whatever the callback returns. */
export type NewSessionCallback = (ssl: Opaque<"SSL">, session: Opaque<"SSL_SESSION">) => unknown;

/** Is called when a session leaves the cache: `(ctx, session)`. */
export type RemoveSessionCallback = (
  ctx: Opaque<"SSL_CTX">,
  session: Opaque<"SSL_SESSION">,
) => unknown;

const infoPointer = () =>
  lasting(
    "info",
    [P, I, I],
    "void",
    (ssl: Deno.PointerObject, where: number, ret: number) =>
      answering(undefined, () => {
        const answer = answerOf(ssl, "info");
        if (answer !== undefined) {
          withSsl(ssl, (handle) => answer.run(handle, where, ret, answer.data));
        }
      }),
  );

const msgPointer = () =>
  lasting(
    "msg",
    [I, I, I, P, "usize", P, P],
    "void",
    (
      write: number,
      version: number,
      type: number,
      buffer: Deno.PointerValue,
      length: bigint,
      ssl: Deno.PointerObject,
    ) =>
      answering(undefined, () => {
        const answer = answerOf(ssl, "msg");
        if (answer === undefined) return;
        const bytes = bytesFrom(buffer, Number(length));
        withSsl(
          ssl,
          (handle) => answer.run(write, version, type, bytes, bytes.length, handle, answer.data),
        );
      }),
  );

function observe(
  on: "SSL" | "SSL_CTX",
  kind: "info" | "msg",
  name: string,
  given: readonly unknown[],
): void {
  const callback = () => kind === "info" ? infoPointer() : msgPointer();
  setCallback(
    { name, on, kind },
    given,
    (pointer, isSet) => setters[on][kind](pointer, isSet ? callback() : null),
  );
}

/** What follows the states of all connections; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_info_callback` */
export function CTX_set_info_callback(
  ctx: Taken<"SSL_CTX">,
  callback?: InfoCallback | null,
  data?: unknown,
): void {
  observe("SSL_CTX", "info", "CTX_set_info_callback", [ctx, callback, data]);
}
/** What follows the states of a connection; `undefined` removes it. Perl: `Net::SSLeay::set_info_callback` */
export function set_info_callback(
  ssl: Taken<"SSL">,
  callback?: InfoCallback | null,
  data?: unknown,
): void {
  observe("SSL", "info", "set_info_callback", [ssl, callback, data]);
}
/** What follows the messages of all connections; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_msg_callback` */
export function CTX_set_msg_callback(
  ctx: Taken<"SSL_CTX">,
  callback?: MsgCallback | null,
  data?: unknown,
): void {
  observe("SSL_CTX", "msg", "CTX_set_msg_callback", [ctx, callback, data]);
}
/** What follows the messages of a connection; `undefined` removes it. Perl: `Net::SSLeay::set_msg_callback` */
export function set_msg_callback(
  ssl: Taken<"SSL">,
  callback?: MsgCallback | null,
  data?: unknown,
): void {
  observe("SSL", "msg", "set_msg_callback", [ssl, callback, data]);
}

const keylogPointer = () =>
  lasting(
    "keylog",
    [P, P],
    "void",
    (ssl: Deno.PointerObject, line: Deno.PointerValue) =>
      answering(undefined, () => {
        const answer = answerOf(ssl, "keylog");
        if (answer !== undefined) withSsl(ssl, (handle) => answer.run(handle, textFrom(line)!));
      }),
  );

/** What gets the lines of a key log; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_keylog_callback` */
export function CTX_set_keylog_callback(
  ctx: Taken<"SSL_CTX">,
  callback?: KeylogCallback | null,
): void {
  setCallback(
    { name: "CTX_set_keylog_callback", on: "SSL_CTX", kind: "keylog" },
    [ctx, callback],
    (pointer, isSet) => setKeylog(pointer, isSet ? keylogPointer() : null),
  );
}

/** The function that was set. Perl: `Net::SSLeay::CTX_get_keylog_callback` */
export function CTX_get_keylog_callback(ctx: Taken<"SSL_CTX">): KeylogCallback | undefined {
  const native = objectOf(ctx, "SSL_CTX", "CTX_get_keylog_callback");
  return answerAt(native.address, "keylog")?.run as KeylogCallback | undefined;
}

const newPointer = () =>
  lasting(
    "sess_new",
    [P, P],
    I,
    (ssl: Deno.PointerObject, session: Deno.PointerObject) =>
      answering(0, () => {
        const answer = answerOf(ssl, "sess_new");
        if (answer === undefined) return 0;
        // The handle has a reference of its own, so C may drop the one that it offers.
        withSsl(ssl, (handle) => answer.run(handle, handleOf("SSL_SESSION", session, "share")!));
        return 0;
      }),
  );

/** What gets new sessions; `undefined` removes it. Perl: `Net::SSLeay::CTX_sess_set_new_cb` */
export function CTX_sess_set_new_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: NewSessionCallback | null,
): void {
  setCallback(
    { name: "CTX_sess_set_new_cb", on: "SSL_CTX", kind: "sess_new" },
    [ctx, callback],
    (pointer, isSet) => setNew(pointer, isSet ? newPointer() : null),
  );
}

const removePointer = () =>
  lasting(
    "sess_remove",
    [P, P],
    "void",
    (ctx: Deno.PointerObject, session: Deno.PointerObject) =>
      answering(undefined, () => {
        const answer = answerAt(addressOf(ctx), "sess_remove");
        if (answer === undefined) return;
        withCtx(ctx, (handle) => {
          const lent = handleOf("SSL_SESSION", session, "share")!;
          answer.run(handle, lent);
        });
      }),
  );

/** What is called when a session leaves the cache; `undefined` removes it. Perl: `Net::SSLeay::CTX_sess_set_remove_cb` */
export function CTX_sess_set_remove_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: RemoveSessionCallback | null,
): void {
  setCallback(
    { name: "CTX_sess_set_remove_cb", on: "SSL_CTX", kind: "sess_remove" },
    [ctx, callback],
    (pointer, isSet) => setRemove(pointer, isSet ? removePointer() : null),
  );
}
