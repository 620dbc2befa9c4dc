/** The errors of the library: what each holds by default, and what it prints of itself and its causes. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  isWant,
  lastError,
  SSL_WANT_READ,
  SSL_WANT_WRITE,
  SslError,
  SslPeerError,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";

Deno.test("an error has defaults and what it was given, and is the last error", () => {
  const bare = new SslError("it failed");
  const { errno, code, library, reason, alert, queue, report, transport, offers, facts } = bare;
  assertEquals([errno, code, library, reason, alert, queue], [
    -1,
    "ERR_SSL",
    undefined,
    "it failed",
    undefined,
    [],
  ]);
  assertEquals([report, transport, offers, facts], [undefined, undefined, undefined, {}]);
  assertFalse("cause" in bare);
  assert("cause" in new SslError("x", { cause: undefined }));
  const given = {
    ...{ errno: 5, code: "EX", library: "lib", reason: "why", alert: "bad", transport: 7 },
    queue: [{ code: 1, library: "l", reason: "r" }],
    report: { ok: false, chain: [], checks: [] },
    offers: { own: { versions: ["TLSv1.3"] } },
    facts: { depth: 1 },
    cause: "c",
  };
  const full = new SslError("it failed", given);
  assertEquals(lastError(), full);
  for (const [name, value] of Object.entries(given)) {
    assertEquals<unknown>(full[name as keyof SslError], value, name);
  }
  const names = [SslVerifyError, SslPeerError, SslTruncatedError, SslTimeoutError];
  for (const Class of names) {
    const error = new Class("x");
    assertEquals([error.name, error.code, error instanceof SslError], [
      Class.name,
      "ERR_SSL",
      true,
    ]);
  }
  const unsupported = new SslUnsupportedError("x");
  assertEquals([unsupported.name, unsupported.code], ["SslUnsupportedError", "ERR_UNSUPPORTED"]);
  assertEquals(new SslUnsupportedError("x", { code: "EX", errno: 3 }).code, "EX");
  assertEquals(new SslUnsupportedError("x", { errno: 3 }).errno, 3);
});

Deno.test("no error takes what somebody put on Object.prototype", () => {
  const root = Object.prototype as { code?: string; errno?: number; cause?: unknown };
  Object.assign(root, { code: "PLANTED", errno: 99, cause: "planted" });
  try {
    const error = new SslError("x", {});
    assertEquals([error.code, error.errno, Object.hasOwn(error, "cause")], ["ERR_SSL", -1, false]);
    assertEquals(new SslUnsupportedError("x").code, "ERR_UNSUPPORTED");
    assertEquals(new SslUnsupportedError("x", {}).code, "ERR_UNSUPPORTED");
  } finally {
    delete root.code;
    delete root.errno;
    delete root.cause;
  }
});

Deno.test("an error converts to its number where a number is wanted, and to its message elsewhere", () => {
  const error = new SslError("text", { errno: 7 });
  assertEquals([Number(error), `${error}`, String(error)], [7, "text", "text"]);
  assertEquals([Number(SSL_WANT_READ), Number(SSL_WANT_WRITE)], [2, 3]);
  assertEquals([SSL_WANT_READ.errno, SSL_WANT_WRITE.errno], [2, 3]);
  assertEquals([SSL_WANT_READ.direction, SSL_WANT_WRITE.direction], ["read", "write"]);
  assertEquals([`${SSL_WANT_READ}`, SSL_WANT_WRITE.toString()], [
    "SSL wants a read first",
    "SSL wants a write first",
  ]);
  assert(Object.isFrozen(SSL_WANT_READ));
  assertEquals([SSL_WANT_READ, SSL_WANT_WRITE, 2, undefined, { ...SSL_WANT_READ }].map(isWant), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("an error in JSON has its details, and its causes to a limited depth", () => {
  const bare = { name: "SslError", message: "x", code: "ERR_SSL", errno: -1, reason: "x" };
  assertEquals(new SslError("x").toJSON(), bare);
  const listed = { code: 1, library: "l", reason: "r" };
  assertEquals(new SslError("x", { queue: [listed], facts: { depth: 0 } }).toJSON(), {
    ...bare,
    queue: [listed],
    facts: { depth: 0 },
  });
  const coded = Object.assign(new TypeError("c"), { code: "EX" });
  assertEquals(new SslError("x", { cause: coded }).toJSON().cause, {
    name: "TypeError",
    message: "c",
    code: "EX",
  });
  const numbered = Object.assign(new Error("c"), { code: 5 });
  assertEquals(new SslError("x", { cause: numbered }).toJSON().cause, {
    name: "Error",
    message: "c",
  });
  const causes: [unknown, unknown][] = [
    ["text", "text"],
    [5, 5],
    [false, false],
    [null, null],
    [{ secret: 1 }, "[object Object]"],
    [[1], "[object Array]"],
    [undefined, undefined],
  ];
  for (const [cause, shown] of causes) {
    assertEquals(new SslError("x", { cause }).toJSON().cause, shown);
  }
  let chain: Error | undefined;
  for (let i = 9; i > 0; i--) chain = new Error(`c${i}`, { cause: chain });
  const seen: string[] = [];
  type Cause = { message: string; cause?: Cause };
  let at = new SslError("x", { cause: chain }).toJSON().cause as Cause | undefined;
  for (; at !== undefined; at = at.cause) seen.push(at.message);
  assertEquals(seen, ["c1", "c2", "c3", "c4", "c5"]);
  // A report names its error again: that would be a circle.
  const error = new SslVerifyError("x", {
    report: { ok: false, chain: [{ toJSON: () => "a certificate" } as never], checks: [] },
  });
  Object.assign(error.report!, { error });
  assertEquals(error.toJSON().report as unknown, {
    ok: false,
    chain: ["a certificate"],
    checks: [],
  });
});

Deno.test("an error in the console is its stack, with its code and its causes", () => {
  const inspect = (error: SslError) =>
    (error as unknown as Record<symbol, () => string>)[Symbol.for("Deno.customInspect")]!();
  const error = new SslError("it failed", { code: "EX" });
  const lines = inspect(error).split("\n");
  assertEquals(lines[0], "SslError [EX]: it failed");
  assert(/^ {4}at /.test(lines[1]!), lines[1]);
  error.stack = "somebody's own";
  assertEquals(inspect(error), "SslError [EX]: it failed\nsomebody's own");
  Object.assign(error, { stack: 5 });
  assertEquals(inspect(error), "SslError [EX]: it failed");
  const caused = (cause: unknown) => {
    const made = new SslError("x", { cause });
    made.stack = "SslError: x";
    return inspect(made);
  };
  assertEquals(caused("text"), "SslError [ERR_SSL]: x\n  cause: text");
  assertEquals(caused(undefined), "SslError [ERR_SSL]: x");
  assertEquals(caused({ secret: 1 }), "SslError [ERR_SSL]: x\n  cause: [object Object]");
  let chain: Error | undefined;
  for (let i = 9; i > 0; i--) chain = new TypeError(`c${i}`, { cause: chain });
  const causes = [1, 2, 3, 4].map((i) => `\n  cause: TypeError: c${i}`).join("");
  assertEquals(caused(chain), `SslError [ERR_SSL]: x${causes}`);
});
