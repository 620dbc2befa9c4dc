/**
 * What protocols are made of: lines, replies of several lines, packets, elements of BER, single
 * bytes. A splitter gets bytes in pieces of any size and gives whole units. Pure.
 *
 * @module
 */

import { concat } from "../internal/bytes.ts";
import { PACKET_HEADER, packetLength } from "./mysql_packet.ts";
import { LONGEST_UNIT, type Talk } from "./talk.ts";

/** Splits a stream of bytes into units. */
export interface Splitter<U> {
  /** Takes bytes as they came. */
  push(bytes: Uint8Array): void;
  /** The next whole unit; `undefined` when more bytes are needed. */
  next(): U | undefined;
  /** How many bytes came that are not part of a unit that was given. */
  readonly held: number;
}

/** Bytes that wait for the rest of their unit. */
export class Pending {
  readonly #talk: Talk;
  #bytes: Uint8Array = new Uint8Array();

  /** Begins with none. */
  constructor(talk: Talk) {
    this.#talk = talk;
  }

  /** The bytes. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Takes bytes as they came. */
  push(bytes: Uint8Array): void {
    this.#bytes = concat([this.#bytes, bytes]);
  }

  /** Refuses a unit that is too long. */
  mustFit(length = this.#bytes.length): void {
    if (length <= LONGEST_UNIT) return;
    throw this.#talk.unexpected(`a line, message or packet of at most ${LONGEST_UNIT} bytes`);
  }

  /** Gives the first bytes away, if as many are there. */
  take(length: number): Uint8Array | undefined {
    this.mustFit(length);
    if (this.#bytes.length < length) return undefined;
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }
}

/** A splitter that looks at the bytes that wait. */
export function splitter<U>(
  talk: Talk,
  next: (pending: Pending) => U | undefined,
): Splitter<U> {
  const pending = new Pending(talk);
  return {
    push: (bytes) => pending.push(bytes),
    next: () => next(pending),
    get held() {
      return pending.bytes.length;
    },
  };
}

const CR = 13;
const LF = 10;

/** Lines that end with CR and LF, and have neither of them nor a NUL inside; given without the end. */
export function lines(talk: Talk): Splitter<string> {
  const decoder = new TextDecoder();
  let searched = 0;
  return splitter(talk, (pending) => {
    const end = pending.bytes.indexOf(LF, searched);
    searched = end < 0 ? pending.bytes.length : 0;
    if (end < 0) pending.mustFit();
    const taken = end < 0 ? undefined : pending.take(end + 1);
    if (taken === undefined) return undefined;
    const line = taken.subarray(0, -2);
    if (taken.at(-2) !== CR || line.includes(CR) || line.includes(0)) {
      throw talk.unexpected("a line that ends with CR and LF, without CR or NUL in it", taken);
    }
    return decoder.decode(line);
  });
}

/** A reply of SMTP, FTP or NNTP. */
export interface Reply {
  /** Its three digits. */
  readonly code: number;
  /** Its lines, without the code where they have one. */
  readonly lines: readonly string[];
  /** The last line as it came. */
  readonly text: string;
}

/** Replies of three digits, which may have several lines: `250-more` goes on, `250 end` does not. */
export class Replies implements Splitter<Reply> {
  readonly #lines: Splitter<string>;
  readonly #talk: Talk;
  readonly #free: boolean;
  #code: string | undefined;
  #texts: string[] = [];
  #length = 0;

  /** @param free Whether lines in between may come without the code, as FTP allows. */
  constructor(talk: Talk, free = false) {
    this.#talk = talk;
    this.#lines = lines(talk);
    this.#free = free;
  }

  /** Takes bytes as they came. */
  push(bytes: Uint8Array): void {
    this.#lines.push(bytes);
  }

  /** The next whole reply. */
  next(): Reply | undefined {
    for (let line; (line = this.#lines.next()) !== undefined;) {
      const [, code, sign, text = ""] = /^([1-5]\d\d)(?:([ -])(.*))?$/s.exec(line) ?? [];
      const ours = code !== undefined && (this.#code === undefined || code === this.#code);
      if (!ours && !(this.#free && this.#code !== undefined)) {
        throw this.#talk.unexpected("a reply of three digits", line);
      }
      this.#length += line.length + 2;
      this.#texts.push(ours ? text : line);
      if (ours) this.#code = code;
      if (!ours || sign === "-") continue;
      const reply = { code: Number(code), lines: this.#texts, text: line };
      this.#code = undefined;
      this.#texts = [];
      this.#length = 0;
      return reply;
    }
    return undefined;
  }

  /** How many bytes wait, those of an unfinished reply included. */
  get held(): number {
    return this.#lines.held + this.#length;
  }
}

/** Single bytes. */
export function singleBytes(talk: Talk): Splitter<number> {
  return splitter(talk, (pending) => pending.take(1)?.[0]);
}

/** A packet of MySQL. */
export interface Packet {
  /** Its place in the exchange. */
  readonly sequence: number;
  /** What it has. */
  readonly payload: Uint8Array;
}

/** Packets of MySQL. */
export function packets(talk: Talk): Splitter<Packet> {
  return splitter(talk, (pending) => {
    if (pending.bytes.length < PACKET_HEADER) return undefined;
    const whole = pending.take(packetLength(pending.bytes));
    return whole && { sequence: whole[3]!, payload: whole.subarray(PACKET_HEADER) };
  });
}

/** Messages of LDAP: a SEQUENCE in BER with a definite length (RFC 4511 5.1), header included. */
export function berMessages(talk: Talk): Splitter<Uint8Array> {
  return splitter(talk, (pending) => {
    const { bytes } = pending;
    const [tag, length] = bytes;
    if (tag !== undefined && tag !== 0x30) throw talk.unexpected("a message in BER", bytes);
    if (length === undefined) return undefined;
    if (length < 0x80) return pending.take(2 + length);
    const count = length & 0x7f;
    if (count === 0 || count > 4) {
      throw talk.unexpected("a message in BER with a length of up to four bytes", bytes);
    }
    if (bytes.length < 2 + count) return undefined;
    const size = bytes.subarray(2, 2 + count).reduce((sum, byte) => sum * 256 + byte, 0);
    return pending.take(2 + count + size);
  });
}
