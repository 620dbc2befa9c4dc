/** What a handle refuses, by which code, when its connection is closed, given away, or has failed to close. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Handle } from "../../handle/handle.ts";
import type { HandleConn } from "../../handle/source.ts";
import { SslSocket } from "../../socket/socket.ts";
import { takeTransport } from "../../socket/transport.ts";
import { SslError, SslPeerError, SslTimeoutError, SslUnsupportedError } from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";
import { gate, ScriptedConn } from "./fakes.ts";

const CALLS: Record<string, (handle: Handle) => unknown> = {
  "read a line": (h) => h.readLine(),
  "read lines": (h) => h.getlines(),
  read: (h) => h.read(1),
  sysread: (h) => h.sysread(new Uint8Array(1)),
  getc: (h) => h.getc(),
  eof: (h) => h.eof(),
  wait: (h) => h.ready(),
  print: (h) => h.print("x"),
  write: (h) => h.write("x"),
  syswrite: (h) => h.syswrite("x"),
  flush: (h) => h.flush(),
  "end writing": (h) => h.closeWrite(),
  "start TLS": (h) => h.startSsl(),
};

Deno.test("every call on a closed handle, and on one whose connection was given away, says so", async () => {
  const closed = new Handle(new ScriptedConn());
  await closed.close();
  const given = new Handle(new ScriptedConn());
  given[takeTransport]();
  for (const [operation, call] of Object.entries(CALLS)) {
    const one = await refuses(async () => await call(closed), SslError, "ECLOSED");
    assertEquals([one.message, one.reason], [
      `Cannot ${operation}: the handle is closed`,
      "the handle is closed",
    ]);
    const two = await refuses(async () => await call(given), SslError, "ECLOSED");
    assertEquals([two.message, two.reason], [
      `Cannot ${operation}: the connection of this handle was given to a socket: use that`,
      "the connection was given away",
    ]);
  }
  for (const call of [() => closed.pending(), () => closed.tryReadLine()]) {
    assertEquals(assertThrows(call, SslError).code, "ECLOSED");
  }
  assertEquals([closed.opened(), given.opened()], [0, 0]);
});

Deno.test("a connection on which another part of the program starts TLS is no more the handle's", async () => {
  const conn = new ScriptedConn("a\nb");
  const handle = new Handle(conn);
  assertEquals(await handle.readLine(), "a");
  const start = () => SslSocket.start(conn, { engine: "openssl", hostname: "localhost" });
  await refuses(start, SslPeerError, "ERR_INJECTION"); // "b" is ahead of the handshake
  const error = await refuses(() => handle.readLine(), SslError, "ECLOSED");
  assertEquals(error.reason, "the connection was given away");
  const { wait, open } = gate();
  const busy = new ScriptedConn();
  const writing = new Handle(Object.assign(busy, { write: () => wait.then(() => 1) }));
  const print = writing.print("x");
  await assertRejects(
    () => SslSocket.start(busy, { engine: "openssl", hostname: "localhost" }),
    TypeError,
    "Cannot start TLS: output of the handle has yet to go: await flush() first",
  );
  open();
  await print;
});

Deno.test("close() sends what was collected; a write that was lost makes the end no proper one", async () => {
  const conn = new ScriptedConn();
  const handle = new Handle(conn, { autoflush: false });
  await handle.print("last");
  await Promise.all([handle.close(), handle.close()]);
  assertEquals(conn.events, ["write 4", "close"]);
  await handle.close({ noShutdown: true });
  assertEquals(conn.events.length, 2, "it is closed already");

  const broken = new ScriptedConn();
  broken.writeError = new TypeError("lost");
  const lossy = new Handle(broken, { autoflush: false });
  await lossy.print("last");
  await assertRejects(() => lossy.close(), TypeError, "lost");
  assertEquals(broken.events, ["close abruptly"]);
  await assertRejects(() => lossy.close(), TypeError, "lost");
  await lossy[Symbol.asyncDispose](); // it has said so
  // What a write has thrown already, the end of a scope does not throw again.
  const known = new ScriptedConn();
  known.writeError = new TypeError("lost");
  const told = new Handle(known);
  await assertRejects(() => told.write("x"), TypeError, "lost");
  await told[Symbol.asyncDispose]();
  assertEquals(known.events, ["close abruptly"]);
  const collected = Object.assign(new ScriptedConn(), { writeError: new TypeError("lost") });
  const scoped = new Handle(collected, { autoflush: false });
  await scoped.print("x");
  await assertRejects(() => scoped[Symbol.asyncDispose](), TypeError, "lost");
  const asked = new Handle(
    Object.assign(new ScriptedConn(), { writeError: new TypeError("lost") }),
  );
  await assertRejects(() => asked.write("x"), TypeError, "lost");
  await assertRejects(() => asked.close({ timeout: 5 }), TypeError, "lost");
});

Deno.test("a write that is under way when its time is over writes no more", async () => {
  const { wait, open } = gate();
  const sent: number[] = [];
  const handle = new Handle({
    write: async (p) => {
      await wait;
      sent.push(...p.subarray(0, 1));
      return 1;
    },
  });
  const write = refuses(() => handle.write("ab"), SslError, "ECLOSED");
  await assertRejects(() => handle.close({ timeout: 1 }), SslTimeoutError);
  open();
  assertEquals((await write).message, "Cannot write: the handle is closed");
  assertEquals(sent, [0x61]);
  const items = [[null, "null"], [["a"], "Array"], [{}, "Object"], [undefined, "undefined"]];
  for (const [item, shown] of items) {
    const printer = new Handle(new ScriptedConn());
    const error = await assertRejects(() => printer.print(item as string), TypeError);
    assertEquals(
      error.message,
      `Cannot print: an item must be text, a number, a boolean or bytes: received ${shown}`,
    );
  }
});

Deno.test("a connection that cannot end abruptly ends properly after a lost write, and the error stays", async () => {
  const events: string[] = [];
  const make = (refusal: Error): HandleConn => ({
    write: () => Promise.reject(new TypeError("lost")),
    close: (options) => {
      events.push(options?.noShutdown ? "abrupt" : "proper");
      if (options?.noShutdown) throw refusal;
    },
  });
  for (
    const [refusal, want] of [
      [new SslUnsupportedError("no"), ["abrupt", "proper"]],
      [new TypeError("no"), ["abrupt"]],
    ] as const
  ) {
    const handle = new Handle(make(refusal), { autoflush: false });
    await handle.print("x");
    await assertRejects(() => handle.close(), TypeError, "lost");
    assertEquals<readonly string[]>(events.splice(0), want);
    assertEquals(handle.opened(), 0);
  }
});

Deno.test("a close that is refused for its options leaves the handle open; one that fails does not", async () => {
  const fails: (Error | undefined)[] = [
    new SslUnsupportedError("no"),
    new TypeError("no"),
    new SslError("no"),
    undefined,
  ];
  const states: number[] = [];
  for (const failure of fails) {
    const handle = new Handle({
      read: () => Promise.resolve(null),
      close: () => {
        if (failure !== undefined) throw failure;
      },
    });
    const error = await handle.close({ timeout: 0 }).catch((e) => e);
    assertEquals(error, failure);
    states.push(handle.opened() === 0 ? 0 : 1);
  }
  assertEquals(states, [1, 1, 0, 0]);
});

Deno.test("close() waits for output for its time, and no longer", async () => {
  const { wait, open } = gate();
  const conn: HandleConn = {
    write: async (p) => {
      await wait;
      return p.length;
    },
  };
  const handle = new Handle(conn);
  const write = handle.write("x").catch(() => {});
  const error = await assertRejects(() => handle.close({ timeout: 1 }), SslTimeoutError);
  assertEquals([error.code, error.errno, error.reason, error.message], [
    "ETIMEDOUT",
    110,
    "timeout",
    "Cannot close: output did not go within 1 ms",
  ]);
  open();
  await write;
  const patient = gate();
  const slow = new Handle({
    write: async (p) => {
      await patient.wait;
      return p.length;
    },
  });
  const [going, closing] = [slow.write("x"), slow.close({ timeout: 0 })];
  patient.open();
  await Promise.all([going, closing]);
});

Deno.test("a read in flight ends with the close, whichever way it reads", async () => {
  for (const call of ["readLine", "sysread", "eof"] as const) {
    const { wait, open } = gate();
    const handle = new Handle(new ScriptedConn(wait, "a\n"));
    const run = {
      readLine: () => handle.readLine(),
      sysread: () => handle.sysread(new Uint8Array(9)),
      eof: () => handle.eof(),
    };
    const read = refuses(() => run[call](), SslError, "ECLOSED");
    await handle.close();
    open();
    const error = await read;
    const operation = call === "readLine" ? "read a line" : call;
    assertEquals(error.message, `Cannot ${operation}: the handle is closed`);
  }
  const failing = Promise.withResolvers<number | null>();
  const handle = new Handle({ read: () => failing.promise });
  const read = refuses(() => handle.sysread(new Uint8Array(9)), SslError, "ECLOSED");
  await handle.close();
  const cause = new TypeError("gone");
  failing.reject(cause);
  assertEquals((await read).cause, cause);
});

Deno.test("a loop over lines ends once: at the end, at an error, or where it is left", async () => {
  const done = { value: undefined, done: true } as const;
  const handle = new Handle(new ScriptedConn("a\nb\n"));
  const lines = handle.lines();
  assertEquals(lines[Symbol.asyncIterator](), lines);
  assertEquals([await lines.next(), await lines.next(), await lines.next()], [
    { value: "a", done: false },
    { value: "b", done: false },
    done,
  ]);
  assertEquals(await lines.next(), done);
  const left = new Handle(new ScriptedConn("a\nb\n")).lines();
  assertEquals([await left.next(), await left.return!(), await left.next()], [
    { value: "a", done: false },
    done,
    done,
  ]);
  for (const steps of [[new TypeError("bad")], ["a\n", new TypeError("bad")]]) {
    const failing = new Handle(new ScriptedConn(...steps)).lines();
    if (steps.length > 1) await failing.next();
    await assertRejects(() => failing.next(), TypeError, "bad");
    assertEquals(await failing.next(), done);
  }
  const closed = new Handle(new ScriptedConn("a\n"));
  const loop = closed.lines();
  await closed.close();
  await assertRejects(() => loop.next(), SslError, "the handle is closed");
  assertEquals(await loop.next(), done);
});

Deno.test("a handle prints what it is over, and whether it is closed", async () => {
  const conn = new ScriptedConn();
  const handle = new Handle(conn, { encoding: "latin1" });
  assertEquals(Deno.inspect(handle), 'Handle { over: ScriptedConn {  }, encoding: "latin1" }');
  await handle.close();
  assertEquals(Deno.inspect(handle).endsWith(", closed: true }"), true);
  const remoteAddr = { transport: "tcp", hostname: "h", port: 5 } as const;
  const known = new Handle(Object.assign(new ScriptedConn(), { remoteAddr }));
  assertEquals(
    Deno.inspect(known),
    'Handle { over: ScriptedConn { remoteAddr: "h:5" }, encoding: "utf-8" }',
  );
});
