/** The small parts that everything else uses, each at its bounds. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { concat, equalBytes } from "../../internal/bytes.ts";
import { digest, digestByOid, digests } from "../../internal/digest.ts";
import { learn } from "../../internal/facts.ts";
import { fileError } from "../../internal/file_error.ts";
import { LruMap } from "../../internal/lru.ts";
import { platformCode, platformErrno, platformReason } from "../../internal/platform_error.ts";
import { INSPECT, oneLine } from "../../internal/show.ts";
import { unsupported } from "../../internal/unsupported.ts";
import {
  after,
  closedError,
  halfWritten,
  insideError,
  inTime,
  orAborted,
} from "../../internal/waiting.ts";
import { transportError } from "../../engine/wire_errors.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";

Deno.test("LruMap keeps the entries that were used last", () => {
  const map = new LruMap<number>(2);
  assertEquals(map.set("a", 1), map);
  map.set("b", 2);
  assertEquals([map.size, map.get("a"), map.get("none")], [2, 1, undefined]);
  map.set("c", 3);
  assertEquals([...map], [["a", 1], ["c", 3]], "b was used longest ago");
  map.set("a", 4);
  assertEquals([...map.values()], [3, 4]);
  assertEquals([map.delete("c"), map.delete("c"), map.size], [true, false, 1]);
  map.set("d", 5);
  assertEquals([...map], [["a", 4], ["d", 5]]);
});

Deno.test("bytes are joined in order, and are equal only as a whole", () => {
  assertEquals(
    concat([Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3)]),
    Uint8Array.of(1, 2, 3),
  );
  assertEquals(concat([]), new Uint8Array());
  assert(equalBytes(new Uint8Array(), new Uint8Array()));
  assert(!equalBytes(Uint8Array.of(1), Uint8Array.of(2)));
});

Deno.test("a digest is known by its name and by each of its object identifiers", () => {
  const data = new TextEncoder().encode("abc");
  assertEquals(digest("SHA-256", data), digest("sha256", data));
  for (const name of Object.keys(digests())) {
    assertEquals(digest(name, data).length, digests()[name]!.length);
  }
  const error = assertThrows(() => digest("nosuch", data), SslUnsupportedError);
  assertEquals([error.code, error.message], [
    "UNKNOWN_DIGEST",
    'Cannot compute digest: unknown algorithm: received "nosuch"',
  ]);
  assertEquals(digestByOid(digests().sha1!.oid), "sha1");
  assertEquals(digestByOid(digests().sha1!.rsa), undefined);
  assertEquals(digestByOid(digests().sha1!.rsa, ["sha1"], "rsa"), "sha1");
  assertEquals(digestByOid(digests().sha1!.oid, ["sha256"]), undefined);
  assertEquals([digests().md5!.ecdsa, digests().md5!.hmac], [undefined, undefined]);
});

Deno.test("what an error knows already stays when more is learned, also a getter", () => {
  const error = new SslError("x", { code: "X", facts: { depth: 1 } as never });
  learn(error, { depth: 2, side: "peer" } as never);
  assertEquals({ ...error.facts } as unknown, { depth: 1, side: "peer" });
  let asked = 0;
  error.facts = {
    get depth() {
      return ++asked;
    },
  } as never;
  learn(error, { depth: 9 } as never);
  assertEquals(asked, 0);
  assertEquals((error.facts as { depth?: number }).depth, 1);
});

Deno.test("a file that cannot be used: its path, what it was for, and what the system said", () => {
  const cause = new Deno.errors.NotFound(
    "No such file or directory (os error 2): readfile 'x.pem'",
  );
  const error = fileError("caFile", "x.pem", cause) as SslError;
  assert(error instanceof SslError);
  assertEquals([error.code, error.errno, error.reason, error.cause], [
    "ENOENT",
    2,
    "No such file or directory (os error 2)",
    cause,
  ]);
  assertEquals(
    error.message,
    'Cannot read caFile "x.pem": No such file or directory (os error 2)',
  );
  assertEquals(
    fileError("", "x.pem", new Error("odd"), "write").message,
    'Cannot write "x.pem": odd',
  );
  const odd = fileError("", "x.pem", new Error("odd")) as SslError;
  assertEquals([odd.code, odd.errno], ["EIO", 5]);
  const own = fileError("", "x.pem", new Deno.errors.IsADirectory("it is one")) as SslError;
  assertEquals([own.code, own.errno], ["EISDIR", 21]);
  const strange = Object.assign(new Error("x"), { code: "EODD" });
  assertEquals((fileError("", "x.pem", strange) as SslError).errno, -1);
  assertEquals(fileError("", "x.pem", "no error") as unknown, "no error");
  const secret = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg";
  const hidden = fileError("keyFile", secret, cause) as SslError;
  assertEquals(hidden.cause, undefined);
  assert(!hidden.message.includes(secret));
  const denied = new Deno.errors.NotCapable(`Requires read access to "${secret}"`);
  assertEquals(fileError("", "x.pem", denied), denied);
  const shown = fileError("", secret, denied, "write");
  assert(shown instanceof Deno.errors.NotCapable && !shown.message.includes(secret));
  assert(shown.message.startsWith("Requires write access to <48 characters"));
});

Deno.test("an error of the platform is known by its code, its text or its class", () => {
  assertEquals(platformCode(new Deno.errors.ConnectionReset("x")), "ECONNRESET");
  assertEquals(platformCode(Object.assign(new Deno.errors.NotFound("x"), { code: "EX" })), "EX");
  assertEquals(platformCode(new Error("failed to lookup address information")), "ENOTFOUND");
  assertEquals(platformCode(new Error("x")), undefined);
  for (const other of ["ECONNRESET", undefined, null]) assertEquals(platformCode(other), undefined);
  assertEquals(platformErrno(new Error("x (os error 104)")), 104);
  assertEquals(platformErrno(new Error("x")), -1);
  assertEquals(platformReason(new Error("gone (os error 104)")), "gone");
});

Deno.test("an object prints itself on one line, without what has no value", () => {
  class Thing {}
  const tcp = { transport: "tcp", hostname: "::1", port: 5 } as const;
  const unix = { transport: "unix", path: "/run/x" } as const;
  assertEquals(
    oneLine(new Thing(), { a: "b", none: undefined, tcp, unix, n: 5, nil: null }),
    'Thing { a: "b", tcp: "[::1]:5", unix: "/run/x", n: 5, nil: null }',
  );
  const odd = { transport: "vsock", cid: 1, port: 2 };
  const own = { [INSPECT]: () => "mine" };
  assertEquals(oneLine(Object.create(null), { odd, own }), 'Object { odd: "vsock", own: mine }');
});

Deno.test("the error for what an engine cannot do names a remedy", () => {
  const remedies = ["openssl", "deno"].map((name) => unsupported({ name }, "it", "this").message);
  assertEquals(remedies, [
    'Cannot use it: the engine "openssl" cannot do it here (this): run with --allow-ffi without a path',
    'Cannot use it: the engine "deno" cannot do it here (this): use engine: "wasm", or run with --allow-ffi to use the engine "openssl"',
  ]);
  const error = unsupported({ name: "x" }, "it", "this", "that");
  assertEquals([error.code, error.reason, error.message.endsWith(": that")], [
    "ERR_UNSUPPORTED",
    "this",
    true,
  ]);
});

Deno.test("a wait ends when its signal aborts, before or during it, and the promise goes on", async () => {
  const aborted = AbortSignal.abort("before");
  assertEquals(await orAborted(Promise.resolve(1), aborted).catch((e) => e), "before");
  await orAborted(Promise.reject(new Error("unheard")), aborted).catch(() => {});
  assertEquals(await orAborted(Promise.resolve(2), undefined), 2);
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<number>();
  const waiting = orAborted(promise, controller.signal);
  controller.abort("meanwhile");
  assertEquals(await waiting.catch((e) => e), "meanwhile");
  resolve(3);
  assertEquals(await orAborted(promise, new AbortController().signal), 3);
  const failing = orAborted(Promise.reject(new TypeError("its own")), new AbortController().signal);
  await assertRejects(() => failing, TypeError, "its own");
  assertEquals(await inTime(promise, 60_000), true);
  assertEquals(await inTime(new Promise(() => {}), 1), false);
  await assertRejects(() => inTime(Promise.reject(new TypeError("x")), 60_000), TypeError);
});

Deno.test("after() calls once, and not what was stopped; the first timers of a process and the later ones", async () => {
  const called: number[] = [];
  await Promise.all(Array.from({ length: 12 }, (_, i) =>
    new Promise<void>((resolve) => {
      after(1, () => called.push(-i))();
      const stop = after(1, () => {
        called.push(i);
        stop();
        resolve();
      });
    })));
  assertEquals(called.toSorted((a, b) => a - b), Array.from({ length: 12 }, (_, i) => i));
});

Deno.test("a process lives as long as the first after() waits, and no longer for one that was stopped", async () => {
  const from = new URL("../../internal/waiting.ts", import.meta.url).href;
  const program = `import { after } from ${JSON.stringify(from)};` +
    `after(3_600_000, () => {})(); after(1, () => console.log("called"));`;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "data:text/typescript," + encodeURIComponent(program)],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([text(stdout), text(stderr), success], ["called\n", "", true]);
});

Deno.test("the errors of connections that are closed, that fail or that are busy", () => {
  const closed = closedError();
  assertEquals([closed.code, closed.message], [
    "ECLOSED",
    "Cannot use the connection: it is closed",
  ]);
  assertEquals(closedError("listener").message, "Cannot use the listener: it is closed");
  const inside = insideError("read");
  assertEquals([inside.code, inside.reason], [
    "ERR_IN_CALLBACK",
    "a callback of this connection is running",
  ]);
  const reset = new Deno.errors.ConnectionReset("gone");
  const failed = transportError("read", reset) as SslError;
  assertEquals([failed.code, failed.message, failed.cause], [
    "ECONNRESET",
    "Cannot read: the connection failed: gone",
    reset,
  ]);
  assertEquals(transportError("read", closed), closed);
  const text = transportError("read", "odd") as SslError;
  assertEquals([text.code, text.message], ["EIO", "Cannot read: the connection failed: odd"]);
  const silent = transportError("read", new Deno.errors.BrokenPipe("")) as SslError;
  assertEquals(silent.message, "Cannot read: the connection failed: EPIPE");
  const half = halfWritten(reset);
  assertEquals([half.code, half.cause], ["ERR_WRITE_ABORTED", reset]);
});
