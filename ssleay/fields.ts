/**
 * {@linkcode makeForm} and {@linkcode makeHeaders}: names and values as the content of a form, and as
 * headers.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { headerName, headerValue } from "./request.ts";

/**
 * A value of a form or header.
 *
 * @category Requests
 */
export type FieldValue = string | number | boolean;

/**
 * Names and values: one after the other as in Perl, or as one list of pairs or one record.
 *
 * @category Requests
 */
export type FieldArguments =
  | readonly FieldValue[]
  | readonly [Readonly<Record<string, FieldValue>>]
  | readonly [Iterable<readonly [name: string, value: FieldValue]>];

/** The names and values that were given, in pairs. */
function pairsOf(what: string, given: readonly unknown[]): [string, FieldValue][] {
  const [first] = given;
  if (given.length === 1 && typeof first === "object" && first !== null) {
    const entries = Symbol.iterator in first
      ? [...first as Iterable<[string, FieldValue]>]
      : Object.entries(first as Record<string, FieldValue>);
    return entries.map((entry) => {
      if (Array.isArray(entry) && entry.length === 2) return entry as [string, FieldValue];
      throw new TypeError(`Cannot make ${what}: a list must have pairs: received ${quote(entry)}`);
    });
  }
  if (given.length % 2 !== 0) {
    throw new TypeError(
      `Cannot make ${what}: names and values alternate: received ${given.length} arguments, and ` +
        "the last name has no value",
    );
  }
  return Array.from(
    { length: given.length / 2 },
    (_, i) => [given[2 * i], given[2 * i + 1]] as [string, FieldValue],
  );
}

/** A text as the bytes of UTF-8, where letters, digits and `_-.@$` stand for themselves. */
function escape(what: string, value: unknown): string {
  if (!["string", "number", "boolean"].includes(typeof value)) {
    throw new TypeError(
      `Cannot make a form: the ${what} must be a string: received ${quote(value)}`,
    );
  }
  const text = String(value);
  if (!text.isWellFormed()) {
    throw new TypeError(`Cannot make a form: the ${what} has half of a surrogate pair`);
  }
  let escaped = "";
  for (const byte of new TextEncoder().encode(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.@$-]/.test(char)) escaped += char;
    else escaped += char === " " ? "+" : `%${byte.toString(16).padStart(2, "0")}`;
  }
  return escaped;
}

/**
 * Makes the content of a form, in the encoding `application/x-www-form-urlencoded`: UTF-8, names and
 * values escaped, the hexadecimal digits in lower case as Perl's. Without fields it is `""`.
 *
 * Perl: `make_form`
 *
 * @param fields Names and values in turn, or one record, or one list of pairs.
 * @throws {TypeError} If a name has no value.
 *
 * @example
 * ```ts
 * import { makeForm } from "@socket/ssl/ssleay";
 *
 * makeForm("OK", 1, "name", "Sam po+"); // "OK=1&name=Sam+po%2b"
 * ```
 *
 * @category Requests
 */
export function makeForm(...fields: FieldArguments): string {
  return pairsOf("a form", fields)
    .map(([name, value]) => `${escape("name", name)}=${escape("value", value)}`).join("&");
}

/**
 * Makes headers for the functions here: `Name: value` and CRLF for each. A colon at the end of a name
 * and one line end at the end of a value are taken off.
 *
 * Perl: `make_headers`
 *
 * @param headers Names and values in turn, or one record, one list of pairs, or `Headers`.
 * @throws {TypeError} If a name has no value or is not a token, or a value has a line end inside.
 *
 * @example
 * ```ts
 * import { makeHeaders } from "@socket/ssl/ssleay";
 *
 * makeHeaders("User-Agent", "Cryptozilla/5.0b1", "Referer", "https://www.example/");
 * ```
 *
 * @category Requests
 */
export function makeHeaders(...headers: FieldArguments): string {
  return pairsOf("headers", headers).map(([name, value]) => {
    const bare = headerName(name);
    const text = typeof value === "string" ? value.replace(/\r?\n$/, "") : value;
    return `${bare}: ${headerValue(bare, text)}\r\n`;
  }).join("");
}
