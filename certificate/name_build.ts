/**
 * Writing X.501 names.
 *
 * @module
 */

import { ia5Content, oidDer, printableString, seq, setOf, tlv, utf8String } from "./der_writer.ts";
import { isDottedOid, oidByName } from "./oids.ts";
import { describe } from "./pem.ts";

/** A subject as `certCreate` takes it: attribute names (long, short or dotted) and values. */
export type NameInput = Readonly<Record<string, string | readonly string[]>>;

// OpenSSL's tbl_standard.h: the attributes that are not UTF8String.
const PRINTABLE = new Set(["2.5.4.6", "2.5.4.5", "2.5.4.46"]);
const IA5 = new Set(["1.2.840.113549.1.9.1", "0.9.2342.19200300.100.1.25"]);

function value(oid: string, name: string, text: string): Uint8Array {
  if (IA5.has(oid) && /^[\0-\x7f]*$/.test(text)) return tlv(0x16, ia5Content(text, name));
  if (PRINTABLE.has(oid) && /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text)) return printableString(text);
  return utf8String(text);
}

/** The dotted form of an attribute name. @throws {TypeError} for an unknown one. */
export function attributeOid(name: string): string {
  const oid = isDottedOid(name) ? name : oidByName(name)?.oid;
  if (oid !== undefined) return oid;
  throw new TypeError(
    `Cannot encode name: unknown attribute, use a name such as commonName or CN, ` +
      `or a dotted object identifier: received ${JSON.stringify(name)}`,
  );
}

/** Writes a Name with one attribute per relative name, in the order given. */
export function buildName(input: NameInput): Uint8Array {
  if (input === null || typeof input !== "object" || Array.isArray(input)) {
    throw new TypeError(
      `Cannot encode name: expected an object of attributes: received ${describe(input)}`,
    );
  }
  const rdns: Uint8Array[] = [];
  for (const [name, values] of Object.entries(input)) {
    const oid = attributeOid(name);
    for (const text of Array.isArray(values) ? values : [values]) {
      if (typeof text !== "string") {
        throw new TypeError(
          `Cannot encode name: ${name} must be a string or an array of strings: received ${typeof text}`,
        );
      }
      rdns.push(setOf(seq(oidDer(oid), value(oid, name, text))));
    }
  }
  return seq(...rdns);
}

/**
 * Writes a Name from one line, `/C=DE/CN=example.com` or `C=DE,CN=example.com`;
 * a backslash takes the next character as it is.
 */
export function parseNameLine(line: string): Uint8Array {
  const slash = line.startsWith("/");
  const parts: string[] = [];
  let part = "";
  const text = slash ? line.slice(1) : line;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "\\" && i + 1 < text.length) part += text[++i]!;
    // A slash ends a part only where another attribute follows, so URLs in values survive.
    else if (slash ? c === "/" && /^[\w.]+=/.test(text.slice(i + 1)) : c === ",") {
      parts.push(part);
      part = "";
    } else part += c;
  }
  parts.push(part);
  return seq(
    ...parts.filter((p) => p !== "").map((p) => {
      const eq = p.indexOf("=");
      if (eq < 1) {
        throw new TypeError(
          `Cannot encode name: expected attribute=value: received ${JSON.stringify(p)}`,
        );
      }
      const name = p.slice(0, eq).trim();
      const oid = attributeOid(name);
      return setOf(seq(oidDer(oid), value(oid, name, p.slice(eq + 1))));
    }),
  );
}
