/**
 * Writing X.501 names and certificate extensions (RFC 5280 4.2).
 *
 * @module
 */

import { hexBytes } from "../../internal/bytes.ts";
import { describe, quote } from "../../internal/quote.ts";
import { readElement } from "../asn1/reader.ts";
import {
  bool,
  concat,
  explicit,
  ia5Content,
  int,
  namedBits,
  octets,
  oidContent,
  oidDer,
  printableString,
  seq,
  setOf,
  tlv,
  utf8String,
} from "../asn1/writer.ts";
import { EXT, type Extension, KEY_USAGES, NS_CERT_TYPES } from "./read.ts";
import { parseIpAddress } from "../../internal/host.ts";
import { isDottedOid, oidByName } from "../asn1/oids.ts";
import {
  GENERAL_NAME_TYPES,
  namedType,
  type SubjectAltName,
  type SubjectAltNameType,
} from "../general_name.ts";

/**
 * A subject as `certCreate` takes it: attribute names (long, short or dotted) and values.
 *
 * @category Making certificates
 */
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
      `or a dotted object identifier: received ${quote(name)}`,
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
 * a backslash takes the next character as it is. In the first form, which is
 * that of `onelineName()`, `/C=DE+CN=x` is one relative name of two attributes.
 */
export function parseNameLine(line: string): Uint8Array {
  const slash = line.startsWith("/");
  const rdns: string[][] = [[]];
  let part = "";
  const attribute = (p: string): Uint8Array => {
    const eq = p.indexOf("=");
    if (eq < 1) {
      throw new TypeError(
        `Cannot encode name: expected attribute=value: received ${quote(p)}`,
      );
    }
    const name = p.slice(0, eq).trim();
    const oid = attributeOid(name);
    return seq(oidDer(oid), value(oid, name, p.slice(eq + 1)));
  };
  const text = slash ? line.slice(1) : line;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "\\" && i + 1 < text.length) part += text[++i]!;
    // A slash ends a part only where another attribute follows, so URLs in values survive.
    else if (
      slash ? (c === "/" || c === "+") && /^[\w.]+=/.test(text.slice(i + 1)) : c === ","
    ) {
      rdns.at(-1)!.push(part);
      part = "";
      if (c !== "+") rdns.push([]);
    } else part += c;
  }
  rdns.at(-1)!.push(part);
  const filled = rdns.map((rdn) => rdn.filter((p) => p !== "")).filter((rdn) => rdn.length > 0);
  return seq(...filled.map((rdn) => setOf(...rdn.map(attribute))));
}

const ALIASES: Readonly<Record<string, SubjectAltNameType>> = {
  "IP ADDRESS": "IP",
  IPADD: "IP",
  OTHER: "OTHERNAME",
  DIRECTORY: "DIRNAME",
  "REGISTERED ID": "RID",
  RFC822NAME: "EMAIL",
};

/** The kind of a GeneralName from its name in any letter case. @throws {TypeError} for an unknown one. */
export function generalNameType(name: string | number): SubjectAltNameType {
  const upper = String(namedType(name)).trim().toUpperCase();
  const type = GENERAL_NAME_TYPES.find((t) => t === upper) ?? ALIASES[upper];
  if (type !== undefined) return type;
  throw new TypeError(
    `Cannot encode subjectAltName: unknown type, use one of ${GENERAL_NAME_TYPES.join(", ")}: ` +
      `received ${quote(name)}`,
  );
}

/** Hex digits, with or without colons, as bytes. @throws {TypeError} for anything else. */
export function fromHex(text: string, what: string): Uint8Array {
  const hex = text.replace(/[:\s]/g, "");
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(hex)) {
    throw new TypeError(`Cannot encode ${what}: expected hex: received ${quote(text)}`);
  }
  return hexBytes(hex);
}

function otherName(value: string): Uint8Array {
  const match = /^([\d.]+);([A-Za-z0-9]+):(.*)$/s.exec(value);
  const content = match?.[3] ?? "";
  let inner: Uint8Array | undefined;
  switch (match?.[2]?.toUpperCase()) {
    case "UTF8":
    case "UTF8STRING":
      inner = utf8String(content);
      break;
    case "IA5":
    case "IA5STRING":
      inner = tlv(0x16, ia5Content(content, "otherName"));
      break;
    case "PRINTABLE":
    case "PRINTABLESTRING":
      inner = tlv(0x13, ia5Content(content, "otherName"));
      break;
    case "DER":
      inner = fromHex(content, "otherName");
      break;
  }
  if (inner === undefined || !isDottedOid(match![1]!)) {
    throw new TypeError(
      `Cannot encode otherName: expected "oid;UTF8:text" or "oid;DER:hex": ` +
        `received ${quote(value)}`,
    );
  }
  return tlv(0xa0, oidDer(match![1]!), explicit(0, inner));
}

/** One GeneralName. IP values are addresses, or `#` and hex; see `SubjectAltName`. */
export function generalName({ type, value }: SubjectAltName, allowMask = false): Uint8Array {
  switch (type) {
    case "DNS":
      return tlv(0x82, ia5Content(value, "DNS name (use its A-label, xn--...)"));
    case "EMAIL":
      return tlv(0x81, ia5Content(value, "EMAIL"));
    case "URI":
      return tlv(0x86, ia5Content(value, "URI"));
    case "IP": {
      if (value.startsWith("#")) return tlv(0x87, fromHex(value.slice(1), "IP"));
      const [address, mask] = allowMask ? value.split("/") : [value];
      const bytes = parseIpAddress(address!);
      const maskBytes = mask === undefined ? new Uint8Array(0) : ipMask(mask, bytes?.length ?? 0);
      if (bytes === undefined || maskBytes === undefined) {
        throw new TypeError(
          `Cannot encode IP: not an IP address${allowMask ? " and mask" : ""}: ` +
            `received ${quote(value)}`,
        );
      }
      return tlv(0x87, bytes, maskBytes);
    }
    case "RID":
      return tlv(0x88, oidContent(oidByName(value)?.oid ?? value));
    case "DIRNAME":
      return tlv(0xa4, parseNameLine(value));
    case "OTHERNAME":
      return otherName(value);
    case "X400":
    case "EDIPARTY": {
      const raw = fromHex(value.replace(/^#/, ""), type);
      const node = readElement(raw, 0, `${type} name`);
      if (node.tag !== (type === "X400" ? 0xa3 : 0xa5) || node.raw.length !== raw.length) {
        throw new TypeError(
          `Cannot encode ${type}: expected "#" and the GeneralName as hex`,
        );
      }
      return raw;
    }
  }
}

function ipMask(text: string, length: number): Uint8Array | undefined {
  if (!/^\d{1,3}$/.test(text)) {
    const bytes = parseIpAddress(text);
    return bytes?.length === length ? bytes : undefined;
  }
  const prefix = Number(text);
  if (prefix > length * 8) return undefined;
  return Uint8Array.from(
    { length },
    (_, i) => 0xff & (0xff00 >> Math.min(8, Math.max(0, prefix - i * 8))),
  );
}

/** One extension from its parts. */
export function extension(oid: string, value: Uint8Array, critical = false): Extension {
  return { oid, critical, value };
}

/** The DER of `Extensions`. */
export function encodeExtensions(list: readonly Extension[]): Uint8Array {
  return seq(
    ...list.map(({ oid, critical, value }) =>
      seq(oidDer(oid), ...(critical ? [bool(true)] : []), octets(value))
    ),
  );
}

/** basicConstraints. */
export function basicConstraints(ca: boolean, pathLength?: number, critical = true): Extension {
  if (pathLength !== undefined && !(Number.isSafeInteger(pathLength) && pathLength >= 0)) {
    throw new RangeError(
      `Cannot encode basicConstraints: pathLength must be a whole number of at least 0: received ${pathLength}`,
    );
  }
  return extension(
    EXT.basicConstraints,
    seq(...(ca ? [bool(true)] : []), ...(pathLength === undefined ? [] : [int(pathLength)])),
    critical,
  );
}

/** keyUsage from names. @throws {TypeError} for an unknown one. */
export function keyUsage(names: readonly string[], critical = true): Extension {
  const numbers = names.map((name) => indexOf(KEY_USAGES, name, "key usage"));
  return extension(EXT.keyUsage, namedBits(numbers), critical);
}

/** Netscape's certificate type from names. */
export function nsCertType(names: readonly string[], critical = false): Extension {
  const numbers = names.map((name) => indexOf(NS_CERT_TYPES, name, "nsCertType"));
  return extension(EXT.netscapeCertType, namedBits(numbers), critical);
}

function indexOf(list: readonly string[], name: string, what: string): number {
  const index = list.findIndex((entry) => entry.toLowerCase() === name.toLowerCase());
  if (index >= 0) return index;
  throw new TypeError(
    `Cannot encode extension: unknown ${what}, use one of ${list.join(", ")}: ` +
      `received ${quote(name)}`,
  );
}

/** An object identifier from its dotted form, short or long name. */
export function anyOid(name: string, what: string): string {
  const oid = isDottedOid(name) ? name : oidByName(name)?.oid;
  if (oid !== undefined) return oid;
  throw new TypeError(
    `Cannot encode ${what}: unknown name, use OpenSSL's short or long name or a dotted ` +
      `object identifier: received ${quote(name)}`,
  );
}

/** extendedKeyUsage from names or object identifiers. */
export function extKeyUsage(names: readonly string[], critical = false): Extension {
  return extension(
    EXT.extendedKeyUsage,
    seq(...names.map((name) => oidDer(anyOid(name, "extended key usage")))),
    critical,
  );
}

/** subjectAltName. */
export function subjectAltName(names: readonly SubjectAltName[], critical = false): Extension {
  return extension(EXT.subjectAltName, seq(...names.map((name) => generalName(name))), critical);
}

/** subjectKeyIdentifier. */
export function subjectKeyIdentifier(id: Uint8Array): Extension {
  return extension(EXT.subjectKeyIdentifier, octets(id));
}

/** authorityKeyIdentifier with the key's identifier. */
export function authorityKeyIdentifier(id: Uint8Array): Extension {
  return extension(EXT.authorityKeyIdentifier, seq(tlv(0x80, id)));
}

/** authorityInfoAccess. */
export function authorityInfoAccess(
  ocsp: readonly string[],
  issuers: readonly string[] = [],
): Extension {
  const entry = (method: string) => (value: string) =>
    seq(oidDer(method), generalName({ type: "URI", value }));
  return extension(
    EXT.authorityInfoAccess,
    seq(
      ...ocsp.map(entry("1.3.6.1.5.5.7.48.1")),
      ...issuers.map(entry("1.3.6.1.5.5.7.48.2")),
    ),
  );
}

/** crlDistributionPoints with one point per URI. */
export function crlDistributionPoints(uris: readonly string[], critical = false): Extension {
  return extension(
    EXT.crlDistributionPoints,
    seq(...uris.map((value) => seq(explicit(0, explicit(0, generalName({ type: "URI", value })))))),
    critical,
  );
}

/** nameConstraints: names, `IP` values as address/mask. */
export function nameConstraints(
  permitted: readonly SubjectAltName[],
  excluded: readonly SubjectAltName[],
  critical = true,
): Extension {
  const trees = (tag: number, names: readonly SubjectAltName[]): Uint8Array =>
    names.length === 0
      ? new Uint8Array(0)
      : tlv(tag, ...names.map((name) => seq(generalName(name, true))));
  return extension(
    EXT.nameConstraints,
    seq(concat(trees(0xa0, permitted), trees(0xa1, excluded))),
    critical,
  );
}

/** tlsFeature with the numbers of TLS extensions. */
export function tlsFeature(features: readonly number[], critical = false): Extension {
  return extension(EXT.tlsFeature, seq(...features.map((n) => int(n))), critical);
}
