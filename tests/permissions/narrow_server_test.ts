/**
 * OpenSSL servers under `--allow-ffi=<path>`, where C cannot call back: certificates by SNI name,
 * client certificates, and the options that are refused. Told by clients of this process, which has
 * the full flag.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { SslSocket } from "../../mod.ts";
import { LIBSSL, ROOT } from "./headers.ts";

const LOOPBACK = "127.0.0.1";

const path = LIBSSL;
const ignore = path === undefined;

const ca = await TestCa.create();
const foreign = await TestCa.create({ commonName: "Another CA" });
const [a, b, asked, plain] = await Promise.all(
  ["a.example", "b.example", "asked.example", "plain.example"].map((name) => ca.server(name)),
);

/** A process under the narrow flag; its first line of output is JSON. Dispose of it. */
class NarrowServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;

  constructor(script: string, data: unknown) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--no-prompt"],
        ...[`--allow-net=${LOOPBACK}`, `--allow-ffi=${path}`, "-"],
      ],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#errors = Array.fromAsync(this.#child.stderr.pipeThrough(new TextDecoderStream()))
      .then((parts) => parts.join(""));
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const main = JSON.stringify(new URL("mod.ts", ROOT).href);
    const head =
      `const { engineInfo, serve, SslContext, SslSocket } = await import(${main});\nconst data = ${
        JSON.stringify(data)
      };\n`;
    this.#start(head + script);
  }

  async #start(script: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(script));
    await writer.close();
  }

  /** What it says first, up to the end of the line. */
  // deno-lint-ignore no-explicit-any -- whatever the script says
  async said(): Promise<any> {
    let line = "";
    while (!line.endsWith("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`it ended: ${line}${await this.#errors}`);
      line += value;
    }
    return JSON.parse(line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill();
    } catch {
      // It has ended.
    }
    await this.#lines.cancel();
    await Promise.all([this.#child.status, this.#errors]);
  }
}

const NAMES = `
const server = serve({
  engine: "openssl", hostname: "127.0.0.1", port: 0, version: data.version,
  cert: { "a.example": data.a.cert, "": data.b.cert }, key: { "a.example": data.a.key, "": data.b.key },
  sniCallback: async (name) => name === "asked.example"
    ? await SslContext.create({ engine: "openssl", server: true, ...data.asked }) : undefined,
}, (h, s) => h.say(String(s.getServername())));
const { port } = await server.addr;
console.log(JSON.stringify({ port, narrow: !engineInfo().features.has("keylog") }));
await server.finished;
`;

for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
  Deno.test({
    name: `openssl-narrow: a server chooses its certificate by SNI name, ${version}`,
    ignore,
    fn: async () => {
      const data = {
        version,
        ...{ a: { cert: a!.cert, key: a!.key }, b: { cert: b!.cert, key: b!.key } },
        asked: { cert: asked!.cert, key: asked!.key },
      };
      await using server = new NarrowServer(NAMES, data);
      const { port, narrow } = await server.said();
      assert(narrow);
      const cases = [["a.example", "a.example"], ["b.example", "b.example"]];
      cases.push(["asked.example", "asked.example"], ["other.example", "b.example"]);
      for (const [serverName, verifycnName] of cases as [string, string][]) {
        await using socket = await SslSocket.connect({
          ...{ engine: "openssl", hostname: LOOPBACK, port, serverName, verifycnName },
          ca: ca.pem,
        });
        assertEquals(socket.peerCertificate()?.commonName, verifycnName);
        const p = new Uint8Array(64);
        const n = await socket.read(p);
        assertEquals(new TextDecoder().decode(p.subarray(0, n!)), `${serverName}\n`);
      }
    },
  });

  Deno.test({
    name: `openssl-narrow: a server gets no byte of a client that its trust refuses, ${version}`,
    ignore,
    fn: async () => {
      const script = `
const listener = await SslSocket.listen({ engine: "openssl", hostname: "127.0.0.1", port: 0,
  version: data.version, cert: data.cert, key: data.key, ca: data.ca, verifyMode: 3 });
console.log(JSON.stringify(listener.addr.port));
const told = [];
for (let i = 0; i < 3; i++) {
  try {
    await using socket = await listener.accept();
    const p = new Uint8Array(9);
    told.push([socket.peerCertificate("cn"), new TextDecoder().decode(p.subarray(0, await socket.read(p)))]);
    await socket.write(p);
  } catch (error) {
    told.push([error.name, error.code]);
  }
}
console.log(JSON.stringify(told));
`;
      const { cert, key } = plain!;
      await using server = new NarrowServer(script, { version, cert, key, ca: ca.pem });
      const port = await server.said();
      for (const who of [await ca.client("friend"), await foreign.client("stranger"), undefined]) {
        const options = who === undefined ? {} : { cert: who.cert, key: who.key };
        try {
          await using socket = await SslSocket.connect({
            ...{ engine: "openssl", hostname: LOOPBACK, port, serverName: "plain.example" },
            ...{ ca: ca.pem, ...options },
          });
          await socket.write(new TextEncoder().encode("hello"));
          await socket.read(new Uint8Array(9));
        } catch {
          // Refused: the server tells why.
        }
      }
      assertEquals(await server.said(), [
        ["friend", "hello"],
        ["SslVerifyError", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
        ["SslPeerError", "ERR_SSL_NO_CERTIFICATE"],
      ]);
    },
  });
}

Deno.test({
  name: "openssl-narrow: a server refuses what needs a callback, before it listens",
  ignore,
  fn: async () => {
    const script = `
const asked = {
  alpnProtocols: { alpnProtocols: ["h2"] },
  npnProtocols: { npnProtocols: ["h2"] },
  psk: { psk: { "": new Uint8Array(32) } },
  ticketKeycb: { ticketKeycb: () => undefined },
  keylog: { keylog: () => {} },
  msgCallback: { msgCallback: () => {} },
  fingerprint: { verifyMode: 1, ca: data.cert, fingerprint: "sha256$" + "00".repeat(32) },
  verifyCallback: { verifyMode: 1, ca: data.cert, verifyCallback: () => true },
  ocspStaple: { ocspStaple: () => undefined },
};
const told = {};
for (const [name, options] of Object.entries(asked)) {
  try {
    const listener = await SslSocket.listen({ engine: "openssl", hostname: "127.0.0.1", port: 0,
      cert: data.cert, key: data.key, ...options });
    listener.close();
    told[name] = ["works", ""];
  } catch (error) {
    told[name] = [error.name, error.message];
  }
}
console.log(JSON.stringify(told));
`;
    const { cert, key } = plain!;
    await using server = new NarrowServer(script, { cert, key });
    const told = await server.said() as Record<string, [string, string]>;
    assertEquals(Object.keys(told).length, 9);
    for (const [name, [error, message]] of Object.entries(told)) {
      assertEquals(error, "SslUnsupportedError", name);
      assertStringIncludes(message, name);
      assertStringIncludes(message, "--allow-ffi", name);
    }
  },
});
