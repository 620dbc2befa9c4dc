/** What `engine: "auto"` takes under `--allow-net` alone: Deno's TLS as far as it goes, then "wasm". */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { wasmBuilt } from "../helpers/wasm.ts";

const ROOT = new URL("../../", import.meta.url);

async function printed(script: string): Promise<unknown> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", "--allow-net=127.0.0.1,localhost", "-"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(err, "");
  return JSON.parse(out!);
}

Deno.test('engine: "auto" takes the first engine that honours all options', {
  ignore: !wasmBuilt,
}, async () => {
  const script = `
    const { SslContext, SslSocket, engineInfo, verifyCertificate } = await import(
      ${JSON.stringify(new URL("mod.ts", ROOT).href)});
    const { TestCa } = await import(${JSON.stringify(new URL("testing/mod.ts", ROOT).href)});
    const ca = await TestCa.create();
    const { cert, key } = await ca.server("localhost");
    const engines = [];
    for (
      const options of [
        { extraCa: ca.pem },
        { extraCa: ca.pem, engine: "auto" },
        { ca: ca.pem },
        { ca: ca.pem, minVersion: "TLSv1_3" },
        { ca: ca.pem, keylog: () => {} },
        { server: true, cert, key },
        { server: true, cert, key, verifyMode: 1, ca: ca.pem },
      ]
    ) {
      using context = await SslContext.create(options);
      engines.push(context.engine);
    }
    const listener = await SslSocket.listen({ hostname: "127.0.0.1", port: 0, cert, key, modeReleaseBuffers: true });
    const [client, server] = await Promise.all([
      SslSocket.connect({ hostname: "localhost", family: 4, port: listener.addr.port, ca: ca.pem }),
      listener.accept(),
    ]);
    engines.push(client.engine, server.engine, listener.engine);
    await Promise.all([client.close(), server.close()]);
    listener.close();
    engines.push((await verifyCertificate(cert, { ca: ca.pem, host: "localhost" })).ok);
    engines.push(engineInfo().name, engineInfo("wasm").name);
    const refused = await SslContext.create({ engine: "deno", ca: ca.pem }).catch(({ code }) => code);
    engines.push(refused);
    console.log(JSON.stringify(engines));`;
  assertEquals(await printed(script), [
    ...["deno", "deno", "wasm", "wasm", "wasm", "deno", "wasm"],
    ...["wasm", "wasm", "wasm"],
    true,
    ...["deno", "wasm"],
    "ERR_UNSUPPORTED",
  ]);
});
