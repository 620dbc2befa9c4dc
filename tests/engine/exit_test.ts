import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";

const main = new URL("exit_main.ts", import.meta.url).href;

async function run(): Promise<string> {
  const { code, signal, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", main],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return `${code} ${signal} ${new TextDecoder().decode(stderr)}`;
}

const limits = { timeout: 240_000 };

Deno.test("a process can end while its workers are busy in OpenSSL", limits, async () => {
  // OpenSSL's own clean-up at exit made one of five such ends a crash.
  for (let i = 0; i < 6; i++) {
    assertEquals(await Promise.all([run(), run()]), ["0 null ", "0 null "]);
  }
});
