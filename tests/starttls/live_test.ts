/** startTls() and acceptStartTls() over loopback, on both engines. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  SslError,
  SslPeerError,
  SslTimeoutError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { Transport } from "../../socket/transport.ts";
import {
  acceptStartTls,
  type AcceptStartTlsProtocol,
  startTls,
  type StartTlsOptions,
  type StartTlsProtocol,
} from "../../starttls/mod.ts";
import { explain } from "../../verify/explain/explain.ts";
import { bytes, readText, tcpServer, testPki, trust } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";
import { AS_SERVER, fromLatin1, latin1, type Script, TO_TLS } from "./scripts.ts";

const ENGINES = ["openssl", "deno"] as const;
const PROTOCOLS = Object.keys(TO_TLS) as StartTlsProtocol[];

type Served = (conn: Deno.TcpConn) => Promise<void> | void;

async function writeAll(conn: Transport, text: string): Promise<void> {
  const all = fromLatin1(text);
  for (let at = 0; at < all.length;) at += await conn.write(all.subarray(at));
}

/** Reads what must come. */
async function expectText(conn: Transport, expected: string): Promise<void> {
  const all = new Uint8Array(expected.length);
  for (let at = 0; at < all.length;) {
    const n = await conn.read(all.subarray(at));
    if (n === null) throw new Error(`the stream ended instead of ${expected.slice(at)}`);
    at += n;
  }
  assertEquals(latin1(all), expected);
}

/** The server's part of a script of a client. */
async function speak(conn: Transport, script: Script, instead?: string): Promise<void> {
  await expectText(conn, (script.opening ?? "").replaceAll("mail.example", "localhost"));
  for (const [i, [received, sent]] of script.turns.entries()) {
    const last = i === script.turns.length - 1;
    await writeAll(conn, last && instead !== undefined ? received + instead : received);
    await expectText(conn, sent);
  }
}

/** Runs a client against a plain server on loopback. */
async function against<T>(
  serve: Served,
  use: (conn: Deno.TcpConn, trusted: (engine: "openssl" | "deno") => StartTlsOptions) => Promise<T>,
): Promise<T> {
  const { ca } = await testPki();
  await using server = tcpServer(serve);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const trusted = (engine: "openssl" | "deno"): StartTlsOptions => ({
    ...trust(engine, ca) as StartTlsOptions,
    hostname: "localhost",
    timeout: 20_000,
  });
  try {
    return await use(conn, trusted);
  } finally {
    try {
      conn.close();
    } catch {
      // startTls() has closed it, or consumed it.
    }
  }
}

/** A server that speaks a script, starts TLS, and says a word inside. */
const whole = (script: Script): Served => async (conn) => {
  await speak(conn, script);
  const { server } = await testPki();
  await using tls = await SslSocket.start(conn, { server: true, engine: "openssl", ...server });
  await tls.write(bytes("inside"));
  await tls.read(new Uint8Array(1));
};

for (const engine of ENGINES) {
  for (const protocol of PROTOCOLS) {
    const script = TO_TLS[protocol][0]!;

    Deno.test(`${engine}: startTls() for ${protocol} gives a verified connection, and what was said before`, async () => {
      await against(whole(script), async (conn, trusted) => {
        const started = await startTls(conn, protocol, trusted(engine));
        await using socket = started.socket;
        assertInstanceOf(socket, SslSocket);
        assertEquals([socket.engine, socket.report.ok], [engine, true]);
        assertEquals(started.greeting, script.greeting ?? "");
        assertEquals(started.capabilities, script.capabilities ?? []);
        assertEquals(started.packet !== undefined, protocol === "mysql");
        assertEquals(await readText(socket, 6), "inside");
      });
    });

    Deno.test(`${engine}: startTls() for ${protocol} refuses plain bytes behind the last word`, async () => {
      let after: number | null | undefined;
      await against(async (conn) => {
        await speak(conn, { ...script, turns: script.turns.map(([r]) => [r, ""]) }, "evil\r\n")
          .catch(() => {});
        const p = new Uint8Array(4096);
        while ((after = await conn.read(p).catch(() => null)) !== null);
      }, async (conn, trusted) => {
        await refuses(
          () => startTls(conn, protocol, trusted(engine)),
          SslPeerError,
          "ERR_INJECTION",
        );
        await assertRejects(() => conn.read(new Uint8Array(1)), Deno.errors.BadResource);
      });
      assertEquals(after, null);
    });
  }

  Deno.test(`${engine}: startTls() refuses a certificate for another name`, async () => {
    await against(whole(TO_TLS.smtp[0]!), async (conn, trusted) => {
      const options = { ...trusted(engine), hostname: "other.example" };
      await refuses(
        () => startTls(conn, "smtp", options),
        SslVerifyError,
        ["HOSTNAME_MISMATCH", "ERR_HOSTNAME"],
      );
    });
  });

  Deno.test(`${engine}: answers that come byte by byte lead to TLS`, async () => {
    await against(async (conn) => {
      const { server } = await testPki();
      for (const [received, sent] of TO_TLS.imap[0]!.turns) {
        for (const letter of received) await writeAll(conn, letter);
        await expectText(conn, sent);
      }
      await using tls = await SslSocket.start(conn, { server: true, engine: "openssl", ...server });
      await tls.read(new Uint8Array(1));
    }, async (conn, trusted) => {
      const { socket } = await startTls(conn, "imap", trusted(engine));
      assert(socket.report.ok);
      await socket.close();
    });
  });

  Deno.test(`${engine}: a greeting of 10 MB is refused after maxPlainBytes`, async () => {
    let written = 0;
    await against(async (conn) => {
      const lines = "220-welcome, welcome, welcome\r\n".repeat(500);
      for (; written < 10_000_000; written += lines.length) await writeAll(conn, lines);
    }, async (conn, trusted) => {
      const start = () => startTls(conn, "smtp", trusted(engine));
      const error = await refuses(start, SslError, "EMSGSIZE");
      assertStringIncludes(error.message, "more than 65536 bytes");
      assertStringIncludes(explain(error), "maxPlainBytes");
    });
    assert(written < 10_000_000, `${written}`);
  });

  Deno.test(`${engine}: a silent server is left after the timeout, or when the signal says so`, async () => {
    const silent = async (conn: Deno.TcpConn) => {
      await conn.read(new Uint8Array(100));
    };
    await against(silent, async (conn, trusted) => {
      const start = () => startTls(conn, "smtp", { ...trusted(engine), timeout: 30 });
      const error = await refuses(start, SslTimeoutError, "ETIMEDOUT");
      assertStringIncludes(error.message, "30 ms");
    });
    await against(silent, async (conn, trusted) => {
      const abort = new AbortController();
      const starting = startTls(conn, "pop3", { ...trusted(engine), signal: abort.signal });
      abort.abort(new RangeError("enough"));
      await assertRejects(() => starting, RangeError, "enough");
    });
  });

  Deno.test(`${engine}: a server that goes in any state is an EOF, not an end`, async () => {
    const { turns } = TO_TLS.smtp[0]!;
    for (let count = 0; count < turns.length; count++) {
      await against(async (conn) => {
        await speak(conn, { turns: turns.slice(0, count) });
        await conn.closeWrite();
      }, async (conn, trusted) => {
        await refuses(() => startTls(conn, "smtp", trusted(engine)), SslPeerError, "EOF");
      });
    }
  });

  Deno.test(`${engine}: without a name to verify nothing is sent`, async () => {
    let received: number | null | undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    await against(async (conn) => {
      received = await conn.read(new Uint8Array(100)).catch(() => null);
      resolve();
    }, async (conn, trusted) => {
      const options = { ...trusted(engine), hostname: undefined };
      await assertRejects(() => startTls(conn, "postgres", options), TypeError, "name to verify");
      conn.close();
      await promise;
    });
    assertEquals(received, null);
  });

  Deno.test(`${engine}: a server without STARTTLS is an error that explain() has words for`, async () => {
    await against(async (conn) => {
      await writeAll(conn, "+OK hello\r\n");
      await expectText(conn, "CAPA\r\n");
      await writeAll(conn, "+OK\r\nUIDL\r\n.\r\n");
    }, async (conn, trusted) => {
      const start = () => startTls(conn, "pop3", trusted(engine));
      const error = await refuses(start, SslPeerError, "ERR_STARTTLS_NOT_OFFERED");
      assertStringIncludes(error.message, 'does not offer STLS: it offers "UIDL"');
      assertStringIncludes(explain(error), "It offers: UIDL.");
      assertEquals(error.facts.role, "client");
    });
  });
}

Deno.test("startTls() with keepSocketOnError leaves the connection open", async () => {
  await against(async (conn) => {
    await writeAll(conn, "220 hello\r\n");
    await expectText(conn, "EHLO localhost\r\n");
    await writeAll(conn, "502 what?\r\n");
    await expectText(conn, "QUIT\r\n");
    await writeAll(conn, "221 bye\r\n");
  }, async (conn, trusted) => {
    const options = { ...trusted("openssl"), keepSocketOnError: true };
    const start = () => startTls(conn, "smtp", options);
    const error = await refuses(start, SslPeerError, "ERR_STARTTLS_NOT_OFFERED");
    const kept = error.transport as Transport;
    await writeAll(kept, "QUIT\r\n");
    await expectText(kept, "221 bye\r\n");
  });
  await against(() => {}, async (conn, trusted) => {
    const options = { ...trusted("deno"), keepSocketOnError: true };
    await refuses(() => startTls(conn, "smtp", options), SslUnsupportedError, "ERR_UNSUPPORTED");
  });
});

Deno.test("startTls() takes a Handle that has the greeting already, and a plain SslSocket", async () => {
  const script = TO_TLS.pop3[0]!;
  const inside = async (started: { socket: SslSocket }): Promise<void> => {
    assertEquals(await readText(started.socket, 6), "inside");
    await started.socket.close();
  };
  const [first, ...rest] = script.turns;
  const longer = { ...script, turns: [[`welcome\r\n${first![0]}`, first![1]] as const, ...rest] };
  await against(whole(longer), async (conn, trusted) => {
    const handle = new Handle(conn);
    assertEquals(await handle.readLine(), "welcome"); // and the greeting waits in the handle
    await inside(await startTls(handle, "pop3", trusted("openssl")));
  });
  await against(whole(script), async (conn, trusted) => {
    const { port } = conn.remoteAddr as Deno.NetAddr;
    const to = { ...trusted("openssl"), port, family: 4 as const, startHandshake: false };
    await inside(await startTls(await SslSocket.connect(to), "pop3"));
  });
});

Deno.test("startTls() gives a socket of the class that socketClass names", async () => {
  class Mine extends SslSocket {}
  await against(whole(TO_TLS.smtp[0]!), async (conn, trusted) => {
    const { socket } = await startTls(conn, "smtp", { ...trusted("openssl"), socketClass: Mine });
    assertInstanceOf(socket, Mine);
    await socket.close();
  });
});

/** Options that are refused before anything is sent, and a word of the message. */
const WRONG: readonly (readonly [StartTlsProtocol, options: unknown, words: string])[] = [
  ["smtp", { name: "me\r\nMAIL FROM:<a@b>" }, "name must be"],
  ["smtp", { name: "me there" }, "name must be"],
  ["smtp", { name: "" }, "name must be"],
  ["smtp", { name: 7 }, "name must be"],
  ["smtp", { name: `${"a.".repeat(200)}b` }, "name must be"],
  ["xmpp", { domain: "a'/><evil/>" }, "domain must be"],
  ["xmpp", { domain: "a\r\nb" }, "domain must be"],
  ["xmpp", { domain: "me@example.com" }, "domain must be"],
  ["smtp", { maxPlainBytes: 0 }, "maxPlainBytes must be"],
  ["smtp", { maxPlainBytes: NaN }, "maxPlainBytes must be"],
  ["imap", { name: "me" }, 'no use for the option "name"'],
  ["smtp", { domain: "example.com" }, 'no use for the option "domain"'],
  ["smtp", { server: true }, '"server" cannot be given'],
  ["smtp", { startHandshake: false }, '"startHandshake" cannot be given'],
  ["smtp", { nmae: "me" }, "unknown option"],
  ["smtp", Object.create({ name: "me" }), "inherited"],
  ["smtp", null, "must be an object"],
  ["lmtp" as StartTlsProtocol, {}, "unknown protocol"],
  ["toString" as StartTlsProtocol, {}, "unknown protocol"],
  [undefined as unknown as StartTlsProtocol, {}, "unknown protocol"],
];

Deno.test("options and protocols that are wrong are refused before anything is sent", async () => {
  let reads = 0;
  await against(async (conn) => {
    if (await conn.read(new Uint8Array(1)) !== null) reads++;
  }, async (conn) => {
    for (const [protocol, options, words] of WRONG) {
      await assertRejects(
        () => startTls(conn, protocol, options as StartTlsOptions),
        TypeError,
        words,
        `${protocol} ${JSON.stringify(options)}`,
      );
    }
    await assertRejects(
      () => acceptStartTls(conn, "ftp" as AcceptStartTlsProtocol, {}),
      TypeError,
      "use one of smtp, imap, pop3",
    );
  });
  assertEquals(reads, 0);
});

// ---- as server

/** Runs acceptStartTls() for one connection; what it gives, or its error. */
async function accepting(
  protocol: AcceptStartTlsProtocol,
  use: (conn: Deno.TcpConn) => Promise<void>,
  more: object = {},
): Promise<unknown> {
  const { server } = await testPki();
  let outcome: unknown;
  await against(async (conn) => {
    const options = { engine: "openssl" as const, ...server, ...more };
    outcome = await acceptStartTls(conn, protocol, options).then(async ({ socket }) => {
      await socket.write(bytes("inside"));
      await socket.close();
      return "TLS";
    }, (error) => error);
  }, async (conn) => {
    await use(conn);
  });
  return outcome;
}

for (const protocol of Object.keys(AS_SERVER) as AcceptStartTlsProtocol[]) {
  for (const engine of ENGINES) {
    Deno.test(`${engine}: startTls() and acceptStartTls() for ${protocol} understand each other`, async () => {
      const { ca } = await testPki();
      const outcome = await accepting(protocol, async (conn) => {
        const options = { ...trust(engine, ca) as StartTlsOptions, hostname: "localhost" };
        const { socket } = await startTls(conn, protocol, options);
        assertEquals(await readText(socket, 6), "inside");
        await socket.close();
      });
      assertEquals(outcome, "TLS");
    });
  }

  Deno.test(`acceptStartTls() for ${protocol} refuses bytes that come with the command`, async () => {
    const command = AS_SERVER[protocol].turns.at(-1)![0];
    for (const more of ["NOOP\r\n", "\x16\x03\x01\x02\0\x01"]) {
      const error = await accepting(protocol, async (conn) => {
        await expectText(conn, AS_SERVER[protocol].opening!);
        await writeAll(conn, command + more);
        assertEquals(await conn.read(new Uint8Array(100)).catch(() => null), null); // no go-ahead
      });
      assertInstanceOf(error, SslPeerError);
      assertEquals([error.code, error.facts.role], ["ERR_INJECTION", "server"]);
    }
  });

  Deno.test(`acceptStartTls() for ${protocol} is an EOF when the client leaves`, async () => {
    const leave = protocol === "imap" ? "a LOGOUT\r\n" : "QUIT\r\n";
    for (const last of [leave, ""]) {
      const error = await accepting(protocol, async (conn) => {
        await expectText(conn, AS_SERVER[protocol].opening!);
        await writeAll(conn, last);
        await conn.closeWrite();
        while (await conn.read(new Uint8Array(100)).catch(() => null) !== null);
      });
      assertInstanceOf(error, SslPeerError);
      assertEquals(error.code, "EOF");
    }
  });
}

Deno.test("acceptStartTls() refuses plain commands that come after its go-ahead", async () => {
  const error = await accepting("smtp", async (conn) => {
    await expectText(conn, AS_SERVER.smtp.opening!);
    await writeAll(conn, "STARTTLS\r\n");
    await expectText(conn, "220 Ready to start TLS\r\n");
    await writeAll(conn, "MAIL FROM:<evil@example.com>\r\n");
    while (await conn.read(new Uint8Array(100)).catch(() => null) !== null);
  });
  assertInstanceOf(error, SslPeerError);
  assert(error.code !== "EOF", error.message);
});

Deno.test("acceptStartTls() leaves a client that does not ask for TLS after the timeout", async () => {
  const error = await accepting("smtp", async (conn) => {
    while (await conn.read(new Uint8Array(100)).catch(() => null) !== null);
  }, { timeout: 30 });
  assertInstanceOf(error, SslTimeoutError);
});

Deno.test("acceptStartTls() on the Deno engine is refused before the greeting", async () => {
  const error = await accepting("smtp", async (conn) => {
    assertEquals(await conn.read(new Uint8Array(1)).catch(() => null), null);
  }, { engine: "deno" });
  assertInstanceOf(error, SslUnsupportedError);
});
