/** The Deno engine needs the network and nothing else; what is refused passes through as it is. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";

const HERE = new URL(".", import.meta.url).href;

const SCRIPT = `
const { bytes, clientContext, credential, listen, params, pki, readExactly, serveOne, text } =
  await import(${JSON.stringify(HERE + "harness.ts")});
const [mode] = Deno.args;
const attempt = async (f) => {
  try {
    return await f();
  } catch (error) {
    return error instanceof Deno.errors.NotCapable ? "NotCapable " + error.message : String(error);
  }
};
const report = { talk: await attempt(async () => {
  using listening = await listen();
  const serving = serveOne(
    listening.listener.accept(listening.context, undefined),
    async (stream) => void await stream.write(bytes("hello")),
  );
  const { ca } = await pki();
  const credentials = mode === "cert" ? [credential(await ca.client("me"))] : [];
  const client = await (await clientContext({ credentials })).dial(
    listening.target,
    params("127.0.0.1"),
  );
  await client.handshake();
  const said = text(await readExactly(client, 5));
  client.close();
  await serving;
  return said;
}) };
const far = { transport: "tcp", hostname: "192.0.2.1", port: 443 };
report.dial = await attempt(async () => (await clientContext()).dial(far, params("192.0.2.1")));
report.dialWithCertificate = await attempt(async () => {
  const { ca } = await pki();
  const context = await clientContext({ credentials: [credential(await ca.client("me"))] });
  return context.dial(far, params("192.0.2.1"));
});
console.log(JSON.stringify(report));
`;

async function under(flags: string[], ...args: string[]): Promise<Record<string, string>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...flags, "-", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(SCRIPT));
  await writer.close();
  const { stdout, stderr, success } = await child.output();
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

for (const mode of ["plain", "cert"]) {
  Deno.test(`Deno engine works with --allow-net=127.0.0.1 alone (${mode})`, async () => {
    const { talk, dial, dialWithCertificate } = await under(["--allow-net=127.0.0.1"], mode);
    assertEquals(talk, "hello");
    for (const refused of [dial, dialWithCertificate]) {
      assert(refused!.startsWith('NotCapable Requires net access to "192.0.2.1:443"'), refused);
    }
  });
}

Deno.test("Deno engine without any permission rejects with Deno's own error", async () => {
  const { talk } = await under([], "plain");
  assert(talk!.startsWith('NotCapable Requires net access to "127.0.0.1:0"'), talk);
});
