/**
 * No prompt that the user did not cause. Deno prompts only at a terminal, so each program runs at
 * one (util-linux's script makes it), without --no-prompt and without any flag.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "./headers.ts";

const PROMPT = "Deno requests";

const ignore = await (async () => {
  try {
    const command = new Deno.Command("script", { args: ["--version"], stdout: "null" });
    return Deno.build.os !== "linux" || !(await command.output()).success;
  } catch {
    return true; // the name of the case says that it was skipped
  }
})();

/** Runs a program at a terminal until it ends or is asked something; nobody answers. */
async function atTerminal(body: string, flags: readonly string[] = []): Promise<string> {
  const program = await Deno.makeTempFile({ suffix: ".ts", dir: ROOT.pathname + "tests" });
  try {
    await Deno.writeTextFile(program, body);
    const words = [Deno.execPath(), "run", "--quiet", "--no-check", ...flags, program];
    const child = new Deno.Command("script", {
      args: ["-qec", words.map((word) => `'${word}'`).join(" "), "/dev/null"],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "piped", // an end of it would be an answer
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let text = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (!text.includes(PROMPT)) continue;
      child.kill("SIGKILL");
      break;
    }
    await child.stdin.close().catch(() => {});
    await child.status;
    return text;
  } finally {
    await Deno.remove(program);
  }
}

const IMPORT = `import {
  defaultCa, engineInfo, explain, PublicSuffix, SslContext, SslError, SslSocket, verifyHostname,
} from "../mod.ts";
const told = async (f) => { try { await f(); } catch { /* refused is what counts as not asked */ } };
`;

Deno.test({
  name: "at a terminal, asking what is there and making contexts prompts for nothing",
  ignore,
  fn: async () => {
    const text = await atTerminal(`${IMPORT}
      console.log(engineInfo().name, engineInfo("deno").name, SslSocket.canNpn());
      console.log(defaultCa().source, PublicSuffix.default().publicSuffix("a.co.uk")[1]);
      explain(new SslError("x", { code: "EIO" }));
      await told(() => SslContext.create({}));
      await told(() => SslContext.create({ verifycnScheme: "none" }));
      await told(() => SslContext.create({ caPath: null }));
      console.log("done");
    `);
    assert(!text.includes(PROMPT), text);
    assertStringIncludes(text, "deno deno false");
    assertStringIncludes(text, "none co.uk");
    assertStringIncludes(text, "done");
  },
});

Deno.test({
  name: "at a terminal, a server and a client with the network alone prompt for nothing more",
  ignore,
  fn: async () => {
    const flags = ["--allow-net=127.0.0.1"];
    const text = await atTerminal(
      `
      import { serve, SslSocket } from "../mod.ts";
      import { TestCa } from "../certificate/mod.ts";
      const ca = await TestCa.create();
      const { cert, key } = await ca.server("127.0.0.1");
      await using server = serve({ hostname: "127.0.0.1", port: 0, cert, key }, (h) => h.say("hi"));
      const { port } = await server.addr;
      await using socket = await SslSocket.connect("127.0.0.1:" + port, { extraCa: ca.pem });
      const n = await socket.read(new Uint8Array(9));
      console.log("read", n);
    `,
      flags,
    );
    assert(!text.includes(PROMPT), text);
    assertStringIncludes(text, "read 3");
  },
});

for (
  const [what, call, asked] of [
    [
      "connecting asks for that address",
      `SslSocket.connect("127.0.0.1:1")`,
      'net access to "127.0.0.1:1"',
    ],
    [
      "a file asks for that file",
      `SslContext.create({ extraCaFile: "ca.pem" })`,
      'read access to "ca.pem"',
    ],
    ['engine: "openssl" asks for its library', `engineInfo("openssl")`, "ffi access"],
  ] as const
) {
  Deno.test({
    name: `at a terminal, what the user calls may ask: ${what}`,
    ignore,
    fn: async () => {
      const text = await atTerminal(`${IMPORT}
        await told(() => ${call});
      `);
      assertStringIncludes(text, PROMPT);
      assertStringIncludes(text, asked);
      assertEquals(text.split(PROMPT).length, 2, "it asks once");
    },
  });
}
