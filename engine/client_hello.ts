/**
 * Reads the ClientHello out of a server's first bytes (RFC 8446 4.1.2, RFC
 * 5246 7.4.1.2, RFC 6066 3, RFC 7301), so that the certificate can be chosen
 * before OpenSSL begins: without a callback, even asynchronously, and with the
 * verification of the chosen context from the start. Also says what the other
 * side of a failed handshake offered, with OpenSSL's names. Pure.
 *
 * @module
 */

import type { Offer } from "../errors.ts";
import { TLS1_2, versionName } from "./tls_versions.ts";

/**
 * What a client offers in its first message.
 *
 * @category Options
 */
export interface ClientHello {
  /** The SNI host name in lower case; "" when the client sent no name. */
  readonly serverName: string;
  /** The versions offered, as on the wire; only the legacy version if the client sent no list. */
  readonly versions: readonly number[];
  /** The cipher suites offered. */
  readonly cipherSuites: readonly number[];
  /** The ALPN protocols offered. */
  readonly alpnProtocols: readonly string[];
  /** The groups offered. */
  readonly groups: readonly number[];
  /** The signature algorithms offered. */
  readonly signatureAlgorithms: readonly number[];
  /** The types of all extensions, in their order. */
  readonly extensions: readonly number[];
  /** The client's random, 32 bytes. */
  readonly random: Uint8Array;
}

const RECORD_HANDSHAKE = 22, MESSAGE_CLIENT_HELLO = 1;
const RECORD_HEADER = 5, MESSAGE_HEADER = 4;
/** What OpenSSL takes at most. */
const MAX_HELLO = 131396;
const EXTENSION = { serverName: 0, groups: 10, signatureAlgorithms: 13, alpn: 16, versions: 43 };

/** Collects bytes until the first message is complete; its work is linear in the bytes. */
export class ClientHelloReader {
  readonly #header: number[] = [];
  /** Bytes of the current record that are still to come. */
  #left = 0;
  #message = new Uint8Array(1024);
  #length = 0;

  /**
   * Takes more bytes. `undefined`: the message is not complete yet. `null`: these bytes do not
   * begin a TLS connection; OpenSSL will say so in its own words.
   */
  push(chunk: Uint8Array): ClientHello | undefined | null {
    try {
      for (let at = 0; at < chunk.length;) {
        if (this.#left === 0) {
          this.#pushHeader(chunk[at++]!);
          continue;
        }
        const n = Math.min(this.#left, chunk.length - at);
        this.#append(chunk.subarray(at, at + n));
        at += n;
        this.#left -= n;
        const total = this.#total();
        if (this.#length >= total) return parse(this.#message.subarray(MESSAGE_HEADER, total));
      }
      return undefined;
    } catch (error) {
      if (error instanceof Malformed) return null;
      throw error;
    }
  }

  #pushHeader(byte: number): void {
    const n = this.#header.push(byte);
    if (n === 1) need(byte === RECORD_HANDSHAKE);
    if (n === 2) need(byte === 3);
    if (n < RECORD_HEADER) return;
    this.#left = this.#header[3]! << 8 | byte;
    need(this.#left > 0 && this.#left <= 16384);
    this.#header.length = 0;
  }

  #append(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#message.length) {
      const grown = new Uint8Array(length * 2);
      grown.set(this.#message);
      this.#message = grown;
    }
    this.#message.set(part, this.#length);
    this.#length = length;
  }

  /**
   * The length of the message with its header; more than there can be while the header is
   * incomplete.
   */
  #total(): number {
    const m = this.#message;
    need(m[0] === MESSAGE_CLIENT_HELLO);
    if (this.#length < MESSAGE_HEADER) return Infinity;
    const total = MESSAGE_HEADER + (m[1]! << 16 | m[2]! << 8 | m[3]!);
    need(total <= MAX_HELLO);
    return total;
  }
}

/** Thrown for bytes that are not what they should be. */
export class Malformed extends Error {}

/** Throws {@linkcode Malformed} unless it holds. */
export function need(ok: boolean): asserts ok {
  if (!ok) throw new Malformed();
}

/** A cursor over length-prefixed fields. */
export class Fields {
  readonly #b: Uint8Array;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#b = bytes;
  }
  get done(): boolean {
    return this.#at === this.#b.length;
  }
  take(n: number): Uint8Array {
    need(this.#at + n <= this.#b.length);
    return this.#b.subarray(this.#at, this.#at += n);
  }
  u8(): number {
    need(this.#at < this.#b.length);
    return this.#b[this.#at++]!;
  }
  u16(): number {
    return this.u8() << 8 | this.u8();
  }
  vector8(): Uint8Array {
    return this.take(this.u8());
  }
  vector16(): Uint8Array {
    return this.take(this.u16());
  }
  vector24(): Uint8Array {
    return this.take(this.u8() << 16 | this.u16());
  }
}

/** A list of numbers. */
export function u16List(bytes: Uint8Array): number[] {
  need(bytes.length % 2 === 0);
  const list: number[] = [];
  for (let i = 0; i < bytes.length; i += 2) list.push(bytes[i]! << 8 | bytes[i + 1]!);
  return list;
}

function parse(message: Uint8Array): ClientHello {
  const fields = new Fields(message);
  const legacyVersion = fields.u16();
  const random = fields.take(32);
  fields.vector8(); // session id
  const cipherSuites = u16List(fields.vector16());
  fields.vector8(); // compression methods
  const extensions = fields.done ? new Fields(new Uint8Array()) : new Fields(fields.vector16());
  need(fields.done);
  const found = new Map<number, Uint8Array>();
  while (!extensions.done) {
    const type = extensions.u16();
    const data = extensions.vector16();
    need(!found.has(type));
    found.set(type, data);
  }
  const list = <T>(type: number, read: (data: Fields) => T, none: T): T => {
    const data = found.get(type);
    if (data === undefined) return none;
    const inner = new Fields(data);
    const value = read(inner);
    need(inner.done);
    return value;
  };
  return {
    serverName: list(EXTENSION.serverName, serverName, ""),
    versions: list(EXTENSION.versions, (d) => u16List(d.vector8()), [legacyVersion]),
    cipherSuites,
    alpnProtocols: list(EXTENSION.alpn, protocols, []),
    groups: list(EXTENSION.groups, (d) => u16List(d.vector16()), []),
    signatureAlgorithms: list(EXTENSION.signatureAlgorithms, (d) => u16List(d.vector16()), []),
    extensions: [...found.keys()],
    random: random.slice(),
  };
}

function serverName(data: Fields): string {
  const names = new Fields(data.vector16());
  need(names.u8() === 0); // host_name is the only type there is
  const name = names.vector16();
  need(names.done && name.length > 0 && name.length <= 255);
  need(name.every((byte) => byte > 0x20 && byte < 0x7f)); // A-labels; no NUL, no controls
  return String.fromCharCode(...name).toLowerCase();
}

function protocols(data: Fields): string[] {
  const names: string[] = [];
  for (const list = new Fields(data.vector16()); !list.done;) {
    const name = list.vector8();
    need(name.length > 0);
    names.push(String.fromCharCode(...name));
  }
  return names;
}

/**
 * A fatal alert in plain text, before any keys: what a server answers to a name it does not serve.
 */
export function plainAlert(description: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(21, 3, 1, 0, 2, 2, description);
}

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

const versionNames = (numbers: readonly number[]): readonly string[] =>
  numbers.filter((n) => !isNothing(n)).map(versionName);

/** What a client offers. */
export function clientOffer(hello: ClientHello): Offer {
  return {
    versions: versionNames(hello.versions),
    ciphers: named(hello.cipherSuites, CIPHERS),
    groups: named(hello.groups, GROUPS),
    alpnProtocols: hello.alpnProtocols,
  };
}

const SERVER_HELLO = 2;

/**
 * What a server chose. Its legacy version is the version up to TLS 1.1; later ones are in an
 * extension, and a server that chose one of them needs no explanation.
 */
function serverChoice(bytes: Uint8Array): Offer | undefined {
  const version = (bytes[9] ?? 0) << 8 | (bytes[10] ?? 0);
  const at = 44 + (bytes[43] ?? 0); // after the random and the session id
  if (bytes[0] !== RECORD_HANDSHAKE || bytes[5] !== SERVER_HELLO || at + 1 >= bytes.length) {
    return undefined;
  }
  if (version >= TLS1_2) return undefined;
  const cipher = bytes[at]! << 8 | bytes[at + 1]!;
  return { versions: versionNames([version]), ciphers: named([cipher], CIPHERS) };
}

/** What the peer offered or chose, by the first bytes that came from it. */
export function peerOffer(role: "client" | "server", bytes: Uint8Array): Offer | undefined {
  if (role === "client") return serverChoice(bytes);
  const hello = new ClientHelloReader().push(bytes);
  return hello ? clientOffer(hello) : undefined;
}
