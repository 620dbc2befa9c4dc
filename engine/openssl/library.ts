/**
 * Finds OpenSSL and says which version is there. Nothing happens at import. For this question the
 * library is loaded with a few functions; symbols.ts loads it with all of them, for the first context.
 *
 * Paths are absolute where they can be: Deno resolves a bare name in an
 * `--allow-ffi=<path>` flag against the working directory, so only the same
 * full path can match.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { featuresOf } from "../features.ts";
import type { EngineInfo } from "../engine.ts";

/** The environment variable that names the library. */
export const LIBRARY_ENV = "SOCKET_SSL_LIBSSL";

/** The library, loaded, with the C functions that were asked for. */
export interface Loaded<C> {
  /** The C functions. */
  readonly c: C;
  /** The file it was loaded from. */
  readonly path: string;
  /** Whether `--allow-ffi` is limited to paths, which rules callbacks out. */
  readonly narrow: boolean;
}

/** The newest first, wherever it lies. */
const VERSIONS = ["libssl.so.4", "libssl.so.3", "libssl.so.1.1"];

function linuxPaths(arch: string): string[] {
  const triple = `${arch}-linux-gnu`;
  const folders = [`/usr/lib/${triple}`, "/usr/lib64", "/usr/lib", "/lib64", "/usr/local/lib"];
  return VERSIONS.flatMap((v) => [...folders.map((f) => `${f}/${v}`), v]);
}

function darwinPaths(arch: string): string[] {
  const prefixes = arch === "aarch64"
    ? ["/opt/homebrew", "/usr/local"]
    : ["/usr/local", "/opt/homebrew"];
  const macPorts = "/opt/local/libexec";
  return ["4", "3", "1.1"].flatMap((v) => [
    ...prefixes.map((p) => `${p}/opt/openssl@${v}/lib/libssl.${v}.dylib`),
    `${macPorts}/openssl${v.replace(".", "")}/lib/libssl.${v}.dylib`,
  ]);
}

function windowsPaths(arch: string): string[] {
  const arm = arch === "aarch64";
  const names = ["libssl-4", "libssl-3"].map((n) => `${n}-${arm ? "arm64" : "x64"}.dll`)
    .concat("libssl-1_1-x64.dll");
  return names.flatMap((
    n,
  ) => [`C:\\Program Files\\OpenSSL\\bin\\${n}`, `C:\\Program Files\\OpenSSL-Win64\\bin\\${n}`, n]);
}

function granted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** Where libssl lies on a system, the newest version first. */
export function usualPaths(os: string, arch: string): string[] {
  if (os === "darwin") return darwinPaths(arch);
  return os === "windows" ? windowsPaths(arch) : linuxPaths(arch);
}

/**
 * Where libssl is looked for, in this order: `SOCKET_SSL_LIBSSL` (if reading
 * the environment is already permitted), then the usual places of this system.
 */
export function candidatePaths(): string[] {
  const own = granted({ name: "env", variable: LIBRARY_ENV })
    ? Deno.env.get(LIBRARY_ENV)
    : undefined;
  return own ? [own] : usualPaths(Deno.build.os, Deno.build.arch);
}

/**
 * The paths that may be loaded without a prompt: all of them under a full
 * `--allow-ffi`, the named ones under `--allow-ffi=<path>`.
 */
export function permittedPaths(): string[] {
  const paths = candidatePaths();
  if (granted({ name: "ffi" })) return paths;
  return paths.filter((path) => /[\\/]/.test(path) && granted({ name: "ffi", path }));
}

const decoder = new TextDecoder();

/** The C functions that read a C string. */
export interface TextReaders {
  /** `size_t strlen(const char *s)` */
  strlen(text: Deno.PointerValue): number;
  /** `void *memcpy(void *to, const void *from, size_t n)` */
  memcpy(to: Uint8Array<ArrayBuffer>, from: Deno.PointerValue, n: bigint): Deno.PointerValue;
}

/** The text of a C string; "" for NULL. */
export function textOf(
  c: TextReaders,
  ptr: Deno.PointerValue,
): string {
  if (ptr === null) return "";
  const bytes = new Uint8Array(c.strlen(ptr));
  if (bytes.length > 0) c.memcpy(bytes, ptr, BigInt(bytes.length));
  return decoder.decode(bytes);
}

/** The rows of the table of C functions that tell the version. */
export const VERSION_SYMBOLS = {
  // const char *OpenSSL_version(int type)
  OpenSSL_version: { parameters: ["i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The two functions of the C library that replace `Deno.UnsafePointerView`. */
export const LIBC_SYMBOLS = {
  // void *memcpy(void *dest, const void *src, size_t n)
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  memcpyAt: { name: "memcpy", parameters: ["buffer", "u64", "usize"], result: "pointer" },
  memcpyTo: { name: "memcpy", parameters: ["pointer", "buffer", "usize"], result: "pointer" },
  // size_t strlen(const char *s): as u32, which spares the BigInt
  strlen: { parameters: ["pointer"], result: "u32" },
  strlenAt: { name: "strlen", parameters: ["u64"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * What else must be there: the names of symbols.ts that are not optional (tests/engine/ compares).
 * A library without one of them is none, and to find out must not take the table itself.
 */
export const NEEDED = {
  ssl: `
  TLS_method SSL_CTX_new SSL_CTX_free SSL_CTX_ctrl SSL_CTX_callback_ctrl SSL_CTX_set_options
  SSL_CTX_set_cipher_list SSL_CTX_set_ciphersuites SSL_CTX_use_certificate SSL_CTX_use_PrivateKey
  SSL_CTX_check_private_key SSL_CTX_set1_cert_store SSL_CTX_get_security_level
  SSL_CTX_set_security_level SSL_CTX_get0_param SSL_CTX_add_client_CA SSL_CTX_set_verify
  SSL_CTX_set_cert_verify_callback
  SSL_CTX_set_session_id_context SSL_CTX_set_alpn_protos SSL_CTX_set_alpn_select_cb
  SSL_CTX_set_keylog_callback SSL_CTX_set_num_tickets SSL_CTX_sess_set_new_cb
  SSL_CTX_set_msg_callback SSL_CIPHER_get_auth_nid SSL_get1_session SSL_set_session
  SSL_SESSION_free SSL_SESSION_is_resumable SSL_SESSION_get0_peer SSL_set_session_id_context
  SSL_CTX_set_session_ticket_cb PEM_write_bio_SSL_SESSION PEM_read_bio_SSL_SESSION
  SSL_new SSL_free SSL_ctrl SSL_set_bio SSL_set_connect_state SSL_set_accept_state
  SSL_set_SSL_CTX SSL_do_handshake SSL_get_error SSL_read SSL_peek SSL_write SSL_pending
  SSL_shutdown SSL_get_shutdown SSL_session_reused SSL_get_version SSL_version
  SSL_get_current_cipher SSL_CIPHER_get_name SSL_get_verify_result SSL_get_servername
  SSL_get0_alpn_selected SSL_get_peer_cert_chain SSL_get0_verified_chain SSL_get_certificate
  SSL_get_finished SSL_get_peer_finished SSL_export_keying_material
  SSL_get_ex_data_X509_STORE_CTX_idx
`,
  crypto: `
  OPENSSL_init_crypto OpenSSL_version_num BIO_s_mem BIO_new BIO_free BIO_read BIO_write
  BIO_ctrl_pending BIO_ctrl
  ERR_get_error ERR_clear_error ERR_lib_error_string ERR_reason_error_string ERR_set_mark
  ERR_pop_to_mark d2i_X509_bio i2d_X509_bio X509_free d2i_X509_CRL_bio X509_CRL_free
  d2i_PrivateKey_bio d2i_PKCS8PrivateKey_bio PEM_read_bio_PrivateKey EVP_PKEY_free CRYPTO_malloc
  EVP_aes_256_cbc EVP_sha256 EVP_Digest EVP_EncryptInit_ex EVP_DecryptInit_ex X509_STORE_new X509_STORE_free
  X509_STORE_add_cert X509_STORE_add_crl X509_VERIFY_PARAM_set_flags X509_verify_cert
  X509_STORE_CTX_get_ex_data X509_STORE_CTX_get_error X509_STORE_CTX_get_error_depth
  X509_STORE_CTX_set_error X509_STORE_CTX_get0_chain X509_STORE_CTX_get0_untrusted
  X509_STORE_CTX_get_current_cert X509_verify_cert_error_string X509_STORE_CTX_new
  X509_STORE_CTX_free X509_STORE_CTX_init X509_STORE_CTX_get0_param X509_VERIFY_PARAM_set_time
  X509_VERIFY_PARAM_set_depth X509_VERIFY_PARAM_set_auth_level X509_VERIFY_PARAM_set_purpose
  X509_VERIFY_PARAM_add0_policy
  OBJ_txt2obj OPENSSL_sk_new_null OPENSSL_sk_push OPENSSL_sk_free OPENSSL_sk_num OPENSSL_sk_value
`,
};

type Tables = readonly [
  ssl: Deno.ForeignLibraryInterface,
  crypto: Deno.ForeignLibraryInterface,
  libc: Deno.ForeignLibraryInterface,
];

/** Loads the functions of the three tables from one library and what it stands on. */
export function dlopen(path: string, [ssl, crypto, libc]: Tables): Record<string, unknown> {
  if (Deno.build.os !== "windows") {
    return Deno.dlopen(path, { ...ssl, ...crypto, ...libc }).symbols;
  }
  // A DLL exports only its own functions.
  return {
    ...Deno.dlopen(path, ssl).symbols,
    ...Deno.dlopen(path.replace("libssl", "libcrypto"), crypto).symbols,
    ...Deno.dlopen("msvcrt.dll", libc).symbols,
  };
}

/**
 * Loads the library from the first place where that works.
 *
 * @throws {SslUnsupportedError} If no candidate could be loaded; lists each with its reason.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
function loadFirst<C>(load: (path: string) => C): Loaded<C> {
  const narrow = !granted({ name: "ffi" });
  const permitted = permittedPaths();
  // With nothing permitted, one attempt lets Deno ask or refuse in its own words.
  const paths = permitted.length > 0 ? permitted : candidatePaths().slice(0, 1);
  const tried: string[] = [];
  for (const path of paths) {
    try {
      return { c: load(path), path, narrow: narrow && !granted({ name: "ffi" }) };
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      tried.push(`${path}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new SslUnsupportedError(
    `Cannot load OpenSSL: install OpenSSL 4, 3 or 1.1.1, or name its libssl in the environment variable ${LIBRARY_ENV}: tried ${
      tried.join("; ")
    }`,
    { code: "ERR_SSL_LIBRARY" },
  );
}

interface Telling extends TextReaders {
  /** `const char *OpenSSL_version(int type)` */
  OpenSSL_version(type: number): Deno.PointerValue;
}

/** Only whether they are there: to make them callable takes twenty times as long. */
const needed = (names: string): Deno.ForeignLibraryInterface =>
  Object.fromEntries(names.trim().split(/\s+/).map((name) => [name, { type: "pointer" }]));

let found: Loaded<Telling> | undefined;

/**
 * Finds the library, once.
 *
 * @throws As {@linkcode loadWith}.
 */
export function findLibrary(): Loaded<Telling> {
  return found ??= loadFirst((path) =>
    dlopen(path, [
      needed(NEEDED.ssl),
      { ...needed(NEEDED.crypto), ...VERSION_SYMBOLS },
      LIBC_SYMBOLS,
    ]) as unknown as Telling
  );
}

/**
 * Loads the library with more functions: where it was found, if it was.
 *
 * @throws {SslUnsupportedError} If no candidate could be loaded; lists each with its reason.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
export function loadWith<C extends Telling>(load: (path: string) => C): Loaded<C> {
  const loaded = found === undefined ? loadFirst(load) : { ...found, c: load(found.path) };
  found = loaded;
  return loaded;
}

/**
 * What is there, and what it can do; loads it at the first call.
 *
 * @throws As {@linkcode findLibrary}.
 */
export function openSslInfo(): EngineInfo {
  const { c, path, narrow } = findLibrary();
  return {
    name: "openssl",
    version: textOf(c, c.OpenSSL_version(0)),
    path,
    features: featuresOf(narrow ? "openssl-narrow" : "openssl"),
  };
}
