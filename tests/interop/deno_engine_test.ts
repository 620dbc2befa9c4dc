/** The Deno engine against OpenSSL's command line, TLS 1.2 and 1.3, in both roles. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import type { DialTarget } from "../../engine/engine.ts";
import { SslError, SslPeerError, SslTruncatedError } from "../../errors.ts";
import {
  bytes,
  clientContext,
  credential,
  HOST,
  listen,
  params,
  pki,
  Proxy,
  readExactly,
  serveOne,
  text,
} from "../engine_deno/harness.ts";

const VERSIONS = ["tls1_2", "tls1_3"] as const;

/** Files of the shared PKI, in a folder that goes with the block. */
async function files(): Promise<AsyncDisposable & { path(name: string): string }> {
  const { ca, server } = await pki();
  const folder = await Deno.makeTempDir();
  const client = await ca.client("me");
  for (
    const [name, content] of [
      ["ca.pem", ca.pem],
      ["cert.pem", server.cert],
      ["key.pem", server.key],
      ["client.pem", client.cert],
      ["client.key", client.key],
      ["stranger.pem", (await TestCa.create()).pem],
    ] as const
  ) await Deno.writeTextFile(`${folder}/${name}`, content);
  return {
    path: (name) => `${folder}/${name}`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** `openssl s_server` on a port of its own; ended with the block. */
async function sServer(
  args: (path: (name: string) => string) => string[],
): Promise<AsyncDisposable & { target: DialTarget; kill(): Promise<void> }> {
  const pem = await files();
  const child = new Deno.Command("openssl", {
    args: [
      "s_server",
      ...["-accept", `${HOST}:0`, "-cert", pem.path("cert.pem"), "-key", pem.path("key.pem")],
      ...args(pem.path),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  let port: string | undefined;
  while (port === undefined) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`s_server said only: ${said}`);
    said += value;
    port = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
  }
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  let killed: Promise<void> | undefined;
  const kill = () =>
    killed ??= (async () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await child.status;
      await drained;
    })();
  return {
    target: { transport: "tcp", hostname: HOST, port: Number(port) },
    kill,
    async [Symbol.asyncDispose]() {
      await kill();
      await pem[Symbol.asyncDispose]();
    },
  };
}

/** Runs `openssl s_client`, giving it lines; what it said. */
async function sClient(args: string[], input: string): Promise<{ out: string; code: number }> {
  const child = new Deno.Command("openssl", {
    args: ["s_client", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(bytes(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  return { code, out: text(stdout) + text(stderr) };
}

for (const version of VERSIONS) {
  Deno.test(`Deno engine talks to openssl s_server, ${version}`, async () => {
    await using server = await sServer(() => [`-${version}`, "-rev"]);
    const context = await clientContext();
    for (const name of ["localhost", HOST]) {
      const client = await context.dial(server.target, params(name));
      await client.handshake();
      await client.write(bytes("hello\n"));
      assertEquals(text(await readExactly(client, 6)), "olleh\n");
      await client.shutdown();
      assertEquals(client.shutdownState, { sent: true, received: true });
      client.close();
    }
  });

  Deno.test(`Deno engine shows s_server a client certificate, ${version}`, async () => {
    await using server = await sServer((path) => [
      ...[`-${version}`, "-rev", "-Verify", "1", "-verify_return_error"],
      ...["-CAfile", path("ca.pem")],
    ]);
    const { ca } = await pki();
    const context = await clientContext({ credentials: [credential(await ca.client("me"))] });
    const client = await context.dial(server.target, params(HOST));
    await client.handshake();
    await client.write(bytes("hello\n"));
    assertEquals(text(await readExactly(client, 6)), "olleh\n");
    client.close();
    // One from a stranger, and none, are refused: in TLS 1.3 the client learns it when it reads.
    const stranger = credential(await (await TestCa.create()).client("me"));
    for (
      const [credentials, alert] of [
        [[stranger], "unknown_ca"],
        [[], version === "tls1_2" ? "handshake_failure" : "certificate_required"],
      ] as const
    ) {
      const refused = await (await clientContext({ credentials })).dial(
        server.target,
        params(HOST),
      );
      const error = await assertRejects(async () => {
        await refused.handshake();
        await refused.read(new Uint8Array(9));
      }, SslPeerError);
      assertEquals(error.alert, alert);
      refused.close();
    }
  });

  Deno.test(`Deno engine reports cuts of what s_server sends, ${version}`, async () => {
    await using server = await sServer(() => [`-${version}`, "-www"]);
    const context = await clientContext();
    const get = async (cutAt?: number) => {
      const proxy = new Proxy(server.target, "down", cutAt === undefined ? {} : { cutAt });
      const client = await context.dial(proxy.target, params());
      let ended = false;
      let error: unknown;
      try {
        await client.handshake();
        await client.write(bytes("GET / HTTP/1.0\r\n\r\n"));
        const p = new Uint8Array(1000);
        while (await client.read(p) !== null);
        ended = true;
      } catch (e) {
        error = e;
      }
      client.close();
      await proxy.done;
      return { ended, error, total: proxy.total, cut: proxy.tampered };
    };
    const whole = await get();
    assertEquals([whole.ended, whole.error], [true, undefined]);
    let truncated = 0;
    let cuts = 0;
    for (let i = 0; i < 24; i++) {
      const at = i === 23 ? whole.total - 12 : Math.floor(i * whole.total / 24);
      const { ended, error, cut } = await get(at);
      if (!cut) continue; // signatures vary in length: this one came out shorter
      cuts++;
      assert(!ended, `cut at ${at} of ${whole.total} was a clean end`);
      assertInstanceOf(error, SslError, String(error));
      if (error instanceof SslTruncatedError) truncated++;
    }
    assert(cuts > 20 && truncated > 5, `${truncated} of ${cuts}`);
  });

  Deno.test(`Deno engine reports a killed s_server, ${version}`, async () => {
    await using server = await sServer(() => [`-${version}`, "-rev"]);
    const client = await (await clientContext()).dial(server.target, params());
    await client.handshake();
    await client.write(bytes("hello\n"));
    assertEquals(text(await readExactly(client, 6)), "olleh\n");
    await server.kill();
    await assertRejects(() => client.read(new Uint8Array(9)), SslTruncatedError);
    client.close();
  });

  Deno.test(`Deno engine serves openssl s_client, ${version}`, async () => {
    await using pem = await files();
    using listening = await listen({ alpn: ["x", "y"] });
    const serving = serveOne(
      listening.listener.accept(listening.context, undefined),
      async (stream) => {
        assertEquals(stream.negotiated().alpn, "y");
        assertEquals(text(await readExactly(stream, 6)), "hello\n");
        await stream.write(bytes("world\n"));
        await stream.shutdown({ fast: true });
      },
    );
    const { port } = listening.listener.addr as Deno.NetAddr;
    const { out, code } = await sClient([
      ...["-connect", `${HOST}:${port}`, `-${version}`, "-ign_eof", "-alpn", "y"],
      ...["-CAfile", pem.path("ca.pem"), "-verify_return_error", "-verify_hostname", "localhost"],
    ], "hello\n");
    assertEquals(await serving, undefined, out);
    assert(out.includes("world"), out);
    assert(out.includes("Verify return code: 0 (ok)") || out.includes("Verification: OK"), out);
    assert(out.includes(version === "tls1_2" ? "TLSv1.2" : "TLSv1.3"), out);
    assertEquals(code, 0);
  });

  Deno.test(`Deno engine's server learns that s_client refused it, ${version}`, async () => {
    await using pem = await files();
    using listening = await listen();
    const serving = serveOne(
      listening.listener.accept(listening.context, undefined),
      async (stream) => void await stream.read(new Uint8Array(9)),
    );
    const { port } = listening.listener.addr as Deno.NetAddr;
    const { code } = await sClient([
      ...["-connect", `${HOST}:${port}`, `-${version}`],
      ...["-CAfile", pem.path("stranger.pem"), "-verify_return_error"],
    ], "");
    assert(code !== 0);
    const error = await serving;
    assertInstanceOf(error, SslPeerError);
    assertEquals(error.alert, "unknown_ca");
  });
}

Deno.test("Deno engine and a server of TLS 1.1 do not come together", async () => {
  await using server = await sServer(() => ["-rev", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]);
  const client = await (await clientContext()).dial(server.target, params());
  const error = await assertRejects(() => client.handshake(), SslPeerError);
  assertEquals(error.alert, "protocol_version", error.message);
});

Deno.test("Deno engine's server and a client of TLS 1.1 do not come together", async () => {
  using listening = await listen();
  const serving = serveOne(
    listening.listener.accept(listening.context, undefined),
    () => Promise.resolve(),
  );
  const { port } = listening.listener.addr as Deno.NetAddr;
  const { code } = await sClient([
    ...["-connect", `${HOST}:${port}`, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
  ], "");
  assert(code !== 0);
  assertInstanceOf(await serving, SslPeerError);
});
