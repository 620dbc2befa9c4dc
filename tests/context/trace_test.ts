import "../helpers/limit.ts";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SslContext } from "../../context/context.ts";
import type { SslOptions } from "../../context/options.ts";
import { describeMessage, dump, formatMessage, Tracer } from "../../context/trace.ts";
import type { TlsMessage } from "../../context/options.ts";
import { SslSocket } from "../../socket/socket.ts";
import { ca, shake, socketPair } from "./harness.ts";
import { alerted, inWords } from "../helpers/refusal.ts";

const message = (
  contentType: number,
  bytes: number[],
  direction: "read" | "write" = "write",
  version = 0x0303,
) => ({ direction, version, contentType, bytes: new Uint8Array(bytes) });

Deno.test("describeMessage() names version, direction, protocol and message", () => {
  const cases: [Parameters<typeof message>, string][] = [
    [[22, [1]], "TLSv1.2 (OUT), TLS handshake, Client hello (1)"],
    [[22, [2], "read", 0x0304], "TLSv1.3 (IN), TLS handshake, Server hello (2)"],
    [[22, [11], "read", 0x0302], "TLSv1.1 (IN), TLS handshake, Certificate (11)"],
    [[22, [99], "read", 0x0301], "TLSv1.0 (IN), TLS handshake, Unknown (99)"],
    [[20, [1], "write", 0x0300], "SSLv3 (OUT), TLS change cipher, Change cipher spec (1)"],
    [[21, [2, 48]], "TLSv1.2 (OUT), TLS alert, fatal, unknown CA (48)"],
    [[21, [1, 0], "read"], "TLSv1.2 (IN), TLS alert, warning, close notify (0)"],
    [[21, [7, 250], "read"], "TLSv1.2 (IN), TLS alert, unknown level, unknown (250)"],
    [[256, [22, 3, 3, 1, 2], "read", 0], "TLSv1.2 (IN), TLS header, TLS handshake (22), 258 bytes"],
    [[257, [23], "read", 0x0304], "TLSv1.3 (IN), TLS inner content type, TLS app data (23)"],
    [[77, [1, 2], "read", 0x9999], "(version 0x9999) (IN), content type 77, 2 bytes"],
    [[22, []], "TLSv1.2 (OUT), TLS handshake, Hello request (0)"],
  ];
  for (const [args, expected] of cases) assertEquals(describeMessage(message(...args)), expected);
});

Deno.test("describeMessage() knows a hello retry request by its random (RFC 8446 4.1.3)", () => {
  const random = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
  const bytes = [2, 0, 0, 50, 3, 3, ...random.match(/../g)!.map((byte) => parseInt(byte, 16))];
  assertStringIncludes(describeMessage(message(22, bytes)), "Hello retry request (2)");
  bytes[20]! ^= 1;
  assertStringIncludes(describeMessage(message(22, bytes)), "Server hello (2)");
});

Deno.test("formatMessage() shows at each level what the level is for", () => {
  const hello = message(22, [1, 0x41, 0x0a]);
  const header = message(256, [22, 3, 1, 0, 3]);
  assertEquals([0, 1, 2, 3].map((level) => formatMessage(hello, level)), [
    "",
    "",
    "* TLSv1.2 (OUT), TLS handshake, Client hello (1):\n",
    "* TLSv1.2 (OUT), TLS handshake, Client hello (1):\n" +
    "0000: 01 41 0a                                         .A.\n",
  ]);
  assertEquals([0, 1, 2].map((level) => formatMessage(header, level)), ["", "", ""]);
  assertStringIncludes(formatMessage(header, 3), "TLS header");
});

Deno.test("dump() shows offsets, hex and printable text, sixteen bytes a line", () => {
  const lines = dump(new TextEncoder().encode("0123456789abcdefXYZ")).split("\n");
  assertEquals(lines.length, 3);
  assertMatch(lines[0]!, /^0000: 30 31 .* 66 {2}0123456789abcdef$/);
  assertMatch(lines[1]!, /^0010: 58 59 5a +XYZ$/);
  assertEquals(dump(new Uint8Array()), "");
});

Deno.test("Tracer: a writer that fails changes nothing", async () => {
  let calls = 0;
  const throws = () => {
    calls++;
    throw new Error("disk full");
  };
  const unhandled: unknown[] = [];
  const listen = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  addEventListener("unhandledrejection", listen);
  try {
    const rejects = () => (calls++, Promise.reject(new Error("no")));
    for (const writer of [throws, { write: throws }, rejects]) {
      const tracer = new Tracer(writer, 3);
      for (let i = 0; i < 2; i++) tracer.message(message(22, [1]));
    }
    assertEquals(calls, 6); // a failure does not end the trace either
    const stream = new WritableStream<string>({ write: throws });
    const tracer = new Tracer(stream, 2);
    for (let i = 0; i < 3; i++) tracer.message(message(22, [1]));
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setTimeout(resolve));
    assertEquals(calls, 7); // a stream that failed is not written to again
    assertEquals(unhandled, []);
  } finally {
    removeEventListener("unhandledrejection", listen);
  }
});

for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
  Deno.test(`msgCallback gets the messages of both sides (${version})`, async () => {
    const seen: { client: TlsMessage[]; server: TlsMessage[] } = { client: [], server: [] };
    await shake(
      { ca: ca.pem, version, msgCallback: (m) => void seen.client.push(m) },
      { msgCallback: (m) => void seen.server.push(m) },
    );
    const hello = (list: TlsMessage[], direction: string) =>
      list.find((m) => m.contentType === 22 && m.bytes[0] === 1 && m.direction === direction);
    assertEquals(hello(seen.client, "write")!.bytes, hello(seen.server, "read")!.bytes);
    assertStringIncludes(hello(seen.client, "write")!.text, "(OUT), TLS handshake, Client hello");
    const finished = seen.server.filter((m) => m.contentType === 22 && m.bytes[0] === 20);
    assertEquals(finished.length, 2);
  });

  Deno.test(`debug and trace: the handshake in curl's manner, the outcome (${version})`, async () => {
    const text: string[] = [];
    const options: SslOptions = { trace: { write: (t: string) => void text.push(t) }, version };
    const { client, server, listener } = await socketPair(options);
    await Promise.all([client.close(), server.close()]);
    listener.close();
    const all = text.join("");
    const name = version.replace("_", ".");
    assertStringIncludes(all, "(OUT), TLS handshake, Client hello (1):\n");
    assertStringIncludes(all, `* ${name} (IN), TLS handshake, Certificate (11):\n`);
    assertStringIncludes(all, `* ${name} (OUT), TLS handshake, Finished (20):\n`);
    assertMatch(all, new RegExp(`^\\* SSL connection with 127.* using ${version} / \\S+$`, "m"));
    assertStringIncludes(all, "TLS alert, warning, close notify (0)");
  });
}

Deno.test("debug: 1 writes the outcome of handshakes alone, good or bad", async () => {
  const text: string[] = [];
  const log = { trace: (t: string) => void text.push(t), debug: 1 as const };
  const { client, server, listener } = await socketPair(log);
  await Promise.all([client.close(), server.close()]);
  assertEquals(text.length, 1);
  assertStringIncludes(text[0]!, "* SSL connection with");
  const engine = "openssl" as const;
  const failing = SslSocket.connect({
    ...{ engine, hostname: "127.0.0.1", port: listener.addr.port, ca: [], ...log },
    serverName: "server.example",
  });
  listener.accept().catch(() => {});
  const error = await assertRejects(() => failing, Error);
  assertEquals(text.length, 2);
  assertEquals(text[1], `* SSL error: ${error.message}\n`);
  listener.close();
});

Deno.test("trace goes to a stream that several contexts share", async () => {
  const text: string[] = [];
  const trace = new WritableStream<string>({ write: (t) => void text.push(t) });
  for (let i = 0; i < 2; i++) {
    await shake({ ca: ca.pem, trace }, { trace });
  }
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(text.filter((t) => t.includes("(OUT), TLS handshake, Client hello")).length, 2);
  assertEquals(text.filter((t) => t.includes("(IN), TLS handshake, Client hello")).length, 2);
});

Deno.test("debug without a writer is a TypeError, debug: 0 is silent", async () => {
  await assertRejects(
    () => SslContext.create({ engine: "openssl", ca: [], debug: 2 }),
    TypeError,
    "give trace",
  );
  const text: string[] = [];
  await shake({ ca: ca.pem, debug: 0, trace: (t) => void text.push(t) });
  await shake({ ca: ca.pem, debug: 0 });
  assertEquals(text, []);
});

Deno.test("a msgCallback that throws ends the connection with its error", async () => {
  const cause = new Error("not this message");
  const { clientError, serverError } = await shake({
    ca: ca.pem,
    msgCallback: (m) => {
      if (m.contentType === 22 && m.direction === "read") throw cause;
    },
  });
  assertInstanceOf(clientError, Error);
  assertStringIncludes(clientError.message, "not this message");
  assertEquals(inWords(serverError), alerted("certificate_unknown"));
});

Deno.test("debug: 1 works on the Deno engine, which has no messages to show", async () => {
  using context = await SslContext.create({ engine: "deno", debug: 1, trace: () => {} });
  assertEquals(context.engine, "deno");
});
