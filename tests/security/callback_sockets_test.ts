/** Every callback of the options that runs inside OpenSSL, and every operation of a socket inside each. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertGreater } from "@std/assert";
import type { StartOptions } from "../../socket/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { openHandles } from "../../engine/openssl/memory.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, readText, testPki } from "../contract/harness.ts";
import { NestedCalls, outcomeOf, soon } from "../helpers/nested_calls.ts";

const { ca, server } = await testPki();
const staple = await ca.ocspResponse(server);
const client = await ca.client("a client");
const VERSIONS = ["TLSv1_2", "TLSv1_3"] as const;

type Inside = () => void;
interface Callback {
  /** Whose it is. */
  readonly of: "client" | "server";
  readonly options: (inside: Inside) => StartOptions;
}

class TellingCache extends SessionCache {
  constructor(readonly inside: Inside) {
    super(10);
  }
  override addSession(...args: Parameters<SessionCache["addSession"]>) {
    this.inside();
    return super.addSession(...args);
  }
}

const CALLBACKS: Record<string, Callback> = {
  "msgCallback": { of: "client", options: (inside) => ({ msgCallback: inside }) },
  "msgCallback of a server": { of: "server", options: (inside) => ({ msgCallback: inside }) },
  "trace": {
    of: "client",
    // The outcome, "* SSL connection with ...", is written when OpenSSL is done.
    options: (inside) => ({ debug: 3, trace: (line) => line.startsWith("* SSL ") || inside() }),
  },
  "keylog": { of: "client", options: (inside) => ({ keylog: inside }) },
  "keylog of a server": { of: "server", options: (inside) => ({ keylog: inside }) },
  "verifyCallback": {
    of: "client",
    options: (inside) => ({ verifyCallback: (ok) => (inside(), ok) }),
  },
  "verifyCallback of a server": {
    of: "server",
    options: (inside) => ({
      ...{ verifyMode: 3, clientCa: ca.pem },
      verifyCallback: (ok) => (inside(), ok),
    }),
  },
  "verifycnScheme": {
    of: "client",
    options: (inside) => ({ verifycnScheme: { callback: () => (inside(), true) } }),
  },
  "ocspStapleCallback": {
    of: "client",
    options: (inside) => ({ ocspStapleCallback: () => (inside(), true) }),
  },
  "sessionCache": {
    of: "client",
    options: (inside) => ({ sessionCache: new TellingCache(inside), sessionKey: "the server" }),
  },
  "sniCallback": {
    of: "server",
    options: (inside) => ({ sniCallback: () => (inside(), undefined) }),
  },
  "clientHelloCallback": {
    of: "server",
    options: (inside) => ({ clientHelloCallback: () => (inside(), undefined) }),
  },
  "ticketKeycb": {
    of: "server",
    options: (inside) => ({
      ticketKeycb: () => (inside(), [new Uint8Array(32).fill(1), new Uint8Array(16).fill(2)]),
    }),
  },
};

/** What takes no data and ends nothing. */
const HARMLESS: ((s: SslSocket) => unknown)[] = [
  (s) => s.tryRead(new Uint8Array(4)),
  (s) => s.tryWrite(bytes("tried")),
  (s) => s.tryStopSsl(),
  (s) => s.tryConnectSsl(),
  (s) => s.tryAcceptSsl(),
  (s) => s.pending(),
  (s) => s.getCipher(),
  (s) => s.getServername(),
  (s) => s.getSessionReused(),
  (s) => s.peerCertificate()?.subject,
  (s) => s.sockCertificate()?.subject,
  (s) => s.exportKeyingMaterial("EXPERIMENTAL test", 8),
  (s) => s.channelBinding("tls-server-end-point"),
  (s) => s.getFinished(),
  (s) => s.sslObject(),
  (s) => s.context.ctxObject(),
  (s) => s.isSsl(),
  (s) => s.opened(),
  (s) => s.report.ok,
];

/** What ends the connection, or our direction of it. */
const ENDING: Record<string, (s: SslSocket) => unknown> = {
  "close()": (s) => s.close(),
  "close({ noShutdown })": (s) => s.close({ noShutdown: true }),
  "close({ fastShutdown: false })": (s) => s.close({ fastShutdown: false, timeout: 50 }),
  "closeWrite()": (s) => s.closeWrite(),
  "stopSsl()": (s) => s.stopSsl({ timeout: 50 }),
  "stopSsl({ fastShutdown })": (s) => s.stopSsl({ fastShutdown: true }),
  "stopSsl({ noShutdown })": (s) => s.stopSsl({ noShutdown: true }),
  "[Symbol.asyncDispose]()": (s) => s[Symbol.asyncDispose](),
};

interface Ends extends AsyncDisposable {
  readonly client: SslSocket;
  readonly server: SslSocket;
}

/** Two plain sockets that are to start TLS; `inside` is called in the callback, with whose it is. */
async function ends(
  version: string,
  callback: Callback,
  inside: (whose: SslSocket) => void,
): Promise<Ends> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const [a, b] = await Promise.all([
    Deno.connect({ port, hostname: "127.0.0.1" }),
    listener.accept(),
  ]);
  const whose = () => both?.[callback.of];
  const more = callback.options(() => {
    const socket = whose();
    if (socket !== undefined) inside(socket);
  });
  const common = { engine: "openssl", version, startHandshake: false, timeout: 5000 } as const;
  let both: { client: SslSocket; server: SslSocket } | undefined = undefined;
  both = {
    client: await SslSocket.start(a, {
      ...{ ...common, ca: ca.pem, serverName: "localhost", ...client },
      ...(callback.of === "client" ? more : {}),
    }),
    server: await SslSocket.start(b, {
      ...{ ...common, server: true, ...server, ocspStaple: staple },
      ...(callback.of === "server" ? more : {}),
    }),
  };
  return {
    ...both,
    async [Symbol.asyncDispose]() {
      const all = [both!.client, both!.server].map((socket) => socket.close({ noShutdown: true }));
      await soon(Promise.all(all), "close()");
    },
  };
}

/** Texts of a record header's length at least: in plain text, a TLS server sees at once that they are not TLS. */
async function talk({ client, server }: Ends): Promise<void> {
  for (const said of ["one..", "two..", "three"]) {
    await client.write(bytes(said));
    assertEquals(await soon(readText(server, 5), "read()"), said);
    await server.write(bytes(said));
    assertEquals(await soon(readText(client, 5), "read()"), said);
  }
}

for (const version of VERSIONS) {
  for (const [name, callback] of Object.entries(CALLBACKS)) {
    Deno.test(`${name}: what cannot wait is refused inside it, and the connection stays whole (${version})`, async () => {
      using calls = new NestedCalls();
      const codes = new Set<unknown>();
      let count = 0;
      await using both = await ends(version, callback, (socket) => {
        count++;
        for (const operation of HARMLESS) codes.add(outcomeOf(() => operation(socket)));
      });
      await soon(Promise.all([both.client.connectSsl(), both.server.acceptSsl()]), "TLS");
      await talk(both);
      assertGreater(count, 0);
      assertGreater(calls.watched, 20);
      assertEquals(calls.found, []);
      assert(codes.has("ENOTCONN") || codes.has("ERR_IN_CALLBACK"));
      assertEquals([both.client.opened(), both.client.isSsl()], [1, "rw"]);
    });

    Deno.test(`${name}: what ends the connection inside it does so afterwards (${version})`, async () => {
      for (const [called, operation] of Object.entries(ENDING)) {
        const before = openHandles();
        using calls = new NestedCalls();
        let inside: unknown;
        {
          let count = 0;
          await using both = await ends(version, callback, (socket) => {
            if (count++ === 0) inside = outcomeOf(() => operation(socket));
          });
          const shaken = Promise.allSettled([both.client.connectSsl(), both.server.acceptSsl()]);
          const [atClient] = await soon(shaken, called);
          if (atClient.status === "fulfilled") await talk(both).catch(() => {});
          await soon(Promise.resolve(inside), called);
          assertGreater(count, 0);
        }
        assertEquals([called, calls.found], [called, []]);
        assert(openHandles() <= before + 8, `${called} leaves ${openHandles() - before}`);
      }
    });
  }

  Deno.test(`write(), closeWrite() and close() inside msgCallback wait: 50 of 50 exchanges are right (${version})`, async () => {
    let right = 0;
    using calls = new NestedCalls();
    for (let run = 0; run < 50; run++) {
      const nested: Promise<unknown>[] = [];
      let open = false;
      await using both = await ends(version, CALLBACKS.msgCallback!, (socket) => {
        if (open && nested.length < 20) nested.push(socket.write(bytes(`<${nested.length}>`)));
      });
      await soon(Promise.all([both.client.connectSsl(), both.server.acceptSsl()]), "TLS");
      open = true;
      const reading = (async () => {
        let got = "";
        const p = new Uint8Array(1000);
        for (let n; (n = await both.server.read(p)) !== null;) {
          got += new TextDecoder().decode(p.subarray(0, n));
        }
        return got;
      })();
      for (let i = 0; i < 10; i++) await both.client.write(bytes("[outer]"));
      await soon(Promise.all(nested), "the writes");
      await both.client.close();
      const got = await soon(reading, "the end");
      const inner = Array.from({ length: 20 }, (_, i) => `<${i}>`).join("");
      if (got.replaceAll("[outer]", "") === inner && got.split("[outer]").length === 11) right++;
    }
    assertEquals([right, calls.found], [50, []]);
  });
}
