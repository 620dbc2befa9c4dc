/**
 * The request for TLS of the protocol of MySQL and MariaDB, as client. Pure.
 *
 * @module
 */

import type { Protocol } from "./dialogue.ts";
import { mysqlPacket, PACKET_HEADER } from "./mysql_packet.ts";
import type { Talk } from "./talk.ts";
import { type Packet, packets } from "./units.ts";

const CLIENT_LONG_PASSWORD = 0x1;
const CLIENT_PROTOCOL_41 = 0x200;
const CLIENT_SSL = 0x800;
const CLIENT_SECURE_CONNECTION = 0x8000;
const CLIENT_PLUGIN_AUTH = 0x80000;

/** The names of flags, for what a server offers. */
const FLAGS: readonly (readonly [flag: number, name: string])[] = [
  [0x8, "CONNECT_WITH_DB"],
  [0x20, "COMPRESS"],
  [CLIENT_PROTOCOL_41, "PROTOCOL_41"],
  [CLIENT_SSL, "SSL"],
  [CLIENT_SECURE_CONNECTION, "SECURE_CONNECTION"],
  [0x20000, "MULTI_RESULTS"],
  [CLIENT_PLUGIN_AUTH, "PLUGIN_AUTH"],
];

/** The flags of our request; a login in TLS begins with the same. */
const WANTED = CLIENT_LONG_PASSWORD | CLIENT_PROTOCOL_41 | CLIENT_SSL | CLIENT_SECURE_CONNECTION |
  CLIENT_PLUGIN_AUTH;

/** The bytes of a login that SSLRequest has, too: flags, the longest packet, the character set, zeros. */
const HEAD = 32;

/** How a login of ours begins: the longest packet is 16 MiB, the character set utf8mb4. */
function ourHead(): Uint8Array {
  const head = new Uint8Array(HEAD);
  const view = new DataView(head.buffer);
  view.setUint32(0, WANTED, true);
  view.setUint32(4, 1 << 24, true);
  head[8] = 45;
  return head;
}

/** SSLRequest: a packet with how the login begins, of which MariaDB keeps the flags. */
function sslRequest(head: Uint8Array): Uint8Array {
  return mysqlPacket(1, head);
}

/**
 * SSLRequest for a login of somebody else, in which the flag for TLS is set as well.
 *
 * @param login The whole packet.
 * @throws {TypeError} If it is not a login that may begin in TLS.
 */
export function requestForLogin(login: Uint8Array): Uint8Array {
  const payload = login.subarray(PACKET_HEADER);
  const flags = payload.length < HEAD ? 0 : new DataView(payload.buffer, payload.byteOffset)
    .getUint32(0, true);
  if ((flags & CLIENT_PROTOCOL_41) === 0) {
    throw new TypeError("Cannot log in to MySQL: the login is not of protocol 4.1");
  }
  if ((flags & CLIENT_SSL) !== 0) {
    throw new TypeError(
      "Cannot log in to MySQL: the package starts TLS by itself: leave out its option for TLS (ssl)",
    );
  }
  payload[1]! |= CLIENT_SSL >> 8;
  return sslRequest(payload.slice(0, HEAD));
}

/** The version and the flags of a server's first packet (HandshakeV10). */
function readHandshake(payload: Uint8Array, talk: Talk): { version: string; flags: number } {
  const end = payload.indexOf(0, 1);
  const rest = end < 0 ? payload.subarray(0, 0) : payload.subarray(end + 1);
  // The thread (4), the challenge (8), a zero, the lower half of the flags (2).
  if (payload[0] !== 10 || rest.length < 15 || rest[12] !== 0) {
    throw talk.unexpected("a handshake of version 10", payload);
  }
  const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
  // Then the character set (1), the status (2), the upper half.
  const upper = rest.length >= 20 ? view.getUint16(18, true) : 0;
  const version = new TextDecoder().decode(payload.subarray(1, end));
  return { version, flags: upper * 0x10000 + view.getUint16(13, true) };
}

/**
 * The client: the server's handshake, then SSLRequest; TLS comes at once.
 *
 * @param asks Whether SSLRequest is sent; without it that is the caller's, before TLS.
 */
export function mysqlClient(asks = true): Protocol<"greeting", Packet> {
  return {
    name: "MySQL",
    role: "client",
    first: "greeting",
    split: packets,
    states: {
      greeting: ({ sequence, payload }, talk) => {
        if (payload[0] === 0xff && payload.length > 3) {
          const text = new TextDecoder().decode(payload.subarray(3));
          throw talk.refused("the connection", text);
        }
        if (sequence !== 0) throw talk.unexpected("the sequence number 0", String(sequence));
        const { version, flags } = readHandshake(payload, talk);
        talk.greeting = version;
        talk.packet = payload.slice();
        talk.capabilities = FLAGS.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name);
        if ((flags & CLIENT_SSL) === 0) throw talk.notOffered("SSL");
        return asks ? { next: "tls", send: sslRequest(ourHead()) } : { next: "tls" };
      },
    },
  };
}
