/**
 * Names in certificates: X.501 names, with the two forms of Perl's world, the one
 * line of `X509_NAME_oneline` and the hash of `CERT_asHash`; and GeneralNames
 * (RFC 5280 4.2.1.6).
 *
 * @module
 */

import { encodeHex } from "../internal/bytes.ts";
import { ipToText } from "../internal/host.ts";
import {
  children,
  derError,
  type DerNode,
  expectTag,
  latin1,
  oid,
  readDer,
  sequence,
  stringValue,
  TAG,
} from "./asn1/reader.ts";
import { oidLongName, oidShortName } from "./asn1/oids.ts";
import { GENERAL_NAME_TYPES, type SubjectAltName } from "./general_name.ts";

/**
 * One attribute of a name.
 *
 * @category Certificates
 */
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

/**
 * The attributes of a name by long name; several values of one type are an array.
 *
 * @category Certificates
 */
export type NameHash = Record<string, string | string[]>;

/** The string types whose values are compared as text. */
const TEXT_TAGS: ReadonlySet<number> = new Set([
  TAG.UTF8_STRING,
  TAG.PRINTABLE_STRING,
  TAG.T61_STRING,
  TAG.IA5_STRING,
  TAG.VISIBLE_STRING,
  TAG.UNIVERSAL_STRING,
  TAG.BMP_STRING,
]);

/** The types that a text can have: those of DirectoryString (RFC 5280 4.1.2.4) and their like. */
const STRING_TAGS: ReadonlySet<number> = new Set([
  ...[TAG.UTF8_STRING, TAG.NUMERIC_STRING, TAG.PRINTABLE_STRING, TAG.T61_STRING, TAG.IA5_STRING],
  ...[TAG.VISIBLE_STRING, TAG.UNIVERSAL_STRING, TAG.BMP_STRING],
]);

/** Reads a Name (the DER of the SEQUENCE). */
export function readName(raw: Uint8Array, what: string): NameAttribute[] {
  const attributes: NameAttribute[] = [];
  // The whole of it: of what stands behind a name in a directoryName OpenSSL takes nothing at all.
  sequence(readDer(raw, what), what).forEach((set, rdn) => {
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
 * octets outside printable ASCII as `\xHH`, a `+` between the attributes of one
 * relative name. As OpenSSL 3.0 of today does, `/` and `+` in values have a
 * backslash: `O=x/CN=admin` has no other CN. For display; two different names
 * can give the same line.
 */
export function onelineName(attributes: readonly NameAttribute[]): string {
  let line = "";
  let last = -1;
  for (const attribute of attributes) {
    const text = latin1(onelineBytes(attribute)).replace(
      // deno-lint-ignore no-control-regex -- control characters are what is replaced
      /[\x00-\x1f\x7f-\xff]/g,
      (c) => "\\x" + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0"),
    ).replace(/[/+]/g, "\\$&");
    const joint = attribute.rdn === last ? "+" : "/";
    last = attribute.rdn;
    line += `${joint}${oidShortName(attribute.oid)}=${text}`;
  }
  return line;
}

/**
 * A name as names are compared (RFC 5280 7.1, as OpenSSL's `X509_NAME_cmp` has it): of texts neither
 * the string type nor the case of ASCII letters counts, nor how much space there is.
 *
 * @throws {SslError} code `ERR_DER` for a name that is malformed.
 */
export function canonicalName(raw: Uint8Array, what: string): string {
  const rdns: string[][] = [];
  for (const { oid, value, tag, bytes, rdn } of readName(raw, what)) {
    const text = TEXT_TAGS.has(tag)
      ? value.trim().replace(/\s+/g, " ").replace(/[A-Z]+/g, (part) => part.toLowerCase())
      : `#${tag}:${encodeHex(bytes)}`;
    (rdns[rdn] ??= []).push(JSON.stringify([oid, text]));
  }
  return rdns.map((attributes) => attributes.sort().join("+")).join("/");
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

const STRING_NAMES: Readonly<Record<number, string>> = {
  0x0c: "UTF8",
  0x13: "PRINTABLESTRING",
  0x16: "IA5STRING",
};

function otherName(node: DerNode, what: string): string {
  const [type, explicit, ...rest] = children(node, what);
  if (explicit === undefined || explicit.tag !== 0xa0 || rest.length > 0) {
    throw derError(what, "malformed otherName");
  }
  const [value, ...more] = children(explicit, what);
  if (value === undefined || more.length > 0) throw derError(what, "malformed otherName");
  const kind = STRING_NAMES[value.tag];
  // The syntax of openssl.cnf, which certCreate reads back.
  return kind === undefined
    ? `${oid(type, what)};DER:${encodeHex(value.raw)}`
    : `${oid(type, what)};${kind}:${stringValue(value, what)}`;
}

/**
 * One GeneralName. An IP of a wrong length, which matches nothing, is `#` and
 * its bytes in hex; so are the kinds that have no text (X400, EDIPARTY).
 */
export function readGeneralName(node: DerNode, what: string): SubjectAltName {
  const type = GENERAL_NAME_TYPES[node.tag & 0x1f];
  if (type === undefined || (node.tag & 0xc0) !== 0x80) {
    throw derError(what, `unknown GeneralName tag 0x${node.tag.toString(16)}`);
  }
  const constructed = ["OTHERNAME", "X400", "DIRNAME", "EDIPARTY"].includes(type);
  if (constructed !== ((node.tag & 0x20) !== 0)) {
    throw derError(what, `wrong encoding of a GeneralName of type ${type}`);
  }
  switch (type) {
    case "EMAIL":
    case "DNS":
    case "URI":
      return { type, value: latin1(node.body) };
    case "IP":
      return { type, value: ipToText(node.body) ?? `#${encodeHex(node.body)}` };
    case "DIRNAME":
      return { type, value: onelineName(readName(node.body, what)) };
    case "RID":
      return { type, value: oid(node, what, node.tag) };
    case "OTHERNAME":
      return { type, value: otherName(node, what) };
    default:
      return { type, value: `#${encodeHex(node.raw)}` };
  }
}

/** The names of a GeneralNames SEQUENCE, or of a context tag in its place. */
export function readGeneralNames(node: DerNode, what: string): SubjectAltName[] {
  return children(node, what).map((name) => readGeneralName(name, what));
}

/** The first commonName among the attributes of a name. */
export function commonNameOf(attributes: readonly NameAttribute[]): string | undefined {
  const first = attributes.find((attribute) => attribute.oid === "2.5.4.3");
  // A BIT STRING or a SEQUENCE is not a name, whatever its octets say.
  return first !== undefined && STRING_TAGS.has(first.tag) ? first.value : undefined;
}
