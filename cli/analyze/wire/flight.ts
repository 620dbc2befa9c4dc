/**
 * Reads what a server sends before it is protected: its hello, certificates, stapled OCSP response and
 * key exchange, or an alert (RFC 8446 4.1.3, RFC 5246 7.4, RFC 6066 8). Pure.
 *
 * @module
 */

import { Fields, Malformed, need, u16List } from "../../../engine/client_hello.ts";
import { TLS1_3 } from "../../../engine/tls_versions.ts";
import { concat, equalBytes } from "../../../internal/bytes.ts";
import { suiteOf } from "../suites.ts";
import { EXTENSION } from "./hello.ts";

/** What a server chose. */
export interface ServerHello {
  /** The version. */
  readonly version: number;
  /** The cipher suite. */
  readonly suite: number;
  /** The session id, empty if the server keeps no sessions. */
  readonly sessionId: Uint8Array;
  /** The compression method: 0 for no compression. */
  readonly compression: number;
  /** The extensions by their type. */
  readonly extensions: ReadonlyMap<number, Uint8Array>;
  /** Whether it is a HelloRetryRequest: the server asks for a key of another group. */
  readonly retry: boolean;
  /** The group of TLS 1.3. */
  readonly group: number | undefined;
  /** The server's key of TLS 1.3. */
  readonly key: Uint8Array | undefined;
  /** The application protocol, up to TLS 1.2. */
  readonly alpn: string | undefined;
}

/** The ServerKeyExchange of TLS 1.2 and below. */
export interface KeyExchange {
  /** The group of ECDHE. */
  readonly group?: number;
  /** The bits of the prime of DHE. */
  readonly dhBits?: number;
  /** The bits of a short-lived RSA key, which only export suites have. */
  readonly rsaBits?: number;
}

/** What a server sent. */
export interface Flight {
  /** Its hello. */
  hello?: ServerHello;
  /** The certificates in DER, in the order in which they came. */
  chain: Uint8Array[];
  /** The stapled OCSP response. */
  staple?: Uint8Array;
  /** How the key is agreed on. */
  exchange?: KeyExchange;
  /** Whether it asks for a certificate of the client. */
  asksForCertificate: boolean;
  /** The alert with which it refused. */
  alert?: number;
  /** Whether all has come that comes unprotected. */
  done: boolean;
}

const RECORD = { alert: 21, handshake: 22 };
const RECORD_HEADER = 5, MESSAGE_HEADER = 4;
/** The largest record: what TLS allows, and the expansion of its protection. */
const MAX_RECORD = 16384 + 2048;
/** What a server may send in plain text. */
const MAX_FLIGHT = 1 << 20;

/** The random of a HelloRetryRequest: the SHA-256 of its name. */
const RETRY = Uint8Array.fromHex(
  "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c",
);

function readExtensions(fields: Fields): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const list = new Fields(fields.done ? new Uint8Array() : fields.vector16());
  while (!list.done) found.set(list.u16(), list.vector16());
  return found;
}

function alpnOf(data: Uint8Array | undefined): string | undefined {
  if (data === undefined) return undefined;
  return String.fromCharCode(...new Fields(new Fields(data).vector16()).vector8());
}

function readHello(body: Uint8Array): ServerHello {
  const fields = new Fields(body);
  const legacy = fields.u16();
  const retry = equalBytes(fields.take(32), RETRY);
  const sessionId = fields.vector8();
  const suite = fields.u16();
  const compression = fields.u8();
  const extensions = readExtensions(fields);
  const version = extensions.get(EXTENSION.versions);
  const share = extensions.get(EXTENSION.keyShare);
  const chosen = version === undefined ? legacy : u16List(version)[0]!;
  const inShare = share === undefined ? undefined : new Fields(share);
  return {
    version: chosen,
    suite,
    sessionId,
    compression,
    extensions,
    retry,
    group: inShare?.u16(),
    key: retry ? undefined : inShare?.vector16(),
    alpn: alpnOf(extensions.get(EXTENSION.alpn)),
  };
}

/** The certificates of a Certificate message of TLS 1.2 and below. */
function readChain(body: Uint8Array): Uint8Array[] {
  const list = new Fields(new Fields(body).vector24());
  const chain: Uint8Array[] = [];
  while (!list.done) chain.push(list.vector24().slice());
  return chain;
}

/** How many bits a number has. */
function bitLength(number: Uint8Array): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (number.length - first) * 8 - Math.clz32(number[first]!) + 24;
}

function readExchange(body: Uint8Array, suite: number): KeyExchange | undefined {
  const { exchange, authentication, export: isExport } = suiteOf(suite);
  const fields = new Fields(body);
  if (authentication === "PSK") fields.vector16(); // the hint
  switch (exchange) {
    case "ECDHE":
    case "ECDH":
      return fields.u8() === 3 ? { group: fields.u16() } : undefined;
    case "DHE":
    case "DH":
      return { dhBits: bitLength(fields.vector16()) };
    default:
      return isExport ? { rsaBits: bitLength(fields.vector16()) } : undefined;
  }
}

/** Collects a server's bytes until nothing more comes unprotected. */
export class FlightReader {
  /** What came so far. */
  readonly flight: Flight = { chain: [], asksForCertificate: false, done: false };
  /** The handshake messages so far, with their headers: what TLS 1.3 hashes. */
  messages: Uint8Array = new Uint8Array();
  /** What follows the unprotected part. */
  rest: Uint8Array = new Uint8Array();
  #read = 0;

  /** Takes more bytes. Throws {@linkcode Malformed} for what is not TLS. */
  push(chunk: Uint8Array): void {
    this.rest = concat([this.rest, chunk]);
    need(this.rest.length <= MAX_FLIGHT);
    while (!this.flight.done && this.rest.length >= RECORD_HEADER) {
      const [type, major, , high, low] = this.rest;
      const length = high! << 8 | low!;
      need((type === RECORD.alert || type === RECORD.handshake) && major === 3);
      need(length > 0 && length <= MAX_RECORD);
      if (this.rest.length < RECORD_HEADER + length) return;
      const body = this.rest.subarray(RECORD_HEADER, RECORD_HEADER + length);
      this.rest = this.rest.subarray(RECORD_HEADER + length);
      if (type === RECORD.alert) this.#alert(body);
      else this.#handshake(body);
    }
  }

  /** A warning (the server does not know the name) does not end the handshake. */
  #alert(body: Uint8Array): void {
    need(body.length === 2);
    if (body[0] === 1 && body[1] !== 0) return;
    this.flight.alert = body[1]!;
    this.flight.done = true;
  }

  #handshake(body: Uint8Array): void {
    this.messages = concat([this.messages, body]);
    need(this.messages.length <= MAX_FLIGHT);
    while (!this.flight.done && this.messages.length - this.#read >= MESSAGE_HEADER) {
      const [type, a, b, c] = this.messages.subarray(this.#read);
      const end = this.#read + MESSAGE_HEADER + (a! << 16 | b! << 8 | c!);
      if (this.messages.length < end) return;
      this.#message(type!, this.messages.subarray(this.#read + MESSAGE_HEADER, end));
      this.#read = end;
    }
  }

  #message(type: number, body: Uint8Array): void {
    const { flight } = this;
    need(type === MESSAGE.serverHello || flight.hello !== undefined);
    switch (type) {
      case MESSAGE.serverHello:
        flight.hello = readHello(body);
        flight.done = flight.hello.version >= TLS1_3;
        break;
      case MESSAGE.certificate:
        flight.chain = readChain(body);
        break;
      case MESSAGE.certificateStatus:
        flight.staple = readStaple(body);
        break;
      case MESSAGE.serverKeyExchange: {
        const exchange = readExchange(body, flight.hello!.suite);
        if (exchange !== undefined) flight.exchange = exchange;
        break;
      }
      case MESSAGE.certificateRequest:
        flight.asksForCertificate = true;
        break;
      case MESSAGE.serverHelloDone:
        flight.done = true;
        break;
      default:
        throw new Malformed();
    }
  }
}

/** The types of handshake messages. */
export const MESSAGE = {
  serverHello: 2,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateStatus: 22,
} as const;

/** The OCSP response of a CertificateStatus. */
function readStaple(body: Uint8Array): Uint8Array {
  const fields = new Fields(body);
  need(fields.u8() === 1);
  return fields.vector24().slice();
}

/** What follows the ServerHello of TLS 1.3, once it is no longer protected (RFC 8446 4.3, 4.4.2). */
export function readProtected(messages: Uint8Array, flight: Flight): string | undefined {
  const all = new Fields(messages);
  let alpn: string | undefined;
  while (!all.done) {
    const type = all.u8();
    const body = new Fields(all.vector24());
    if (type === MESSAGE.encryptedExtensions) {
      alpn = alpnOf(readExtensions(body).get(EXTENSION.alpn));
    } else if (type === MESSAGE.certificateRequest) flight.asksForCertificate = true;
    else if (type === MESSAGE.certificate) {
      body.vector8(); // the context
      for (const list = new Fields(body.vector24()); !list.done;) {
        const first = flight.chain.push(list.vector24().slice()) === 1;
        const staple = readExtensions(list).get(EXTENSION.statusRequest);
        if (first && staple !== undefined) flight.staple = readStaple(staple);
      }
    }
  }
  return alpn;
}
