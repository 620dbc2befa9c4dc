/**
 * Callbacks that use the connection they are called from. OpenSSL is in the midst of a call then:
 * what returns a promise waits until that call has returned, what does not is refused, and the
 * stream stays whole.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertGreater, assertInstanceOf } from "@std/assert";
import type { TlsStream } from "../../engine/engine.ts";
import { SSL_WANT_READ } from "../../errors.ts";
import { bytes, text } from "../contract/harness.ts";
import { handshake, pair, type PairOptions, V12, V13 } from "../engine/harness.ts";
import { NestedCalls, outcomeOf, soon } from "../helpers/nested_calls.ts";

const VERSIONS = [["TLS 1.2", V12], ["TLS 1.3", V13]] as const;
const INSIDE = "ERR_IN_CALLBACK";

/** What cannot wait. */
const REFUSED: Record<string, (s: TlsStream) => unknown> = {
  "tryRead()": (s) => s.tryRead(new Uint8Array(100)),
  "tryWrite()": (s) => s.tryWrite(bytes("tried")),
  "tryShutdown()": (s) => s.tryShutdown(),
  "pending()": (s) => s.pending(),
  "release()": (s) => s.release(),
  "negotiated()": (s) => s.negotiated(),
  "peerChain()": (s) => s.peerChain(),
  "ownCertificate()": (s) => s.ownCertificate(),
  "exportKeyingMaterial()": (s) => s.exportKeyingMaterial("EXPERIMENTAL test", 8),
  "finished()": (s) => s.finished("own"),
  "native()": (s) => s.native!(),
};

for (const [version, only] of VERSIONS) {
  for (const [name, operation] of Object.entries(REFUSED)) {
    Deno.test(`${name} inside the message callback is refused and harms nothing (${version})`, async () => {
      using calls = new NestedCalls();
      const outcomes: unknown[] = [];
      await withCallback(only, (s) => outcomes.push(outcomeOf(() => operation(s))), async (p) => {
        await echo(p.client, p.server, 30);
      });
      assertGreater(outcomes.length, 30);
      assertEquals(new Set(outcomes), new Set([INSIDE]));
      assertEquals(calls.found, []);
    });
  }

  Deno.test(`tryHandshake() inside a callback of the handshake is refused and harms nothing (${version})`, async () => {
    using calls = new NestedCalls();
    const outcomes: unknown[] = [];
    await using p = await watched(only, (s) => outcomes.push(outcomeOf(() => s.tryHandshake())));
    assertEquals(await handshake(p), [undefined, undefined]);
    assertEquals(new Set(outcomes), new Set([INSIDE]));
    await echo(p.client, p.server, 3);
    assertEquals(calls.found, []);
  });

  Deno.test(`handshake() inside a callback of the handshake is the same handshake (${version})`, async () => {
    using calls = new NestedCalls();
    const outcomes: unknown[] = [];
    await using p = await watched(only, (s) => outcomes.push(outcomeOf(() => s.handshake())));
    assertEquals(await handshake(p), [undefined, undefined]);
    assertEquals(new Set(await soon(Promise.all(outcomes), "handshake()")), new Set([undefined]));
    await echo(p.client, p.server, 3);
    assertEquals(calls.found, []);
  });

  Deno.test(`write() inside the message callback waits, whole and in order (${version})`, async () => {
    using calls = new NestedCalls();
    let made = 0;
    const writes: Promise<unknown>[] = [];
    const sizes = [40, 100, 16384, 65536, 200_000];
    await withCallback(only, (s) => {
      if (made === 60) return;
      const part = block("n", made, sizes[made++ % sizes.length]!);
      writes.push(s.write(part));
    }, async (p) => {
      const outer = [50, 40_000, 300_000, 70, 65_536];
      const sent = (async () => {
        for (const [i, size] of outer.entries()) await p.client.write(block("o", i, size));
        assertEquals(await Promise.all(writes), writes.map((_, i) => sizes[i % sizes.length]));
        await p.client.shutdown({ fast: true });
      })();
      const [got] = await soon(Promise.all([readAll(p.server), sent]), "the exchange");
      assertEquals(made, 60);
      const order = blocksIn(got);
      assertEquals(order.filter((b) => b[0] === "o"), outer.map((_, i) => `o${i}`));
      assertEquals(order.filter((b) => b[0] === "n"), writes.map((_, i) => `n${i}`));
    });
    assertEquals(calls.found, []);
  });

  Deno.test(`read() and peek() inside the message callback wait for the call they are in (${version})`, async () => {
    using calls = new NestedCalls();
    const reads: Promise<unknown>[] = [];
    let peek = false;
    let arm = false;
    await withCallback(only, (s) => {
      if (!arm) return;
      arm = false;
      const p = new Uint8Array(3);
      const read = peek ? s.peek(p) : s.read(p);
      reads.push(read.then((n) => text(p.subarray(0, n!)), (error) => error.code));
    }, async (p) => {
      for (peek of [true, false]) {
        // Inside a write: there is nothing that it disturbs.
        arm = true;
        await p.client.write(bytes("x"));
        assertEquals(await p.server.read(new Uint8Array(1)), 1);
        await p.server.write(bytes("abc"));
        assertEquals(await soon(reads.pop()!, "the read"), "abc");
        if (peek) assertEquals(await p.client.read(new Uint8Array(3)), 3);
        // Inside a read: the next one, or one too many where the outer one still waits.
        const outer = p.client.read(new Uint8Array(3));
        arm = true;
        await p.server.write(bytes("def"));
        assertEquals(await soon(outer, "the read"), 3);
        await p.server.write(bytes("ghi"));
        const inner = await soon(reads.pop()!, "a read inside a read");
        if (peek || inner !== "ghi") assertEquals(await p.client.read(new Uint8Array(3)), 3);
        assert(inner === "ghi" || inner === "ERR_CONCURRENT_READ", String(inner));
      }
      await echo(p.client, p.server, 3);
    });
    assertEquals(calls.found, []);
  });

  Deno.test(`close() inside the message callback frees nothing that OpenSSL still uses (${version})`, async () => {
    for (const inside of ["read", "write", "shutdown"] as const) {
      using calls = new NestedCalls();
      let armed = false;
      await withCallback(only, (s) => {
        if (armed) s.close();
      }, async (p) => {
        if (inside === "read") await p.server.write(bytes("data"));
        armed = true;
        const outcome = outcomeOf(() => {
          if (inside === "read") return p.client.read(new Uint8Array(10));
          if (inside === "write") return p.client.write(bytes("data"));
          return p.client.shutdown({ fast: true });
        });
        assertEquals(await soon(Promise.resolve(outcome), inside), "ECLOSED");
      });
      assertEquals(calls.found, []);
    }
  });
}

Deno.test("an error in the caller's own code leaves the connection usable", async () => {
  await using p = await pair({ client: V13, server: V13 });
  await handshake(p);
  const wrong = "no bytes" as unknown as Uint8Array;
  for (const call of [() => p.client.tryRead(wrong), () => p.client.tryWrite(wrong)]) {
    await p.server.write(bytes("x")); // so that there is something to decrypt
    await p.client.ready(SSL_WANT_READ);
    assertInstanceOf(outcomeOf(call), TypeError);
    assertEquals(await p.client.read(new Uint8Array(1)), 1);
  }
  assertInstanceOf(await outcomeOf(() => p.client.write(wrong)), TypeError);
  await p.server.write(bytes("x"));
  await p.client.ready(SSL_WANT_READ);
  assertInstanceOf(await outcomeOf(() => p.client.read(wrong)), TypeError);
  assertEquals(await p.client.read(new Uint8Array(1)), 1);
  await echo(p.client, p.server, 3);
});

/** A pair of streams whose client's message callback runs `inside`. */
async function watched(only: PairOptions["client"], inside: (client: TlsStream) => void) {
  const of: { client?: TlsStream } = {};
  const hooks = { message: () => void (of.client && inside(of.client)) };
  const p = await pair({ client: { ...only, hooks }, server: only! });
  of.client = p.client;
  return p;
}

/** The same after the handshake. */
async function withCallback(
  only: PairOptions["client"],
  inside: (client: TlsStream) => void,
  body: (p: Awaited<ReturnType<typeof pair>>) => Promise<void>,
): Promise<void> {
  let ready = false;
  await using p = await watched(only, (client) => ready && inside(client));
  assertEquals(await handshake(p), [undefined, undefined]);
  ready = true;
  await body(p);
}

/** Bytes there and back, several times. */
async function echo(client: TlsStream, server: TlsStream, times: number): Promise<void> {
  const back = new Uint8Array(8);
  for (let i = 0; i < times; i++) {
    const data = bytes(`no. ${i}`.padEnd(8));
    await client.write(data);
    assertEquals(await soon(server.read(back), "read()"), 8);
    await server.write(back);
    assertEquals(await soon(client.read(back), "read()"), 8);
    assertEquals(back, data);
  }
}

/** `size` bytes that tell whose they are and where they end. */
function block(kind: string, number: number, size: number): Uint8Array {
  const data = new Uint8Array(size).fill(kind.charCodeAt(0) + 128);
  data.set(bytes(`${kind}${number}:${size};`));
  return data;
}

/** The names of the blocks, each of which must be whole. */
function blocksIn(got: Uint8Array): string[] {
  const order: string[] = [];
  for (let at = 0; at < got.length;) {
    const head = /^([no]\d+):(\d+);/.exec(text(got.subarray(at, at + 20)));
    assert(head, `${order.at(-1)} is damaged`);
    const end = at + Number(head[2]);
    const rest = got.subarray(at + head[0].length, end);
    assert(rest.every((b) => b === head[1]!.charCodeAt(0) + 128), `${head[1]} is damaged`);
    order.push(head[1]!);
    at = end;
  }
  return order;
}

async function readAll(stream: TlsStream): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const p = new Uint8Array(65536);
  for (let n; (n = await stream.read(p)) !== null;) parts.push(p.slice(0, n));
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}
