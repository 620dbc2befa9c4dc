/**
 * Runs tests with another OpenSSL, from Debian's packages, which are unpacked and not installed.
 *
 *     deno task test:openssl <1.1.1, 3.5, 4 or wasm> [<test file, folder or flag>...]
 *
 * "wasm" is the file of engine/wasm/, on which the tests of the engine "openssl" run, too.
 * Without files: what has to do with the library, which is the tests of the engine, the contract
 * suite and the low-level functions. It works on Linux with apt.
 *
 * @module
 */

import { debianPackages } from "../../build/wasm/debian.ts";
import { runOnWasm } from "./wasm/run.ts";

interface Release {
  readonly suites: readonly string[];
  readonly library: string;
  readonly packages: readonly string[];
  /** Whether it needs a C library newer than that of the oldest system that tests run on. */
  readonly ownLibc: boolean;
}

const LIBC = ["libc6", "libgcc-s1", "zlib1g", "libzstd1"];

const RELEASES: Readonly<Record<string, Release>> = {
  "1.1.1": {
    suites: ["bullseye"],
    library: "libssl.so.1.1",
    packages: ["libssl1.1"],
    ownLibc: false,
  },
  "3.5": {
    suites: ["trixie"],
    library: "libssl.so.3",
    packages: ["libssl3t64", "openssl-provider-legacy", ...LIBC],
    ownLibc: true,
  },
  "4": {
    suites: ["unstable", "experimental"],
    library: "libssl.so.4",
    packages: ["libssl4", "openssl-provider-legacy", ...LIBC],
    ownLibc: true,
  },
};

const DEFAULT_TESTS = ["tests/engine", "tests/contract", "tests/ssleay/low"];

const ROOT = new URL("../../", import.meta.url);

/** Which program loads Deno and its C library: a path in the file, with a NUL at its end. */
const LOADER = Deno.build.arch === "aarch64"
  ? "/lib/ld-linux-aarch64.so.1"
  : "/lib64/ld-linux-x86-64.so.2";

function indexOf(bytes: Uint8Array, wanted: Uint8Array, end: number): number {
  for (let i = 0; i < end; i++) if (wanted.every((byte, j) => bytes[i + j] === byte)) return i;
  throw new Error("Cannot find the loader's path in the program of Deno");
}

/** A copy of Deno for another C library, which the copy and what it starts get from `libraries`. */
async function denoWith(libraries: string, dir: string): Promise<string> {
  const loader = `${dir}/l`;
  await Deno.symlink(`${libraries}/${LOADER.split("/").at(-1)}`, loader);
  const bytes = await Deno.readFile(Deno.execPath());
  const encoder = new TextEncoder();
  const at = indexOf(bytes, encoder.encode(`${LOADER}\0`), 4096);
  const path = new Uint8Array(LOADER.length + 1);
  if (loader.length > LOADER.length) throw new Error(`Cannot use the long path ${loader}`);
  path.set(encoder.encode(loader));
  bytes.set(path, at);
  const deno = `${dir}/deno`;
  await Deno.writeFile(deno, bytes, { mode: 0o755 });
  return deno;
}

const [version = "", ...tests] = Deno.args;
if (version === "wasm") Deno.exit(await runOnWasm(tests));
const release = Object.hasOwn(RELEASES, version) ? RELEASES[version] : undefined;
if (release === undefined) {
  console.error(`Name a version of OpenSSL: ${Object.keys(RELEASES).join(", ")}, wasm`);
  Deno.exit(2);
}

/** Says, as CI reads it, that this version could not be fetched. */
const NOT_FETCHED = 3;

// Not where TMPDIR says: the path of the loader must not be longer than the one that it replaces.
const dir = await Deno.makeTempDir({ dir: "/tmp" });
let code: number;
try {
  const root = await debianPackages(release.packages, { dir, suites: release.suites }).catch(
    (error) => console.error(error),
  );
  code = root === undefined
    ? NOT_FETCHED
    : await runWith(release, `${root}/usr/lib/${Deno.build.arch}-linux-gnu`);
} finally {
  await Deno.remove(dir, { recursive: true });
}
Deno.exit(code);

async function runWith({ library, ownLibc }: Release, libraries: string): Promise<number> {
  const deno = ownLibc ? await denoWith(libraries, dir) : Deno.execPath();
  const paths = tests.some((each) => !each.startsWith("-")) ? tests : [...tests, ...DEFAULT_TESTS];
  const { code } = await new Deno.Command(deno, {
    args: ["test", "--allow-all", "--trace-leaks", "--parallel", "--no-check", ...paths],
    cwd: ROOT,
    env: {
      SOCKET_SSL_LIBSSL: `${libraries}/${library}`,
      LD_LIBRARY_PATH: libraries,
      OPENSSL_MODULES: `${libraries}/ossl-modules`,
    },
  }).spawn().status;
  return code;
}
