/** fromPerl() at the edges: what IO::Socket::IP's arguments may be, and each value's last and first. */

import "../helpers/limit.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { SslUnsupportedError } from "../../errors.ts";
import { fromPerl } from "../../perl/mod.ts";
import { convertValue, truth } from "../../perl/values.ts";

const converted = (args: Record<string, unknown>): Record<string, unknown> => {
  const { halfClose: _, ...options } = fromPerl(args);
  return options;
};
const refuses = (args: unknown, message: string) =>
  assertEquals(assertThrows(() => fromPerl(args as never), TypeError).message, message);

Deno.test("Perl's truth is that of undef, 0, the empty text and the text 0", () => {
  const no = [undefined, null, 0, "", "0", false];
  const yes = [1, -1, "00", "0.0", " ", true, {}, [], NaN, 0n];
  assertEquals(no.map(truth), no.map(() => false));
  assertEquals(yes.map(truth), yes.map(() => true));
});

Deno.test("arguments for what happens anyway are taken with their values alone", () => {
  const fine = {
    Proto: [undefined, "tcp", 6],
    Type: [undefined, 1],
    Blocking: [undefined, 1, "1"],
    MultiHomed: [0, 1],
    ReuseAddr: [undefined, 1],
    Reuse: [undefined, 1],
    ReusePort: [undefined, 0],
    SSL_usebio: [0, 1],
  };
  const wrong = {
    Proto: ["udp", 17, null],
    Type: [2, "1", 0],
    Blocking: [0, "", null],
    ReuseAddr: [0, ""],
    Reuse: [0, ""],
    ReusePort: [1],
  };
  for (const [name, values] of Object.entries(fine)) {
    for (const value of values) assertEquals(converted({ [name]: value }), {}, `${name} ${value}`);
  }
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const error = assertThrows(() => fromPerl({ [name]: value }), TypeError);
      assertEquals(error.message.startsWith(`Cannot use ${name}: `), true, error.message);
    }
  }
});

Deno.test("arguments that Deno cannot honour are accepted where they change nothing", () => {
  const nothing = {
    V6Only: [undefined, 0, ""],
    Broadcast: [undefined, 0],
    Sockopts: [undefined, 0, []],
    GetAddrInfoFlags: [undefined, 0, 0x20, 0x400, "32"],
    PeerAddrInfo: [undefined, ""],
    LocalAddrInfo: [undefined, ""],
  };
  for (const [name, values] of Object.entries(nothing)) {
    for (const value of values) assertEquals(converted({ [name]: value }), {}, name);
  }
  for (
    const [name, value] of [["Sockopts", [[1]]], ["Sockopts", 1], [
      "GetAddrInfoFlags",
      0x21,
    ]] as const
  ) {
    const error = assertThrows(() => fromPerl({ [name]: value }), SslUnsupportedError);
    assertEquals([error.code, error.message.includes(error.reason)], ["ERR_UNSUPPORTED", true]);
  }
});

Deno.test("the address of each end, its port and its service", () => {
  const cases: [Record<string, unknown>, Record<string, unknown>][] = [
    [{ PeerAddr: "" }, {}],
    [{ PeerAddr: null, PeerHost: "h" }, { hostname: "h" }],
    [{ PeerAddr: "a", PeerHost: "b" }, { hostname: "a" }],
    [{ PeerAddr: ":443" }, { port: 443 }],
    [{ PeerAddr: "h:" }, { hostname: "h:" }],
    [{ PeerAddr: "h:a b" }, { hostname: "h:a b" }],
    [{ PeerAddr: "h", PeerPort: "" }, { hostname: "h" }],
    [{ PeerAddr: "h", PeerPort: null }, { hostname: "h" }],
    [{ PeerAddr: "h", PeerPort: "0" }, { hostname: "h", port: 0 }],
    [{ PeerAddr: "h", PeerPort: "http-alt(8080)" }, { hostname: "h", port: 8080 }],
    [{ PeerAddr: "h", PeerPort: "4x" }, { hostname: "h", port: "4x" }],
    [{ LocalAddr: "l", LocalPort: 1 }, { localAddress: "l", localPort: 1 }],
    [{ LocalHost: "l:5", Listen: "1" }, { hostname: "l", port: 5, backlog: 1 }],
    [{ PeerAddr: "p:1", LocalAddr: "l:2", Listen: 1 }, { hostname: "l", port: 2, backlog: 1 }],
  ];
  for (const [perl, ours] of cases) assertEquals(converted(perl), ours, JSON.stringify(perl));
  refuses({ PeerHost: 5 }, "Cannot use PeerHost: must be a string: received 5");
  refuses({ PeerAddr: 5, PeerHost: "h" }, "Cannot use PeerAddr: must be a string: received 5");
  refuses({ LocalAddr: {} }, "Cannot use LocalAddr: must be a string: received an object (Object)");
  refuses(
    { PeerPort: {} },
    "Cannot use PeerPort: must be a port or service: received an object (Object)",
  );
  refuses(
    { PeerService: true },
    "Cannot use PeerService: must be a port or service: received true",
  );
});

Deno.test("the family of addresses, by flag and by number", () => {
  const of = (args: Record<string, unknown>) => fromPerl(args).family;
  assertEquals([of({ inet4: 1, inet6: 1 }), of({ inet6: "1" }), of({ inet4: 0 })], [
    4,
    6,
    undefined,
  ]);
  assertEquals([of({ Domain: 0, Family: 10 }), of({ Domain: 4, Family: 10 })], [6, 4]);
  for (const value of [2, 4, "inet", "inet4"]) assertEquals(of({ Family: value }), 4);
  for (const value of [6, 10, 23, 28, 30, "inet6"]) assertEquals(of({ Family: value }), 6);
  refuses(
    { Family: 3 },
    "Cannot use Family: must be 4 or 6 (or AF_INET, AF_INET6): received 3",
  );
});

Deno.test("a length of a queue, a time in seconds, and a list of nothing", () => {
  assertEquals([converted({ Listen: 1 }).backlog, converted({ Listen: "5" }).backlog], [1, 5]);
  assertEquals(converted({ Listen: 0 }), {});
  for (const value of [-1, 1.5, "x"]) {
    const shown = typeof value === "string" ? `"${value}"` : value;
    refuses({ Listen: value }, `Cannot use Listen: must be a number above 0: received ${shown}`);
  }
  const timeout = (value: unknown) => fromPerl({ Timeout: value }).timeout;
  assertEquals([timeout(0), timeout("0"), timeout(1.5), timeout(null)], [0, 0, 1500, undefined]);
  for (const value of [-1, "", "x", NaN]) {
    const shown = typeof value === "string" ? `"${value}"` : value;
    refuses({ Timeout: value }, `Cannot use Timeout: must be seconds: received ${shown}`);
  }
  for (const value of [null, [], 5]) {
    const shown = Array.isArray(value) ? "a list of 0" : value;
    refuses(value, `Cannot convert arguments: must be an object or "host:port": received ${shown}`);
  }
});

Deno.test("values of one option: what is converted, and what stays for the check of the option", () => {
  assertEquals(convertValue("SSL_psk", "\x7f"), "\x7f");
  assertEquals(convertValue("SSL_psk", "\x80"), Uint8Array.of(0x80));
  assertEquals(convertValue("SSL_psk", "a\xff"), Uint8Array.of(0x61, 0xff));
  const raw = Uint8Array.of(1);
  assertStrictEquals(convertValue("SSL_psk", raw), raw);
  assertStrictEquals(convertValue("SSL_psk", null), null);
  assertEquals(convertValue("SSL_verify_mode", "12"), 12);
  assertEquals(["1x", "-1", 1n].map((v) => convertValue("SSL_verify_mode", v)), ["1x", "-1", 1n]);
  assertEquals(convertValue("SSL_ecdh_curve", "P-256"), "P-256");
  assertEquals([409, "1034"].map((v) => convertValue("SSL_ecdh_curve", v)), ["P-192", "X25519"]);
  for (const wrong of ["1", 99, "00"]) {
    assertThrows(
      () => convertValue("SSL_ecdh_curve", wrong),
      TypeError,
      `the NID ${wrong} is not known`,
    );
  }
  assertEquals(convertValue("SSL_session_cache_size", "0"), 0);
  assertEquals(convertValue("SSL_verify_callback", "no sub"), "no sub");
  assertEquals(convertValue("SSL_verify_callback", 0), undefined);
  assertEquals(convertValue("SSL_no_such", 0), 0);
  const later = convertValue("SSL_ocsp_staple_callback", () => Promise.resolve(0)) as () => unknown;
  assertEquals(later() instanceof Promise, true);
  const odd = convertValue("SSL_verify_callback", () => ({ then: 5 })) as () => unknown;
  assertEquals(odd(), { then: 5 });
  const mixed = convertValue("SSL_ticket_keycb", () => [raw, "\xff"]) as () => unknown[];
  assertEquals(mixed(), [raw, Uint8Array.of(255)]);
  const none = convertValue("SSL_ticket_keycb", () => undefined) as () => unknown;
  assertEquals(none(), undefined);
  assertThrows(
    () => convertValue("SSL_psk", { "\u0100": "x" }),
    TypeError,
    "Cannot use SSL_psk: it is a string of bytes in Perl: wide character at offset 0",
  );
  const error = assertThrows(() => convertValue("SSL_psk", { "\xff": "x" }), TypeError);
  assertEquals((error.cause as Error).name, "TypeError");
});
