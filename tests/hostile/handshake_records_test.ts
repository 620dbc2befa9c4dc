/** Records in plain text that have no place in a handshake: each is refused by the peer's fault, or waits for more. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { openHandles } from "../../engine/openssl/memory.ts";
import type { EngineContext, Role } from "../../engine/engine.ts";
import { SslPeerError } from "../../errors.ts";
import { config, engine, handshake, pair, text, V13 } from "../engine/harness.ts";
import { join, message, plainRecord, recordsIn } from "../helpers/forge.ts";
import { memoryPair } from "../helpers/memory.ts";

const ALERT = 21, HANDSHAKE = 22, DATA = 23;
const CLOSE = plainRecord(ALERT, [1, 0]), WARNING = plainRecord(ALERT, [1, 90]);
const CCS = plainRecord(20, [1]), HEARTBEAT = plainRecord(24, [1, 0x40, 0]);

const times = (n: number, record: Uint8Array): Uint8Array => join(...Array(n).fill(record));
const bytewise = (record: Uint8Array): Uint8Array =>
  join(...[...record.subarray(5)].map((byte) => plainRecord(record[0]!, [byte])));
/** Its first message in a record of its own. */
const first = (record: Uint8Array): Uint8Array =>
  plainRecord(HANDSHAKE, record.subarray(5, 9 + (record[7]! << 8 | record[8]!)));
/** The ServerHello with one more extension; it has some. */
function extended(record: Uint8Array, extension: readonly number[]): Uint8Array {
  const body = first(record).subarray(9);
  const at = 35 + body[34]! + 3;
  const all = join(body.subarray(at + 2), extension);
  const length = [all.length >> 8, all.length & 255];
  return plainRecord(HANDSHAKE, message(2, join(body.subarray(0, at), length, all)));
}
/** The ServerHello as an answer to a ClientHello: with its session id. */
function answering(record: Uint8Array, hello: Uint8Array): Uint8Array {
  const answer = first(record);
  answer.set(hello.subarray(44, 76), 44);
  return answer;
}

/** What a true handshake sends, in records. */
async function capture(over: object, more: object = {}): Promise<Record<Role, Uint8Array[]>> {
  await using p = await pair({ client: { ...over, ...more }, server: over });
  p.clientSide.record = p.serverSide.record = true;
  assertEquals(await handshake(p), [undefined, undefined]);
  return {
    client: recordsIn(join(...p.clientSide.written)),
    server: recordsIn(join(...p.serverSide.written)),
  };
}

const V12 = { versions: new Set([0x0303 as const]) };
const old = await capture(V12), now = await capture(V13);
const retried = await capture({ ...V13, groups: "P-256" }, { groups: "X25519:P-256" });
const hello12 = old.client[0]!, hello13 = now.client[0]!;
const [answer12, answer13, retry] = [old.server[0]!, now.server[0]!, retried.server[0]!];

type Attack = Uint8Array | ((hello: Uint8Array) => Uint8Array);

const TO_SERVER: Record<string, Attack> = {
  "close_notify first": CLOSE,
  "close_notify after the ClientHello": join(hello13, CLOSE),
  "a flood of warnings": times(1000, WARNING),
  "a flood of empty records": times(1000, plainRecord(HANDSHAKE, [])),
  "an alert of one byte": plainRecord(ALERT, [1]),
  "an alert of three bytes": plainRecord(ALERT, [2, 40, 0]),
  "change_cipher_spec first": join(CCS, hello13),
  "change_cipher_spec after the ClientHello of TLS 1.2": join(hello12, CCS),
  "a flood of change_cipher_spec": join(hello13, times(1000, CCS)),
  "a heartbeat first": HEARTBEAT,
  "a heartbeat after the ClientHello": join(hello12, HEARTBEAT),
  "a second ClientHello": join(hello12, hello12),
  "a second ClientHello in TLS 1.3": join(hello13, hello13),
  "the first ClientHello again after HelloRetryRequest": times(2, retried.client[0]!),
  "data after the ClientHello": join(hello13, plainRecord(DATA, text("in clear"))),
  "an alert between the halves of a ClientHello": join(
    plainRecord(HANDSHAKE, hello12.subarray(5, 50)),
    WARNING,
    plainRecord(HANDSHAKE, hello12.subarray(50)),
  ),
  "a ClientHello byte by byte": bytewise(hello13),
  "a record of 16,641 bytes": plainRecord(HANDSHAKE, new Uint8Array(16_641)),
  "a message of 16 MB": plainRecord(HANDSHAKE, [1, 255, 255, 255, 3, 3]),
  "SSLv2": join(
    [0x80, 50, 1, 3, 3, 0, 9, 0, 0, 0, 32, 0, 0, 0x9c, 0, 0xc0, 0x2f],
    new Uint8Array(35),
  ),
  "a ServerHello": answer12,
  "Finished without keys": join(hello12, plainRecord(HANDSHAKE, message(20, new Uint8Array(12)))),
};

const TO_CLIENT: Record<string, Attack> = {
  "close_notify first": CLOSE,
  "close_notify after the ServerHello": join(first(answer12), CLOSE),
  "a flood of warnings": times(1000, WARNING),
  "a flood of empty records": times(1000, plainRecord(HANDSHAKE, [])),
  "a flood of HelloRequest": times(1000, plainRecord(HANDSHAKE, message(0, []))),
  "data first": plainRecord(DATA, text("in clear")),
  "data after the ServerHello": join(first(answer12), plainRecord(DATA, text("in clear"))),
  "a handshake of TLS 1.2 again": join(...old.server),
  "a handshake of TLS 1.3 again": (hello) =>
    join(answering(answer13, hello), ...now.server.slice(1)),
  "HelloRetryRequest twice": (hello) => times(2, answering(retry, hello)),
  "HelloRetryRequest after the ServerHello": (hello) =>
    join(answering(answer13, hello), answering(retry, hello)),
  "HelloRetryRequest with another session id": retry,
  "a flood of change_cipher_spec": (hello) => join(answering(answer13, hello), times(1000, CCS)),
  "change_cipher_spec first": CCS,
  "plain data for encrypted": (hello) =>
    join(answering(answer13, hello), plainRecord(HANDSHAKE, message(8, [0, 0]))),
  "a record of 16,641 bytes": (hello) =>
    join(answering(answer13, hello), plainRecord(DATA, new Uint8Array(16_641))),
  "a record of one byte": (hello) => join(answering(answer13, hello), plainRecord(DATA, [1])),
  "an extension nobody asked for": extended(answer12, [0, 16, 0, 5, 0, 3, 2, 0x68, 0x32]),
  "an extension twice": extended(answer12, [255, 1, 0, 1, 0]),
  "an extension that is too long": extended(answer12, [0, 23, 255, 255]),
  "no certificate": join(first(answer12), plainRecord(HANDSHAKE, message(14, []))),
  "a certificate of 16 MB": join(first(answer12), plainRecord(HANDSHAKE, [11, 255, 255, 255])),
  "two alerts in one record": plainRecord(ALERT, [2, 40, 2, 40]),
  "a heartbeat": HEARTBEAT,
  "a ClientHello": hello12,
};

/** The first answer to an attack; where it waits for more, to the end of the stream. */
async function meet(context: EngineContext, attack: Attack, chunk: number): Promise<unknown> {
  const [ours, theirs] = memoryPair();
  ours.record = true;
  const stream = context.start(ours, {
    serverName: context.role === "client" ? "localhost" : undefined,
    verifyName: undefined,
    user: undefined,
  });
  try {
    const outcome = stream.handshake().then(() => undefined, (error) => error);
    await Promise.resolve();
    const wire = typeof attack === "function" ? attack(ours.written[0]!) : attack;
    for (let at = 0; at < wire.length; at += chunk) {
      await theirs.write(wire.subarray(at, at + chunk));
    }
    await theirs.closeWrite();
    const error = await outcome;
    assertEquals(stream.established, false);
    // A thousand warnings are not answered by a thousand alerts.
    assert(join(...ours.written).length < 20_000);
    return error;
  } finally {
    stream.close();
    theirs.close();
  }
}

for (const role of ["client", "server"] as const) {
  for (const chooses of role === "server" ? [false, true] : [false]) {
    const title = `${role}${chooses ? " with selectContext" : ""}`;
    Deno.test(`a ${title} refuses every record that does not belong into its handshake`, async () => {
      const hooks = chooses ? { selectContext: () => undefined } : {};
      for (const versions of [{}, V12, V13]) {
        const context = await engine.createContext(config(role, { ...versions, hooks }));
        try {
          const open = openHandles();
          for (const [name, wire] of Object.entries(role === "server" ? TO_SERVER : TO_CLIENT)) {
            for (const chunk of [1 << 20, 7]) {
              const error = await meet(context, wire, chunk);
              assertInstanceOf(error, SslPeerError, `${name}: ${error}`);
              assert(error.code !== "ERR_SSL", `${name}: ${error}`);
            }
          }
          assertEquals(openHandles(), open);
        } finally {
          context.close();
        }
      }
    });
  }
}
