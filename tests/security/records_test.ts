/** Records that are illegal, or legal and nasty, from a peer that holds the right keys. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import type { Role, TlsStream } from "../../engine/engine.ts";
import { SslError, SslPeerError } from "../../errors.ts";
import {
  ALERT,
  DATA,
  FATAL,
  forge,
  type Forged,
  HANDSHAKE,
  message,
  plainRecord,
  type Version,
  WARNING,
} from "../helpers/forge.ts";

const VERSIONS: readonly Version[] = ["TLSv1.2", "TLSv1.3"];
const ROLES: readonly Role[] = ["client", "server"];
const CLOSE_NOTIFY = 0, NO_RENEGOTIATION = 100, USER_CANCELED = 90, INTERNAL_ERROR = 80;
const HELLO = new TextEncoder().encode("hello");

type Records = readonly Uint8Array[];
const times = (n: number, make: () => Uint8Array): Records => Array.from({ length: n }, make);

/** Reads to the end with buffers of one size. */
async function readAll(
  stream: TlsStream,
  size: number,
): Promise<{ data: string; error: SslError | undefined }> {
  let data = "";
  const p = new Uint8Array(size);
  try {
    for (;;) {
      const n = await stream.read(p);
      if (n === null) return { data, error: undefined };
      data += new TextDecoder().decode(p.subarray(0, n));
    }
  } catch (error) {
    assertInstanceOf(error, SslError);
    return { data, error };
  }
}

/** One byte, some, and more than two records: a large buffer takes several records in one call. */
const SIZES = [1, 100, 70_000];

function each(name: string, test: (version: Version, role: Role) => Promise<void>): void {
  for (const version of VERSIONS) {
    for (const role of ROLES) Deno.test(`${name} (${role}, ${version})`, () => test(version, role));
  }
}

each(
  "data and a fatal alert in one segment: the data, then the alert, and no end",
  async (version, role) => {
    for (const size of SIZES) {
      await using f = await forge(version, role);
      await f.send(f.seal(DATA, HELLO), f.seal(ALERT, [FATAL, INTERNAL_ERROR]));
      const { data, error } = await readAll(f.victim, size);
      assertEquals(data, "hello");
      assertInstanceOf(error, SslPeerError);
      assertEquals(error.alert, "internal_error");
      assertEquals(f.victim.shutdownState.received, false);
      const again = await assertRejects(() => f.victim.read(new Uint8Array(size)), SslPeerError);
      assertEquals(again.alert, "internal_error");
    }
  },
);

each(
  "what a peer failed with is met by a write, a step and a shutdown, too",
  async (version, role) => {
    const calls: ((stream: TlsStream) => Promise<unknown>)[] = [
      (stream) => stream.write(HELLO),
      (stream) => stream.shutdown(),
      async (stream) => await Promise.resolve(stream.tryRead(new Uint8Array(1))),
      async (stream) => await Promise.resolve(stream.tryShutdown()),
    ];
    for (const call of calls) {
      await using f = await forge(version, role);
      await f.send(f.seal(DATA, HELLO), f.seal(ALERT, [FATAL, INTERNAL_ERROR]));
      assertEquals(await f.victim.read(new Uint8Array(70_000)), HELLO.length);
      const error = await assertRejects(() => call(f.victim), SslPeerError);
      assertEquals(error.alert, "internal_error");
    }
  },
);

/** Illegal records after good data: the code of the error, where both versions have the same. */
const ILLEGAL: Record<string, (f: Forged) => Records> = {
  "an alert of one byte": (f) => [f.seal(ALERT, [WARNING])],
  "an alert of three bytes": (f) => [f.seal(ALERT, [WARNING, CLOSE_NOTIFY, 0])],
  "two alerts in one record": (
    f,
  ) => [f.seal(ALERT, [WARNING, USER_CANCELED, WARNING, CLOSE_NOTIFY])],
  "an empty alert": (f) => [f.seal(ALERT, [])],
  "close_notify in two records": (f) => [f.seal(ALERT, [WARNING]), f.seal(ALERT, [CLOSE_NOTIFY])],
  "close_notify in plain text": () => [plainRecord(ALERT, [WARNING, CLOSE_NOTIFY])],
  "data in plain text": () => [plainRecord(DATA, HELLO)],
  "an empty record in plain text": () => [plainRecord(DATA, [])],
  "change_cipher_spec, encrypted": (f) => [f.seal(20, [1])],
  "an empty change_cipher_spec": (f) => [f.seal(20, [])],
  "a heartbeat": (f) => [f.seal(24, [1, 0x40, 0, 1])],
  "a record of type 0": (f) => [f.seal(0, [1, 2, 3])],
  "a record of type 255": (f) => [f.seal(255, [1, 2, 3])],
  "a record of 16,385 bytes of data": (f) => [f.seal(DATA, new Uint8Array(16_385))],
  "a record of 16,641 bytes": () => [plainRecord(DATA, new Uint8Array(16_641))],
  "a record of 65,535 bytes": () => [plainRecord(DATA, new Uint8Array(65_535))],
  "a flood of empty data": (f) => times(100, () => f.seal(DATA, [])),
  "a flood of empty handshake records": (f) => times(100, () => f.seal(HANDSHAKE, [])),
  "a flood of warnings": (f) => times(100, () => f.seal(ALERT, [WARNING, USER_CANCELED])),
  "a second ServerHello": (f) => [f.seal(HANDSHAKE, message(2, new Uint8Array(60)))],
  "a second Finished": (f) => [f.seal(HANDSHAKE, message(20, new Uint8Array(32)))],
  "a CertificateRequest nobody offered": (f) => [
    f.seal(HANDSHAKE, message(13, [1, 7, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3])),
  ],
  "a key update to nothing": (f) => [f.seal(HANDSHAKE, message(24, [2]))],
  "a key update with another message after it": (f) => {
    const update = message(24, [0]);
    return [f.seal(HANDSHAKE, [...update, ...update])];
  },
  "a ticket of 16 MB": (f) => [f.seal(HANDSHAKE, [4, 255, 255, 255, 0, 0, 0, 0])],
};

each(
  "illegal records after data: the data, then an error by the peer's fault",
  async (version, role) => {
    for (const [name, make] of Object.entries(ILLEGAL)) {
      const codes = new Set<string>();
      for (const size of SIZES) {
        await using f = await forge(version, role);
        await f.send(f.seal(DATA, HELLO), ...make(f));
        const { data, error } = await readAll(f.victim, size);
        assertEquals(data, "hello", name);
        assertInstanceOf(error, SslPeerError, name);
        codes.add(error.code);
        const alert = f.answers().at(-1);
        assertEquals([alert?.type, alert?.content[0]], [ALERT, FATAL], name);
        assertEquals(assertThrows(() => f.victim.tryWrite(HELLO), SslPeerError).code, error.code);
      }
      // Whether it is met in the same call as the data or in the next one.
      assertEquals(codes.size, 1, name);
      assert(!codes.has("ERR_SSL"), name);
    }
  },
);

each("change_cipher_spec in plain text changes nothing that is read", async (version, role) => {
  for (const size of SIZES) {
    await using f = await forge(version, role);
    await f.send(f.seal(DATA, HELLO), plainRecord(20, [1]), f.seal(ALERT, [WARNING, CLOSE_NOTIFY]));
    const { data, error } = await readAll(f.victim, size);
    assertEquals(data, "hello");
    // OpenSSL 3.5 as a client passes over it, as in the handshake; all others refuse it.
    if (error !== undefined) assertInstanceOf(error, SslPeerError);
  }
});

each("what is altered on the way has one code", async (version, role) => {
  await using f = await forge(version, role);
  const record = f.seal(DATA, HELLO);
  record[record.length - 1]! ^= 1;
  await f.send(record);
  const { data, error } = await readAll(f.victim, 100);
  assertEquals([data, error?.code], ["", "ERR_SSL_BAD_RECORD"]);
});

each("nothing counts that comes after close_notify", async (version, role) => {
  const tails: ((f: Forged) => Records)[] = [
    (f) => [f.seal(DATA, HELLO)],
    (f) => [f.seal(ALERT, [WARNING, CLOSE_NOTIFY])],
    (f) => [f.seal(ALERT, [FATAL, INTERNAL_ERROR])],
    () => [plainRecord(DATA, HELLO)],
  ];
  for (const tail of tails) {
    for (const size of SIZES) {
      await using f = await forge(version, role);
      await f.send(f.seal(DATA, HELLO), f.seal(ALERT, [WARNING, CLOSE_NOTIFY]), ...tail(f));
      assertEquals(await readAll(f.victim, size), { data: "hello", error: undefined });
      assertEquals(await f.victim.read(new Uint8Array(size)), null);
      assertEquals(f.victim.shutdownState, { sent: false, received: true });
      // Our direction is open: half-close.
      await f.victim.write(HELLO);
      assertEquals(f.answers(), [{ type: DATA, content: HELLO }]);
    }
  }
});

each("empty records between data are passed over, in small numbers", async (version, role) => {
  await using f = await forge(version, role);
  for (let i = 0; i < 50; i++) {
    await f.send(f.seal(DATA, []), f.seal(DATA, HELLO), f.seal(DATA, [], 100));
  }
  await f.send(f.seal(ALERT, [WARNING, CLOSE_NOTIFY]));
  assertEquals(await readAll(f.victim, 7), { data: "hello".repeat(50), error: undefined });
});

Deno.test("a request to renegotiate is declined, and nothing else comes of it", async () => {
  for (const role of ROLES) {
    await using f = await forge("TLSv1.2", role);
    // HelloRequest to a client; to a server a ClientHello, of which it does not even read the content.
    const request = role === "client" ? message(0, []) : message(1, new Uint8Array(60));
    await f.send(f.seal(HANDSHAKE, request), f.seal(DATA, HELLO));
    assertEquals(await f.victim.read(new Uint8Array(100)), HELLO.length);
    const [answer] = f.answers();
    assertEquals([...answer!.content], [WARNING, NO_RENEGOTIATION]);
  }
});

each("records that come byte by byte are the same records", async (version, role) => {
  await using f = await forge(version, role);
  const wire = [f.seal(DATA, HELLO), f.seal(ALERT, [WARNING, CLOSE_NOTIFY])];
  for (const record of wire) for (const byte of record) await f.send(Uint8Array.of(byte));
  assertEquals(await readAll(f.victim, 100), { data: "hello", error: undefined });
});
