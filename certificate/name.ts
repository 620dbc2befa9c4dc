/**
 * X.501 names: reading them from DER, and the two forms of Perl's world, the
 * one line of `X509_NAME_oneline` and the hash of `CERT_asHash`.
 *
 * @module
 */

import { children, derError, expectTag, latin1, oid, sequence, stringValue, TAG } from "./der.ts";
import { oidLongName, oidShortName } from "./oids.ts";

/** One attribute of a name. */
export interface NameAttribute {
  /** The attribute type as a dotted object identifier. */
  readonly oid: string;
  /** The value as text. */
  readonly value: string;
  /** The ASN.1 tag of the value. */
  readonly tag: number;
  /** The content octets of the value. */
  readonly bytes: Uint8Array;
  /** The index of the relative name it belongs to. */
  readonly rdn: number;
}

/** The attributes of a name by long name; several values of one type are an array. */
export type NameHash = Record<string, string | string[]>;

/** Reads a Name (the DER of the SEQUENCE). */
export function readName(raw: Uint8Array, what: string): NameAttribute[] {
  const attributes: NameAttribute[] = [];
  const body = children(raw, what)[0];
  sequence(body, what).forEach((set, rdn) => {
    const entries = children(expectTag(set, TAG.SET, what), what);
    if (entries.length === 0) throw derError(what, "empty relative distinguished name");
    for (const entry of entries) {
      const [type, value, ...rest] = sequence(entry, what);
      if (value === undefined || rest.length > 0) throw derError(what, "malformed name attribute");
      attributes.push({
        oid: oid(type, what),
        value: stringValue(value, what),
        tag: value.tag,
        bytes: value.body,
        rdn,
      });
    }
  });
  return attributes;
}

/** Significant octets of a wide string: OpenSSL drops the zero ones of four-byte characters. */
function onelineBytes({ tag, bytes }: NameAttribute): Uint8Array {
  const general = tag === 0x1b && bytes.length % 4 === 0;
  if (!general) return bytes;
  const keep = [false, false, false, false];
  bytes.forEach((byte, i) => byte !== 0 && (keep[i & 3] = true));
  if (keep[0] || keep[1] || keep[2]) return bytes;
  return bytes.filter((_, i) => (i & 3) === 3);
}

/**
 * A name as OpenSSL's `X509_NAME_oneline` prints it: `/C=DE/CN=example.com`,
 * octets outside printable ASCII as `\xHH`, nothing else escaped. For
 * display; two different names can give the same line.
 */
export function onelineName(attributes: readonly NameAttribute[]): string {
  let line = "";
  for (const attribute of attributes) {
    const text = latin1(onelineBytes(attribute)).replace(
      // deno-lint-ignore no-control-regex -- control characters are what is replaced
      /[\x00-\x1f\x7f-\xff]/g,
      (c) => "\\x" + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0"),
    );
    line += `/${oidShortName(attribute.oid)}=${text}`;
  }
  return line;
}

/** A name as `CERT_asHash` gives it. */
export function nameHash(attributes: readonly NameAttribute[]): NameHash {
  const hash: NameHash = {};
  for (const { oid, value } of attributes) {
    const key = oidLongName(oid);
    const old = Object.hasOwn(hash, key) ? hash[key] : undefined;
    if (old === undefined) hash[key] = value;
    else if (Array.isArray(old)) old.push(value);
    else hash[key] = [old, value];
  }
  return hash;
}
