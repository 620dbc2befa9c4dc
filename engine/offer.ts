/**
 * What the other side of a failed handshake offered, read from the first bytes
 * that it sent, in the names of OpenSSL. Pure.
 *
 * @module
 */

import type { Offer } from "../errors.ts";
import { type ClientHello, ClientHelloReader } from "./client_hello.ts";

const VERSIONS: Readonly<Record<number, string>> = {
  0x0300: "SSLv3",
  0x0301: "TLSv1",
  0x0302: "TLSv1_1",
  0x0303: "TLSv1_2",
  0x0304: "TLSv1_3",
};

/** The suites that are in use; others go by their number. */
const CIPHERS: Readonly<Record<number, string>> = {
  0x000a: "DES-CBC3-SHA",
  0x002f: "AES128-SHA",
  0x0035: "AES256-SHA",
  0x003c: "AES128-SHA256",
  0x003d: "AES256-SHA256",
  0x0033: "DHE-RSA-AES128-SHA",
  0x0039: "DHE-RSA-AES256-SHA",
  0x0067: "DHE-RSA-AES128-SHA256",
  0x006b: "DHE-RSA-AES256-SHA256",
  0x009c: "AES128-GCM-SHA256",
  0x009d: "AES256-GCM-SHA384",
  0x009e: "DHE-RSA-AES128-GCM-SHA256",
  0x009f: "DHE-RSA-AES256-GCM-SHA384",
  0x1301: "TLS_AES_128_GCM_SHA256",
  0x1302: "TLS_AES_256_GCM_SHA384",
  0x1303: "TLS_CHACHA20_POLY1305_SHA256",
  0xc009: "ECDHE-ECDSA-AES128-SHA",
  0xc00a: "ECDHE-ECDSA-AES256-SHA",
  0xc013: "ECDHE-RSA-AES128-SHA",
  0xc014: "ECDHE-RSA-AES256-SHA",
  0xc023: "ECDHE-ECDSA-AES128-SHA256",
  0xc024: "ECDHE-ECDSA-AES256-SHA384",
  0xc027: "ECDHE-RSA-AES128-SHA256",
  0xc028: "ECDHE-RSA-AES256-SHA384",
  0xc02b: "ECDHE-ECDSA-AES128-GCM-SHA256",
  0xc02c: "ECDHE-ECDSA-AES256-GCM-SHA384",
  0xc02f: "ECDHE-RSA-AES128-GCM-SHA256",
  0xc030: "ECDHE-RSA-AES256-GCM-SHA384",
  0xcca8: "ECDHE-RSA-CHACHA20-POLY1305",
  0xcca9: "ECDHE-ECDSA-CHACHA20-POLY1305",
  0xccaa: "DHE-RSA-CHACHA20-POLY1305",
};

const GROUPS: Readonly<Record<number, string>> = {
  0x0017: "P-256",
  0x0018: "P-384",
  0x0019: "P-521",
  0x001d: "X25519",
  0x001e: "X448",
  0x0100: "ffdhe2048",
  0x0101: "ffdhe3072",
  0x11ec: "X25519MLKEM768",
};

/** Signalling values and GREASE (RFC 8701), which offer nothing. */
const isNothing = (n: number): boolean =>
  n === 0x00ff || n === 0x5600 || ((n & 0x0f0f) === 0x0a0a && n >> 8 === (n & 0xff));

function named(
  numbers: readonly number[],
  names: Readonly<Record<number, string>>,
): readonly string[] {
  return numbers.filter((n) => !isNothing(n))
    .map((n) => names[n] ?? `0x${n.toString(16).padStart(4, "0")}`);
}

/** What a client offers. */
export function clientOffer(hello: ClientHello): Offer {
  return {
    versions: named(hello.versions, VERSIONS),
    ciphers: named(hello.cipherSuites, CIPHERS),
    groups: named(hello.groups, GROUPS),
    alpnProtocols: hello.alpnProtocols,
  };
}

const RECORD_HANDSHAKE = 22, SERVER_HELLO = 2, TLS1_2 = 0x0303;

/**
 * What a server chose. Its legacy version is the version up to TLS 1.1; later ones stand in an
 * extension, and a server that chose one of them is no case for an explanation.
 */
function serverChoice(bytes: Uint8Array): Offer | undefined {
  const version = (bytes[9] ?? 0) << 8 | (bytes[10] ?? 0);
  const at = 44 + (bytes[43] ?? 0); // after the random and the session id
  if (bytes[0] !== RECORD_HANDSHAKE || bytes[5] !== SERVER_HELLO || at + 1 >= bytes.length) {
    return undefined;
  }
  if (version >= TLS1_2) return undefined;
  const cipher = bytes[at]! << 8 | bytes[at + 1]!;
  return { versions: named([version], VERSIONS), ciphers: named([cipher], CIPHERS) };
}

/** What the peer offered or chose, by the first bytes that came from it. */
export function peerOffer(role: "client" | "server", bytes: Uint8Array): Offer | undefined {
  if (role === "client") return serverChoice(bytes);
  const hello = new ClientHelloReader().push(bytes);
  return hello ? clientOffer(hello) : undefined;
}
