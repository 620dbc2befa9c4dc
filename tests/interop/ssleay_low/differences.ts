/**
 * Where a replay of Net::SSLeay's own tests differs from Perl, and why. Every other call gives the
 * same.
 *
 * @module
 */

/** Functions whose result is made anew each time: keys, signatures, random numbers, the time. */
export const ANEW: Readonly<Record<string, string>> = {
  PEM_get_string_PrivateKey: "the key was made in this run",
  PEM_get_string_X509: "the key and the time are of this run",
  PEM_get_string_X509_CRL: "the signature and the time are of this run",
  PEM_get_string_X509_REQ: "the key is of this run",
  X509_get_X509_PUBKEY: "the key is of this run",
  P_ASN1_TIME_get_isotime: "the time is now",
  P_ASN1_TIME_put2string: "the time is now",
  RAND_file_name: "the environment of the test is not ours",
};

/** By function, the reason. */
export const DELIBERATE: Readonly<Record<string, string>> = {
  RAND_seed: "a number is refused: bytes or text are random, a number is a mistake",
  P_ASN1_TIME_set_isotime: "undef instead of an object is a TypeError",
  "callback of RSA_generate_key": "how often the callback is called depends on the primes",
  RSA_generate_key: "a callback that Perl cannot call is a name; here it must be a function",
  OSSL_PROVIDER_available: "the process that replays has the default provider already",
};

const BUILD = "Perl has the version that it was built with, we have the one that runs";

/**
 * On OpenSSL as WebAssembly, which is 3.5 whatever Perl has. The route of a handshake is not compared
 * there: a client of 3.5 sends a larger hello, so the bytes meet elsewhere.
 */
const NEWER = "OpenSSL 3.5 does it so, through FFI, too";
const NO_ARIA = "OpenSSL as WebAssembly has no ARIA";

/** Functions of the replays that differ there besides those of DELIBERATE. */
export const DELIBERATE_ON_WASM: Readonly<Record<string, string>> = {
  SSLeay: BUILD,
  SSLeay_version: BUILD,
  OpenSSL_version: BUILD,
  OpenSSL_version_num: BUILD,
  OPENSSL_version_minor: BUILD,
  OPENSSL_version_patch: BUILD,
  OPENSSL_info: "it has no folders, no seed of its own, and no processor to ask",
  P_EVP_MD_list_all: "OpenSSL as WebAssembly has no BLAKE2, SM3, MDC2 and Whirlpool",
  EVP_get_digestbyname: "OpenSSL as WebAssembly has no BLAKE2, SM3, MDC2 and Whirlpool",
  X509V3_EXT_print: NEWER,
  X509_get_version: "OpenSSL 3.5 refuses a version that the standard does not have",
  X509_REQ_set_version: "OpenSSL 3.5 refuses a version that the standard does not have",
  X509_REQ_get_version: "OpenSSL 3.5 refuses a version that the standard does not have",
  X509_REQ_verify: "OpenSSL 3.5 refuses a version that the standard does not have",
};

/** The lines that differ there besides those of TWIN. */
export const TWIN_ON_WASM: Readonly<Record<string, string>> = {
  "36_verify: a file that is not there":
    "WASI has other numbers for the system's errors; the text is the same",
  "43_misc_functions: line 21": NO_ARIA,
  "46_msg_callback: line 15": NEWER,
  "46_msg_callback: line 20": NEWER,
  "66_curves: line 90": NEWER,
  "66_curves: line 91": NEWER,
  "66_curves: line 94": NEWER,
  "besides: line 152": NEWER,
};

/** Constants that differ there besides those of BUILT_IN. */
export const BUILT_IN_ON_WASM: Readonly<Record<string, string>> = {
  OPENSSL_VERSION_MINOR: BUILD,
};

const NO_HANDLE = "a handle that is not one never reaches C, where most functions would crash";
const KEY_BLOCK =
  "Debian's 1.92 counts the whole nonce; since 1.93 Perl counts its 4 bytes of the key block, and so do we";
const NO_TEXT = "undef where a text belongs is a mistake, and is refused";

/** Constants that differ, and why. */
export const BUILT_IN: Readonly<Record<string, string>> = {
  OPENSSL_VERSION_NUMBER: BUILD,
  OPENSSL_VERSION_PATCH: BUILD,
};

/** The lines of the scripts that differ, by script and name, and the reason. */
export const TWIN: Readonly<Record<string, string>> = {
  "11_read: get_error after the queue was read":
    "it is remembered, since after an await the queue may be another connection's",
  "41_alpn_support: a name that the client did not offer":
    "RFC 7301 forbids the server to choose it: refused at once, and not by the client",
  "43_misc_functions: cipher suites by undef: CTX": NO_TEXT,
  "43_misc_functions: cipher suites by undef: SSL": NO_TEXT,
  "43_misc_functions: get_ciphers(undef)": NO_HANDLE,
  "43_misc_functions: get_cipher_list(undef)": NO_HANDLE,
  "43_misc_functions: CIPHER_get_name(undef)": NO_HANDLE,
  "43_misc_functions: CIPHER_get_bits(undef)": NO_HANDLE,
  "43_misc_functions: CIPHER_get_version(undef)": NO_HANDLE,
  "43_misc_functions: the key block of an AEAD cipher: TLS 1.2": KEY_BLOCK,
  "43_misc_functions: the key block of an AEAD cipher: TLS 1.3": KEY_BLOCK,
  "43_misc_functions: get_cipher_bits with a second argument":
    "Perl takes an address in memory there; here it is an object, which is filled",
  "besides: the chain that set_cert_and_key has loaded":
    "Perl loads the first certificate of the file; we load the chain, which clients need",
  "besides: no response in the status callback": "it is undefined here, and 0 in Perl",
  "besides: a key file that is not there":
    "Deno reads the file: what OpenSSL's own reading adds to the first error is not there",
  "besides: a certificate file without a certificate":
    "Deno reads the file: what OpenSSL's own reading adds to the first error is not there",
};
