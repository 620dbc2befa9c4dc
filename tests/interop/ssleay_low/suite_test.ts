/**
 * Net::SSLeay's own tests, live: those that use no socket run under a recorder in Perl, and every
 * call is replayed with `./ssleay/low`. Each result is the same, or its difference has a reason.
 */

import "../../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { functionsByName } from "../../../ssleay/low/functions.ts";
import { debianSource } from "../../helpers/debian.ts";
import { ANEW, DELIBERATE } from "./differences.ts";
import type { Outcome } from "./replay.ts";

const HERE = new URL(".", import.meta.url).pathname;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

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

Deno.test({
  name: "Net::SSLeay's own tests without sockets give the same, call by call",
  timeout: 300_000,
  async fn(t) {
    const dir = await Deno.makeTempDir();
    try {
      const source = await debianSource("libnet-ssleay-perl", { dir, suites: ["bookworm"] });
      await Deno.writeTextFile(`${dir}/names`, [...functionsByName().keys(), ""].join("\n"));
      let calls = 0;
      for (const test of TESTS) {
        await t.step(test, async () => {
          const file = await record(source, test, dir);
          const { same, blocked, different } = await replayed(file, source);
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
      await Deno.remove(dir, { recursive: true });
    }
  },
});
