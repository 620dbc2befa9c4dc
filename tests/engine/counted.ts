/** The C functions of OpenSSL, with a list of what was called. */

import { Callbacks } from "../../engine/openssl/callbacks.ts";
import { type Library, openLibrary } from "../../engine/openssl/binder.ts";
import type { Runtime } from "../../engine/openssl/session_context.ts";
import type { OpenSslSymbols } from "../../engine/openssl/symbols.ts";

type Call = (...args: unknown[]) => unknown;

/** What makes an object of which the caller is the owner, and what frees it. */
const OWNED: Readonly<Record<string, readonly string[]>> = {
  BIO_free: ["BIO_new", "BIO_new_mem_buf"],
  X509_free: ["d2i_X509_bio", "SSL_get1_peer_certificate", "SSL_get_peer_certificate"],
  X509_CRL_free: ["d2i_X509_CRL_bio"],
  X509_STORE_CTX_free: ["X509_STORE_CTX_new"],
  OPENSSL_sk_free: ["OPENSSL_sk_new_null"],
  EVP_PKEY_free: ["PEM_read_bio_PrivateKey", "d2i_PrivateKey_bio", "d2i_PKCS8PrivateKey_bio"],
  SSL_SESSION_free: ["d2i_SSL_SESSION", "SSL_get1_session"],
  DH_free: ["PEM_read_bio_DHparams"],
  SSL_free: ["SSL_new"],
  SSL_CTX_free: ["SSL_CTX_new"],
};

export interface Counted {
  readonly c: OpenSslSymbols;
  readonly runtime: Runtime;
  /** The arguments of each call of a function. */
  readonly args: (name: string) => readonly (readonly unknown[])[];
  /** What was made and not freed, by the function that frees it; a number below 0 was freed twice. */
  readonly left: () => Record<string, number>;
}

/** OpenSSL as it is, counted. */
export function counted(): Counted {
  const library = openLibrary();
  const calls = new Map<string, unknown[][]>();
  const made = new Map<string, number>();
  const c = Object.fromEntries(
    Object.entries(library.c as unknown as Record<string, Call | null>).map(([name, call]) => [
      name,
      call && ((...args: unknown[]) => {
        calls.set(name, [...calls.get(name) ?? [], args]);
        const result = call(...args);
        if (result !== null) made.set(name, (made.get(name) ?? 0) + 1);
        return result;
      }),
    ]),
  ) as unknown as OpenSslSymbols;
  const copy: Library = { ...library, c };
  const args = (name: string) => calls.get(name) ?? [];
  return {
    c,
    runtime: { library: copy, callbacks: new Callbacks(copy) },
    args,
    left() {
      const left: Record<string, number> = {};
      for (const [free, makers] of Object.entries(OWNED)) {
        let n = makers.reduce((sum, name) => sum + (made.get(name) ?? 0), 0);
        if (free === "BIO_free") { // the SSL's own
          n -= 2 * args("SSL_set_bio").length + args("SSL_set0_rbio").length;
        }
        n -= args(free).filter(([ptr]) => ptr !== null).length;
        if (n !== 0) left[free] = n;
      }
      return left;
    },
  };
}
