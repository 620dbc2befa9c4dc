/** What needs a process of its own: few permissions, and the garbage collector. */

import "../../helpers/limit.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { findLibrary, textOf } from "../../../engine/openssl/library.ts";
import { WASM_VERSION } from "../../../engine/select.ts";
import { TestCa } from "../../../testing/mod.ts";
import { wasmBuilt } from "../../helpers/wasm.ts";

const LOW = new URL("../../../ssleay/low/mod.ts", import.meta.url).href;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

async function run(
  script: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, `import { SSLeay } from ${JSON.stringify(LOW)};\n${script}`);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--no-prompt", "--config", CONFIG, ...flags, file],
      env: { NO_COLOR: "1", ...env },
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
    'SslUnsupportedError: Cannot set a callback: --allow-ffi=<path> rules callbacks out: use --allow-ffi, or useBackend("wasm")',
    'SslUnsupportedError: Cannot use an address of OpenSSL\'s memory: --allow-ffi=<path> rules addresses out: use --allow-ffi, or useBackend("wasm")',
    "TypeError: Cannot call free(): expected an SSL: received null",
  ]);
});

/** Under no permission, or what the script needs. */
const onWasm = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: !wasmBuilt, fn });

onWasm(
  "on wasm a client and a server need --allow-net alone, and memory BIOs need nothing",
  async () => {
    const ca = await TestCa.create();
    const { cert, key } = await ca.server("localhost");
    const credentials = JSON.stringify({ ca: ca.pem, cert, key });
    const script = `
    import { useBackend } from ${JSON.stringify(LOW)};
    const { ca, cert, key } = ${credentials};
    await useBackend("wasm");
    const bio = (text) => { const b = SSLeay.BIO_new(SSLeay.BIO_s_mem()); SSLeay.BIO_write(b, text); return b; };
    const server = SSLeay.CTX_new(), client = SSLeay.CTX_new();
    SSLeay.CTX_use_certificate(server, SSLeay.PEM_read_bio_X509(bio(cert)));
    SSLeay.CTX_use_PrivateKey(server, SSLeay.PEM_read_bio_PrivateKey(bio(key)));
    SSLeay.X509_STORE_add_cert(SSLeay.CTX_get_cert_store(client), SSLeay.PEM_read_bio_X509(bio(ca)));
    let judged = 0;
    SSLeay.CTX_set_verify(client, SSLeay.VERIFY_PEER, (ok) => { judged++; return ok; });
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const serving = (async () => {
      const conn = await listener.accept(), ssl = SSLeay.new(server);
      SSLeay.set_fd(ssl, conn);
      await SSLeay.accept(ssl);
      await SSLeay.write(ssl, await SSLeay.read(ssl));
      await SSLeay.shutdown(ssl);
      conn.close();
    })();
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    const ssl = SSLeay.new(client);
    SSLeay.set_fd(ssl, conn);
    const done = await SSLeay.connect(ssl);
    await SSLeay.write(ssl, "ping");
    const answer = new TextDecoder().decode(await SSLeay.read(ssl));
    await serving;
    conn.close();
    listener.close();
    console.log(JSON.stringify([done, answer, SSLeay.get_version(ssl), judged > 0]));`;
    assertEquals(JSON.parse(await run(script, ["--allow-net=127.0.0.1"])), [
      1,
      "ping",
      "TLSv1.3",
      true,
    ]);
    const { version } = JSON.parse(
      await run(
        `import { useBackend } from ${JSON.stringify(LOW)};
    await useBackend("wasm");
    console.log(JSON.stringify({ version: SSLeay.SSLeay_version() }));`,
        [],
      ),
    );
    assertEquals(version, WASM_VERSION);
  },
);

Deno.test("without a permission, and without OpenSSL, the error names the backend that needs neither", async () => {
  const tried =
    `try { SSLeay.CTX_new(); } catch (error) { console.log(error.name, error.message); }`;
  const remedy =
    'call useBackend("wasm") of "@socket/ssl/ssleay/low" first, which brings OpenSSL along and needs no permission';
  const refused = await run(tried, []);
  assertMatch(refused, /^NotCapable Requires ffi access .*--allow-ffi flag, or call useBackend/);
  assert(refused.endsWith(remedy), refused);
  const missing = await run(tried, ["--allow-ffi", "--allow-env"], {
    SOCKET_SSL_LIBSSL: "/missing",
  });
  assertMatch(missing, /^SslUnsupportedError Cannot load OpenSSL: .*; or call useBackend/);
  assert(missing.endsWith(remedy), missing);
});

Deno.test("the backend is chosen before anything else is called, and once", async () => {
  const output = await run(
    `
    import { useBackend } from ${JSON.stringify(LOW)};
    const tried = (name) => useBackend(name).then(() => "chosen", (error) => error.name + ": " + error.message);
    const outcomes = [await tried("wasm"), await tried("ffi"), await tried("openssl"), await tried("wasm")];
    SSLeay.ERR_clear_error(); // of JavaScript alone
    outcomes.push(await tried("ffi"));
    const wasm = tried("wasm");
    SSLeay.CTX_new(); // while the file is loaded
    console.log(JSON.stringify([...outcomes, await wasm, await tried("ffi"), await tried("wasm")]));`,
    ["--allow-ffi", "--allow-env"],
  );
  const used =
    'TypeError: Cannot use the backend "wasm": SSLeay is in use on "ffi" already: call useBackend() before every other function, or in a Worker of its own';
  const wrong =
    'TypeError: Cannot choose a backend: it must be "ffi" or "wasm": received "openssl"';
  const outcomes = JSON.parse(output);
  const chosen = wasmBuilt ? "chosen" : outcomes[0];
  assertEquals(
    outcomes,
    [chosen, "chosen", wrong, chosen, "chosen", wasmBuilt ? used : chosen, "chosen", used],
  );
});

onWasm("a Worker chooses for itself", async () => {
  const output = await run(
    `
    import { useBackend } from ${JSON.stringify(LOW)};
    const inWorker = self.name === "chooses";
    if (inWorker) await useBackend("wasm");
    const version = SSLeay.SSLeay_version();
    if (inWorker) self.postMessage(version);
    else {
      const worker = new Worker(import.meta.url, { type: "module", name: "chooses" });
      const theirs = await new Promise((done) => worker.onmessage = ({ data }) => done(data));
      worker.terminate();
      console.log(JSON.stringify([version, theirs]));
    }`,
    ["--allow-ffi", "--allow-env", "--allow-read"],
  );
  const [ours, theirs] = JSON.parse(output);
  assertEquals(ours, textOf(findLibrary().c, findLibrary().c.OpenSSL_version(0)));
  assertEquals(theirs, WASM_VERSION);
});

onWasm("once it was called, wasm stays: ffi is refused", async () => {
  const output = await run(
    `
    import { useBackend } from ${JSON.stringify(LOW)};
    await useBackend("wasm");
    SSLeay.CTX_new();
    await useBackend("wasm");
    await useBackend("ffi").catch((error) => console.log(error.name, error.message));`,
    [],
  );
  assertMatch(
    output,
    /^TypeError Cannot use the backend "ffi": SSLeay is in use on "wasm" already/,
  );
});

onWasm(
  "the objects of the engine wasm are refused without useBackend(), with the remedy",
  async () => {
    const output = await run(
      `
    import { SslContext } from ${JSON.stringify(new URL("../../../mod.ts", import.meta.url).href)};
    await SslContext.create({ engine: "wasm", verifyMode: 0, createCtxCallback: (ctx) => {
      try { SSLeay.CTX_get_options(ctx); } catch (error) { console.log(error.name, error.message, JSON.stringify(ctx)); }
    } });`,
      [],
    );
    assertEquals(
      output,
      'SslUnsupportedError Cannot use the SSL_CTX of an SslContext on the engine "wasm": SSLeay is not on it: call useBackend("wasm") before every function of SSLeay {"kind":"SSL_CTX","pointer":{}}',
    );
  },
);

onWasm("on wasm, what is forgotten is freed, too", async () => {
  const output = await run(
    `
    import { useBackend } from ${JSON.stringify(LOW)};
    import { loadWasm } from ${
      JSON.stringify(new URL("../../../engine/wasm/engine.ts", import.meta.url).href)
    };
    await useBackend("wasm");
    const { instance } = await loadWasm();
    const sizes = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10_000; i++) {
        SSLeay.X509_get_subject_name(SSLeay.X509_new());
        if (i % 2000 === 0) { gc(); await new Promise((done) => setTimeout(done, 0)); }
      }
      for (let i = 0; i < 3; i++) { gc(); await new Promise((done) => setTimeout(done, 1)); }
      sizes.push(instance.heap.length);
    }
    console.log(JSON.stringify(sizes));`,
    ["--v8-flags=--expose-gc"],
  );
  const [, second, last] = JSON.parse(output);
  assert(last - second <= 2 ** 20, output); // 10,000 certificates are 6 MB there
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
