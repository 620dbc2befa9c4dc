/**
 * Bytes in, records out: `$/` without any I/O.
 *
 * Speed comes from decoding once: the bytes up to the last separator become one string, the window,
 * and a line is a slice of it. Valid UTF-8 has one form only, so a place in the window is a place in
 * the bytes, for a caller that wants bytes in the middle of it. That costs the rest of the window, so
 * the next one is small; they grow again while lines are read.
 *
 * Records are the stream cut up: when nothing is taken off, they are all of it.
 *
 * @module
 */

import { SslPeerError } from "../errors.ts";
import { ByteQueue } from "./byte_queue.ts";
import { decodeText, type Encoding, tryDecode, utf8Length } from "./encoding.ts";
import { checkedSeparator, type Chomp, find, findLast, type Separator } from "./separator.ts";

/** Limits and text rules of a {@linkcode LineReader}. */
export interface LineReaderOptions {
  /** The longest line or paragraph, in bytes, a line's separator not counted. */
  readonly maxLineLength: number;
  /** The most that is held for a record up to the end of the stream, in bytes. */
  readonly maxBytes: number;
  /** How bytes become text. */
  readonly encoding: Encoding;
  /** Whether bytes that are not UTF-8 are an error. */
  readonly fatal: boolean;
}

const NEWLINE = 10;
const RETURN = 13;
/** The smallest and the largest window, in bytes. */
const SMALL_WINDOW = 256;
const LARGE_WINDOW = 1 << 16;

/** Cuts a stream of bytes into records of text. */
export class LineReader {
  readonly #queue = new ByteQueue();
  readonly #options: LineReaderOptions;
  #encoding: Encoding;
  #ended = false;
  #lineLimit: number;

  #separator: Separator = "\n";
  #text = "\n";
  #bytes: Uint8Array = Uint8Array.of(NEWLINE);

  #window = "";
  /** How many bytes the window is, and how many of its characters were consumed. */
  #windowBytes = 0;
  #at = 0;
  #windowLimit = SMALL_WINDOW;
  /** A place up to which the bytes of the window were counted. */
  #measuredAt = 0;
  #measuredBytes = 0;

  /** Bytes of the queue that need not be looked at again, and characters in them. */
  #scanned = 0;
  #counted = 0;

  constructor(options: LineReaderOptions) {
    this.#options = options;
    this.#encoding = options.encoding;
    this.#lineLimit = options.maxLineLength;
  }

  /** How bytes become text; may change between records. */
  set encoding(encoding: Encoding) {
    this.#sync();
    this.#encoding = encoding;
    this.#separator = "\n";
    this.#text = "\n";
    this.#bytes = Uint8Array.of(NEWLINE);
    this.#forget();
  }

  /** How many bytes have arrived and are not consumed. */
  get length(): number {
    return this.#queue.length - this.#consumed();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Room for bytes to come, at least `min`. */
  reserve(min: number): Uint8Array<ArrayBuffer> {
    return this.#queue.reserve(min);
  }

  /** Takes in the first `n` bytes of the room. */
  commit(n: number): void {
    this.#queue.commit(n);
  }

  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
  }

  end(): void {
    this.#ended = true;
  }

  /** The end was that of a part: bytes will come after all. */
  resume(): void {
    this.#ended = false;
    this.#forget();
  }

  /** The bytes that are not consumed, in place: valid until the next call. */
  view(): Uint8Array<ArrayBuffer> {
    this.#sync();
    return this.#queue.view();
  }

  /** Drops bytes that were viewed. */
  consume(n: number): void {
    this.#sync();
    this.#queue.consume(n);
    this.#forget();
  }

  /** Copies out as many bytes as are here and fit; their count. */
  take(p: Uint8Array): number {
    const bytes = this.view();
    const n = Math.min(p.length, bytes.length);
    p.set(n === bytes.length ? bytes : bytes.subarray(0, n));
    this.consume(n);
    return n;
  }

  /** Gives back an empty buffer beyond `keep` bytes; no room reserved may be in use. */
  trim(keep: number): void {
    if (this.#at === this.#window.length) this.#sync();
    this.#queue.trim(keep);
  }

  /**
   * The next record; `undefined` if it is not complete yet or, after the end,
   * when nothing is left.
   *
   * @throws {SslPeerError} With code `EMSGSIZE` if it is too long, `EILSEQ` if it is not UTF-8;
   * its bytes stay here.
   * @throws {TypeError} If the separator cannot be one.
   */
  next(separator: Separator, chomp: Chomp): string | undefined {
    if (separator !== this.#separator) this.#use(separator);
    if (this.#at < this.#window.length) {
      const found = this.#window.indexOf(this.#text, this.#at);
      if (found >= 0) {
        const end = found + this.#text.length;
        const from = this.#at;
        this.#at = end;
        return this.#cut(this.#window, from, found, chomp);
      }
    }
    this.#sync();
    if (separator === null) return this.#slurp();
    if (separator === "") return this.#paragraph(chomp);
    return typeof separator === "number" ? this.#fixed(separator) : this.#line(chomp);
  }

  /** The records that are here: those of one window, or none. */
  batch(separator: Separator, chomp: Chomp): string[] {
    const first = this.next(separator, chomp);
    if (first === undefined) return [];
    const lines = [first];
    while (this.#at < this.#window.length) {
      const line = this.next(separator, chomp);
      if (line === undefined) break;
      lines.push(line);
    }
    return lines;
  }

  /** After the end: all the records, or an error and everything still here. */
  rest(separator: Separator, chomp: Chomp): string[] {
    this.#sync();
    const length = this.#queue.length;
    const lines: string[] = [];
    // All of it was allowed to be here; a line in it may be as long.
    this.#lineLimit = this.#options.maxBytes;
    try {
      for (let line; (line = this.next(separator, chomp)) !== undefined;) lines.push(line);
    } catch (error) {
      this.#sync();
      this.#queue.restore(length - this.#queue.length);
      this.#forget();
      throw error;
    } finally {
      this.#lineLimit = this.#options.maxLineLength;
    }
    return lines;
  }

  /** Refuses more than `maxBytes` of bytes that are held for a record up to the end. */
  checkTotal(): void {
    if (this.length > this.#options.maxBytes) {
      throw tooLong("the stream up to its end", "maxBytes", this.#options.maxBytes);
    }
  }

  #use(separator: Separator): void {
    const { text, bytes } = checkedSeparator(separator, this.#encoding, this.#options.maxBytes);
    this.#sync();
    this.#separator = separator;
    this.#text = text;
    this.#bytes = bytes;
    this.#forget();
  }

  #forget(): void {
    this.#scanned = 0;
    this.#counted = 0;
  }

  #consumed(): number {
    if (this.#at === this.#window.length) return this.#windowBytes;
    if (this.#window.length === this.#windowBytes) return this.#at;
    this.#measuredBytes += utf8Length(this.#window, this.#measuredAt, this.#at);
    this.#measuredAt = this.#at;
    return this.#measuredBytes;
  }

  /** Closes the window: what was consumed of it leaves the queue. */
  #sync(): void {
    if (this.#window === "") return;
    this.#queue.consume(this.#consumed());
    this.#windowLimit = this.#at < this.#window.length
      ? SMALL_WINDOW
      : Math.min(this.#windowLimit * 2, LARGE_WINDOW);
    this.#window = "";
    this.#at =
      this.#windowBytes =
      this.#measuredAt =
      this.#measuredBytes =
        0;
    this.#forget();
  }

  #decode(bytes: Uint8Array): string {
    return decodeText(bytes, this.#encoding, this.#options.fatal);
  }

  /** Decodes the first `n` bytes and drops them. */
  #record(n: number): string {
    const text = this.#decode(this.#queue.view().subarray(0, n));
    this.#queue.consume(n);
    this.#forget();
    return text;
  }

  #line(chomp: Chomp): string | undefined {
    const bytes = this.#queue.view();
    const separator = this.#bytes;
    const found = find(bytes, separator, this.#scanned);
    if (found < 0) return this.#lastLine(bytes, separator);
    if (found > this.#lineLimit) throw tooLong("a line", "maxLineLength", this.#lineLimit);

    let end = found + separator.length;
    const limit = Math.min(this.#windowLimit, this.#lineLimit);
    if (limit > end && bytes.length > end) {
      end = Math.max(end, findLast(bytes.subarray(0, limit), separator) + separator.length);
    }
    let text = tryDecode(bytes.subarray(0, end), this.#encoding);
    if (text === undefined) {
      // Lines before the one that is not UTF-8 are good: go one by one, and grow again.
      this.#windowLimit = SMALL_WINDOW;
      end = found + separator.length;
      text = tryDecode(bytes.subarray(0, end), this.#encoding);
      if (text === undefined) {
        text = this.#record(end);
        return this.#cut(text, 0, text.length - this.#text.length, chomp);
      }
    }
    this.#window = text;
    this.#windowBytes = end;
    const at = text.indexOf(this.#text);
    this.#at = at + this.#text.length;
    return this.#cut(text, 0, at, chomp);
  }

  /** The line in `text` that begins at `from` and whose separator begins at `found`. */
  #cut(text: string, from: number, found: number, chomp: Chomp): string {
    if (chomp === "nothing") return text.slice(from, found + this.#text.length);
    const crlf = chomp === "line end" && this.#text === "\n" && found > from &&
      text.charCodeAt(found - 1) === RETURN;
    return text.slice(from, crlf ? found - 1 : found);
  }

  #lastLine(bytes: Uint8Array, separator: Uint8Array): string | undefined {
    const length = bytes.length;
    if (this.#ended) {
      if (length > this.#lineLimit) throw tooLong("a line", "maxLineLength", this.#lineLimit);
      return length === 0 ? undefined : this.#record(length);
    }
    if (length >= this.#lineLimit + separator.length) {
      throw tooLong("a line", "maxLineLength", this.#lineLimit);
    }
    this.#scanned = Math.max(0, length - separator.length + 1);
    return undefined;
  }

  /** Up to two newlines and all that follow: so it takes the byte after them to know the end. */
  #paragraph(chomp: Chomp): string | undefined {
    const bytes = this.#queue.view();
    const length = bytes.length;
    let end = length;
    let complete = this.#ended;
    for (let i = bytes.indexOf(NEWLINE, this.#scanned); i >= 0 && i + 1 < length;) {
      if (bytes[i + 1] !== NEWLINE) {
        i = bytes.indexOf(NEWLINE, i + 1);
        continue;
      }
      i += 2;
      while (i < length && bytes[i] === NEWLINE) i++;
      if (i < length) complete = true;
      end = i;
      break;
    }
    if (end > this.#lineLimit) throw tooLong("a paragraph", "maxLineLength", this.#lineLimit);
    if (!complete || length === 0) {
      // The last two bytes may be the newlines.
      this.#scanned = Math.max(0, length - 2);
      return undefined;
    }
    const text = this.#record(end);
    if (chomp === "nothing") return text;
    let to = text.length;
    while (to > 0 && text.charCodeAt(to - 1) === NEWLINE) to--;
    return text.slice(0, to);
  }

  #slurp(): string | undefined {
    this.checkTotal();
    const length = this.#queue.length;
    return this.#ended && length > 0 ? this.#record(length) : undefined;
  }

  #fixed(count: number): string | undefined {
    const bytes = this.#queue.view();
    const end = this.#encoding === "latin1"
      ? Math.min(count, bytes.length)
      : this.#characters(bytes, count);
    const complete = this.#encoding === "latin1" ? end === count : this.#counted === count;
    if (complete) return this.#record(end);
    return this.#ended && bytes.length > 0 ? this.#record(bytes.length) : undefined;
  }

  /** Goes on counting whole characters of UTF-8, up to `count`; where the last one ends. */
  #characters(bytes: Uint8Array, count: number): number {
    let at = this.#scanned;
    while (this.#counted < count && at < bytes.length) {
      const lead = bytes[at]!;
      const want = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      let next = at + 1;
      while (next < at + want && next < bytes.length && (bytes[next]! & 0xc0) === 0x80) next++;
      if (next < at + want && next === bytes.length) break; // the rest of it has yet to come
      at = next;
      this.#counted++;
    }
    this.#scanned = at;
    return at;
  }
}

function tooLong(what: string, option: string, limit: number): SslPeerError {
  return new SslPeerError(
    `Cannot read ${what}: the peer sent more than ${limit} bytes without an end: ` +
      `raise \`${option}\` if that is right`,
    {
      code: "EMSGSIZE",
      errno: 90,
      reason: `longer than ${option}`,
      facts: { limit: { by: "own", what, value: limit, option } },
    },
  );
}
