/** Plain connections for both engines: dialling, listening, bytes put back, and web streams. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { dialTcp, ioError, TcpListener } from "../../engine/dial.ts";
import {
  BufferedTransport,
  heldBy,
  mustTake,
  settle as settleTransport,
  streamFailure,
  streamTransport,
} from "../../engine/transport.ts";
import type { EngineContext } from "../../engine/engine.ts";
import { SslError, SslPeerError } from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";
import { settle, SteppedTransport } from "./stepped.ts";

const bytes = (...values: number[]) => Uint8Array.of(...values);
const LOOPBACK = "127.0.0.1";

/** Runs with a function of Deno's replaced. */
async function withDeno<K extends "connect" | "listen">(
  name: K,
  fake: (...args: never[]) => unknown,
  run: () => Promise<unknown>,
): Promise<void> {
  const real = Deno[name];
  Object.assign(Deno, { [name]: fake });
  try {
    await run();
  } finally {
    Object.assign(Deno, { [name]: real });
  }
}

// ---- dialling and listening

Deno.test("ioError() has the code, the number and the advice; permissions stay what they are", () => {
  const rows: [Error, string, number, string][] = [
    [
      new Deno.errors.ConnectionRefused("Connection refused (os error 111)"),
      "ECONNREFUSED",
      111,
      ": nothing listens there",
    ],
    [
      new Deno.errors.AddrInUse("Address in use (os error 98)"),
      "EADDRINUSE",
      98,
      ": choose another port, or 0 for any",
    ],
    [new Error("failed to lookup address information: x"), "ENOTFOUND", -1, ": check the name"],
    [new Error("odd"), "EIO", -1, ""],
  ];
  for (const [cause, code, errno, advice] of rows) {
    const error = ioError("Cannot dial", cause) as SslError;
    assertEquals([error.code, error.errno, error.cause], [code, errno, cause]);
    assertEquals(error.message, `Cannot dial: ${error.reason}${advice}`);
    assert(!error.reason.includes("os error"));
  }
  for (const other of [new Deno.errors.NotCapable("no"), "text", undefined]) {
    assertStrictEquals(ioError("x", other), other);
  }
});

Deno.test("dialTcp() passes the signal on, switches Nagle off, and closes what comes too late", async () => {
  for (const transport of ["tcp", "unix"] as const) {
    for (const late of [false, true]) {
      const abort = new AbortController();
      const calls: string[] = [];
      const conn = {
        close: () => void calls.push("close"),
        setNoDelay: (on: boolean) => void calls.push(`nodelay ${on}`),
      };
      let given: { signal?: unknown } = {};
      const connect = (options: never) => {
        given = options;
        if (late) abort.abort(new RangeError("enough"));
        return Promise.resolve(conn);
      };
      await withDeno("connect", connect, async () => {
        const target = transport === "tcp"
          ? { transport, hostname: "host.test", port: 7 }
          : { transport, path: "/x" };
        const dialling = dialTcp(target, { signal: abort.signal });
        if (late) await assertRejects(() => dialling, RangeError, "enough");
        else assertStrictEquals(await dialling as unknown, conn);
      });
      assertEquals(calls, late ? ["close"] : transport === "tcp" ? ["nodelay true"] : []);
      assertStrictEquals(given.signal, transport === "tcp" ? abort.signal : undefined);
      assertEquals(Object.getPrototypeOf(given), null);
    }
  }
  const early = AbortSignal.abort(new RangeError("before"));
  const never = () => {
    throw new Error("is not asked");
  };
  await withDeno("connect", never, async () => {
    const target = { transport: "tcp", hostname: "host.test", port: 7 } as const;
    await assertRejects(() => dialTcp(target, { signal: early }), RangeError, "before");
  });
});

Deno.test("dialTcp() that fails names the address", async () => {
  const refused = () => Promise.reject(new Deno.errors.ConnectionRefused("no"));
  await withDeno("connect", refused, async () => {
    const tcp = await refuses(
      () => dialTcp({ transport: "tcp", hostname: "::1", port: 7 }),
      SslError,
      "ECONNREFUSED",
    );
    assert(tcp.message.startsWith("Cannot connect to [::1]:7: "), tcp.message);
    const unix = await refuses(
      () => dialTcp({ transport: "unix", path: "/run/x" }),
      SslError,
      "ECONNREFUSED",
    );
    assert(unix.message.startsWith("Cannot connect to /run/x: "), unix.message);
  });
});

Deno.test("TcpListener: a client that is gone in the queue is its own fault, any other error the listener's", async () => {
  const errors: [new (m: string) => Error, boolean][] = [
    [Deno.errors.NotConnected, true],
    [Deno.errors.ConnectionAborted, true],
    [Deno.errors.ConnectionReset, true],
    [Deno.errors.BadResource, false],
    [Error, false],
  ];
  for (const [Class, gone] of errors) {
    const cause = new Class("x");
    await withDeno("listen", () => ({ accept: () => Promise.reject(cause) }), async () => {
      const listener = new TcpListener({ hostname: LOOPBACK, port: 0, backlog: undefined });
      for (const accept of [() => listener.acceptPlain(), () => listener.accept(null!, "user")]) {
        if (!gone) assertStrictEquals(await assertRejects(accept), cause);
        else {
          const error = await refuses(accept, SslPeerError, "ECONNRESET");
          assertStrictEquals(error.cause, cause);
        }
      }
    });
  }
});

Deno.test("TcpListener.accept() prepares TLS with the user's state, and closes the connection where it cannot", async () => {
  const calls: string[] = [];
  const conn = { setNoDelay() {}, close: () => void calls.push("close") };
  let listened: object = {};
  const listen = (options: never) => {
    listened = options;
    return { accept: () => Promise.resolve(conn) };
  };
  await withDeno("listen", listen, async () => {
    const listener = new TcpListener({ hostname: LOOPBACK, port: 5, backlog: 3 });
    assertEquals({ ...listened }, { hostname: LOOPBACK, port: 5, tcpBacklog: 3 });
    const context = { start: (given: unknown, params: object) => ({ given, params }) };
    const tls = await listener.accept(context as unknown as EngineContext, "user") as unknown as {
      given: unknown;
      params: object;
    };
    assertStrictEquals(tls.given, conn);
    assertEquals({ ...tls.params }, {
      serverName: undefined,
      verifyName: undefined,
      user: "user",
    });
    const failure = new Error("no SSL");
    const broken = {
      start() {
        throw failure;
      },
    } as unknown as EngineContext;
    assertStrictEquals(await assertRejects(() => listener.accept(broken, "user")), failure);
    assertEquals(calls, ["close"]);
    new TcpListener({ hostname: LOOPBACK, port: 5, backlog: undefined });
    assert(!("tcpBacklog" in listened));
  });
  const inUse = () => {
    throw new Deno.errors.AddrInUse("no");
  };
  await withDeno("listen", inUse, async () => {
    const bind = async () => {
      await Promise.resolve();
      new TcpListener({ hostname: LOOPBACK, port: 5, backlog: undefined });
    };
    const error = await refuses(bind, SslError, "EADDRINUSE");
    assert(error.message.startsWith("Cannot listen on 127.0.0.1:5: "), error.message);
  });
});

// ---- bytes put back

Deno.test("BufferedTransport gives what is ahead, then what is in flight, then the transport's own", async () => {
  const inner = new SteppedTransport();
  const inFlight = Promise.withResolvers<Uint8Array | null>();
  const t = new BufferedTransport(inner, bytes(1, 2, 3), inFlight.promise);
  assertEquals([heldBy(t), t.bare === t], [bytes(1, 2, 3), true]);
  const p = new Uint8Array(2);
  assertEquals([await t.read(p), p], [2, bytes(1, 2)]);
  inFlight.resolve(bytes(4));
  await settleTransport(t);
  assertEquals(heldBy(t), bytes(3, 4)); // once they are here they are like the others
  assertEquals([await t.read(p), p, inner.reads], [2, bytes(3, 4), 0]);
  assertStrictEquals(t.bare, inner as never);
  const own = t.read(p);
  inner.bring(bytes(9));
  assertEquals([await own, p[0]], [1, 9]);
});

Deno.test("BufferedTransport: a read that waits for what is in flight gets it, its end or its failure", async () => {
  for (const how of ["bytes", "end", "failure"]) {
    const inner = new SteppedTransport();
    const inFlight = Promise.withResolvers<Uint8Array | null>();
    const t = new BufferedTransport(inner, bytes(), inFlight.promise);
    assertStrictEquals(t.bare, t as never);
    const p = new Uint8Array(4);
    const reading = t.read(p);
    if (how === "bytes") inFlight.resolve(bytes(1, 2));
    else if (how === "end") inFlight.resolve(null);
    else inFlight.reject(new RangeError("no reader"));
    if (how === "failure") await assertRejects(() => reading, RangeError, "no reader");
    else assertEquals([await reading, p[0]], how === "bytes" ? [2, 1] : [null, 0]);
    assertEquals(inner.reads, 0);
  }
});

Deno.test("BufferedTransport shows what lies in the transports beneath, in the order of reading", async () => {
  const inner = new SteppedTransport();
  const below = new BufferedTransport(inner, bytes(3));
  const t = new BufferedTransport(below, bytes(1, 2));
  assertEquals([heldBy(t), heldBy(inner), heldBy({})], [bytes(1, 2, 3), bytes(), bytes()]);
  const p = new Uint8Array(9);
  await t.read(p);
  assertStrictEquals(t.bare, below as never);
  assertEquals(heldBy(t), bytes(3));
  await t.read(p);
  assertStrictEquals(t.bare, inner as never);
});

Deno.test("BufferedTransport closes its transport once, and passes the rest on", async () => {
  const calls: string[] = [];
  const inner = new SteppedTransport();
  Object.assign(inner, {
    close: () => calls.push("close"),
    closeWrite: () => Promise.resolve(calls.push("closeWrite")),
    setNoDelay: (on?: boolean) => calls.push(`noDelay ${on}`),
    setKeepAlive: (on?: boolean) => calls.push(`keepAlive ${on}`),
    ref: () => calls.push("ref"),
    unref: () => calls.push("unref"),
  });
  const t = new BufferedTransport(inner, bytes(1));
  const write = t.write(bytes(7));
  inner.take();
  assertEquals(await write, 1);
  await t.closeWrite();
  t.setNoDelay(true);
  t.setKeepAlive(false);
  t.ref();
  t.unref();
  t.close();
  t.close();
  assertEquals(calls, ["closeWrite", "noDelay true", "keepAlive false", "ref", "unref", "close"]);
  assertEquals([mustTake(1), mustTake(7)], [1, 7]);
  for (const n of [0, -1]) assertThrows(() => mustTake(n), TypeError, `took ${n} bytes`);
});

// ---- web streams

/** A transport over streams whose other ends are the test's. */
function overStreams() {
  const { readable: from, writable: feeder } = new TransformStream<Uint8Array>();
  const { readable: sink, writable: to } = new TransformStream<Uint8Array>();
  return {
    t: streamTransport({ readable: from, writable: to }),
    feeder: feeder.getWriter(),
    sink: sink.getReader(),
  };
}

Deno.test("a transport over web streams reads chunks in parts, and shows what is left of one", async () => {
  const { t, feeder } = overStreams();
  const p = new Uint8Array(2);
  feeder.write(bytes()).catch(() => {}); // an empty chunk does not end the stream
  feeder.write(bytes(1, 2, 3)).catch(() => {});
  assertEquals([await t.read(p), p, heldBy(t)], [2, bytes(1, 2), bytes(3)]);
  assertEquals([await t.read(p), p[0], heldBy(t)], [1, 3, bytes()]);
  const end = t.read(p);
  feeder.close().catch(() => {});
  assertEquals([await end, await t.read(p)], [null, null]);
  t.close();
});

Deno.test("a transport over web streams needs both for itself, and bytes", async () => {
  for (const locked of ["readable", "writable"] as const) {
    const pair = new TransformStream<Uint8Array>();
    const other = new TransformStream<Uint8Array>();
    const over = { readable: pair.readable, writable: other.writable };
    if (locked === "readable") over.readable.getReader();
    else over.writable.getWriter();
    assertThrows(() => streamTransport(over), TypeError, "locked");
    assertEquals(over.readable.locked, locked === "readable");
  }
  const { t, feeder } = overStreams();
  feeder.write("text" as never).catch(() => {});
  await assertRejects(() => t.read(new Uint8Array(1)), TypeError, "Uint8Array");
  t.close();
});

Deno.test("a transport over web streams writes copies, ends in good order, and once", async () => {
  const { t, sink } = overStreams();
  const p = bytes(1, 2);
  assertEquals(await t.write(p), 2);
  p.fill(9);
  assertEquals((await sink.read()).value, bytes(1, 2));
  const ending = t.closeWrite!();
  assertEquals((await sink.read()).done, true);
  await ending;
  await t.closeWrite!();
  t.close();
  t.close();
});

Deno.test("a transport over web streams tells why the other end gave it up", async () => {
  const reason = new RangeError("enough");
  for (const cause of [reason, undefined]) {
    const given = overStreams();
    given.feeder.abort(cause).catch(() => {});
    given.sink.cancel(cause).catch(() => {});
    await settle();
    const calls = [() => given.t.read(bytes(0)), () => given.t.write(bytes(0))];
    for (const call of calls) {
      const error = await assertRejects(call, Error) as Error & { code?: string };
      if (cause) assertStrictEquals(error, cause);
      else assertEquals([error.message.includes("given up"), error.code], [true, "EPIPE"]);
    }
    await assertRejects(() => given.t.closeWrite!(), TypeError); // what has failed has no good end
    given.t.close();
  }
  assertEquals((streamFailure("text") as Error).cause, "text");
});

Deno.test("a transport over web streams that is closed ends its read, and the other ends see it", async () => {
  const { t, feeder, sink } = overStreams();
  const reading = t.read(bytes(0));
  t.close();
  await assertRejects(() => reading, Deno.errors.BadResource, "closed");
  assertEquals((await sink.read()).done, true);
  await assertRejects(() => feeder.write(bytes(1)));
});
