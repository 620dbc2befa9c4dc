/**
 * The one table of C functions: name, C signature in the comment, FFI types.
 *
 * Handles are `pointer`, bytes and C strings that we pass are `buffer`.
 * `long` arguments are `i64`, `long` results that are small are `i32`, which
 * also holds on Windows, where long has 32 bits. Out-pointers (`T **`) are
 * `buffer`s of 8 bytes; the address found there is handed on as `u64` to the
 * `*At` aliases, so that nothing but callbacks needs `Deno.UnsafePointer`:
 * under `--allow-ffi=<path>` that class is out of reach.
 *
 * @module
 */

import { type LIBC_SYMBOLS, VERSION_SYMBOLS } from "./library.ts";

// What many functions take and give.
const POINTER_OF = { parameters: ["pointer"], result: "pointer" } as const;
const INT_OF = { parameters: ["pointer"], result: "i32" } as const;
const VOID_OF = { parameters: ["pointer"], result: "void" } as const;
const INT_OF_TWO = { parameters: ["pointer", "pointer"], result: "i32" } as const;
const SET_CALLBACK = { parameters: ["pointer", "function"], result: "void" } as const;
const SET_CALLBACK_FOR = {
  parameters: ["pointer", "function", "pointer"],
  result: "void",
} as const;
const SET_INT = { parameters: ["pointer", "i32"], result: "void" } as const;
const POINTER = { parameters: [], result: "pointer" } as const;
const POINTER_OF_TWO = { parameters: ["pointer", "pointer"], result: "pointer" } as const;
const INT_OF_BYTES = { parameters: ["pointer", "buffer", "i32"], result: "i32" } as const;

/** Functions of libssl. */
export const SSL_SYMBOLS = {
  // const SSL_METHOD *TLS_method(void)
  TLS_method: POINTER,
  // SSL_CTX *SSL_CTX_new(const SSL_METHOD *meth)
  SSL_CTX_new: POINTER_OF,
  // void SSL_CTX_free(SSL_CTX *ctx)
  SSL_CTX_free: VOID_OF,
  // long SSL_CTX_ctrl(SSL_CTX *ctx, int cmd, long larg, void *parg)
  SSL_CTX_ctrl: { parameters: ["pointer", "i32", "i64", "buffer"], result: "i32" },
  SSL_CTX_ctrlPtr: {
    name: "SSL_CTX_ctrl",
    parameters: ["pointer", "i32", "i64", "pointer"],
    result: "i32",
  },
  // long SSL_CTX_callback_ctrl(SSL_CTX *ctx, int cmd, void (*fp)(void))
  SSL_CTX_callback_ctrl: { parameters: ["pointer", "i32", "function"], result: "i32" },
  // uint64_t SSL_CTX_set_options(SSL_CTX *ctx, uint64_t options)
  SSL_CTX_set_options: { parameters: ["pointer", "u64"], result: "u64" },
  // int SSL_CTX_set_cipher_list(SSL_CTX *ctx, const char *str)
  SSL_CTX_set_cipher_list: { parameters: ["pointer", "buffer"], result: "i32" },
  // int SSL_CTX_set_ciphersuites(SSL_CTX *ctx, const char *str)
  SSL_CTX_set_ciphersuites: { parameters: ["pointer", "buffer"], result: "i32" },
  // int SSL_CTX_use_certificate(SSL_CTX *ctx, X509 *x)
  SSL_CTX_use_certificate: INT_OF_TWO,
  // int SSL_CTX_use_PrivateKey(SSL_CTX *ctx, EVP_PKEY *pkey)
  SSL_CTX_use_PrivateKey: INT_OF_TWO,
  // int SSL_CTX_check_private_key(const SSL_CTX *ctx)
  SSL_CTX_check_private_key: INT_OF,
  // void SSL_CTX_set1_cert_store(SSL_CTX *ctx, X509_STORE *store)
  SSL_CTX_set1_cert_store: { parameters: ["pointer", "pointer"], result: "void" },
  // void SSL_CTX_set_security_level(SSL_CTX *ctx, int level)
  SSL_CTX_set_security_level: SET_INT,
  // int SSL_CTX_get_security_level(const SSL_CTX *ctx)
  SSL_CTX_get_security_level: INT_OF,
  // X509_VERIFY_PARAM *SSL_CTX_get0_param(SSL_CTX *ctx)
  SSL_CTX_get0_param: POINTER_OF,
  // int SSL_CTX_add_client_CA(SSL_CTX *ctx, X509 *cacert)
  SSL_CTX_add_client_CA: INT_OF_TWO,
  // void SSL_CTX_set_verify(SSL_CTX *ctx, int mode, SSL_verify_cb cb)
  SSL_CTX_set_verify: { parameters: ["pointer", "i32", "function"], result: "void" },
  // void SSL_CTX_set_cert_verify_callback(SSL_CTX *ctx, int (*cb)(X509_STORE_CTX *, void *), void *arg)
  SSL_CTX_set_cert_verify_callback: SET_CALLBACK_FOR,
  // int SSL_CTX_set_session_id_context(SSL_CTX *ctx, const unsigned char *sid_ctx, unsigned int len)
  SSL_CTX_set_session_id_context: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  // int SSL_CTX_set_alpn_protos(SSL_CTX *ctx, const unsigned char *protos, unsigned int len)
  SSL_CTX_set_alpn_protos: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  // void SSL_CTX_set_alpn_select_cb(SSL_CTX *ctx, SSL_CTX_alpn_select_cb_func cb, void *arg)
  SSL_CTX_set_alpn_select_cb: SET_CALLBACK_FOR,
  // void SSL_CTX_set_next_protos_advertised_cb(SSL_CTX *ctx, cb, void *arg)
  SSL_CTX_set_next_protos_advertised_cb: { ...SET_CALLBACK_FOR, optional: true },
  // void SSL_CTX_set_next_proto_select_cb(SSL_CTX *ctx, cb, void *arg)
  SSL_CTX_set_next_proto_select_cb: { ...SET_CALLBACK_FOR, optional: true },
  // void SSL_get0_next_proto_negotiated(const SSL *s, const unsigned char **data, unsigned *len)
  SSL_get0_next_proto_negotiated: {
    parameters: ["pointer", "buffer", "buffer"],
    result: "void",
    optional: true,
  },
  // void SSL_CTX_set_keylog_callback(SSL_CTX *ctx, SSL_CTX_keylog_cb_func cb)
  SSL_CTX_set_keylog_callback: SET_CALLBACK,
  // void SSL_CTX_set_post_handshake_auth(SSL_CTX *ctx, int val)
  SSL_CTX_set_post_handshake_auth: { ...SET_INT, optional: true },

  // int SSL_CTX_set_num_tickets(SSL_CTX *ctx, size_t num_tickets)
  SSL_CTX_set_num_tickets: { parameters: ["pointer", "usize"], result: "i32" },
  // void SSL_CTX_sess_set_new_cb(SSL_CTX *ctx, int (*cb)(SSL *, SSL_SESSION *))
  SSL_CTX_sess_set_new_cb: SET_CALLBACK,
  // void SSL_CTX_set_psk_client_callback(SSL_CTX *ctx, cb), SSL_CTX_set_psk_server_callback
  SSL_CTX_set_psk_client_callback: { ...SET_CALLBACK, optional: true },
  SSL_CTX_set_psk_server_callback: { ...SET_CALLBACK, optional: true },
  // void SSL_CTX_set_msg_callback(SSL_CTX *ctx, cb)
  SSL_CTX_set_msg_callback: SET_CALLBACK,
  // int SSL_CIPHER_get_auth_nid(const SSL_CIPHER *c)
  SSL_CIPHER_get_auth_nid: INT_OF,
  // SSL_SESSION *SSL_get1_session(SSL *ssl); int SSL_set_session(SSL *ssl, SSL_SESSION *session)
  SSL_get1_session: POINTER_OF,
  SSL_set_session: INT_OF_TWO,
  // void SSL_SESSION_free(SSL_SESSION *session); int SSL_SESSION_is_resumable(const SSL_SESSION *s)
  SSL_SESSION_free: VOID_OF,
  SSL_SESSION_is_resumable: INT_OF,
  // X509 *SSL_SESSION_get0_peer(SSL_SESSION *s)
  SSL_SESSION_get0_peer: POINTER_OF,
  // int SSL_set_session_id_context(SSL *ssl, const unsigned char *sid_ctx, unsigned int sid_ctx_len)
  SSL_set_session_id_context: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  // int SSL_CTX_set_session_ticket_cb(SSL_CTX *ctx, SSL_CTX_generate_session_ticket_fn gen_cb,
  //   SSL_CTX_decrypt_session_ticket_fn dec_cb, void *arg)
  SSL_CTX_set_session_ticket_cb: {
    parameters: ["pointer", "function", "function", "pointer"],
    result: "i32",
  },
  // int i2d_SSL_SESSION(const SSL_SESSION *in, unsigned char **pp)
  i2d_SSL_SESSION: { parameters: ["pointer", "buffer"], result: "i32" },
  // SSL_SESSION *d2i_SSL_SESSION(SSL_SESSION **a, const unsigned char **pp, long length)
  d2i_SSL_SESSION: { parameters: ["pointer", "buffer", "i64"], result: "pointer" },

  // SSL *SSL_new(SSL_CTX *ctx)
  SSL_new: POINTER_OF,
  // void SSL_free(SSL *ssl)
  SSL_free: VOID_OF,
  // long SSL_ctrl(SSL *ssl, int cmd, long larg, void *parg)
  SSL_ctrl: { parameters: ["pointer", "i32", "i64", "buffer"], result: "i32" },
  SSL_ctrlPtr: {
    name: "SSL_ctrl",
    parameters: ["pointer", "i32", "i64", "pointer"],
    result: "i32",
  },
  // void SSL_set_bio(SSL *ssl, BIO *rbio, BIO *wbio)
  SSL_set_bio: { parameters: ["pointer", "pointer", "pointer"], result: "void" },
  // void SSL_set0_rbio(SSL *s, BIO *rbio)
  SSL_set0_rbio: { parameters: ["pointer", "pointer"], result: "void", optional: true },
  // void SSL_set_connect_state(SSL *ssl), SSL_set_accept_state(SSL *ssl)
  SSL_set_connect_state: VOID_OF,
  SSL_set_accept_state: VOID_OF,
  // SSL_CTX *SSL_set_SSL_CTX(SSL *ssl, SSL_CTX *ctx)
  SSL_set_SSL_CTX: POINTER_OF_TWO,
  // int SSL_do_handshake(SSL *ssl)
  SSL_do_handshake: INT_OF,
  // int SSL_get_error(const SSL *ssl, int ret)
  SSL_get_error: { parameters: ["pointer", "i32"], result: "i32" },
  // int SSL_read(SSL *ssl, void *buf, int num), SSL_peek, SSL_write
  SSL_read: INT_OF_BYTES,
  SSL_peek: INT_OF_BYTES,
  SSL_write: INT_OF_BYTES,
  // int SSL_pending(const SSL *ssl)
  SSL_pending: INT_OF,
  // int SSL_shutdown(SSL *ssl), SSL_get_shutdown(const SSL *ssl)
  SSL_shutdown: INT_OF,
  SSL_get_shutdown: INT_OF,
  // int SSL_session_reused(const SSL *ssl)
  SSL_session_reused: INT_OF,
  // const char *SSL_get_version(const SSL *ssl); int SSL_version(const SSL *ssl)
  SSL_get_version: POINTER_OF,
  SSL_version: INT_OF,
  // const SSL_CIPHER *SSL_get_current_cipher(const SSL *ssl); const char *SSL_CIPHER_get_name(c)
  SSL_get_current_cipher: POINTER_OF,
  SSL_CIPHER_get_name: POINTER_OF,
  // long SSL_get_verify_result(const SSL *ssl)
  SSL_get_verify_result: INT_OF,
  // const char *SSL_get_servername(const SSL *ssl, int type)
  SSL_get_servername: { parameters: ["pointer", "i32"], result: "pointer" },
  // void SSL_get0_alpn_selected(const SSL *ssl, const unsigned char **data, unsigned int *len)
  SSL_get0_alpn_selected: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
  // STACK_OF(X509) *SSL_get_peer_cert_chain(const SSL *ssl), SSL_get0_verified_chain
  SSL_get_peer_cert_chain: POINTER_OF,
  SSL_get0_verified_chain: POINTER_OF,
  // X509 *SSL_get1_peer_certificate(const SSL *ssl) (3.x), SSL_get_peer_certificate (1.1.1)
  SSL_get1_peer_certificate: { ...POINTER_OF, optional: true },
  SSL_get_peer_certificate: { ...POINTER_OF, optional: true },
  // const char *SSL_group_to_name(const SSL *s, int id) (3.x)
  SSL_group_to_name: { parameters: ["pointer", "i32"], result: "pointer", optional: true },
  // int SSL_get_peer_signature_type_nid(const SSL *ssl, int *pnid)
  SSL_get_peer_signature_type_nid: { parameters: ["pointer", "buffer"], result: "i32" },
  // int SSL_get0_peer_signature_name(const SSL *s, const char **sigalg) (3.5)
  SSL_get0_peer_signature_name: {
    parameters: ["pointer", "buffer"],
    result: "i32",
    optional: true,
  },
  // X509 *SSL_get_certificate(const SSL *ssl)
  SSL_get_certificate: POINTER_OF,
  // size_t SSL_get_finished(const SSL *ssl, void *buf, size_t count), SSL_get_peer_finished
  SSL_get_finished: { parameters: ["pointer", "buffer", "usize"], result: "usize" },
  SSL_get_peer_finished: { parameters: ["pointer", "buffer", "usize"], result: "usize" },
  // int SSL_export_keying_material(SSL *s, unsigned char *out, size_t olen, const char *label,
  //   size_t llen, const unsigned char *context, size_t contextlen, int use_context)
  SSL_export_keying_material: {
    parameters: ["pointer", "buffer", "usize", "buffer", "usize", "buffer", "usize", "i32"],
    result: "i32",
  },
  // int SSL_get_ex_data_X509_STORE_CTX_idx(void)
  SSL_get_ex_data_X509_STORE_CTX_idx: { parameters: [], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Functions of libcrypto. */
export const CRYPTO_SYMBOLS = {
  ...VERSION_SYMBOLS,
  // int OPENSSL_init_crypto(uint64_t opts, const OPENSSL_INIT_SETTINGS *settings)
  OPENSSL_init_crypto: { parameters: ["u64", "pointer"], result: "i32" },
  // unsigned long OpenSSL_version_num(void)
  OpenSSL_version_num: { parameters: [], result: "u64" },

  // const BIO_METHOD *BIO_s_mem(void); BIO *BIO_new(const BIO_METHOD *); int BIO_free(BIO *)
  BIO_s_mem: POINTER,
  BIO_new: POINTER_OF,
  BIO_free: INT_OF,
  // BIO *BIO_new_mem_buf(const void *buf, int len)
  BIO_new_mem_buf: { parameters: ["buffer", "i32"], result: "pointer", optional: true },
  // int BIO_read(BIO *b, void *data, int dlen), BIO_write
  BIO_read: INT_OF_BYTES,
  BIO_write: INT_OF_BYTES,
  // size_t BIO_ctrl_pending(BIO *b): as u32, which spares the BigInt
  BIO_ctrl_pending: { parameters: ["pointer"], result: "u32" },
  // long BIO_ctrl(BIO *b, int cmd, long larg, void *parg)
  BIO_ctrl: { parameters: ["pointer", "i32", "i64", "pointer"], result: "i32" },

  // unsigned long ERR_get_error_line_data(const char **file, int *line, const char **data, int *flags)
  ERR_get_error_line_data: {
    parameters: ["buffer", "buffer", "buffer", "buffer"],
    result: "u64",
    optional: true,
  },
  // unsigned long ERR_get_error(void); void ERR_clear_error(void)
  ERR_get_error: { parameters: [], result: "u64" },
  takeError: { name: "ERR_get_error", parameters: [], result: "u32" }, // spares the BigInt
  ERR_clear_error: { parameters: [], result: "void" },
  // const char *ERR_lib_error_string(unsigned long e), ERR_reason_error_string
  ERR_lib_error_string: { parameters: ["u64"], result: "pointer" },
  ERR_reason_error_string: { parameters: ["u64"], result: "pointer" },
  // int ERR_set_mark(void), ERR_pop_to_mark(void)
  ERR_set_mark: { parameters: [], result: "i32" },
  ERR_pop_to_mark: { parameters: [], result: "i32" },

  // X509 *d2i_X509_bio(BIO *bp, X509 **x); int i2d_X509_bio(BIO *bp, const X509 *x)
  d2i_X509_bio: POINTER_OF_TWO,
  i2d_X509_bio: INT_OF_TWO,
  // void X509_free(X509 *a)
  X509_free: VOID_OF,
  // X509_CRL *d2i_X509_CRL_bio(BIO *bp, X509_CRL **x); void X509_CRL_free(X509_CRL *a)
  d2i_X509_CRL_bio: POINTER_OF_TWO,
  X509_CRL_free: VOID_OF,
  // EVP_PKEY *d2i_PrivateKey_bio(BIO *bp, EVP_PKEY **a)
  d2i_PrivateKey_bio: POINTER_OF_TWO,
  // EVP_PKEY *d2i_PKCS8PrivateKey_bio(BIO *bp, EVP_PKEY **x, pem_password_cb *cb, void *u):
  // without a callback, u is the password as a C string
  d2i_PKCS8PrivateKey_bio: {
    parameters: ["pointer", "pointer", "pointer", "buffer"],
    result: "pointer",
  },
  // EVP_PKEY *PEM_read_bio_PrivateKey(BIO *bp, EVP_PKEY **x, pem_password_cb *cb, void *u)
  PEM_read_bio_PrivateKey: {
    parameters: ["pointer", "pointer", "pointer", "buffer"],
    result: "pointer",
  },
  // void EVP_PKEY_free(EVP_PKEY *key)
  EVP_PKEY_free: VOID_OF,
  // DH *PEM_read_bio_DHparams(BIO *bp, DH **x, pem_password_cb *cb, void *u); void DH_free(DH *dh)
  PEM_read_bio_DHparams: {
    parameters: ["pointer", "pointer", "pointer", "pointer"],
    result: "pointer",
    optional: true,
  },
  DH_free: { parameters: ["pointer"], result: "void", optional: true },

  // void *CRYPTO_malloc(size_t num, const char *file, int line)
  CRYPTO_malloc: { parameters: ["usize", "pointer", "i32"], result: "pointer" },
  // void CRYPTO_clear_free(void *ptr, size_t num, const char *file, int line)
  CRYPTO_clear_free: { parameters: ["u64", "usize", "pointer", "i32"], result: "void" },
  // const EVP_CIPHER *EVP_aes_256_cbc(void); const EVP_MD *EVP_sha256(void)
  EVP_aes_256_cbc: POINTER,
  EVP_sha256: POINTER,
  // const EVP_MD *EVP_get_digestbyname(const char *name)
  EVP_get_digestbyname: { parameters: ["buffer"], result: "pointer" },
  // int PKCS12_key_gen_uni(unsigned char *pass, int passlen, unsigned char *salt, int saltlen, int id,
  //   int iter, int n, unsigned char *out, const EVP_MD *md_type): on another thread, for it takes long
  PKCS12_key_gen_uni: {
    parameters: ["buffer", "i32", "buffer", "i32", "i32", "i32", "i32", "buffer", "pointer"],
    result: "i32",
    nonblocking: true,
    optional: true,
  },
  // int EVP_Digest(const void *data, size_t count, unsigned char *md, unsigned int *size,
  //   const EVP_MD *type, ENGINE *impl)
  EVP_Digest: {
    parameters: ["buffer", "usize", "buffer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  // int EVP_EncryptInit_ex(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *type, ENGINE *impl,
  //   const unsigned char *key, const unsigned char *iv), EVP_DecryptInit_ex
  EVP_EncryptInit_ex: {
    parameters: ["pointer", "pointer", "pointer", "buffer", "pointer"],
    result: "i32",
  },
  EVP_DecryptInit_ex: {
    parameters: ["pointer", "pointer", "pointer", "buffer", "pointer"],
    result: "i32",
  },
  // int HMAC_Init_ex(HMAC_CTX *ctx, const void *key, int len, const EVP_MD *md, ENGINE *impl)
  HMAC_Init_ex: {
    parameters: ["pointer", "buffer", "i32", "pointer", "pointer"],
    result: "i32",
    optional: true,
  },

  // X509_STORE *X509_STORE_new(void); void X509_STORE_free(X509_STORE *v)
  X509_STORE_new: POINTER,
  X509_STORE_free: VOID_OF,
  // int X509_STORE_add_cert(X509_STORE *xs, X509 *x), X509_STORE_add_crl(X509_STORE *, X509_CRL *)
  X509_STORE_add_cert: INT_OF_TWO,
  X509_STORE_add_crl: INT_OF_TWO,
  // int X509_VERIFY_PARAM_set_flags(X509_VERIFY_PARAM *param, unsigned long flags)
  X509_VERIFY_PARAM_set_flags: { parameters: ["pointer", "u64"], result: "i32" },
  // int X509_verify_cert(X509_STORE_CTX *ctx)
  X509_verify_cert: INT_OF,
  // void *X509_STORE_CTX_get_ex_data(const X509_STORE_CTX *ctx, int idx)
  X509_STORE_CTX_get_ex_data: { parameters: ["pointer", "i32"], result: "pointer" },
  // int X509_STORE_CTX_get_error(const X509_STORE_CTX *ctx), ..._get_error_depth
  X509_STORE_CTX_get_error: INT_OF,
  X509_STORE_CTX_get_error_depth: INT_OF,
  // void X509_STORE_CTX_set_error(X509_STORE_CTX *ctx, int s)
  X509_STORE_CTX_set_error: SET_INT,
  // STACK_OF(X509) *X509_STORE_CTX_get0_chain(const X509_STORE_CTX *ctx), ..._get0_untrusted
  X509_STORE_CTX_get0_chain: POINTER_OF,
  X509_STORE_CTX_get0_untrusted: POINTER_OF,
  // X509 *X509_STORE_CTX_get_current_cert(const X509_STORE_CTX *ctx)
  X509_STORE_CTX_get_current_cert: POINTER_OF,
  // const char *X509_verify_cert_error_string(long n)
  X509_verify_cert_error_string: { parameters: ["i64"], result: "pointer" },
  // X509_STORE_CTX *X509_STORE_CTX_new(void); void X509_STORE_CTX_free(X509_STORE_CTX *ctx)
  X509_STORE_CTX_new: POINTER,
  X509_STORE_CTX_free: VOID_OF,
  // int X509_STORE_CTX_init(X509_STORE_CTX *ctx, X509_STORE *trust, X509 *target, STACK_OF(X509) *untrusted)
  X509_STORE_CTX_init: {
    parameters: ["pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  // X509_VERIFY_PARAM *X509_STORE_CTX_get0_param(const X509_STORE_CTX *ctx)
  X509_STORE_CTX_get0_param: POINTER_OF,
  // void X509_VERIFY_PARAM_set_time(X509_VERIFY_PARAM *param, time_t t), ..._set_depth(param, int depth)
  X509_VERIFY_PARAM_set_time: { parameters: ["pointer", "i64"], result: "void" },
  X509_VERIFY_PARAM_set_depth: SET_INT,
  // void X509_VERIFY_PARAM_set_auth_level(X509_VERIFY_PARAM *param, int auth_level)
  X509_VERIFY_PARAM_set_auth_level: SET_INT,
  // int X509_VERIFY_PARAM_set_purpose(X509_VERIFY_PARAM *param, int purpose)
  X509_VERIFY_PARAM_set_purpose: { parameters: ["pointer", "i32"], result: "i32" },
  // int X509_VERIFY_PARAM_add0_policy(X509_VERIFY_PARAM *param, ASN1_OBJECT *policy)
  X509_VERIFY_PARAM_add0_policy: INT_OF_TWO,
  // const char *OBJ_nid2sn(int n)
  OBJ_nid2sn: { parameters: ["i32"], result: "pointer" },
  // ASN1_OBJECT *OBJ_txt2obj(const char *s, int no_name)
  OBJ_txt2obj: { parameters: ["buffer", "i32"], result: "pointer" },
  // OPENSSL_STACK *OPENSSL_sk_new_null(void); int OPENSSL_sk_push(st, const void *data); void OPENSSL_sk_free(st)
  OPENSSL_sk_new_null: POINTER,
  OPENSSL_sk_push: INT_OF_TWO,
  OPENSSL_sk_free: VOID_OF,
  // int OPENSSL_sk_num(const OPENSSL_STACK *st); void *OPENSSL_sk_value(const OPENSSL_STACK *st, int i)
  OPENSSL_sk_num: INT_OF,
  OPENSSL_sk_value: { parameters: ["pointer", "i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** All functions together. */
export type OpenSslSymbols =
  & Deno.StaticForeignLibraryInterface<typeof SSL_SYMBOLS>
  & Deno.StaticForeignLibraryInterface<typeof CRYPTO_SYMBOLS>
  & Deno.StaticForeignLibraryInterface<typeof LIBC_SYMBOLS>;

/** What is called for every piece of data, and around every call. */
export const COMPILED: ReadonlySet<string> = new Set<keyof OpenSslSymbols>([
  "SSL_read",
  "SSL_peek",
  "SSL_write",
  "SSL_pending",
  "SSL_get_error",
  "BIO_read",
  "BIO_write",
  "BIO_ctrl_pending",
  "takeError",
]);
