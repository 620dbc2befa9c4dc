/**
 * The recipe of openssl.wasm: which source, which configuration, which tools, which flags. Whatever
 * changes the bytes of the file stands here, in the C files beside, or in the list of names.
 *
 * @module
 */

import { encodeHex } from "../../internal/bytes.ts";

/** Debian's source package, which has the fixes of security advisories in it. */
export const SOURCE = {
  package: "openssl",
  version: "3.5.7-1~deb13u2",
  suites: ["trixie"],
  securitySuites: ["trixie-security"],
  /** SHA-256 of every file of the package that goes into the build. */
  files: {
    "openssl_3.5.7-1~deb13u2.dsc":
      "25904642004d30c5c3da4642a72a7d09f8d9eb6e5ce62dab53c0371114faf8f2",
    "openssl_3.5.7.orig.tar.gz": "a8c0d28a529ca480f9f36cf5792e2cd21984552a3c8e4aa11a24aa31aeac98e8",
    "openssl_3.5.7-1~deb13u2.debian.tar.xz":
      "593a47654ead460a3b609503733f80bef552ff0802799d3b47784faacc50809f",
  },
} as const;

/** What dates are made of. It is the date of the package's last change. */
export const SOURCE_DATE_EPOCH = "1787498782";

/** The programs, each with the package of Debian that has it. */
export const PROGRAMS = {
  "apt-get": "apt",
  "dpkg-source": "dpkg-dev",
  perl: "perl",
  make: "make",
  "clang-19": "clang-19",
  "llvm-ar-19": "llvm-19",
  "llvm-ranlib-19": "llvm-19",
  "wasm-ld-19": "lld-19",
  "wasm-opt": "binaryen",
} as const;

/** The files of the C library and of the compiler that are linked, with their packages. */
export const RUNTIME = {
  "/usr/lib/wasm32-wasi/crt1-reactor.o": "wasi-libc",
  "/usr/lib/wasm32-wasi/libwasi-emulated-getpid.a": "wasi-libc",
  "/usr/lib/wasm32-wasi/libc.a": "wasi-libc",
  "/usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a":
    "libclang-rt-19-dev-wasm32",
} as const;

/** The target of OpenSSL's Configure, which it does not have itself. */
export const TARGET_NAME = "wasm32-socket-ssl";

/**
 * Its definition, in the language of OpenSSL's Configurations/README.md. `no-filenames` makes
 * OPENSSL_FILE an empty text: errors are told without the name of the C function, too.
 */
export const TARGET = `my %targets = (
    "${TARGET_NAME}" => {
        inherit_from  => [ "BASE_unix" ],
        CC            => "clang-19",
        AR            => "llvm-ar-19",
        RANLIB        => "llvm-ranlib-19",
        cflags        => "--target=wasm32-wasi -msimd128 -fno-strict-aliasing",
        cppflags      => "-D_WASI_EMULATED_GETPID -DNO_SYSLOG -DOPENSSL_FUNC=OPENSSL_FILE",
        bn_ops        => "BN_LLONG",
        thread_scheme => "(unknown)",
    },
);
`;

/** What the runtime does not have. */
const ABSENT = [
  ["asm", "threads", "sock", "stdio", "posix-io", "dso", "module", "shared", "pic"],
  ["ui-console", "async", "atexit", "autoload-config", "secure-memory", "engine"],
].flat();

/** What the library is not used for. `http` must stay: without it OCSP is gone, too. */
const UNUSED = [
  ["apps", "tests", "docs", "demos", "filenames", "comp", "cms", "cmp", "ts", "ct", "dtls", "srtp"],
  ["srp", "quic", "ssl-trace", "multiblock", "rfc3779", "ssl3", "ssl3-method", "slh-dsa"],
  ["ec2m", "sm2", "sm3", "sm4", "gost", "aria", "idea", "seed", "bf", "cast", "mdc2", "rc5"],
  ["whirlpool", "siphash", "argon2", "blake2", "siv", "ocb"],
].flat();

/** The arguments of OpenSSL's Configure. Random numbers come from c/random.c. */
export const CONFIGURE: readonly string[] = [
  TARGET_NAME,
  "--prefix=/nowhere",
  "--openssldir=/nowhere",
  "--with-rand-seed=none",
  "enable-ec_nistp_64_gcc_128",
  ...[...ABSENT, ...UNUSED].map((name) => `no-${name}`),
];

/** How most files are compiled: for size. */
export const COLD = "-Oz";

/**
 * How the files are compiled where the time goes: for speed, but only small functions are copied to
 * where they are called. The arithmetic of a curve is long; copies of it gain nothing.
 */
export const HOT = "-O3 -mllvm -inline-threshold=40";

/** Which object files those are. */
export const HOT_OBJECTS = new RegExp(
  "^(?:" + [
    "crypto/(?:aes|bio|bn|buffer|chacha|ec|evp|hashtable|hmac|lhash|ml_dsa|ml_kem|modes|poly1305|sha|stack)",
    "providers/implementations/(?:ciphers|digests|macs)",
    "ssl/record(?:/methods)?",
  ].join("|") + ")/[^/]+\\.o$",
);

/** Our own C files, which are linked before the libraries, and so in place of what is there. */
export const OWN: readonly string[] = ["random.c", "chacha20.c", "system.c", "curve.c"];

/** How they are compiled. */
export const OWN_FLAGS: readonly string[] = [
  ...["--target=wasm32-wasi", "-msimd128", "-O3", "-Wall", "-Werror"],
  "-DOPENSSL_SUPPRESS_DEPRECATED",
];

/** What is exported beside the functions of OpenSSL. */
const OWN_EXPORTS = ["malloc", "free", "_initialize"];

/** The flags of the linker: an overflow of the stack, which lies first, is a trap. */
export const LINK: readonly string[] = [
  ...["-m", "wasm32", "--no-entry", "--gc-sections", "--strip-all", "-O2"],
  ...["--stack-first", "-z", "stack-size=1048576", "--max-memory=1073741824"],
  ...["--export-table", "--growable-table"],
  ...OWN_EXPORTS.map((name) => `--export=${name}`),
];

/** The flags of wasm-opt. */
export const OPTIMIZE: readonly string[] = [
  ...["-Os", "--strip-debug", "--strip-producers"],
  ...["--enable-simd", "--enable-bulk-memory", "--enable-mutable-globals", "--enable-sign-ext"],
  "--enable-nontrapping-float-to-int",
];

/** The SHA-256 of bytes, or of a text, in hexadecimal. */
export async function sha256(data: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return encodeHex(await crypto.subtle.digest("SHA-256", bytes));
}
