/** What a ClientHello may hold, field by field and bound by bound; and what the other side offered. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { type ClientHello, ClientHelloReader, peerOffer } from "../../engine/client_hello.ts";

const u16 = (n: number): number[] => [n >> 8, n & 255];
const vector8 = (body: readonly number[]): number[] => [body.length, ...body];
const vector16 = (body: readonly number[]): number[] => [...u16(body.length), ...body];
const list = (numbers: readonly number[]): number[] => numbers.flatMap(u16);
const ascii = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));

interface Hello {
  readonly suites?: readonly number[];
  readonly extensions?: readonly (readonly [type: number, data: readonly number[]])[];
  readonly behind?: readonly number[];
}

/** The records of a ClientHello, each of at most `size` bytes. */
function records({ suites = [0x1301], extensions = [], behind = [] }: Hello, size = 16384) {
  const fields = extensions.flatMap(([type, data]) => [...u16(type), ...vector16(data)]);
  const body = [
    ...u16(0x0303),
    ...Array(32).fill(7),
    ...vector8([]),
    ...vector16(list(suites)),
    ...vector8([0]),
    ...(extensions.length > 0 ? vector16(fields) : []),
    ...behind,
  ];
  const message = [1, body.length >> 16, body.length >> 8 & 255, body.length & 255, ...body];
  const wire: number[] = [];
  for (let at = 0; at < message.length; at += size) {
    wire.push(22, 3, 1, ...vector16(message.slice(at, at + size)));
  }
  return Uint8Array.from(wire);
}

const read = (hello: Hello, size?: number): ClientHello | null | undefined =>
  new ClientHelloReader().push(records(hello, size));

const name = (text: string, type = 0): Hello => ({
  extensions: [[0, vector16([type, ...vector16(ascii(text))])]],
});

Deno.test("ClientHelloReader reads names from 1 to 255 characters, and refuses others", () => {
  for (const text of ["a", "a.test", "x".repeat(255)]) {
    assertEquals(read(name(text))?.serverName, text);
  }
  assertEquals(read(name("WWW.Test"))?.serverName, "www.test");
  for (const text of ["", "x".repeat(256), "a b", "a\0b", "\x7f", "\xe4"]) {
    assertEquals(read(name(text)), null, JSON.stringify(text));
  }
  assertEquals(read(name("a.test", 1)), null, "another type of name");
  const two = vector16([0, ...vector16(ascii("a")), 0, ...vector16(ascii("b"))]);
  assertEquals(read({ extensions: [[0, two]] }), null, "two names");
  const behind = [...vector16([0, ...vector16(ascii("a"))]), 0];
  assertEquals(read({ extensions: [[0, behind]] }), null, "a byte behind the list");
});

Deno.test("ClientHelloReader refuses what does not end where it must, is odd, or comes twice", () => {
  const protocols = (...names: string[]): Hello => ({
    extensions: [[16, vector16(names.flatMap((each) => vector8(ascii(each))))]],
  });
  assertEquals(read(protocols("h", "h2"))?.alpnProtocols, ["h", "h2"]);
  assertEquals(read(protocols("h2", "")), null, "an empty protocol");
  assertEquals(read({ extensions: [[10, [...vector16(list([29])), 0]]] }), null);
  assertEquals(read({ extensions: [[10, vector16([0, 29, 0])]] }), null, "half a group");
  assertEquals(read({ extensions: [[5, []], [5, []]] }), null, "an extension twice");
  assertEquals(read({ extensions: [[5, []]], behind: [0] }), null, "a byte behind the extensions");
  assertEquals(read({ extensions: [[5, []], [6, [1]]] })?.extensions, [5, 6]);
  assertEquals(read({})?.versions, [0x0303]);
});

Deno.test("ClientHelloReader reads a hello of many records and any size up to OpenSSL's bound", () => {
  // 4 of the header, 2 + 32 + 1 + 4 + 2 of the fields, 2 + 4 + 4 of the extensions.
  const padded = (total: number): Hello => {
    const size = total - 55;
    const first = Math.min(size, 65_000 - 8);
    return { extensions: [[1234, Array(first).fill(0)], [1235, Array(size - first).fill(0)]] };
  };
  for (const [total, size] of [[300, 1], [1025, 100], [5000, 700], [60_000, 16_384]] as const) {
    const wire = records(padded(total), size);
    assertEquals(new ClientHelloReader().push(wire)?.extensions, [1234, 1235], `${total}`);
    const reader = new ClientHelloReader();
    for (const byte of wire.subarray(0, -1)) {
      assertEquals(reader.push(Uint8Array.of(byte)), undefined);
    }
    assertEquals(reader.push(wire.subarray(-1))?.extensions, [1234, 1235]);
  }
  // The length alone decides: nothing of the message has come yet.
  const length = (n: number) => Uint8Array.of(22, 3, 1, 0, 4, 1, n >> 16, n >> 8 & 255, n & 255);
  assertEquals(new ClientHelloReader().push(length(131396 - 4)), undefined);
  assertEquals(new ClientHelloReader().push(length(131396 - 3)), null);
  assertEquals(new ClientHelloReader().push(length(0xffffff)), null);
  // A record may hold 16384 bytes, and not none.
  assertEquals(new ClientHelloReader().push(Uint8Array.of(22, 3, 1, 0x40, 0)), undefined);
  assertEquals(new ClientHelloReader().push(Uint8Array.of(22, 3, 1, 0x40, 1)), null);
  assertEquals(new ClientHelloReader().push(Uint8Array.of(22, 3, 1, 0, 0)), null);
});

Deno.test("peerOffer() names what a client offers, without signalling values and GREASE", () => {
  const hello = records({
    suites: [0x0a0a, 0x1301, 0x00ff, 0x5600, 0xfafa, 0xc02b, 0x00ab, 0x0a1a, 0xa0a0],
    extensions: [
      [10, vector16(list([0x1a1a, 29, 0x0017, 0x0202]))],
      [16, vector16(vector8(ascii("h2")))],
      [43, vector8(list([0x2a2a, 0x0304, 0x0303]))],
    ],
  });
  assertEquals(peerOffer("server", hello), {
    versions: ["TLSv1_3", "TLSv1_2"],
    ciphers: [
      "TLS_AES_128_GCM_SHA256",
      "ECDHE-ECDSA-AES128-GCM-SHA256",
      "0x00ab",
      "0x0a1a",
      "0xa0a0",
    ],
    groups: ["X25519", "P-256", "0x0202"],
    alpnProtocols: ["h2"],
  });
  assertEquals(peerOffer("server", hello.subarray(0, -1)), undefined);
  assertEquals(peerOffer("server", Uint8Array.from(ascii("GET / HTTP/1.0\r\n"))), undefined);
});

Deno.test("peerOffer() names what an old server chose, and nothing of a newer one or of less", () => {
  const serverHello = (version: number, session: readonly number[], type = 2, record = 22) =>
    Uint8Array.from([
      ...[record, 3, 1, ...u16(0), type, 0, ...u16(0), ...u16(version), ...Array(32).fill(9)],
      ...vector8(session),
      ...u16(0xc02f),
    ]);
  const cipher = "ECDHE-RSA-AES128-GCM-SHA256";
  for (const session of [[], [1, 2, 3], Array(32).fill(5)]) {
    const bytes = serverHello(0x0301, session);
    assertEquals(peerOffer("client", bytes), { versions: ["TLSv1"], ciphers: [cipher] });
    assertEquals(peerOffer("client", bytes.subarray(0, -1)), undefined);
  }
  assertEquals(peerOffer("client", serverHello(0x0302, []))?.versions, ["TLSv1_1"]);
  assertEquals(peerOffer("client", serverHello(0x0303, [])), undefined);
  assertEquals(peerOffer("client", serverHello(0x0301, [], 1)), undefined, "no ServerHello");
  assertEquals(peerOffer("client", serverHello(0x0301, [], 2, 21)), undefined, "no handshake");
  for (const length of [0, 1, 6, 11, 43, 44]) {
    assertEquals(peerOffer("client", serverHello(0x0301, []).subarray(0, length)), undefined);
  }
});
