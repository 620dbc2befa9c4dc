/**
 * Text to bytes and back in the two encodings of a handle. Nothing is altered
 * on the way without being asked for: what cannot be encoded, and bytes that
 * are not UTF-8, are errors.
 *
 * @module
 */

import { SslPeerError } from "../errors.ts";
import { quote } from "../internal/quote.ts";

/**
 * How a handle makes text of bytes. `latin1` has one character for each byte value.
 *
 * @category Text
 */
export type Encoding = "utf-8" | "latin1";

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
// deno-lint-ignore no-control-regex -- these are the characters of latin1
const beyondLatin1 = /[^\x00-\xff]/g;

let decodeLatin1: ((bytes: Uint8Array) => string) | undefined;

/** Made when it is first used: importing this must cost nothing. */
function latin1Decoder(): (bytes: Uint8Array) => string {
  // The label "latin1" of TextDecoder means windows-1252, which differs in 0x80 to 0x9f.
  const windows1252 = new TextDecoder("windows-1252");
  const back: ReadonlyMap<string, string> = new Map(
    Array.from({ length: 32 }, (_, i) => {
      const byte = 0x80 + i;
      return [windows1252.decode(Uint8Array.of(byte)), String.fromCharCode(byte)];
    }),
  );
  return (bytes) => windows1252.decode(bytes).replace(beyondLatin1, (c) => back.get(c)!);
}

/**
 * The encoding of one of Perl's layers.
 *
 * @throws {TypeError} If it is another layer.
 */
export function encodingOfLayer(layer: string): Encoding {
  const name = String(layer).toLowerCase().replace(/^:/, "").replace(/^encoding\((.*)\)$/, "$1");
  if (/^(raw|bytes|latin-?1|iso-8859-1)$/.test(name)) return "latin1";
  if (/^utf-?8$/.test(name)) return "utf-8";
  throw new TypeError(`Cannot set binmode: it must be ":raw" or ":utf8": received ${quote(layer)}`);
}

/**
 * The bytes of a text.
 *
 * @throws {TypeError} If the encoding has no bytes for it.
 */
export function encodeText(text: string, encoding: Encoding): Uint8Array<ArrayBuffer> {
  if (encoding === "utf-8") {
    if (!text.isWellFormed()) {
      throw new TypeError(
        `Cannot encode text as UTF-8: half of a surrogate pair at ${text.search(/\p{Surrogate}/u)}`,
      );
    }
    return encoder.encode(text);
  }
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) {
      throw new TypeError(
        `Cannot encode text as latin1: wide character U+${
          text.codePointAt(i)!.toString(16).toUpperCase().padStart(4, "0")
        } at ${i}: set the encoding to "utf-8", or write bytes`,
      );
    }
    bytes[i] = code;
  }
  return bytes;
}

/** The text of bytes; `undefined` where they are not UTF-8. */
export function tryDecode(bytes: Uint8Array, encoding: Encoding): string | undefined {
  if (encoding === "latin1") {
    return (decodeLatin1 ??= latin1Decoder())(bytes);
  }
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The text of bytes. Without `fatal`, U+FFFD stands for what is not UTF-8.
 *
 * @throws {SslPeerError} With code `EILSEQ`.
 */
export function decodeText(bytes: Uint8Array, encoding: Encoding, fatal: boolean): string {
  const text = tryDecode(bytes, encoding);
  if (text !== undefined) return text;
  if (!fatal) return lenient.decode(bytes);
  throw new SslPeerError(
    `Cannot decode ${bytes.length} bytes as UTF-8: the sequence is invalid: set the encoding to "latin1", or \`fatal: false\`, and read again: nothing is lost`,
    { code: "EILSEQ", errno: 84, reason: "invalid UTF-8" },
  );
}

/** How many bytes the first `end` UTF-16 units of a well-formed text, from `start`, have in UTF-8. */
export function utf8Length(text: string, start: number, end: number): number {
  let bytes = end - start;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    // A surrogate pair is two units and four bytes.
    if (code > 0x7f) bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}
