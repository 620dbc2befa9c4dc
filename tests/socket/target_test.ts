import "../helpers/limit.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { describeTarget, parsePort, parseTarget, SERVICES } from "../../socket/target.ts";

const tcp = (hostname: string, port: number) => ({ transport: "tcp" as const, hostname, port });

Deno.test("parseTarget() reads host and port", () => {
  assertEquals(parseTarget("example.com:443"), tcp("example.com", 443));
  assertEquals(parseTarget("127.0.0.1:8443"), tcp("127.0.0.1", 8443));
  assertEquals(parseTarget("[::1]:8443"), tcp("::1", 8443));
  assertEquals(parseTarget("[fe80::1%eth0]:1"), tcp("fe80::1%eth0", 1));
  assertEquals(parseTarget("localhost:65535"), tcp("localhost", 65535));
  assertEquals(parseTarget("a_b.example:1"), tcp("a_b.example", 1));
});

Deno.test("parseTarget() reads the name of a service", () => {
  assertEquals(parseTarget("example.com:https"), tcp("example.com", 443));
  assertEquals(parseTarget("example.com:IMAPS"), tcp("example.com", 993));
  assertEquals(parseTarget({ hostname: "::1", port: "smtps" }), tcp("::1", 465));
});

Deno.test("parseTarget() reads a target in parts", () => {
  assertEquals(parseTarget({ hostname: "example.com", port: 443 }), tcp("example.com", 443));
  assertEquals(parseTarget({ hostname: "::1", port: 443 }), tcp("::1", 443));
  assertEquals(parseTarget({ hostname: "[::1]", port: 443 }), tcp("::1", 443));
  assertEquals(parseTarget({ hostname: "[::1]:443" }), tcp("::1", 443));
  assertEquals(parseTarget({ hostname: "example.com:443", port: 443 }), tcp("example.com", 443));
  assertEquals(parseTarget({ transport: "unix", path: "/run/x" }), {
    transport: "unix",
    path: "/run/x",
  });
});

Deno.test("parseTarget() writes an internationalized name in ASCII", () => {
  assertEquals(parseTarget("löwe.example:443"), tcp("xn--lwe-sna.example", 443));
});

Deno.test("parseTarget() refuses an IPv6 address without brackets and says how to write it", () => {
  for (const text of ["::1:443", "2001:db8::1", "::1"]) {
    const error = assertThrows(() => parseTarget(text), TypeError, text);
    assertStringIncludes(error.message, `"[::1]:443"`);
  }
});

Deno.test("parseTarget() refuses what is not a target, with the input in the message", () => {
  const bad: [string, string][] = [
    ["example.com", "names no port"],
    ["example.com:", "names no port"],
    [":443", "no host name"],
    ["", "no host name"],
    ["https://example.com:443", "a URL is not a target"],
    ["example.com/path:443", "not a host name"],
    ["user@example.com:443", "not a host name"],
    ["a b:443", "not a host name"],
    ["a\0b:443", "not a host name"],
    ["a\nb:443", "not a host name"],
    ["[example.com]:443", "only an IPv6 address"],
    ["x:y:z", "colon"],
    ["example.com:https:443", "colon"],
  ];
  for (const [text, reason] of bad) {
    const error = assertThrows(() => parseTarget(text), TypeError, reason);
    assertStringIncludes(error.message, JSON.stringify(text));
  }
});

Deno.test("parseTarget() refuses an unknown service and names the known ones", () => {
  const error = assertThrows(() => parseTarget("example.com:htps"), TypeError, '"htps"');
  assertStringIncludes(error.message, "https");
  // Own members of the table only.
  assertThrows(() => parseTarget("example.com:constructor"), TypeError, "unknown service");
});

Deno.test("parseTarget() refuses ports out of range", () => {
  for (const port of [0, 65536, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => parseTarget({ hostname: "a.example", port }), RangeError, String(port));
  }
  assertThrows(() => parseTarget("a.example:0"), RangeError);
  assertThrows(() => parseTarget("a.example:99999"), RangeError, "99999");
  assertThrows(() => parseTarget("a.example:-1"), TypeError, '"-1"');
  assertThrows(() => parseTarget("a.example:0x50"), TypeError);
  assertThrows(() => parseTarget("a.example: 80"), TypeError);
  assertEquals(parsePort(0, 0), 0);
});

Deno.test("parseTarget() refuses two different ports, a Unix target without path, nothing", () => {
  assertThrows(
    () => parseTarget({ hostname: "a.example:443", port: 80 }),
    TypeError,
    "another port",
  );
  assertThrows(() => parseTarget({ transport: "unix" }), TypeError, "path");
  assertThrows(() => parseTarget({ transport: "unix", path: "a\0b" }), TypeError, "path");
  assertThrows(() => parseTarget({}), TypeError, "no host name");
  assertThrows(() => parseTarget({ hostname: 5 as unknown as string }), TypeError, "no host name");
});

Deno.test("parseTarget(describeTarget(t)) is t", () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
  const last = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/); // a number is not a name
  const host = fc.oneof(
    fc.tuple(fc.array(label, { maxLength: 3 }), last).map(([labels, end]) =>
      [...labels, end].join(".")
    ),
    fc.ipV4(),
    fc.ipV6(),
  );
  fc.assert(fc.property(host, fc.integer({ min: 1, max: 65535 }), (hostname, port) => {
    const target = tcp(hostname, port);
    assertEquals(parseTarget(describeTarget(target)), target);
    assertEquals(parseTarget({ hostname, port }), target);
  }));
});

Deno.test("parseTarget() gives a port in range and a clean host, or throws, for any text", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
      let target;
      try {
        target = parseTarget(text);
      } catch (error) {
        assertEquals(error instanceof TypeError || error instanceof RangeError, true);
        return;
      }
      if (target.transport !== "tcp") throw new Error("a text became a path");
      assertEquals(target.port >= 1 && target.port <= 65535, true);
      // deno-lint-ignore no-control-regex -- what must not be there
      assertEquals(/[\u0000-\u0020/@[\]]/.test(target.hostname), false);
      assertEquals(target.hostname.length > 0, true);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("SERVICES has valid ports", () => {
  for (const [name, port] of SERVICES) assertEquals(parsePort(name), port);
});
