/**
 * Net::SSLeay's own tests, live: those that use no socket run under a recorder in Perl, and every
 * call is replayed with `./ssleay/low`. Each result is the same, or its difference has a reason.
 */

import "../../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { functionsByName } from "../../../ssleay/low/functions.ts";
import { debianSource } from "../perl_suite/debian_source.ts";
import { ANEW, DELIBERATE } from "./differences.ts";
import { replay } from "./replay.ts";

const HERE = new URL(".", import.meta.url).pathname;

/** The tests without sockets, and without what a replay cannot follow (threads, digests of files). */
const TESTS = [
  "03_use",
  "04_basic",
  "05_passwd_cb",
  "09_ctx_new",
  "10_rand",
  "15_bio",
  "22_provider",
  "30_error",
  "31_rsa_generate_key",
  "33_x509_create_cert",
  "34_x509_crl",
  "37_asn1_time",
  "38_priv-key",
  "39_pkcs12",
  "50_digest",
  "63_ec_key_generate_key",
];

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
  const recording = await Deno.readTextFile(file);
  assert(success || recording !== "", new TextDecoder().decode(stderr).slice(-500));
  return recording;
}

Deno.test({
  name: "Net::SSLeay's own tests without sockets give the same, call by call",
  timeout: 300_000,
  async fn(t) {
    const dir = await Deno.makeTempDir();
    const before = Deno.cwd();
    try {
      const source = await debianSource("libnet-ssleay-perl", { dir, suite: "bookworm" });
      await Deno.writeTextFile(`${dir}/names`, [...functionsByName().keys(), ""].join("\n"));
      let calls = 0;
      for (const test of TESTS) {
        await t.step(test, async () => {
          const recording = await record(source, test, dir);
          Deno.chdir(source); // the tests name their files from there
          const { same, blocked, different } = replay(recording);
          calls += same;
          const unexplained = different.filter(({ fn }) =>
            !(fn in ANEW) && !(fn in DELIBERATE) &&
            !(fn.startsWith("callback ") && test === "31_rsa_generate_key")
          );
          assertEquals(unexplained, []);
          assertEquals(blocked, 0);
          assert(same > 0);
        });
      }
      assert(calls > 5_000, `only ${calls} calls were compared`);
    } finally {
      Deno.chdir(before);
      await Deno.remove(dir, { recursive: true });
    }
  },
});
