/**
 * Reads hosts: IP addresses, host names with their ASCII form (IDNA), and `host:port`. Every place
 * that dials, sends, verifies or keeps a host reads it here, so that all of them see the same host
 * in the same text. Pure.
 *
 * @module
 */

/**
 * How a host is read. `perl` is what IO::Socket::SSL accepts: any number of
 * trailing dots, empty labels, leading zeros in an IPv4 address. `strict` is
 * RFC 9525 with RFC 1123 and RFC 4291: one trailing dot at most, labels of 1
 * to 63 bytes, no number as the last label, addresses without leading zeros,
 * and the zone of an IPv6 address left out of the comparison (RFC 4007 11: it
 * has a meaning on this machine only).
 */
export type NameSyntax = "perl" | "strict";

/**
 * A text read as a host. A name is in ASCII and lower case, without a dot at its end.
 *
 * @category Verification
 */
export type ReferenceName =
  | { readonly kind: "dns"; readonly name: string }
  | { readonly kind: "ip"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: "invalid"; readonly name: string; readonly reason: string };

const LDH = /^[a-z0-9_.-]*$/;
const ASCII_OUTSIDE_LDH = /[^A-Za-z0-9_.\-\u0080-\uffff]/;
const ZONE = /^([^%]*)%[\w.~-]+$/;

/**
 * Lower-cases A to Z and nothing else: `toLowerCase()` would also turn the
 * Kelvin sign into "k", and with it a foreign name into this one.
 */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

/** Whether a name holds a byte that host names cannot have (CVE-2009-2408). */
export function hasControlBytes(text: string): boolean {
  // deno-lint-ignore no-control-regex -- these are what it looks for
  return /[\u0000-\u001f\u007f-\u009f]/.test(text);
}

/**
 * A name without the dots at its end. A loop: `/\.+$/` takes quadratic time for a name that has a
 * hundred thousand dots in its middle, and a peer's certificate may hold one.
 */
export function withoutFinalDots(name: string): string {
  let end = name.length;
  while (end > 0 && name[end - 1] === ".") end--;
  return name.slice(0, end);
}

// ---- addresses

function parseIpv4(text: string, syntax: NameSyntax): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const part = parts[i]!;
    if (!/^[0-9]+$/.test(part)) return undefined;
    if (syntax === "strict" && (part.length > 3 || (part.length > 1 && part[0] === "0"))) {
      return undefined;
    }
    const value = Number(part);
    if (value > 255) return undefined;
    bytes[i] = value;
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups: number[][] = [];
  for (const [i, half] of halves.entries()) {
    const list: number[] = [];
    const parts = half === "" ? [] : half.split(":");
    for (const [j, part] of parts.entries()) {
      const last = i === halves.length - 1 && j === parts.length - 1;
      if (last && part.includes(".")) {
        const v4 = parseIpv4(part, "strict");
        if (!v4) return undefined;
        list.push((v4[0]! << 8) | v4[1]!, (v4[2]! << 8) | v4[3]!);
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
        list.push(parseInt(part, 16));
      } else {
        return undefined;
      }
    }
    groups.push(list);
  }
  const [head = [], tail = []] = groups;
  const missing = 8 - head.length - tail.length;
  // "::" stands for at least one group (RFC 4291 2.2), though inet_pton lets it stand for one too.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return Uint8Array.from(all.flatMap((g) => [g >> 8, g & 255]));
}

/**
 * The 4 or 16 bytes of an IP address in text form; `undefined` when the text
 * is not one. Strict: no leading zeros in IPv4, no brackets, no zone.
 *
 * @param text e.g. `192.0.2.1`, `2001:db8::1`, `::ffff:192.0.2.1`
 */
export function parseIpAddress(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text, "strict");
}

/** The version of an IP address, which may have a zone if it is IPv6; `undefined` for a name. */
export function ipVersion(host: string): 4 | 6 | undefined {
  const bytes = parseIpAddress(host) ?? parseIpAddress(ZONE.exec(host)?.[1] ?? "");
  if (bytes === undefined) return undefined;
  return bytes.length === 4 ? 4 : 6;
}

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

// ---- names

/**
 * The ASCII form of an international host name (UTS #46 through the
 * platform's URL parser), lower-cased; `undefined` when the name has no such form. ASCII names pass
 * through unchecked, and a trailing dot stays.
 *
 * Perl: `idn_to_ascii`
 */
export function idnToAscii(host: string): string | undefined {
  // deno-lint-ignore no-control-regex -- this tests for ASCII
  if (/^[\u0000-\u007f]*$/.test(host)) return lowerAscii(host);
  // The URL parser would read "%41", "#" and others as URL syntax.
  if (ASCII_OUTSIDE_LDH.test(host)) return undefined;
  try {
    const ascii = new URL(`https://${host}/`).hostname;
    // It also turns numbers (`127.1` in full-width digits) into addresses, which are not host names.
    return LDH.test(ascii) && !/^[0-9.]*$/.test(ascii) ? ascii : undefined;
  } catch {
    return undefined;
  }
}

function invalid(name: string, reason: string): ReferenceName {
  return { kind: "invalid", name, reason };
}

/** What a text seems to be instead of a host name, by its characters. */
function otherCharacters(text: string): string {
  if (text.includes("://")) return "it is a URL, of which only the host counts";
  if (text.includes("*")) return "it holds a wildcard, and a host is one name";
  if (text.includes("%")) return 'it holds a "%", and host names have no escapes';
  if (text.includes("@")) return 'it holds an "@", as mail addresses do';
  return "it holds a character that no host name has";
}

function strictDnsProblem(name: string): string | undefined {
  if (name.length > 253) return "it is longer than 253 bytes";
  const labels = name.split(".");
  for (const label of labels) {
    if (label === "") return "it has an empty label";
    if (label.length > 63) return "it has a label longer than 63 bytes";
  }
  if (/^([0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1)!)) {
    return "its last label is a number, yet it is not an IPv4 address of four numbers 0 to 255";
  }
  return undefined;
}

/**
 * Reads a host.
 *
 * @param host a DNS name (Unicode or ASCII) or an IP address, without port and brackets
 * @param syntax whose rules; `strict` by default
 */
export function readHost(host: string, syntax: NameSyntax = "strict"): ReferenceName {
  if (hasControlBytes(host)) return invalid(host, "it holds a NUL or another control byte");
  const withoutDot = (name: string): string =>
    syntax === "perl" ? withoutFinalDots(name) : name.replace(/\.$/, "");
  const identity = withoutDot(host);
  if (identity === "") return invalid(identity, "it is empty");
  if (identity.includes("://")) return invalid(identity, otherCharacters(identity));

  if (identity.includes(":")) {
    const zone = syntax === "strict" ? ZONE.exec(identity) : null;
    const address = zone ? zone[1]! : identity;
    const bytes = parseIpv6(address);
    return bytes
      ? { kind: "ip", name: address, bytes }
      : invalid(identity, "it has a colon, yet it is not an IPv6 address");
  }
  if (/^[0-9][0-9.]*$/.test(identity)) {
    const bytes = parseIpv4(identity, syntax);
    return bytes
      ? { kind: "ip", name: identity, bytes }
      : invalid(identity, "it looks like an IPv4 address, yet it is not four numbers 0 to 255");
  }
  if (ASCII_OUTSIDE_LDH.test(identity)) return invalid(identity, otherCharacters(identity));
  const ascii = idnToAscii(host);
  const name = ascii === undefined ? "" : withoutDot(ascii);
  if (name === "") return invalid(identity, "it has no ASCII (IDNA) form");
  const problem = syntax === "strict" ? strictDnsProblem(name) : undefined;
  return problem ? invalid(name, problem) : { kind: "dns", name };
}

/** Why a text is not a host, or `undefined` when it is one. */
export function hostProblem(host: string, syntax?: NameSyntax): string | undefined {
  const read = readHost(host, syntax);
  return read.kind === "invalid" ? read.reason : undefined;
}

/** A host in the form in which hosts are compared: IPv6 without brackets, no dot at the end, lower case. */
export function plainHost(host: string): string {
  return lowerAscii(host.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, ""));
}

// ---- host and port

/** A text split at the colon between host and port. */
export interface HostAndPort {
  /** The host, without the brackets of IPv6. */
  readonly host: string;
  /** The text after the colon; `undefined` when there is no colon. */
  readonly port: string | undefined;
  /** Whether the host stood in brackets. */
  readonly bracketed: boolean;
}

/**
 * `host:443`, `[::1]:443`, `host`, `[::1]`; a host with several colons and no brackets, which
 * can only be IPv6, has no port. The parts are not checked.
 */
export function splitHostPort(text: string): HostAndPort {
  const bracketed = /^\[([^\]]*)\](?::([^:]*))?$/.exec(text);
  if (bracketed) return { host: bracketed[1]!, port: bracketed[2], bracketed: true };
  const single = /^([^:]*):([^:]*)$/.exec(text);
  return { host: single ? single[1]! : text, port: single?.[2], bracketed: false };
}

/** `host:443` -> `host`, `[::1]:443` and `[::1]` -> `::1`; an IPv6 address stays. */
export function stripPort(host: string): string {
  const parts = splitHostPort(host);
  return parts.port === undefined || /^\w*$/.test(parts.port) ? parts.host : host;
}

/** A host and a port as they are written together. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
