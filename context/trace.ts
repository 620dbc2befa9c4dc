/**
 * A readable trace of handshakes, in the manner of `curl -v`: one line for each message, and the
 * alerts by name. The formatting is pure; the program gives the writer, and the library itself writes
 * nowhere.
 *
 * | debug | what is written                                                         |
 * |-------|-------------------------------------------------------------------------|
 * | 0     | nothing                                                                 |
 * | 1     | the outcome of each handshake: version and cipher, or the error         |
 * | 2     | the messages of the handshake and the alerts, too                       |
 * | 3     | the records and a dump of each handshake message, too                   |
 *
 * @module
 */

import { encodeHex } from "../internal/bytes.ts";
import { ALERTS } from "../engine/alerts.ts";
import type { MessageEvent as ProtocolMessage } from "../engine/engine.ts";
import type { TraceWriter } from "./options.ts";
import { versionName } from "../engine/tls_versions.ts";

/** Handshake messages by their type. */
export const HANDSHAKE_NAMES: Readonly<Record<number, string>> = {
  0: "Hello request",
  1: "Client hello",
  2: "Server hello",
  3: "Hello verify request",
  4: "Newsession Ticket",
  5: "End of early data",
  8: "Encrypted Extensions",
  11: "Certificate",
  12: "Server key exchange",
  13: "Request CERT",
  14: "Server finished",
  15: "CERT verify",
  16: "Client key exchange",
  20: "Finished",
  21: "Certificate URL",
  22: "Certificate Status",
  23: "Supplemental data",
  24: "Key update",
  67: "Next protocol",
  254: "Message hash",
};

/** An alert as curl spells it: `unknown CA`. */
function alertText(description: number): string {
  return (ALERTS[description] ?? "unknown").replaceAll("_", " ")
    .replace(/\b(?:ca|psk)\b/, (word) => word.toUpperCase());
}

/** A version as OpenSSL's own trace spells it: `TLSv1.0`, `SSLv3`. */
function protocolText(version: number): string {
  const name = versionName(version);
  if (name.startsWith("0x")) return `(version ${name})`;
  return name === "TLSv1" ? "TLSv1.0" : name.replace("_", ".");
}

const CONTENT: Readonly<Record<number, string>> = {
  20: "TLS change cipher",
  21: "TLS alert",
  22: "TLS handshake",
  23: "TLS app data",
  256: "TLS header",
  257: "TLS inner content type",
};

const CHANGE_CIPHER = 20, ALERT = 21, HANDSHAKE = 22, HEADER = 256, INNER_TYPE = 257;
const HELLO_RETRY_REQUEST = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

/** The name of a message, by its first bytes. */
function subject(contentType: number, bytes: Uint8Array): string {
  const [first = 0, second = 0] = bytes;
  switch (contentType) {
    case HANDSHAKE: {
      const retry = first === 2 && encodeHex(bytes.subarray(6, 38)) === HELLO_RETRY_REQUEST;
      const name = retry ? "Hello retry request" : HANDSHAKE_NAMES[first] ?? "Unknown";
      return `${name} (${first})`;
    }
    case ALERT: {
      const level = first === 1 ? "warning" : first === 2 ? "fatal" : "unknown level";
      return `${level}, ${alertText(second)} (${second})`;
    }
    case CHANGE_CIPHER:
      return `Change cipher spec (${first})`;
    case HEADER: {
      const length = (bytes[3] ?? 0) << 8 | (bytes[4] ?? 0);
      return `${CONTENT[first] ?? "Unknown"} (${first}), ${length} bytes`;
    }
    case INNER_TYPE:
      return `${CONTENT[first] ?? "Unknown"} (${first})`;
    default:
      return `${bytes.length} bytes`;
  }
}

/** A message in words: `TLSv1.3 (OUT), TLS handshake, Client hello (1)`. */
export function describeMessage(message: ProtocolMessage): string {
  const { direction, contentType, bytes } = message;
  // A record header carries its version itself.
  const version = message.version || (contentType === HEADER ? wireVersion(bytes) : 0);
  const name = protocolText(version);
  const content = CONTENT[contentType] ?? `content type ${contentType}`;
  const way = direction === "write" ? "OUT" : "IN";
  return `${name} (${way}), ${content}, ${subject(contentType, bytes)}`;
}

function wireVersion(bytes: Uint8Array): number {
  return (bytes[1] ?? 0) << 8 | (bytes[2] ?? 0);
}

/** Bytes as lines of offset, hex and text, 16 a line. */
export function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const text = String.fromCharCode(...row).replace(/[^\x20-\x7e]/g, ".");
    const digits = encodeHex(row).replace(/../g, "$& ").padEnd(48);
    lines.push(`${at.toString(16).padStart(4, "0")}: ${digits} ${text}\n`);
  }
  return lines.join("");
}

/** The lines for a message at a level; "" when it is not shown. */
export function formatMessage(message: ProtocolMessage, level: number): string {
  const record = message.contentType === HEADER || message.contentType === INNER_TYPE;
  if (level < (record ? 3 : 2)) return "";
  const line = `* ${describeMessage(message)}:\n`;
  return level >= 3 && !record ? line + dump(message.bytes) : line;
}

/** How a handshake ended, for {@linkcode Tracer.outcome}. */
export interface TracedOutcome {
  /** The other end, `host:port`. */
  readonly peer: string;
  /** The protocol, `TLSv1_3`. */
  readonly version?: string | undefined;
  /** The cipher suite. */
  readonly cipher?: string | undefined;
  /** Why it failed. */
  readonly error?: unknown;
}

/** Writes the trace of the connections of one context. */
export class Tracer {
  readonly #write: (text: string) => unknown;
  readonly #level: number;

  /** Takes the writer; a stream stays locked, and may be shared by contexts. */
  constructor(writer: TraceWriter, level: number) {
    this.#level = level;
    this.#write = writerOf(writer);
  }

  /** A protocol message. */
  message(message: ProtocolMessage): void {
    this.#put(formatMessage(message, this.#level));
  }

  /** The end of a handshake. */
  outcome({ peer, version, cipher, error }: TracedOutcome): void {
    if (this.#level < 1) return;
    if (error !== undefined) {
      this.#put(`* SSL error: ${error instanceof Error ? error.message : String(error)}\n`);
    } else {
      // The Deno engine does not know version and cipher.
      const what = `${version ?? "TLS"} / ${cipher ?? "unknown cipher"}`;
      this.#put(`* SSL connection with ${peer} using ${what}\n`);
    }
  }

  #put(text: string): void {
    if (text === "") return;
    try {
      const written = this.#write(text);
      if (written instanceof Promise) written.catch(() => {});
    } catch {
      // A trace must not change what it watches.
    }
  }
}

/** A stream has one writer, even if several contexts trace to it. */
const streamWriters = new WeakMap<WritableStream<string>, WritableStreamDefaultWriter<string>>();

function writerOf(writer: TraceWriter): (text: string) => unknown {
  if (typeof writer === "function") return writer;
  if (!("getWriter" in writer)) return (text) => writer.write(text);
  let stream = streamWriters.get(writer);
  if (stream === undefined) {
    stream = writer.getWriter();
    stream.closed.catch(() => {});
    stream.ready.catch(() => {});
    streamWriters.set(writer, stream);
  }
  return (text) => stream.write(text);
}
