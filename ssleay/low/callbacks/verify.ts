/**
 * Callbacks that judge or choose a certificate, and that give passwords.
 *
 * @module
 */

import { lazy } from "../c_function.ts";
import { addressOf } from "../c_memory.ts";
import { toInteger } from "../integer.ts";
import type { Taken } from "../declared_types.ts";
import { type Opaque, scoped } from "../handle.ts";
import { calling, objectOf } from "../into.ts";
import { writePassword } from "./one_shot.ts";
import {
  answerAt,
  answering,
  answerOf,
  functionOf,
  lasting,
  setAnswer,
  setCallback,
  withSsl,
} from "./registry.ts";

const P = "pointer", I = "i32";
const sslOfStore = lazy("SSL_get_ex_data_X509_STORE_CTX_idx", [], I);
const storeExData = lazy("X509_STORE_CTX_get_ex_data", [P, I], P);
const ctxSetVerify = lazy("SSL_CTX_set_verify", [P, I, P], "void");
const sslSetVerify = lazy("SSL_set_verify", [P, I, P], "void");
const ctxSetCertVerify = lazy("SSL_CTX_set_cert_verify_callback", [P, P, P], "void");
const ctxSetCertCb = lazy("SSL_CTX_set_cert_cb", [P, P, P], "void");
const ctxSetPassword = lazy("SSL_CTX_set_default_passwd_cb", [P, P], "void");
const ctxSetPasswordData = lazy("SSL_CTX_set_default_passwd_cb_userdata", [P, P], "void");
const sslSetPassword = lazy("SSL_set_default_passwd_cb", [P, P], "void");
const sslSetPasswordData = lazy("SSL_set_default_passwd_cb_userdata", [P, P], "void");

/** Judges one certificate of the chain: `(ok, storeCtx)`; true or 1 accepts it. */
export type VerifyCallback = (ok: number, store: Opaque<"X509_STORE_CTX">) => number | boolean;

/** Judges the whole chain in OpenSSL's place: `(storeCtx, data)`; true or 1 accepts it. */
export type CertVerifyCallback = (
  store: Opaque<"X509_STORE_CTX">,
  data: unknown,
) => number | boolean;

/** Gives the password of a private key: `(rwflag, data)`. */
export type PasswordCallback = (rwflag: number, data: unknown) => string | Uint8Array | undefined;

/** Chooses a certificate during the handshake: `(ssl, arg)`; 1 goes on, 0 is an error, -1 waits. */
export type CertCallback = (ssl: Opaque<"SSL">, arg: unknown) => number | boolean;

const sslOf = (store: Deno.PointerValue): Deno.PointerValue => storeExData(store, sslOfStore());

const verifyPointer = () =>
  lasting("verify", [I, P], I, (ok: number, store: Deno.PointerObject) =>
    answering(0, () => {
      const answer = answerOf(sslOf(store), "verify");
      if (answer === undefined) return ok;
      return scoped("X509_STORE_CTX", store, (handle) => Number(answer.run(ok, handle)) ? 1 : 0);
    }));

type SetVerify = (pointer: Deno.PointerValue, mode: number, callback: Deno.PointerValue) => void;

function setVerify(
  { name, kind, set }: { name: string; kind: "SSL" | "SSL_CTX"; set: SetVerify },
  target: unknown,
  mode: unknown,
  callback: unknown,
): void {
  const native = objectOf(target, kind, name);
  const flags = toInteger(mode, "int", `${name}()`) as number;
  // Any false value removes it, as in Perl: old programs pass 0.
  const run = callback ? functionOf(callback, name) : undefined;
  setAnswer(native, "verify", run && { run, data: undefined });
  calling(() => set(native.pointer, flags, run === undefined ? null : verifyPointer()));
}

/** How peers are verified, and what judges each certificate. Perl: `Net::SSLeay::CTX_set_verify` */
export function CTX_set_verify(
  ctx: Taken<"SSL_CTX">,
  mode: number,
  callback?: VerifyCallback | null | 0,
): void {
  setVerify({ name: "CTX_set_verify", kind: "SSL_CTX", set: ctxSetVerify }, ctx, mode, callback);
}

/** How the peer is verified, and what judges each certificate. Perl: `Net::SSLeay::set_verify` */
export function set_verify(
  ssl: Taken<"SSL">,
  mode: number,
  callback?: VerifyCallback | null | 0,
): void {
  setVerify({ name: "set_verify", kind: "SSL", set: sslSetVerify }, ssl, mode, callback);
}

const certVerifyPointer = () =>
  lasting("cert_verify", [P, P], I, (store: Deno.PointerObject) =>
    answering(0, () => {
      const answer = answerOf(sslOf(store), "cert_verify");
      if (answer === undefined) return 0;
      return scoped("X509_STORE_CTX", store, (handle) =>
        Number(answer.run(handle, answer.data)) ? 1 : 0);
    }));

/** What judges chains in OpenSSL's place; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_cert_verify_callback` */
export function CTX_set_cert_verify_callback(
  ctx: Taken<"SSL_CTX">,
  callback?: CertVerifyCallback | null,
  data?: unknown,
): void {
  setCallback(
    { name: "CTX_set_cert_verify_callback", on: "SSL_CTX", kind: "cert_verify" },
    [ctx, callback, data],
    (pointer, isSet) => ctxSetCertVerify(pointer, isSet ? certVerifyPointer() : null, null),
  );
}

const certPointer = () =>
  lasting("cert", [P, P], I, (ssl: Deno.PointerObject) =>
    answering(0, () => {
      const answer = answerOf(ssl, "cert");
      return answer === undefined
        ? 1
        : withSsl(ssl, (handle) => Number(answer.run(handle, answer.data)) | 0);
    }));

/** What chooses the certificate in a handshake; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_cert_cb` */
export function CTX_set_cert_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: CertCallback | null,
  arg?: unknown,
): void {
  setCallback(
    { name: "CTX_set_cert_cb", on: "SSL_CTX", kind: "cert" },
    [ctx, callback, arg],
    (pointer, isSet) => ctxSetCertCb(pointer, isSet ? certPointer() : null, null),
  );
}

/** C hands the userdata back: the address of the SSL or SSL_CTX. */
const passwordPointer = () =>
  lasting(
    "password",
    [P, I, I, P],
    I,
    (buffer: Deno.PointerValue, size: number, rwflag: number, owner: Deno.PointerValue) =>
      answering(-1, () => {
        const address = addressOf(owner);
        const answer = answerAt(address, "password");
        const data = answerAt(address, "password data")?.data;
        return answer === undefined ? 0 : writePassword(
          buffer,
          size,
          answer.run(rwflag, data) as string | Uint8Array | undefined,
        );
      }),
  );

type SetPointer = (pointer: Deno.PointerValue, value: Deno.PointerValue) => void;

function setPassword(
  { name, kind, set, setData }: {
    name: string;
    kind: "SSL" | "SSL_CTX";
    set: SetPointer;
    setData: SetPointer;
  },
  target: unknown,
  callback: unknown,
): void {
  const native = objectOf(target, kind, name);
  const run = functionOf(callback, name);
  setAnswer(native, "password", run && { run, data: undefined });
  calling(() => {
    setData(native.pointer, run === undefined ? null : native.pointer);
    set(native.pointer, run === undefined ? null : passwordPointer());
  });
}

const noRun = () => undefined;

function setPasswordData(
  name: string,
  kind: "SSL" | "SSL_CTX",
  target: unknown,
  data: unknown,
): void {
  setAnswer(
    objectOf(target, kind, name),
    "password data",
    data === undefined ? undefined : { run: noRun, data },
  );
}

/** What gives the passwords of keys; `undefined` removes it. Perl: `Net::SSLeay::CTX_set_default_passwd_cb` */
export function CTX_set_default_passwd_cb(
  ctx: Taken<"SSL_CTX">,
  callback?: PasswordCallback | null,
): void {
  setPassword(
    {
      name: "CTX_set_default_passwd_cb",
      kind: "SSL_CTX",
      set: ctxSetPassword,
      setData: ctxSetPasswordData,
    },
    ctx,
    callback,
  );
}
/** What the password callback gets as its data. Perl: `Net::SSLeay::CTX_set_default_passwd_cb_userdata` */
export function CTX_set_default_passwd_cb_userdata(ctx: Taken<"SSL_CTX">, data?: unknown): void {
  setPasswordData("CTX_set_default_passwd_cb_userdata", "SSL_CTX", ctx, data);
}
/** What gives the passwords of keys; `undefined` removes it. Perl: `Net::SSLeay::set_default_passwd_cb` */
export function set_default_passwd_cb(ssl: Taken<"SSL">, callback?: PasswordCallback | null): void {
  setPassword(
    {
      name: "set_default_passwd_cb",
      kind: "SSL",
      set: sslSetPassword,
      setData: sslSetPasswordData,
    },
    ssl,
    callback,
  );
}
/** What the password callback gets as its data. Perl: `Net::SSLeay::set_default_passwd_cb_userdata` */
export function set_default_passwd_cb_userdata(ssl: Taken<"SSL">, data?: unknown): void {
  setPasswordData("set_default_passwd_cb_userdata", "SSL", ssl, data);
}
