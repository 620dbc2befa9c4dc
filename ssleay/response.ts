/**
 * The answer of a server, read by the rules of HTTP/1.1 (RFC 9112 6.3): what is cut off, longer than
 * it may be, or not HTTP is an error.
 *
 * @module
 */

import { decodeText, type Encoding } from "../handle/encoding.ts";
import { concat } from "../internal/bytes.ts";
import { mayBeSecret, quote } from "../internal/quote.ts";
import { tooLong } from "./cat.ts";
import { httpError } from "./failure.ts";

/** The longest head of an answer, and the longest trailer, in bytes. */
const LONGEST_HEAD = 262_144;
/** The longest line with the size of a chunk, its extensions included. */
const LONGEST_SIZE_LINE = 4096;
/** How many answers of the kind "100 Continue" may come before the one that counts. */
const MOST_INTERIM = 32;

/** Where bytes come from. */
interface Source {
  read(p: Uint8Array): Promise<number | null>;
}

/** Bytes that came and are not consumed yet. */
class Arrived {
  readonly #source: Source;
  #buffer = new Uint8Array(16_384);
  #start = 0;
  #end = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  /** What is there. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Reads on; `false` at the end. */
  async more(): Promise<boolean> {
    if (this.#end === this.#buffer.length) this.#makeRoom();
    const n = await this.#source.read(this.#buffer.subarray(this.#end));
    if (n === null) return false;
    this.#end += n;
    return true;
  }

  #makeRoom(): void {
    const held = this.bytes;
    const small = held.length * 2 <= this.#buffer.length;
    const room = small ? this.#buffer : new Uint8Array(this.#buffer.length * 2);
    room.set(held);
    this.#buffer = room;
    this.#end = held.length;
    this.#start = 0;
  }

  /** Takes `n` of the bytes that are there. */
  take(n: number): Uint8Array {
    const taken = this.#buffer.slice(this.#start, this.#start + n);
    this.#start += n;
    return taken;
  }

  /** Takes exactly `n` bytes. */
  async exactly(n: number, what: string): Promise<Uint8Array> {
    while (this.bytes.length < n) {
      if (await this.more()) continue;
      throw httpError(`it is truncated: ${this.bytes.length} of ${n} bytes of ${what} came`);
    }
    return this.take(n);
  }

  /** Takes a line up to its LF, which comes with it. */
  async line(limit: number, what: string): Promise<string> {
    let from = 0;
    while (true) {
      const { bytes } = this;
      const at = bytes.indexOf(0x0a, from);
      if (at >= 0) return latin1(this.take(at + 1));
      if (bytes.length > limit) throw httpError(`${what} is longer than ${limit} bytes`);
      from = bytes.length;
      if (!await this.more()) throw httpError(`it is truncated in ${what}`);
    }
  }
}

const latin1 = (bytes: Uint8Array): string => decodeText(bytes, "latin1", false);

/** The head of an answer. */
interface Head {
  /** The status line. */
  readonly line: string;
  /** The lines of the headers as they came. */
  readonly raw: string;
  /** The status. */
  readonly status: number;
  /** Names in upper case and values, in the order in which they came. */
  readonly fields: [name: string, value: string][];
}

/** An answer. */
export interface Answer {
  /** The status line: `HTTP/1.1 200 OK`. */
  readonly line: string;
  /** The lines of the headers as they came. */
  readonly raw: string;
  /** Names in upper case and values, in the order in which they came. */
  readonly fields: [name: string, value: string][];
  /** The content. */
  readonly content: Uint8Array;
}

/** Names and values of the headers: folded lines are joined, lines without a name left out. */
function fieldsOf(raw: string): [string, string][] {
  const fields: [string, string][] = [];
  for (const line of raw.split(/\r?\n/)) {
    if (/^[ \t]/.test(line)) {
      const last = fields.at(-1);
      if (last !== undefined) last[1] = trimmed(`${last[1]} ${trimmed(line)}`);
      continue;
    }
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields.push([name.toUpperCase(), trimmed(value!)]);
  }
  return fields;
}

const trimmed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, "");

/** Where the head ends, behind its empty line; -1 where that has not come yet. */
function endOfHead(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x0a, from); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return -1;
}

/** Refuses what cannot become HTTP, as soon as that is known. */
function checkBeginning(bytes: Uint8Array): void {
  const begin = latin1(bytes.subarray(0, 5));
  if ("HTTP/".startsWith(begin)) return;
  const [line] = latin1(bytes.subarray(0, 32)).split(/\r?\n/, 1) as [string];
  const shown = line.replace(/[^\x20-\x7e]/g, "?");
  // Of what may be a secret, the first word alone.
  const said = mayBeSecret(shown) ? shown.split(" ", 1)[0] : shown;
  throw httpError(`it is not HTTP: it begins with ${line === "" ? "an empty line" : quote(said)}`);
}

async function readHead(arrived: Arrived, encoding: Encoding): Promise<Head> {
  let looked = 0;
  while (true) {
    const { bytes } = arrived;
    if (bytes.length > 0) checkBeginning(bytes);
    const end = endOfHead(bytes, looked);
    if ((end < 0 ? bytes.length : end) > LONGEST_HEAD) {
      throw httpError(`its head is longer than ${LONGEST_HEAD} bytes`);
    }
    if (end >= 0) return parseHead(arrived.take(end), encoding);
    looked = Math.max(0, bytes.length - 2);
    if (await arrived.more()) continue;
    throw httpError(
      bytes.length === 0
        ? "nothing came"
        : `it is truncated in the head, after ${bytes.length} bytes`,
    );
  }
}

function parseHead(bytes: Uint8Array, encoding: Encoding): Head {
  const text = decodeText(bytes, encoding, false);
  // deno-lint-ignore no-control-regex -- NUL and a CR in the midst of a line are looked for
  if (/\u0000|\r(?!\n)/.test(text)) throw httpError("its head has a NUL, or a CR without LF");
  const lines = text.replace(/\r?\n\r?\n$/, "");
  const end = /\r?\n/.exec(lines);
  const line = end === null ? lines : lines.slice(0, end.index);
  const raw = end === null ? "" : lines.slice(end.index + end[0].length);
  const status = /^HTTP\/\d\.\d (\d{3})(?: |$)/.exec(line)?.[1];
  if (status === undefined) throw httpError("it is not HTTP: its first line is not a status line");
  return { line, raw, status: Number(status), fields: fieldsOf(raw) };
}

/** The values of a header in one list. */
function valuesOf(head: Head, name: string): string[] {
  return head.fields.filter(([each]) => each === name)
    .flatMap(([, value]) => value.split(",").map(trimmed));
}

/** What Content-Length says; `undefined` without one. */
function lengthOf(head: Head): number | undefined {
  const values = new Set(valuesOf(head, "CONTENT-LENGTH"));
  if (values.size === 0) return undefined;
  const [value] = values;
  if (values.size > 1 || !/^\d{1,15}$/.test(value!)) {
    throw httpError("its Content-Length is not one number");
  }
  return Number(value);
}

async function readChunks(arrived: Arrived, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let length = 0;;) {
    const line = await arrived.line(LONGEST_SIZE_LINE, "the size of a chunk");
    const [, hex] = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?\r?\n$/.exec(line) ?? [];
    if (hex === undefined) throw httpError("the size of a chunk is not a number");
    const size = parseInt(hex, 16);
    if (size === 0) break;
    length += size;
    if (length > maxBytes) throw tooLong(maxBytes);
    chunks.push(await arrived.exactly(size, "a chunk"));
    if (latin1(await arrived.exactly(2, "the end of a chunk")) !== "\r\n") {
      throw httpError("a chunk is longer than its size");
    }
  }
  for (let trailer = 0;;) {
    const line = await arrived.line(LONGEST_HEAD, "the trailer");
    if (/^\r?\n$/.test(line)) return concat(chunks);
    trailer += line.length;
    if (trailer > LONGEST_HEAD) throw httpError(`its trailer is longer than ${LONGEST_HEAD} bytes`);
  }
}

async function readContent(
  arrived: Arrived,
  head: Head,
  method: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const { status } = head;
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) {
    return new Uint8Array(0);
  }
  const codings = valuesOf(head, "TRANSFER-ENCODING").map((coding) => coding.toLowerCase());
  if (codings.length > 0) {
    if (codings.join() === "chunked") return await readChunks(arrived, maxBytes);
    throw httpError(`its Transfer-Encoding is not known: ${quote(codings.join().slice(0, 100))}`);
  }
  const length = lengthOf(head);
  if (length !== undefined) {
    if (length > maxBytes) throw tooLong(maxBytes);
    return await arrived.exactly(length, "its content");
  }
  do {
    if (arrived.bytes.length > maxBytes) throw tooLong(maxBytes);
  } while (await arrived.more());
  return arrived.take(arrived.bytes.length);
}

/**
 * Reads an answer, and no further than it reaches. Interim answers (`100 Continue`) are skipped.
 *
 * @throws {SslPeerError} With code `ERR_HTTP`, if it is not HTTP or not whole.
 * @throws {SslError} With code `EMSGSIZE`, if its content is longer than `maxBytes`; of the connection.
 */
export async function readAnswer(
  source: Source,
  method: string,
  encoding: Encoding,
  maxBytes: number,
): Promise<Answer> {
  const arrived = new Arrived(source);
  for (let interim = 0; interim <= MOST_INTERIM; interim++) {
    const head = await readHead(arrived, encoding);
    if (head.status < 200 && head.status !== 101) continue;
    const content = await readContent(arrived, head, method, maxBytes);
    return { line: head.line, raw: head.raw, fields: head.fields, content };
  }
  throw httpError(`more than ${MOST_INTERIM} interim answers came`);
}
