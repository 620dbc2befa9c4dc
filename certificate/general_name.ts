/**
 * GeneralName (RFC 5280 4.2.1.6) from DER, and IP addresses as text and bytes.
 *
 * @module
 */

import { children, derError, type DerNode, latin1, oid, stringValue, toHex } from "./der.ts";
import { onelineName, readName } from "./name.ts";
import type { SubjectAltName, SubjectAltNameType } from "./subject_alt_name.ts";

/** The tag number of each kind: OpenSSL's GEN_* numbers. */
export const GENERAL_NAME_TYPES: readonly SubjectAltNameType[] = [
  "OTHERNAME",
  "EMAIL",
  "DNS",
  "X400",
  "DIRNAME",
  "EDIPARTY",
  "URI",
  "IP",
  "RID",
];

/** Four or sixteen bytes as text; IPv6 in RFC 5952 form. `undefined` for another length. */
export function ipToText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) return undefined;
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(bytes[i]! * 256 + bytes[i + 1]!);
  // RFC 5952 5: addresses known to embed IPv4 end in dotted form.
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    return "::ffff:" + bytes.slice(12).join(".");
  }
  let best = 0;
  let length = 1; // RFC 5952 4.2.2: a single zero group is not shortened
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > length) [best, length] = [i, run];
  }
  const hex = (list: number[]): string => list.map((g) => g.toString(16)).join(":");
  if (length === 1) return hex(groups);
  return `${hex(groups.slice(0, best))}::${hex(groups.slice(best + length))}`;
}

/** The four or sixteen bytes of an IP address as text; `undefined` if it is none. */
export function ipToBytes(text: string): Uint8Array | undefined {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (v4 !== null) {
    const parts = v4.slice(1);
    if (parts.some((p) => Number(p) > 255 || (p.length > 1 && p[0] === "0"))) return undefined;
    return Uint8Array.from(parts, Number);
  }
  if (!text.includes(":") || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  let tail: number[] = [];
  let head = text;
  if (text.includes(".")) {
    const cut = text.lastIndexOf(":") + 1;
    const embedded = ipToBytes(text.slice(cut));
    if (embedded?.length !== 4) return undefined;
    tail = [...embedded];
    head = text.slice(0, cut);
    // The colon before the dotted part belongs to "::" or ends a group.
    if (!head.endsWith("::")) head = head.slice(0, -1);
  }
  const sides = head.split("::");
  if (sides.length > 2) return undefined;
  const parse = (side: string): number[] | undefined => {
    if (side === "") return [];
    const bytes: number[] = [];
    for (const group of side.split(":")) {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
    }
    return bytes;
  };
  const left = parse(sides[0]!);
  const right = sides.length === 2 ? parse(sides[1]!) : [];
  if (left === undefined || right === undefined) return undefined;
  const used = left.length + right.length + tail.length;
  if (sides.length === 1 ? used !== 16 : used > 14) return undefined;
  return Uint8Array.from([...left, ...new Array(16 - used).fill(0), ...right, ...tail]);
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
    ? `${oid(type, what)};DER:${toHex(value.raw)}`
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
      return { type, value: ipToText(node.body) ?? `#${toHex(node.body)}` };
    case "DIRNAME":
      return { type, value: onelineName(readName(node.body, what)) };
    case "RID":
      return { type, value: oid(node, what, node.tag) };
    case "OTHERNAME":
      return { type, value: otherName(node, what) };
    default:
      return { type, value: `#${toHex(node.raw)}` };
  }
}

/** The names of a GeneralNames SEQUENCE, or of a context tag in its place. */
export function readGeneralNames(node: DerNode, what: string): SubjectAltName[] {
  return children(node, what).map((name) => readGeneralName(name, what));
}
