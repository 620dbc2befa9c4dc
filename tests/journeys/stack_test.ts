/** The stack of an error begins at the line of the program that made the call. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import {
  Handle,
  serve,
  SslContext,
  type SslError,
  SslSession,
  SslSocket,
  SslUnsupportedError,
  verifyCertificate,
} from "../../mod.ts";
import { bytes, connectPair, testPki } from "../contract/harness.ts";

const ENGINES = ["openssl", "deno"] as const;
const HERE = import.meta.url;
const LIBRARY = new URL("../../", HERE).href;

/** The frames below the message. */
const framesOf = (error: Error): string[] =>
  (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));

async function failure(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    assert(error instanceof Error);
    return error;
  }
  throw new Error("it did not fail");
}

/** The stack of what `call` fails with begins in this file and has no frame of the library. */
async function beginsHere(what: string, call: () => unknown): Promise<void> {
  const error = await failure(call);
  const [first = "", ...rest] = framesOf(error);
  assert(first.includes(HERE), `${what} begins at ${first || "nothing"}`);
  const library = rest.filter((frame) => frame.includes(LIBRARY) && !frame.includes("/tests/"));
  assertEquals(library, [], what);
  assert(error.stack!.startsWith(`${error.name}: ${error.message}\n`), what);
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: the stack of what opens a connection begins at the call`, async () => {
    const pki = await testPki();
    const server = { ...pki.server, hostname: "127.0.0.1", port: 0, engine } as const;
    await using listener = await SslSocket.listen(server);
    const { port } = listener.addr;
    const accepting = (async () => {
      for await (const socket of listener) await socket.close();
    })();
    const to = { hostname: "127.0.0.1", port, serverName: "localhost", engine } as const;
    await beginsHere("connect", () => SslSocket.connect(to));
    await beginsHere("refused", () => SslSocket.connect({ ...to, port: 1 }));
    await beginsHere("option", () => SslSocket.connect({ ...to, chiper: 1 } as never));
    await beginsHere("handle", () => Handle.connect(to));
    await beginsHere("start", async () => SslSocket.start(await Deno.connect(to), to));
    await beginsHere("listen", () => SslSocket.listen({ ...server, port }));
    await beginsHere("listen file", () => SslSocket.listen({ port, certFile: "/none", engine }));
    await beginsHere("context", () => SslContext.create({ caFile: "/none", engine }));
    await beginsHere("serve", () => serve({ port: 0, certFile: "/none", engine }, () => {}).addr);
    await beginsHere("verify", () => verifyCertificate("no certificate"));
    await beginsHere("session", () => SslSession.import(new Uint8Array(9)));
    listener.close();
    await beginsHere("accept", () => listener.accept());
    await accepting;
  });

  Deno.test(`${engine}: the line of the call, awaited later or never`, async () => {
    const call = () => SslSocket.connect({ hostname: "127.0.0.1", port: 1, ca: [], engine });
    const [first] = framesOf(await failure(call));
    const outcome = call().then(() => undefined, (error: Error) => error); // nobody awaits it
    const second = framesOf(await outcome as Error)[0];
    assertEquals(second, first);
    assertMatch(first!, /stack_test\.ts/);
  });

  Deno.test(`${engine}: the stack of a read or write begins with who awaits it`, async () => {
    const pair = await connectPair(engine);
    const { client, server } = pair;
    await beginsHere("no bytes", () => client.read("text" as never));
    await server.close();
    await client.close();
    const p = new Uint8Array(8);
    await beginsHere("read", async () => await client.read(p));
    await beginsHere("write", async () => await client.write(p));
    await beginsHere("peek", async () => await client.peek(p));
  });
}

Deno.test("a connection that is cut: the stack of every way to read begins in the program", async () => {
  const ways: Record<string, (socket: SslSocket) => unknown> = {
    read: async (s) => await s.read(new Uint8Array(4)),
    peek: async (s) => await s.peek(new Uint8Array(4)),
    readLine: async (s) => await new Handle(s).readLine(),
    getlines: async (s) => await new Handle(s).getlines(),
    "Handle.read": async (s) => await new Handle(s).read(4),
    sysread: async (s) => await new Handle(s).sysread(new Uint8Array(4)),
    lines: async (s) => {
      for await (const _line of new Handle(s));
    },
    stopSsl: async (s) => await s.stopSsl(),
  };
  for (const [what, way] of Object.entries(ways)) {
    await using pair = await connectPair("openssl");
    await pair.server.close({ noShutdown: true });
    await beginsHere(what, () => way(pair.client));
  }
});

Deno.test("an error that is the program's own keeps its stack", async () => {
  const mine = new Error("mine");
  const { stack } = mine;
  const broken = {
    read: () => Promise.reject(mine),
    write: (p: Uint8Array) => Promise.resolve(p.length),
    close: () => {},
  };
  const handle = new Handle(broken);
  assertStrictEquals(await failure(() => handle.readLine()), mine);
  assertStrictEquals(mine.stack, stack);

  const reason = new DOMException("enough", "AbortError");
  const before = reason.stack;
  const signal = AbortSignal.abort(reason);
  const call = () => SslSocket.connect({ hostname: "127.0.0.1", port: 1, ca: [], signal });
  assertStrictEquals(await failure(call), reason);
  assertStrictEquals(reason.stack, before);

  const frozen = Object.freeze(new TypeError("frozen"));
  const refused = { read: () => Promise.reject(frozen), close: () => {} };
  assertStrictEquals(await failure(() => new Handle(refused).read(1)), frozen);
});

Deno.test("a program that wants no stacks gets none", async () => {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    const error = await failure(() =>
      SslSocket.connect({ hostname: "127.0.0.1", port: 1, ca: [] })
    );
    assertEquals(framesOf(error), []);
    assertEquals((error as SslError).code, "ECONNREFUSED");
    assertEquals(Error.stackTraceLimit, 0);
  } finally {
    Error.stackTraceLimit = before;
  }
});

Deno.test("console.error as onError and onHandshakeError: two lines for a client that left", async () => {
  const pki = await testPki();
  const shown: string[] = [];
  const tell = (error: unknown) => void shown.push(Deno.inspect(error));
  const seen = Promise.withResolvers<void>();
  const server = serve(
    { ...pki.server, hostname: "127.0.0.1", port: 0, onError: tell, onHandshakeError: tell },
    async (handle) => {
      try {
        await handle.readLine();
      } finally {
        seen.resolve();
      }
    },
  );
  const { port } = await server.addr;
  const to = { hostname: "127.0.0.1", port, serverName: "localhost" } as const;
  const client = await SslSocket.connect({ ...to, ca: pki.ca.pem });
  await client.close({ noShutdown: true });
  await seen.promise;
  await failure(() => SslSocket.connect({ ...to, ca: [] }));
  const plain = await Deno.connect(to);
  await plain.write(bytes("GET / HTTP/1.0\r\n\r\n"));
  while (await plain.read(new Uint8Array(99)) !== null);
  plain.close();
  await server.shutdown();
  assertEquals(shown.length, 3, shown.join("\n"));
  for (const text of shown) {
    assert(text.split("\n").length <= 4, text);
    assertMatch(text, /^Ssl\w+Error \[ERR_SSL_\w+\]: /);
    assert(!/engine\/|socket\/core/.test(text), text);
  }
});

Deno.test("an error prints its code, its message once, and each cause in a line", () => {
  const cause = new TypeError("the inner one", { cause: "text" });
  const error = new SslUnsupportedError("Cannot do it", { code: "ERR_UNSUPPORTED", cause });
  const lines = Deno.inspect(error).split("\n");
  assertEquals(lines[0], "SslUnsupportedError [ERR_UNSUPPORTED]: Cannot do it");
  assertEquals(lines.slice(-2), ["  cause: TypeError: the inner one", "  cause: text"]);
  assertEquals(lines.filter((line) => line.includes("Cannot do it")).length, 1);
});
