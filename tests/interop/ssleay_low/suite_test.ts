/**
 * Net::SSLeay's own tests, live: those that use no socket run under a recorder in Perl, and every
 * call is replayed with `./ssleay/low`. Each result is the same, or its difference has a reason.
 */

import "../../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { functionNames } from "../../../ssleay/low/functions.ts";
import * as ssleay from "../../../ssleay/mod.ts";
import { debianSource } from "../../../build/wasm/debian.ts";
import { BACKEND } from "../../ssleay/low/backend.ts";
import { ANEW, DELIBERATE, DELIBERATE_ON_WASM } from "./differences.ts";
import type { Outcome } from "./replay.ts";
import { calledBy, readScript, SCRIPTED } from "./scripts.ts";

const HERE = new URL(".", import.meta.url).pathname;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

/** The tests without sockets. */
const TESTS = [
  "03_use",
  "04_basic",
  "05_passwd_cb",
  "09_ctx_new",
  "10_rand",
  "15_bio",
  "22_provider",
  "22_provider_try_load",
  "22_provider_try_load_zero_retain",
  "30_error",
  "31_rsa_generate_key",
  "32_x509_get_cert_info",
  "33_x509_create_cert",
  "34_x509_crl",
  "37_asn1_time",
  "38_priv-key",
  "39_pkcs12",
  "50_digest",
  "63_ec_key_generate_key",
  "65_security_level",
];

/** The tests that are neither recorded nor have a script, and why. */
const OTHERS: Readonly<Record<string, string>> = {
  "01_pod": "it is about the files of the distribution",
  "02_pod_coverage": "it is about the files of the distribution",
  "20_functions": "it is about AUTOLOAD; rows_test.ts says that every function is there",
  "21_constants": "it compares with a list of its own; twin_test.ts compares every value",
  "35_ephemeral": "what it calls is not in OpenSSL 1.1.0 and later, and it skips itself",
  "61_threads-cb-crash": "threads of Perl; Workers are in tests/ssleay/low/examples_test.ts",
  "62_threads-ctx_new-deadlock":
    "threads of Perl; Workers are in tests/ssleay/low/examples_test.ts",
  kwalitee: "it is about the files of the distribution",
};

/** Records a test of Perl's, and gives the file. */
async function record(source: string, test: string, dir: string): Promise<string> {
  const file = `${dir}/${test}.jsonl`;
  const { success, stderr } = await new Deno.Command("perl", {
    args: ["-Iinc", `-I${HERE}`, "-MRecord", `t/local/${test}.t`],
    cwd: source,
    env: { RECORD_FILE: file, RECORD_NAMES: `${dir}/names` },
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  }).output();
  const { size } = await Deno.stat(file);
  assert(success || size > 0, new TextDecoder().decode(stderr).slice(-500));
  return file;
}

/** Replays a recording where the tests stand, since they name their files from there. */
async function replayed(file: string, source: string): Promise<Outcome> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-all",
      "--config",
      CONFIG,
      `${HERE}replay.ts`,
      file,
    ],
    cwd: source,
    signal: AbortSignal.timeout(60_000),
  }).output();
  assert(success, new TextDecoder().decode(stderr).slice(-500));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The functions that a test of Perl's calls, as far as we have them. */
async function calledInPerl(file: string): Promise<string[]> {
  const code = (await Deno.readTextFile(file)).replaceAll(/^\s*#.*$/gm, "");
  const names = new Set(code.matchAll(/Net::SSLeay::(\w+)/g).map(([, name]) => name!));
  const known = new Set([...functionNames(), ...Object.keys(ssleay)]);
  return [...names].filter((name) => known.has(name));
}

/** Each test is recorded, has a script that calls what it calls, or stands among the others. */
async function assertCovered(source: string): Promise<void> {
  const tests: string[] = [];
  for await (const { name } of Deno.readDir(`${source}/t/local`)) {
    tests.push(name.replace(".t", ""));
  }
  const own = new Set<string>(SCRIPTED.filter((name) => tests.includes(name)));
  assertEquals(tests.sort(), [...TESTS, ...own, ...Object.keys(OTHERS)].sort());
  for (const name of own) {
    const { heading, lines } = await readScript(name);
    const called = calledBy(lines);
    const missing = (await calledInPerl(`${source}/t/local/${name}.t`)).filter((each) =>
      !called.has(each)
    );
    assertEquals(missing.sort(), Object.keys(heading.without ?? {}).sort(), name);
  }
}

Deno.test({
  name: "Net::SSLeay's own tests without sockets give the same, call by call",
  timeout: 300_000,
  async fn(t) {
    const dir = await Deno.makeTempDir();
    try {
      const source = await debianSource("libnet-ssleay-perl", { dir, suites: ["bookworm"] });
      await Deno.writeTextFile(`${dir}/names`, [...functionNames(), ""].join("\n"));
      await t.step("each test is here, or has a script", () => assertCovered(source));
      let calls = 0;
      for (const test of TESTS) {
        await t.step(test, async () => {
          const file = await record(source, test, dir);
          const { same, blocked, different } = await replayed(file, source);
          calls += same;
          const unexplained = different.filter(({ fn }) =>
            !(fn in ANEW) && !(fn in DELIBERATE) &&
            !(BACKEND === "wasm" && fn in DELIBERATE_ON_WASM) &&
            !(fn.startsWith("callback ") && test === "31_rsa_generate_key")
          );
          assertEquals(unexplained, []);
          // Each digest that this OpenSSL does not have is wanted once more.
          const absent = different.filter(({ fn }) => fn === "EVP_get_digestbyname");
          assertEquals(blocked, absent.length);
          assert(same > 0);
        });
      }
      assert(calls > 5_000, `only ${calls} calls were compared`);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
