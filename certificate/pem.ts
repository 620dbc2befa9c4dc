/**
 * PEM (RFC 7468, and RFC 1421 headers as OpenSSL writes them): splitting text
 * into blocks, and writing blocks.
 *
 * @module
 */

import { SslError } from "../errors.ts";

/** One PEM block. */
export interface PemBlock {
  /** What is between `-----BEGIN ` and `-----`, e.g. `CERTIFICATE`. */
  readonly label: string;
  /** The decoded content. */
  readonly der: Uint8Array;
  /** RFC 1421 headers such as `Proc-Type` and `DEK-Info`; usually empty. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The largest PEM text that is read: 64 MiB. */
export const MAX_PEM_LENGTH: number = 64 * 1024 * 1024;

const BOUNDARY = /^-----(BEGIN|END) ([^\r\n]*?)-----$/;
const LABEL = /^[\x21-\x2c\x2e-\x7e]+(?:[ -][\x21-\x2c\x2e-\x7e]+)*$/;

function pemError(source: string, reason: string): SslError {
  return new SslError(`Cannot read ${source}: ${reason}`, { code: "ERR_PEM", reason });
}

function decode(lines: readonly string[], source: string, label: string, line: number): Uint8Array {
  const text = lines.join("");
  const where = `base64 of the ${label} block at line ${line}`;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    const wrong = /[^A-Za-z0-9+/=]/.exec(text)?.[0] ?? "=";
    throw pemError(source, `${where} holds ${JSON.stringify(wrong)} in a wrong place`);
  }
  if (text.length === 0) throw pemError(source, `${label} block at line ${line} is empty`);
  if (text.length % 4 !== 0) throw pemError(source, `${where} is truncated`);
  const binary = atob(text);
  const tail = text.replace(/=+$/, "");
  // Bits that padding leaves over must be zero (RFC 4648 3.5): one text per block.
  if (btoa(binary).replace(/=+$/, "") !== tail) {
    throw pemError(source, `${where} is not canonical`);
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * Splits PEM text into its blocks. Text outside blocks is skipped; inside a
 * block everything must be right.
 *
 * @param text The text; a leading byte order mark and CRLF or CR line ends are fine.
 * @param source What the text is, for messages.
 * @throws {SslError} code `ERR_PEM`: a block without end, with a wrong end line or with bad base64.
 * @throws {TypeError} if `text` is not a string.
 */
export function pemBlocks(text: string, source = "PEM text"): PemBlock[] {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot read ${source}: expected PEM text: received ${describe(text)}`);
  }
  if (text.length > MAX_PEM_LENGTH) {
    throw pemError(source, `${text.length} characters is more than the limit of ${MAX_PEM_LENGTH}`);
  }
  const blocks: PemBlock[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  let label: string | undefined;
  let first = 0;
  let content: string[] = [];
  let headers: Record<string, string> = {};
  let inHeaders = false;
  let lastHeader = "";
  for (let i = 0; i < lines.length; i++) {
    const line = (i === 0 ? lines[i]!.replace(/^\uFEFF/, "") : lines[i]!).trimEnd();
    const boundary = line.startsWith("-----") ? BOUNDARY.exec(line) : null;
    if (label === undefined) {
      if (boundary?.[1] !== "BEGIN") continue;
      if (!LABEL.test(boundary[2]!)) {
        throw pemError(
          source,
          `line ${i + 1} has no valid label: ${JSON.stringify(line.slice(0, 80))}`,
        );
      }
      label = boundary[2]!;
      first = i + 1;
      content = [];
      headers = {};
      inHeaders = /^[\w-]+:/.test(lines[i + 1] ?? "");
      continue;
    }
    if (boundary !== null) {
      if (boundary[1] !== "END" || boundary[2] !== label) {
        throw pemError(
          source,
          `${label} block at line ${first} is not closed: line ${i + 1} is ${
            JSON.stringify(line.slice(0, 80))
          }`,
        );
      }
      blocks.push({ label, der: decode(content, source, label, first), headers });
      label = undefined;
      continue;
    }
    if (inHeaders) {
      // Trimmed outside of the pattern: two parts that both take spaces have quadratic time.
      const header = /^([\w-]+):(.*)$/s.exec(line);
      if (line === "") inHeaders = false;
      else if (header !== null) headers[lastHeader = header[1]!] = header[2]!.trimStart();
      else if (/^\s/.test(line) && lastHeader !== "") headers[lastHeader] += line.trim();
      else {throw pemError(
          source,
          `${label} block at line ${first} has a malformed header at line ${i + 1}`,
        );}
      continue;
    }
    content.push(line.trim());
  }
  if (label !== undefined) {
    throw pemError(source, `${label} block at line ${first} has no end line`);
  }
  return blocks;
}

/** What a wrong argument is, for messages, without its content. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return value.constructor?.name ?? "object";
  return typeof value;
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  }
  return btoa(binary);
}

/** Writes one PEM block: lines of 64 characters, a newline at the end. */
export function derToPem(der: Uint8Array, label = "CERTIFICATE"): string {
  const lines = toBase64(der).replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}

/** Whether bytes or text hold a PEM begin line. */
export function looksLikePem(data: Uint8Array | string): boolean {
  if (typeof data === "string") return /^-----BEGIN /m.test(data);
  return /(?:^|[\r\n])-----BEGIN /.test(
    new TextDecoder("latin1").decode(data.subarray(0, 1024 * 1024)).replace(
      /^\u00ef\u00bb\u00bf/,
      "",
    ),
  );
}
