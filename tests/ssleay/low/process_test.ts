/** What needs a process of its own: few permissions, and the garbage collector. */

import "../../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { findLibrary } from "../../../engine/openssl/library.ts";

const LOW = new URL("../../../ssleay/low/mod.ts", import.meta.url).href;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

async function run(script: string, flags: readonly string[]): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, `import { SSLeay } from ${JSON.stringify(LOW)};\n${script}`);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--no-prompt", "--config", CONFIG, ...flags, file],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    assertEquals(text.decode(stderr), "");
    return text.decode(stdout).trim();
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("under --allow-ffi=<path> what needs neither callbacks nor addresses works, and the rest throws with the reason", async () => {
  const output = await run(
    `
    const tried = (run) => { try { return String(run()); } catch (error) { return error.name + ": " + error.message; } };
    const ctx = SSLeay.CTX_new();
    console.log(JSON.stringify([
      tried(() => SSLeay.CTX_set_options(ctx, SSLeay.OP_NO_TLSv1) > 0),
      tried(() => SSLeay.get_version(SSLeay.new(ctx))),
      tried(() => SSLeay.EVP_Digest("abc", SSLeay.EVP_sha256()).length),
      tried(() => SSLeay.CTX_set_info_callback(ctx, () => {})),
      tried(() => SSLeay.d2i_OCSP_RESPONSE("x")),
      tried(() => SSLeay.free(null)),
    ]));`,
    [`--allow-ffi=${findLibrary().path}`, "--allow-env=SOCKET_SSL_LIBSSL"],
  );
  assertEquals(JSON.parse(output), [
    "true",
    "TLSv1.3",
    "32",
    "SslUnsupportedError: Cannot set a callback: --allow-ffi=<path> rules callbacks out: use --allow-ffi",
    "SslUnsupportedError: Cannot use an address of OpenSSL's memory: --allow-ffi=<path> rules addresses out: use --allow-ffi",
    "TypeError: Cannot call free(): expected an SSL: received null",
  ]);
});

Deno.test("100,000 objects that are forgotten are freed: memory does not grow, nothing crashes", async () => {
  const output = await run(
    `
    const round = async () => {
      for (let i = 0; i < 20_000; i++) {
        const x509 = SSLeay.X509_new();
        SSLeay.X509_NAME_add_entry_by_txt(SSLeay.X509_get_subject_name(x509), "CN", SSLeay.MBSTRING_ASC, "x".repeat(50));
        if (i % 3 === 0) SSLeay.X509_free(x509);
        if (i % 2000 === 0) { gc(); await new Promise((done) => setTimeout(done, 0)); }
      }
      for (let i = 0; i < 5; i++) { gc(); await new Promise((done) => setTimeout(done, 5)); }
      return Deno.memoryUsage().rss / 1e6;
    };
    const sizes = [];
    for (let i = 0; i < 5; i++) sizes.push(await round());
    console.log(JSON.stringify(sizes));`,
    ["--allow-ffi", "--allow-env", "--v8-flags=--expose-gc"],
  );
  const sizes = JSON.parse(output) as number[];
  // 20,000 certificates are some 30 MB in C.
  assert(
    sizes.at(-1)! - sizes[1]! < 20,
    `the process grew: ${sizes.map(Math.round).join(", ")} MB`,
  );
});
