/** What `engine: "auto"` takes under `--allow-net` alone: Deno's TLS as far as it goes, then "wasm". */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { wasmBuilt } from "../helpers/wasm.ts";

const ROOT = new URL("../../", import.meta.url);

const module = (path: string) => `await import(${JSON.stringify(new URL(path, ROOT).href)})`;

async function printed(script: string, ...permissions: string[]): Promise<unknown> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--no-prompt", "--allow-net=127.0.0.1,localhost"],
      ...permissions,
      "-",
    ],
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
    const { SslContext, SslSocket, engineInfo, verifyCertificate } = ${module("mod.ts")};
    const { TestCa } = ${module("testing/mod.ts")};
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

// With --allow-sys there are default anchors, so that extraCa does not ask for another engine.

/** Both ends of connections, and the engines that they chose. */
const SETTING = `
  const { Handle, serve, SslContext, SslSocket } = ${module("mod.ts")};
  const { acceptStartTls, startTls } = ${module("starttls/mod.ts")};
  const { Client } = ${module("node/client.ts")};
  const { TestCa } = ${module("testing/mod.ts")};
  const ca = await TestCa.create();
  const own = await ca.server({ names: ["localhost", "other.example"] });
  const { cert, key } = own;
  const mine = await ca.client("me");
  const trust = { extraCa: ca.pem };
  const named = { ...trust, hostname: "localhost" };
  const tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns = () => Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: tcp.addr.port }),
    tcp.accept(),
  ]);
  const engines = {};
  const met = async (what, sockets) => {
    const both = await Promise.all(sockets);
    engines[what] = both.map(({ engine, report }) => [engine, report.engine]).flat().join(" ");
    await Promise.all(both.map((socket) => socket.close()));
  };
  const start = (conn, options) => SslSocket.start(conn, options);
  const streams = ({ readable, writable }) => ({ readable, writable });
`;

Deno.test('engine: "auto" knows what a call needs beside its options', {
  ignore: !wasmBuilt,
}, async () => {
  const script = `${SETTING}
    const server = { server: true, cert, key };
    let [near, far] = await conns();
    await met("start", [start(near, named), start(far, server)]);
    [near, far] = await conns();
    await met("with a certificate", [
      start(near, { ...named, cert: mine.cert, key: mine.key }),
      start(far, server),
    ]);
    [near, far] = await conns();
    await met("over streams", [start(streams(near), named), start(streams(far), server)]);
    [near, far] = await conns();
    const [inner, outer] = await Promise.all([start(near, named), start(far, server)]);
    await met("TLS in TLS", [start(inner, named), start(outer, server)]);
    [near, far] = await conns();
    const handles = [new Handle(near), new Handle(far)];
    await met("handles", [handles[0].connectSsl(named), handles[1].acceptSsl({ cert, key })]);
    [near, far] = await conns();
    await met("STARTTLS", [
      startTls(near, "smtp", named).then(({ socket }) => socket),
      acceptStartTls(far, "smtp", { cert, key }).then(({ socket }) => socket),
    ]);
    [near, far] = await conns();
    const later = await start(far, { ...server, startHandshake: false });
    await met("later", [start(near, named), later.acceptSsl().then(() => later)]);
    const plain = await SslSocket.connect({
      ...named, family: 4, port: tcp.addr.port, startHandshake: false,
    });
    far = await tcp.accept();
    const swapped = plain.acceptSsl({ cert, key }).then(() => plain);
    await met("the other side", [swapped, start(far, named)]);
    console.log(JSON.stringify(engines));
    tcp.close();`;
  assertEquals(await printed(script, "--allow-sys"), {
    "start": "deno deno wasm wasm",
    "with a certificate": "wasm wasm wasm wasm",
    "over streams": "wasm wasm wasm wasm",
    "TLS in TLS": "wasm wasm wasm wasm",
    "handles": "deno deno wasm wasm",
    "STARTTLS": "deno deno wasm wasm",
    "later": "deno deno wasm wasm",
    "the other side": "wasm wasm deno deno",
  });
});

Deno.test('engine: "auto" knows what targets and listeners need beside their options', {
  ignore: !wasmBuilt,
}, async () => {
  const script = `${SETTING}
    const listen = (options = {}) =>
      SslSocket.listen({ hostname: "127.0.0.1", port: 0, cert, key, ...options });
    const listener = await listen();
    const to = { ...named, family: 4, port: listener.addr.port };
    const connect = (what, options) =>
      met(what, [SslSocket.connect({ ...to, ...options }), listener.accept()]);
    await connect("connect", {});
    await connect("without SNI", { serverName: "", verifycnName: "localhost" });
    await connect("another name", { verifycnName: "other.example" });
    await connect("keeping the socket", { keepSocketOnError: true });
    await connect("a certificate", { cert: mine.cert, key: mine.key });
    const client = new Client("test", { ...trust, family: 4 }, []);
    const port = listener.addr.port;
    await met("node", [client.open({ host: "localhost", port }), listener.accept()]);
    const silent = new Client("test", { ...trust, family: 4, serverName: "" , verifycnName: "localhost" }, []);
    await met("node without SNI", [silent.open({ host: "localhost", port }), listener.accept()]);
    const before = await listen({ startHandshake: false });
    engines.plain = before.engine;
    before.close();
    const server = serve({ hostname: "127.0.0.1", port: 0, cert, key, verifyMode: 1, ca: ca.pem }, (_, socket) => {
      engines.serve = socket.engine;
    });
    const asked = await SslSocket.connect({ ...to, port: (await server.addr).port });
    await asked.read(new Uint8Array(1));
    await asked.close();
    await server.shutdown();
    // What is known only when it is called for says which engine has it.
    const [left, right] = await Promise.all([SslSocket.connect(to), listener.accept()]);
    using context = await SslContext.create({ server: true, cert, key });
    for (const [what, call] of Object.entries({
      stopSsl: () => left.stopSsl(),
      getCipher: () => left.getCipher(),
      noShutdown: () => left.close({ noShutdown: true }),
      acceptPlain: () => listener.acceptPlain(),
      setContext: () => listener.setContext(context),
    })) {
      try {
        await call();
        engines[what] = "it went on";
      } catch ({ code, message }) {
        engines[what] = code + " " + message.includes('engine: "wasm"');
      }
    }
    await Promise.all([left.close(), right.close()]);
    listener.close();
    console.log(JSON.stringify(engines));
    tcp.close();`;
  const REFUSED = "ERR_UNSUPPORTED true";
  assertEquals(await printed(script, "--allow-sys"), {
    "connect": "deno deno deno deno",
    "without SNI": "wasm wasm deno deno",
    "another name": "wasm wasm deno deno",
    "keeping the socket": "wasm wasm deno deno",
    "a certificate": "deno deno deno deno",
    "node": "deno deno deno deno",
    "node without SNI": "wasm wasm deno deno",
    "plain": "wasm",
    "serve": "wasm",
    ...{
      stopSsl: REFUSED,
      getCipher: REFUSED,
      noShutdown: REFUSED,
      acceptPlain: REFUSED,
      setContext: REFUSED,
    },
  });
});
