/** `ssl check`: many servers, their order, the limits of days, lists, and the outcome of all. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { serve } from "../../mod.ts";
import { TestCa } from "../../testing/mod.ts";
import { run } from "./helper.ts";

const DAY = 86_400_000;
const ca = await TestCa.create();
const folder = await Deno.makeTempDir();
const CA = `${folder}/ca.pem`;
await Deno.writeTextFile(CA, ca.pem);
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** A server whose certificate ends in so many days, and its address. */
async function server(days: number, connected: () => void = () => {}) {
  const now = Date.now();
  // Half a day more: the test runs some time after this line.
  const notAfter = new Date(now + (days + 0.5) * DAY);
  const { cert, key } = await ca.server("localhost", {
    notBefore: new Date(now - 200 * DAY),
    notAfter,
  });
  const own = serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onHandshakeError: () => {} },
    connected,
  );
  const { port } = await own.addr;
  return { at: `localhost:${port}`, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
}

for (const engine of ["auto", "deno"]) {
  const check = (args: string[], world = {}) =>
    run(["check", "--ca", CA, "--engine", engine, ...args], world);

  Deno.test(`check (${engine}): days below --warn are WARN, below --crit CRIT, exit code 10`, async () => {
    await using a = await server(100);
    await using b = await server(20);
    await using c = await server(3);
    const { code, stdout } = await check([a.at, b.at, c.at]);
    assertEquals(code, 10);
    const lines = stdout.trimEnd().split("\n");
    assertEquals(lines.map((line) => line.split(" ", 1)[0]), ["ok", "WARN", "CRIT"]);
    assertStringIncludes(lines[1]!, "EXPIRES SOON");
    assertStringIncludes(lines[1]!, "(20 days)");
    const { json } = await check([a.at, b.at, c.at, "--json"]);
    assertEquals(json.counts, { ok: 1, warning: 1, critical: 1 });
    assertEquals(json.hosts.map((host: { daysLeft: number }) => host.daysLeft), [100, 20, 3]);
    assertEquals((await check([a.at])).code, 0);
    assertEquals((await check([b.at, "--warn", "20"])).code, 0);
    assertEquals((await check([b.at, "--warn", "21"])).code, 10);
  });

  Deno.test(`check (${engine}): the gravest outcome is the exit code, and the order is that of the hosts`, async () => {
    const other = Promise.withResolvers<void>();
    await using soon = await server(20, other.resolve);
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    // The first one ends without TLS, when the second one has had its handshake.
    const slow = (async () => {
      const conn = await listener.accept();
      await other.promise;
      conn.close();
    })();
    const args = [`127.0.0.1:${listener.addr.port}`, soon.at, "--jsonl"];
    const { code, stdout } = await check(args);
    const found = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(found.map(({ verdict }) => verdict), ["no-tls", "expires-soon"]);
    assertEquals(found.map(({ exitCode }) => exitCode), [4, 10]);
    assertEquals(code, 4);
    await slow;
    const unknown = await run(["check", soon.at, "--engine", engine]);
    assertEquals(unknown.code, 5);
  });

  Deno.test(`check (${engine}): --file takes a list, and --problems is silent while all is well`, async () => {
    await using a = await server(100);
    await using b = await server(20);
    await Deno.writeTextFile(`${folder}/hosts`, `# ours\n\n${a.at}  # the first\n${b.at}\n`);
    const both = await check(["--file", `${folder}/hosts`, "--json"]);
    assertEquals(both.json.hosts.length, 2);
    const { stdout } = await check(["--file", `${folder}/hosts`, "--problems"]);
    assert(stdout.startsWith("WARN") && stdout.trimEnd().split("\n").length === 1, stdout);
    const well = await check(["--file", "-", "--problems"], { stdin: `${a.at}\n` });
    assertEquals([well.code, well.stdout, well.stderr], [0, "", ""]);
  });
}

Deno.test("check --html: a page without scripts, with every server, the gravest first", async () => {
  await using a = await server(100);
  await using b = await server(20);
  const page = `${folder}/expiries.html`;
  const { code, stdout } = await run(["check", a.at, b.at, "--ca", CA, "--html", page]);
  assertEquals(code, 10);
  assertEquals(stdout.trimEnd().split("\n").length, 2);
  const html = await Deno.readTextFile(page);
  assert(
    html.startsWith("<!DOCTYPE html>") && !/<script|javascript:|https?:\/\/(?!www\.w3)/i.test(html),
  );
  assert(html.indexOf(b.at) < html.indexOf(a.at), "the gravest first");
  assertStringIncludes(html, "<svg");
  const wrong = await run(["check", a.at, "--ca", CA, "--html", `${folder}/hosts.txt`]);
  assertEquals(wrong.code, 2);
});

Deno.test("check: a list that cannot be read, or a line that is not a host, is usage and says which", async () => {
  const missing = await run(["check", "--file", `${folder}/missing`]);
  assertEquals(missing.code, 2);
  assertStringIncludes(missing.stderr, "missing");
  for (
    const [line, says] of [
      ["a.example gopher", "the protocol is not known"],
      ["a.example smtp 3", "more than HOST and PROTOCOL"],
      ["https://a.example/", "give the host alone: a.example"],
    ] as const
  ) {
    const { code, stderr } = await run(["check", "--file", "-"], { stdin: `# list\n${line}\n` });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "line 2");
    assertStringIncludes(stderr, says);
  }
  assertEquals((await run(["check"])).code, 2);
  assertEquals((await run(["check", "a", "--warn", "3", "--crit", "4"])).code, 2);
});
