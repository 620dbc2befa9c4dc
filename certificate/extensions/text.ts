/**
 * Extensions from text: the syntax of openssl.cnf (x509v3_config(5)), and
 * what OpenSSL prints, which differs from it for many.
 *
 * @module
 */

import { quote } from "../../internal/quote.ts";
import { readDer } from "../asn1/reader.ts";
import { explicit, ia5Content, int, nul, oidDer, seq, tlv, utf8String } from "../asn1/writer.ts";
import {
  anyOid,
  basicConstraints,
  extKeyUsage,
  fromHex,
  generalName,
  generalNameType,
  keyUsage,
  nameConstraints,
  nsCertType,
  subjectKeyIdentifier,
  tlsFeature,
} from "./write.ts";
import { KEY_USAGE_TEXT, NS_CERT_TYPE_TEXT } from "../perl_hash.ts";
import { EXT, KEY_USAGES, NS_CERT_TYPES } from "./read.ts";
import type { SubjectAltName } from "../general_name.ts";

/** What some extensions depend on. */
export interface ExtensionContext {
  /** The key identifier of the new certificate. */
  readonly subjectKeyId: Uint8Array;
  /** The key identifier of the issuer. */
  readonly issuerKeyId: Uint8Array;
  /** The issuer's name (DER of its issuer) and serial number, for `issuer` in an AKI. */
  readonly issuerName: Uint8Array;
  /** The content octets of the issuer's serial number. */
  readonly issuerSerial: Uint8Array;
}

function bad(name: string, reason: string, text: string): TypeError {
  return new TypeError(
    `Cannot create extension ${name}: ${reason}: received ${quote(text)}`,
  );
}

/** Splits at commas and newlines. */
function items(text: string): string[] {
  return text.split(/[,\n]/).map((item) => item.trim()).filter((item) => item !== "");
}

/** "DNS:a, IP Address:1.2.3.4": a comma ends a name only where the next one begins. */
function splitNames(text: string): string[] {
  const kind =
    "(?:DNS|IP Address|IP|email|URI|DirName|dirName|RID|Registered ID|otherName|othername|OTHERNAME|EMAIL|DIRNAME|X400|EDIPARTY)";
  // Without blank lines, from each of which the pattern would look to the end of all of them.
  const lines = text.split("\n").filter((line) => line.trim() !== "").join("\n");
  return lines.split(new RegExp(`[,\\n]\\s*(?=${kind}\\s*:)`, "i")).map((item) => item.trim());
}

/** One name of a configuration or a print. */
export function parseGeneralName(text: string): SubjectAltName {
  const colon = text.indexOf(":");
  if (colon < 1) throw bad("subjectAltName", "expected type:value", text);
  const type = generalNameType(text.slice(0, colon));
  let value = text.slice(colon + 1).trim();
  if (type === "OTHERNAME" && !value.includes(";")) {
    // As printed: "othername: 1.2.3.4::text"
    const [id = "", rest = ""] = value.split("::", 2);
    value = `${id === "UPN" ? "1.3.6.1.4.1.311.20.2.3" : id};UTF8:${rest}`;
  }
  // Printed names are "C = DE, CN = x": parseNameLine takes both forms, without the spaces.
  if (type === "DIRNAME" && !value.startsWith("/")) value = value.replace(/ = /g, "=");
  if (type === "DIRNAME") value = value.replace(/, (?=[\w.]+=)/g, ",");
  return { type, value };
}

function names(text: string): SubjectAltName[] {
  return splitNames(text).map((item) => parseGeneralName(item));
}

/** The short names for words that OpenSSL prints. */
function shortNames(text: string, words: readonly string[], short: readonly string[]): string[] {
  return items(text).map((item) => {
    const index = words.findIndex((word) => word.toLowerCase() === item.toLowerCase());
    return index >= 0 ? short[index]! : item;
  });
}

function parseBasicConstraints(text: string): Uint8Array {
  let ca = false;
  let pathLength: number | undefined;
  for (const item of items(text)) {
    const [key, value = ""] = item.split(":").map((part) => part.trim());
    if (/^CA$/i.test(key!) && /^(true|false|yes|no|[yn01])$/i.test(value)) {
      ca = /^(true|yes|y|1)$/i.test(value);
    } else if (/^pathlen$/i.test(key!) && /^\d+$/.test(value)) pathLength = Number(value);
    else throw bad("basicConstraints", 'expected "CA:TRUE", "CA:FALSE" or "pathlen:n"', text);
  }
  return basicConstraints(ca, pathLength).value;
}

function parseInfoAccess(text: string): Uint8Array {
  const entries = text.split(/\n|,\s*(?=[\w .]+(?:;| - )\s*\w+:)/).filter((line) =>
    line.trim() !== ""
  );
  return seq(...entries.map((entry) => {
    const match = /^([\w .]+)(?:;| - )(.*)$/s.exec(entry.trim());
    if (match === null) throw bad("authorityInfoAccess", 'expected "OCSP;URI:http://..."', text);
    return seq(
      oidDer(anyOid(match[1]!.trim(), "access method")),
      generalName(parseGeneralName(match[2]!.trim())),
    );
  }));
}

function parseDistributionPoints(text: string): Uint8Array {
  if (/\b(?:Relative Name|Reasons|CRL Issuer):/.test(text)) {
    throw bad("crlDistributionPoints", 'only full names can be given as text, use "DER:hex"', text);
  }
  // Every "Full Name:" begins a point; in a configuration every name is one.
  const points = text.includes("Full Name:")
    ? text.split("Full Name:").slice(1).map((part) => names(part.trim()))
    : names(text).map((name) => [name]);
  return seq(
    ...points.map((list) =>
      seq(explicit(0, explicit(0, ...list.map((name) => generalName(name)))))
    ),
  );
}

function parsePolicies(text: string): Uint8Array {
  const policies: { id: string; cps: string[] }[] = [];
  for (const line of text.split(/[,\n]/)) {
    const item = line.trim();
    if (item === "") continue;
    const cps = /^CPS: (.*)$/.exec(item);
    if (cps !== null && policies.length > 0) policies.at(-1)!.cps.push(cps[1]!);
    else if (
      /^(?:User Notice|Organization|Numbers?|Explicit Text|Unknown Qualifier)\b/.test(item)
    ) {
      throw bad(
        "certificatePolicies",
        'a user notice cannot be given as text, use "DER:hex"',
        text,
      );
    } else policies.push({ id: item.replace(/^Policy: /, ""), cps: [] });
  }
  return seq(...policies.map(({ id, cps }) =>
    seq(
      oidDer(anyOid(id, "certificate policy")),
      ...(cps.length === 0 ? [] : [
        seq(
          ...cps.map((uri) => seq(oidDer("1.3.6.1.5.5.7.2.1"), tlv(0x16, ia5Content(uri, "CPS")))),
        ),
      ]),
    )
  ));
}

function parseNameConstraints(text: string): Uint8Array {
  const lists: { permitted: SubjectAltName[]; excluded: SubjectAltName[] } = {
    permitted: [],
    excluded: [],
  };
  let current: "permitted" | "excluded" | undefined;
  for (const line of text.split(/\n|,\s*(?=(?:permitted|excluded);)/)) {
    const item = line.trim();
    const heading = /^(Permitted|Excluded):$/.exec(item);
    const prefixed = /^(permitted|excluded);(.*)$/s.exec(item);
    if (heading !== null) current = heading[1]!.toLowerCase() as "permitted" | "excluded";
    else if (prefixed !== null) {
      lists[prefixed[1] as "permitted" | "excluded"].push(parseGeneralName(prefixed[2]!));
    } else if (current !== undefined && item !== "") lists[current].push(parseGeneralName(item));
    else if (item !== "") throw bad("nameConstraints", 'expected "permitted;DNS:name"', text);
  }
  return nameConstraints(lists.permitted, lists.excluded).value;
}

function parseTlsFeature(text: string): Uint8Array {
  return tlsFeature(
    items(text).map((item) => {
      if (item === "status_request") return 5;
      if (item === "status_request_v2") return 17;
      const n = Number(item);
      if (!Number.isInteger(n) || n < 0 || n > 0xffff) {
        throw bad("tlsfeature", "expected status_request or the number of a TLS extension", text);
      }
      return n;
    }),
  ).value;
}

function parsePolicyConstraints(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const item of items(text)) {
    const match = /^(require ?Explicit ?Policy|inhibit ?Policy ?Mapping)\s*:\s*(\d+)$/i.exec(item);
    if (match === null) throw bad("policyConstraints", 'expected "requireExplicitPolicy:n"', text);
    parts.push(int(BigInt(match[2]!), /^r/i.test(match[1]!) ? 0x80 : 0x81));
  }
  return seq(...parts.sort((a, b) => a[0]! - b[0]!));
}

function parseAuthorityKey(text: string, context: ExtensionContext): Uint8Array {
  if (/^(?:[0-9a-fA-F]{2}(?::|$))+$/.test(text.trim())) return seq(tlv(0x80, fromHex(text, "AKI")));
  let keyId: Uint8Array | undefined;
  let withIssuer = false;
  for (const item of items(text)) {
    if (/^keyid(?::always)?$/i.test(item)) keyId = context.issuerKeyId;
    else if (/^issuer(?::always)?$/i.test(item)) withIssuer = true;
    else throw bad("authorityKeyIdentifier", "expected keyid, issuer or hex", text);
  }
  // As in OpenSSL: "issuer" alone is used when there is no key identifier.
  const issuer = withIssuer && (keyId === undefined || /issuer:always/i.test(text));
  return seq(
    ...(keyId === undefined ? [] : [tlv(0x80, keyId)]),
    ...(issuer ? [tlv(0xa1, tlv(0xa4, context.issuerName)), tlv(0x82, context.issuerSerial)] : []),
  );
}

type Parser = (text: string, context: ExtensionContext) => Uint8Array;

const generalNames: Parser = (text) => seq(...names(text).map((name) => generalName(name)));
const ia5: Parser = (text) => tlv(0x16, ia5Content(text, "extension"));

const PARSERS: Readonly<Record<string, Parser>> = {
  [EXT.basicConstraints]: parseBasicConstraints,
  [EXT.keyUsage]: (text) => keyUsage(shortNames(text, KEY_USAGE_TEXT, KEY_USAGES)).value,
  [EXT.netscapeCertType]: (text) =>
    nsCertType(shortNames(text, NS_CERT_TYPE_TEXT, NS_CERT_TYPES)).value,
  [EXT.extendedKeyUsage]: (text) => extKeyUsage(items(text)).value,
  [EXT.subjectAltName]: generalNames,
  [EXT.issuerAltName]: generalNames,
  [EXT.subjectKeyIdentifier]: (text, context) =>
    subjectKeyIdentifier(
      text.trim() === "hash"
        ? context.subjectKeyId
        : fromHex(text, "extension subjectKeyIdentifier"),
    ).value,
  [EXT.authorityKeyIdentifier]: parseAuthorityKey,
  [EXT.authorityInfoAccess]: parseInfoAccess,
  "1.3.6.1.5.5.7.1.11": parseInfoAccess,
  [EXT.crlDistributionPoints]: parseDistributionPoints,
  "2.5.29.46": parseDistributionPoints,
  [EXT.certificatePolicies]: parsePolicies,
  [EXT.nameConstraints]: parseNameConstraints,
  [EXT.tlsFeature]: parseTlsFeature,
  "2.5.29.36": parsePolicyConstraints,
  "2.5.29.54": (text) => {
    if (!/^\d+$/.test(text.trim())) throw bad("inhibitAnyPolicy", "expected a number", text);
    return int(BigInt(text.trim()));
  },
  "1.3.6.1.5.5.7.48.1.5": () => nul(),
  ...Object.fromEntries(
    ["2", "3", "4", "7", "8", "12", "13"].map((n) => [`2.16.840.1.113730.1.${n}`, ia5]),
  ),
};

/**
 * Encodes the content of an extension from text, `critical,` in front
 * allowed. Any extension takes `DER:hex` and `ASN1:UTF8String:text`.
 *
 * @throws {TypeError} for a text that cannot be understood, with the reason.
 */
export function parseExtension(
  id: string,
  text: string,
  context: ExtensionContext,
): { critical: boolean; value: Uint8Array } {
  const critical = /^critical\s*,/.test(text);
  const body = critical ? text.replace(/^critical\s*,\s*/, "") : text;
  const der = /^DER:(.*)$/s.exec(body);
  if (der !== null) {
    const value = fromHex(der[1]!, `extension ${id}`);
    readDer(value, `extension ${id}`);
    return { critical, value };
  }
  const string = /^ASN1:(UTF8|UTF8String|IA5|IA5STRING|PRINTABLE|PRINTABLESTRING):(.*)$/is.exec(
    body,
  );
  if (string !== null) {
    const kind = string[1]!.toUpperCase();
    const content = string[2]!;
    const value = kind.startsWith("UTF8")
      ? utf8String(content)
      : tlv(kind.startsWith("IA5") ? 0x16 : 0x13, ia5Content(content, `extension ${id}`));
    return { critical, value };
  }
  const parser = PARSERS[id];
  if (parser === undefined) {
    throw bad(id, 'no text form is known for it, use "DER:hex" or "ASN1:UTF8String:text"', text);
  }
  return { critical, value: parser(body, context) };
}
