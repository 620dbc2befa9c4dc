/**
 * PEM (RFC 7468, and RFC 1421 headers as OpenSSL writes them): splitting text
 * into blocks, and writing blocks.
 *
 * @module
 */

import { encodeBase64 } from "../../internal/bytes.ts";
import { describe, mayBeSecret, quoteSource } from "../../internal/quote.ts";
import { SslError } from "../../errors.ts";

/**
 * One PEM block.
 *
 * @category Keys
 */
export interface PemBlock {
  /** What is between `-----BEGIN ` and `-----`, e.g. `CERTIFICATE`. */
  readonly label: string;
  /** The decoded content. */
  readonly der: Uint8Array;
  /** RFC 1421 headers such as `Proc-Type` and `DEK-Info`; usually empty. */
  readonly headers: Readonly<Record<string, string>>;
  /** The line of the text that begins it, from 1. */
  readonly line: number;
}

/** The longest label that is read, in characters. */
const MAX_LABEL_LENGTH = 100;
/** The largest PEM text that is read: 64 MiB. */
export const MAX_PEM_LENGTH: number = 64 * 1024 * 1024;

const BOUNDARY = /^-----(BEGIN|END) ([^\r\n]*?)-----$/;
const LABEL = /^[\x21-\x2c\x2e-\x7e]+(?:[ -][\x21-\x2c\x2e-\x7e]+)*$/;

function pemError(source: string, reason: string): SslError {
  return new SslError(`Cannot read ${source}: ${reason}`, { code: "ERR_PEM", reason });
}

/** A label for a message: what does not look like one may be a key whose line breaks were lost. */
export function shownLabel(label: string): string {
  const known = label.length <= 40 &&
    /^[A-Z0-9][A-Za-z0-9#]{0,14}(?: [A-Za-z0-9#]{1,15})*$/.test(label);
  return known && !mayBeSecret(label.replace("PRIVATE KEY", "")) ? label : "unknown";
}

/** What kinds of blocks there are, for messages. */
export function shownLabels(blocks: readonly PemBlock[]): string {
  if (blocks.length === 0) return "no PEM block";
  const labels = new Set(blocks.map(({ label }) => shownLabel(label)));
  return `only ${[...labels].slice(0, 5).join(", ")}`;
}

/** A byte order mark; also in UTF-8 that was read as Latin-1, and once more written as UTF-8. */
const MARK = "\\uFEFF|\\u00ef\\u00bb\\u00bf|\\u00c3\\u00af\\u00c2\\u00bb\\u00c2\\u00bf";
const MARKS = new RegExp(MARK, "g");
/** A begin line, or one that something stands before: {@linkcode pemBlocks} says what is wrong with that. */
const BEGIN = new RegExp(`(?:^|[\\r\\n]|${MARK})[\\t >|*]*-----BEGIN `);

/** The text of bytes: PEM is ASCII, and what stands around its blocks does not matter. */
export function pemText(data: Uint8Array | string): string {
  return typeof data === "string" ? data : new TextDecoder("latin1").decode(data);
}

/** Lines without byte order marks, of which `copy a+b` puts one into the middle: there it parts two lines. */
function linesOf(text: string): string[] {
  return text.replace(
    MARKS,
    (_mark, at: number) => at === 0 || /[\r\n]/.test(text[at - 1]!) ? "" : "\n",
  )
    .split(/\r\n|\n|\r/);
}

/** A line that was meant to begin a block, whatever is wrong with it, and is not commented out. */
const MEANT = /^[\s>|*]*(?:[-\u2010-\u2015]|\u00e2[\u0080\u20ac].){1,10}\s*BEGIN\s/i;

function unread(source: string, line: string, number: number): SslError {
  const why = /^[^-]/.test(line)
    ? "something stands before it"
    : "it must be five dashes, BEGIN, a label and five dashes, and nothing else";
  return pemError(source, `line ${number} begins no block: ${why}`);
}

/** Reads the lines of one block, from the one after its BEGIN. */
class BlockReader {
  readonly #source: string;
  readonly #label: string;
  readonly #first: number;
  readonly #content: string[] = [];
  readonly #headers: Record<string, string> = {};
  #inHeaders: boolean;
  #lastHeader = "";

  constructor(source: string, label: string, first: number, next: string) {
    this.#source = source;
    this.#label = label;
    this.#first = first;
    this.#inHeaders = /^[\w-]+:/.test(next);
  }

  #fail(reason: string): SslError {
    return pemError(this.#source, `${this.#where} ${reason}`);
  }

  get #where(): string {
    return `${shownLabel(this.#label)} block at line ${this.#first}`;
  }

  /** Takes a line; gives the block when it is the last one. */
  take(line: string, number: number): PemBlock | undefined {
    const boundary = line.startsWith("-----") ? BOUNDARY.exec(line) : null;
    if (boundary !== null) {
      if (boundary[1] !== "END" || boundary[2] !== this.#label) throw this.#notClosed(line, number);
      return this.#block();
    }
    if (!this.#inHeaders) this.#content.push(line.trim());
    else if (line === "") this.#inHeaders = false;
    else this.#header(line, number);
    return undefined;
  }

  #header(line: string, number: number): void {
    // Trimmed outside of the pattern: two parts that both take spaces have quadratic time.
    const header = /^([\w-]+):(.*)$/s.exec(line);
    if (header !== null) this.#headers[this.#lastHeader = header[1]!] = header[2]!.trimStart();
    else if (/^\s/.test(line) && this.#lastHeader !== "") {
      this.#headers[this.#lastHeader] += line.trim();
    } else throw this.#fail(`has a malformed header at line ${number}`);
  }

  #notClosed(line: string, number: number): SslError {
    if (line.startsWith(`-----END ${this.#label}-----`)) {
      return this.#fail(
        `is not closed: line ${number} has more behind its end: put a line break there`,
      );
    }
    const found = line.startsWith("-----BEGIN") ? "begins another block" : "ends another block";
    return this.#fail(`is not closed: line ${number} ${found}`);
  }

  #block(): PemBlock {
    return { label: this.#label, der: this.#der(), headers: this.#headers, line: this.#first };
  }

  #der(): Uint8Array {
    const text = this.#content.join("");
    const wrong = (how: string) => pemError(this.#source, `base64 of the ${this.#where} ${how}`);
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
      const found = /[^A-Za-z0-9+/=]/.exec(text)?.[0] ?? "=";
      throw wrong(`holds ${JSON.stringify(found)} in a wrong place`);
    }
    if (text.length === 0) throw this.#fail("is empty");
    if (text.length % 4 !== 0) throw wrong("is truncated");
    const bytes = Uint8Array.fromBase64?.(text) ?? // Node 20 lacks it
      Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    // Bits that padding leaves over must be zero (RFC 4648 3.5): one text per block.
    if (encodeBase64(bytes) !== text) throw wrong("is not canonical");
    return bytes;
  }

  /** The error for a block without an end. */
  unended(): SslError {
    return this.#fail("has no end line");
  }
}

/**
 * Splits PEM text into its blocks. Text outside blocks is skipped, but not a line that was meant to
 * begin a block and does not; inside a block everything must be right.
 *
 * @param text The text; byte order marks and CRLF or CR line ends are fine.
 * @param source What the text is, for messages.
 * @throws {SslError} code `ERR_PEM`: a block without end, with a wrong begin or end line or with bad
 *   base64, or a text in UTF-16. No message quotes the text, which may be a key.
 * @throws {TypeError} if `text` is not a string.
 * @category Keys
 */
export function pemBlocks(text: string, source = "PEM text"): PemBlock[] {
  if (typeof text !== "string") {
    throw new TypeError(
      `Cannot read ${quoteSource(source)}: expected PEM text: received ${describe(text)}`,
    );
  }
  source = quoteSource(source);
  if (text.length > MAX_PEM_LENGTH) {
    throw pemError(source, `${text.length} characters is more than the limit of ${MAX_PEM_LENGTH}`);
  }
  if (isUtf16(text)) throw pemError(source, UTF16);
  const blocks: PemBlock[] = [];
  const lines = linesOf(text);
  let reader: BlockReader | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.trimEnd();
    if (reader !== undefined) {
      const block = reader.take(line, i + 1);
      if (block === undefined) continue;
      blocks.push(block);
      reader = undefined;
      continue;
    }
    const boundary = line.startsWith("-----") ? BOUNDARY.exec(line) : null;
    if (boundary?.[1] === "BEGIN") {
      const label = boundary[2]!;
      if (label.length > MAX_LABEL_LENGTH || !LABEL.test(label)) {
        throw pemError(source, `line ${i + 1} has no valid label${joined(label)}`);
      }
      reader = new BlockReader(source, label, i + 1, lines[i + 1] ?? "");
    } else if (MEANT.test(line.slice(0, 100))) throw unread(source, line, i + 1);
  }
  if (reader !== undefined) throw reader.unended();
  return blocks;
}

/** What is wrong with a label that holds the end of its block. */
const joined = (label: string): string =>
  label.includes("-----END ") ? ": the line breaks of the block were lost" : "";

/**
 * Writes one PEM block: lines of 64 characters, a newline at the end.
 *
 * @category Keys
 */
export function derToPem(der: Uint8Array, label = "CERTIFICATE"): string {
  const lines = encodeBase64(der).replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}

/** In UTF-16, as PowerShell and Notepad write it, every second byte of a begin line is zero. */
const isUtf16 = (text: string): boolean =>
  /-\0?-\0-\0-\0-\0B\0E\0G\0I\0N\0/.test(text.slice(0, 1 << 20));

const UTF16 = "it is in UTF-16: save it as UTF-8, or convert it with " +
  `"iconv -f UTF-16 -t UTF-8 in.pem > out.pem"`;

/** Whether bytes or text hold a PEM begin line, or one in UTF-16 (which {@linkcode pemBlocks} refuses). */
export function looksLikePem(data: Uint8Array | string): boolean {
  const text = typeof data === "string" ? data : pemText(data.subarray(0, 1024 * 1024));
  return BEGIN.test(text) || isUtf16(text);
}
