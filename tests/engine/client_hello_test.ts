import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ClientHelloReader } from "../../engine/client_hello.ts";
import { pair, V12 } from "./harness.ts";

async function hello(params = {}, client = {}): Promise<Uint8Array> {
  await using p = await pair({ params, client });
  p.clientSide.record = true;
  p.client.tryHandshake();
  await new Promise((resolve) => setTimeout(resolve, 1));
  const bytes = new Uint8Array(p.clientSide.written.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of p.clientSide.written) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const sample = await hello({ serverName: "www.Example.com" }, { alpn: ["h2", "http/1.1"] });

Deno.test("ClientHelloReader reads what OpenSSL sends", async () => {
  const read = new ClientHelloReader().push(sample)!;
  assertEquals(read.serverName, "www.example.com");
  assertEquals(read.alpnProtocols, ["h2", "http/1.1"]);
  assertEquals(read.versions, [0x0304, 0x0303]);
  assert(read.cipherSuites.includes(0x1302) && read.groups.includes(29));
  assert(read.signatureAlgorithms.length > 0 && read.extensions.includes(0));
  assertEquals(read.random.length, 32);
  const bare = new ClientHelloReader().push(await hello({ serverName: undefined }, V12))!;
  assertEquals([bare.serverName, bare.versions], ["", [0x0303]]);
});

Deno.test("ClientHelloReader gives the same for every split of bytes and records", () => {
  const whole = new ClientHelloReader().push(sample);
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
    fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
    (chunks, records) => {
      const body = sample.subarray(5);
      const wire: number[] = [];
      for (let at = 0, i = 0; at < body.length; i++) {
        const part = body.subarray(at, at + records[i % records.length]!);
        wire.push(22, 3, 1, part.length >> 8, part.length & 255, ...part);
        at += part.length;
      }
      const reader = new ClientHelloReader();
      let result: ReturnType<ClientHelloReader["push"]>;
      for (let at = 0, i = 0; at < wire.length; i++) {
        assertEquals(result, undefined);
        const n = chunks[i % chunks.length]!;
        result = reader.push(Uint8Array.from(wire.slice(at, at + n)));
        at += n;
      }
      assertEquals(result, whole);
    },
  ));
});

Deno.test("ClientHelloReader throws for no input", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    new ClientHelloReader().push(bytes);
  }));
  fc.assert(
    fc.property(
      fc.nat(sample.length - 1),
      fc.integer({ min: 0, max: 255 }),
      fc.nat(sample.length),
      (at, value, end) => {
        const bytes = sample.slice();
        bytes[at] = value;
        new ClientHelloReader().push(bytes.subarray(0, end));
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("ClientHelloReader gives null for what does not begin a TLS connection", () => {
  for (
    const text of [
      "GET / HTTP/1.0\r\n\r\n",
      "\x80\x2e\x01\x03\x01",
      "\x16\x03\x01\x00\x00",
      "\x16\x03\x01\x00\x05\x02\0\0\x01\0",
    ]
  ) {
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
    assertEquals(new ClientHelloReader().push(bytes), null, text);
  }
});

Deno.test("ClientHelloReader calls a hello broken whose server name is empty or not a name", () => {
  const name = "www.Example.com";
  const text = String.fromCharCode(...sample);
  const at = text.indexOf(name) - 9; // type, length, list, type of name, length of name
  assertEquals([...sample.subarray(at, at + 2)], [0, 0]);
  /** The hello with another server_name extension. */
  const withNames = (list: readonly number[]): Uint8Array => {
    const body = [0, 0, 0, list.length + 2, 0, list.length, ...list];
    const rest = sample.subarray(at + 9 + name.length);
    const bytes = [...sample.subarray(0, at), ...body, ...rest];
    const change = bytes.length - sample.length;
    const less = (offset: number) => {
      const length = bytes[offset]! * 256 + bytes[offset + 1]! + change;
      bytes.splice(offset, 2, length >> 8, length & 255);
    };
    less(3); // the record
    less(7); // the message
    const session = 5 + 4 + 34;
    let extensions = session + 1 + bytes[session]!;
    extensions += 2 + bytes[extensions]! * 256 + bytes[extensions + 1]!;
    extensions += 1 + bytes[extensions]!;
    less(extensions);
    return Uint8Array.from(bytes);
  };
  const ascii = (text: string) => Array.from(text, (c) => c.charCodeAt(0));
  const read = (list: readonly number[]) => new ClientHelloReader().push(withNames(list));
  assertEquals(read([0, 0, 3, ...ascii("a.b")])?.serverName, "a.b");
  assertEquals(read([0, 0, 0]), null, "an empty name");
  assertEquals(read([]), null, "an empty list");
  assertEquals(read([0, 0, 3, ...ascii("a.b"), 0, 0, 0]), null, "a second, empty name");
  assertEquals(read([1, 0, 3, ...ascii("a.b")]), null, "another type");
  assertEquals(read([0, 0, 4, ...ascii("a.b")]), null, "a name longer than the list");
  assertEquals(read([0, 0, 3, ...ascii("a b")]), null, "a space");
});
