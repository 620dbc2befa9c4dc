/** What the functions need of the runtime: the net permission for the host, and nothing else. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { proxyServer, tcpServer, testPki, tlsServer } from "./odd_server.ts";

const MODULE = new URL("../../ssleay/mod.ts", import.meta.url).href;

/** Runs a program with these flags; what it prints as JSON. */
async function evaluate(script: string, flags: readonly string[]): Promise<unknown> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...flags, "-"],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(
    new TextEncoder().encode(`import * as S from ${JSON.stringify(MODULE)};\n${script}`),
  );
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(success, err);
  assertEquals(err, "");
  return JSON.parse(out!);
}

const TOLD = "const told = (f) => f().then((r) => r, (e) => e.name + ': ' + e.message);\n";

Deno.test("--allow-net for the host is enough, with TLS and without", async () => {
  const { ca } = await testPki();
  await using tls = await tlsServer();
  await using tcp = tcpServer();
  const given = await evaluate(
    `const options = { extraCa: ${JSON.stringify(ca.pem)} };
    console.log(JSON.stringify([
      (await S.getHttps("127.0.0.1", ${tls.port}, "/", options))[0],
      (await S.getHttp("127.0.0.1", ${tcp.port}, "/"))[0],
      (await S.sslcat("127.0.0.1", ${tls.port}, "x\\r\\n\\r\\n", options))[0]?.slice(-5),
    ]));`,
    [`--allow-net=127.0.0.1:${tls.port},127.0.0.1:${tcp.port}`],
  );
  assertEquals(given, ["hello", "hello", "hello"]);
});

Deno.test("through a proxy only the proxy must be allowed", async () => {
  await using tcp = tcpServer();
  await using proxy = proxyServer();
  const given = await evaluate(
    `S.setProxy("127.0.0.1", ${proxy.port});
    console.log(JSON.stringify(await S.getHttp("127.0.0.1", ${tcp.port}, "/")));`,
    [`--allow-net=127.0.0.1:${proxy.port}`],
  );
  assertEquals((given as unknown[])[0], "hello");
});

Deno.test("a permission that is missing is thrown, and names its flag", async () => {
  const given = await evaluate(
    `${TOLD}
    console.log(JSON.stringify([
      await told(() => S.getHttps("127.0.0.1", 1, "/")),
      await told(() => S.getHttp("127.0.0.1", 1, "/")),
      await told(() => S.sslcat("127.0.0.1", 1, "x")),
      await told(() => S.SsleayHandle.connect("127.0.0.1", 1)),
      await told(() => S.getHttps("127.0.0.1", 1, "/", "", "", "", "client.pem", "client.key")),
      await told(() => S.setCertAndKey({}, "client.pem", "client.key")),
    ]));`,
    [],
  );
  const flags = ["net", "net", "net", "net", "read", "read"];
  for (const [i, message] of (given as string[]).entries()) {
    assertStringIncludes(message, "NotCapable: Requires ");
    assertStringIncludes(message, `--allow-${flags[i]}`, `${i}`);
  }
});
