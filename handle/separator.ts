/**
 * What ends a record: its type, its check, and the search for it in bytes.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { encodeText, type Encoding } from "./encoding.ts";

/**
 * What ends a record: text; `""` for paragraphs; `null` for the end of the
 * stream; a number for records of that many characters.
 *
 * Perl: `$/`
 *
 * @category Text
 */
export type Separator = string | number | null;

/**
 * What is taken off the end of a record: nothing; the separator, as Perl's `chomp` does; or the end
 * of the line, which is the separator and, before `"\n"`, a `"\r"`.
 */
export type Chomp = "nothing" | "separator" | "line end";

/** A separator as text and as bytes; both are empty for records that no text ends. */
export interface SeparatorText {
  /** In the text of a record. */
  readonly text: string;
  /** In the encoding of the stream. */
  readonly bytes: Uint8Array;
}

/**
 * Checks a separator and encodes it.
 *
 * @param maxBytes The most bytes that a record may have.
 * @throws {TypeError} If it is not a separator, or the encoding has no bytes for it.
 * @throws {RangeError} If it is a number that cannot be a length, or too large a one.
 */
export function checkedSeparator(
  separator: Separator,
  encoding: Encoding,
  maxBytes: number,
): SeparatorText {
  let text = "";
  let bytes: Uint8Array = new Uint8Array(0);
  if (typeof separator === "number") {
    if (!Number.isSafeInteger(separator) || separator < 1) {
      throw new RangeError(
        `Cannot read a record: its length must be a positive integer: received ${quote(separator)}`,
      );
    }
    // A character has up to four bytes.
    if (separator * (encoding === "utf-8" ? 4 : 1) > maxBytes) {
      throw new RangeError(
        `Cannot read a record: ${separator} characters may be more than maxBytes: ` +
          `received maxBytes ${maxBytes}`,
      );
    }
  } else if (separator !== null) {
    if (typeof separator !== "string") {
      throw new TypeError(
        `Cannot read a record: the separator must be a string, a number or null: ` +
          `received ${typeof separator}`,
      );
    }
    text = separator;
    bytes = encodeText(separator, encoding);
  }
  return { text, bytes };
}

/** Where a separator begins at or after `from`; -1 if nowhere. */
export function find(bytes: Uint8Array, separator: Uint8Array, from: number): number {
  const first = separator[0]!;
  for (let i = bytes.indexOf(first, from); i >= 0; i = bytes.indexOf(first, i + 1)) {
    if (i + separator.length > bytes.length) return -1;
    if (matches(bytes, separator, i)) return i;
  }
  return -1;
}

/** Where the last separator begins; -1 if nowhere. */
export function findLast(bytes: Uint8Array, separator: Uint8Array): number {
  const first = separator[0]!;
  let i = bytes.length - separator.length;
  while (i >= 0 && (i = bytes.lastIndexOf(first, i)) >= 0) {
    if (matches(bytes, separator, i)) return i;
    i--;
  }
  return -1;
}

function matches(bytes: Uint8Array, separator: Uint8Array, at: number): boolean {
  for (let j = 1; j < separator.length; j++) {
    if (bytes[at + j] !== separator[j]) return false;
  }
  return true;
}
