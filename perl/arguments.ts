/**
 * Perl-style arguments to our options. Pure.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import type { ConnectOptions, ListenOptions, StartOptions } from "../socket/options.ts";
import { SslUnsupportedError } from "../errors.ts";
import { splitHostPort } from "../internal/host.ts";
import { ownMembers } from "../internal/own_options.ts";
import { didYouMean } from "../internal/suggest.ts";
import { perlNames, perlOption } from "./names.ts";
import { convertValue, truth } from "./values.ts";

/**
 * Arguments as Perl code has them.
 *
 * @category Perl
 */
export type PerlArguments = Readonly<Record<string, unknown>>;

/**
 * What {@linkcode fromPerl} gives: options for `connect`, `start` or `listen`.
 *
 * @category Perl
 */
export type PerlConverted = ConnectOptions & StartOptions & ListenOptions;

/** Arguments for what Deno does anyway: accepted with these values, refused with others. */
const ANYWAY: Readonly<Record<string, (value: unknown) => boolean>> = {
  Proto: (v) => v === undefined || v === "tcp" || v === 6,
  Type: (v) => v === undefined || v === 1,
  Blocking: (v) => v === undefined || truth(v),
  MultiHomed: () => true,
  ReuseAddr: (v) => v === undefined || truth(v),
  Reuse: (v) => v === undefined || truth(v),
  ReusePort: (v) => !truth(v),
  SSL_usebio: () => true,
};

/** Arguments of IO::Socket::IP that Deno cannot honour: accepted with these values, which ask for nothing. */
const PLATFORM: Readonly<Record<string, (value: unknown) => boolean>> = {
  V6Only: (v) => !truth(v),
  Broadcast: (v) => !truth(v),
  Sockopts: (v) => !truth(v) || (Array.isArray(v) && v.length === 0),
  // AI_ADDRCONFIG, which IO::Socket::IP gives by itself, on Linux, on BSD and macOS, on Windows.
  GetAddrInfoFlags: (v) => !truth(v) || [0x20, 0x400].includes(Number(v)),
  PeerAddrInfo: (v) => !truth(v),
  LocalAddrInfo: (v) => !truth(v),
};

/** AF_INET and AF_INET6 as Linux, macOS, FreeBSD and Windows number them, and our own numbers. */
const FAMILY = new Map<unknown, 4 | 6>([
  [2, 4],
  [4, 4],
  ["inet", 4],
  ["inet4", 4],
  [6, 6],
  [10, 6],
  [23, 6],
  [28, 6],
  [30, 6],
  ["inet6", 6],
]);

interface Address {
  readonly host: string | undefined;
  readonly port: string | number | undefined;
}

/** `host`, `host:port`, `host:service`, `host:service(port)`, `[::1]:port`, `::1`. */
function parseAddress(name: string, value: unknown): Address {
  if (value === undefined || value === null || value === "") {
    return { host: undefined, port: undefined };
  }
  if (typeof value !== "string") {
    throw new TypeError(`Cannot use ${name}: must be a string: received ${quote(value)}`);
  }
  const { host, port } = splitHostPort(value);
  return port === undefined || /^[\w()-]+$/.test(port)
    ? { host, port }
    : { host: value, port: undefined };
}

/** `443`, `"443"`, `"https"`, `"https(443)"`. */
function parsePort(name: string, value: unknown): number | string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "number" && typeof value !== "string") {
    throw new TypeError(`Cannot use ${name}: must be a port or service: received ${quote(value)}`);
  }
  const text = String(value);
  const number = /^\d+$/.test(text) ? text : /^[\w-]+\((\d+)\)$/.exec(text)?.[1];
  return number === undefined ? text : Number(number);
}

/** The arguments, each under a name that Perl has. */
function collect(args: PerlArguments): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const names = Object.fromEntries(perlNames.map(({ perl }) => [perl, true]));
  const own = ownMembers(args, { operation: "convert arguments", names });
  for (const [name, value] of Object.entries(own)) {
    const row = perlOption(name);
    if (row === undefined) throw unknown(name);
    // Perl's own spelling is exact; another case would be ignored there.
    if (row.perl !== name) {
      throw new TypeError(
        `unknown option ${quote(name)}: use ${JSON.stringify(row.perl)}`,
      );
    }
    if (Object.hasOwn(PLATFORM, row.perl)) {
      if (PLATFORM[row.perl]!(value)) continue;
      throw new SslUnsupportedError(
        `Cannot use ${row.perl}: ${row.reason}: use ${row.replacement}: received ${quote(value)}`,
        { code: "ERR_UNSUPPORTED", reason: row.reason! },
      );
    }
    if (row.ours === null && !Object.hasOwn(ANYWAY, row.perl)) {
      throw new TypeError(
        `unknown option ${quote(name)}: ${row.reason}: use ${row.replacement}`,
      );
    }
    if (row.ours === null && !ANYWAY[row.perl]!(value)) {
      throw new TypeError(`Cannot use ${name}: ${row.reason}: received ${quote(value)}`);
    }
    found.set(row.perl, value);
  }
  return found;
}

function unknown(name: string): TypeError {
  const options = perlNames.filter((row) => row.kind === "option");
  const start = `unknown option ${quote(name)}`;
  const ours = options.find((row) => row.ours === name);
  if (ours !== undefined) {
    return new TypeError(`${start}: this takes Perl's names: use ${JSON.stringify(ours.perl)}`);
  }
  const near = didYouMean(name, options.map((row) => row.perl));
  return new TypeError(start + (near || ": no option has a similar name"));
}

/** Both ends of the connection. */
function addresses(
  args: ReadonlyMap<string, unknown>,
  listening: boolean,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const put = (host: string, port: string, end: "Peer" | "Local") => {
    const [addrName, hostName] = [`${end}Addr`, `${end}Host`];
    // IO::Socket::IP calls the port a service, and takes either.
    const portName = args.get(`${end}Port`) === undefined ? `${end}Service` : `${end}Port`;
    const given = args.get(addrName) ?? args.get(hostName);
    const address = parseAddress(args.has(addrName) ? addrName : hostName, given);
    if (address.host) result[host] = address.host;
    // As in IO::Socket, a port in the address goes before the one beside it.
    const number = parsePort(portName, address.port ?? args.get(portName));
    if (number !== undefined) result[port] = number;
  };
  put("hostname", "port", "Peer");
  const local = listening ? ["hostname", "port"] as const : ["localAddress", "localPort"] as const;
  put(local[0], local[1], "Local");
  return result;
}

function family(args: ReadonlyMap<string, unknown>): 4 | 6 | undefined {
  if (truth(args.get("inet4"))) return 4;
  if (truth(args.get("inet6"))) return 6;
  for (const name of ["Domain", "Family"]) {
    const value = args.get(name);
    if (!truth(value)) continue;
    const found = FAMILY.get(value);
    if (found !== undefined) return found;
    throw new TypeError(
      `Cannot use ${name}: must be 4 or 6 (or AF_INET, AF_INET6): received ${quote(value)}`,
    );
  }
  return undefined;
}

function backlog(value: unknown): number {
  const length = Number(value);
  if (Number.isInteger(length) && length > 0) return length;
  throw new TypeError(`Cannot use Listen: must be a number above 0: received ${quote(value)}`);
}

const KEYS: readonly string[] = ["SSL_key", "SSL_key_file"];

/** Without a certificate a client has no use for a key, and Perl does not look at the key. */
function ignoresKey(args: ReadonlyMap<string, unknown>): boolean {
  const uses = ["Listen", "SSL_server", "SSL_use_cert", "SSL_cert", "SSL_cert_file"];
  return !uses.some((name) => truth(args.get(name)));
}

const SPECIAL = new Set([
  ...["PeerAddr", "PeerHost", "PeerPort", "PeerService"],
  ...["LocalAddr", "LocalHost", "LocalPort", "LocalService"],
  ...["Domain", "Family", "inet4", "inet6", "Timeout", "Listen", "SSL_server"],
]);

/** The arguments of `close` and `stop_SSL`. */
const CLOSING = new Set(["SSL_no_shutdown", "SSL_fast_shutdown", "Timeout"]);

/**
 * Turns the arguments of `IO::Socket::SSL->new`, `start_SSL` or `SSL_Context->new` into our options.
 *
 * - `PeerAddr`, `PeerHost`, `PeerPort` become `hostname` and `port`; with `Listen`, `LocalAddr` and
 *   `LocalPort` do. A client's `LocalAddr` becomes `localAddress`, which is not supported.
 * - `Timeout` is in seconds there and in milliseconds here. `Listen` becomes `backlog`.
 * - Truth is Perl's: `0`, `""`, `"0"` and `undef` are false.
 * - `undefined` is `undef`. It means "not given", except where Perl switches something off with it
 *   (`SSL_hostname`, `SSL_dh`, `SSL_ecdh_curve`). `null` is `\undef`: with `SSL_ca_file: null` no
 *   anchor is trusted.
 * - Strings of bytes, as in `SSL_psk` and `SSL_session_id_context`, stay bytes: `"\xff"` is one byte.
 * - A string alone is `PeerAddr`: `fromPerl("host:443")`.
 * - A client's `SSL_key` or `SSL_key_file` without a certificate is ignored.
 * - Callbacks get the arguments that ours get. `SSL_verify_callback` accepts with `1` or `true`, and
 *   with nothing else; `SSL_ocsp_staple_callback` refuses with any false value, and when it returns
 *   nothing; `SSL_ticket_keycb` may return its key and name as strings of bytes.
 * - `halfClose` is `false`: as in Perl since 2.091, the peer's close_notify is answered at once. It
 *   is left out when only arguments of `close` or `stop_SSL` are given (`SSL_no_shutdown`,
 *   `SSL_fast_shutdown`, `Timeout`).
 * - A curve may be OpenSSL's number for it; a flag or a size may be a number in a string.
 *
 * The values are checked when the options are used.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fromPerl } from "@socket/ssl/perl";
 *
 * assertEquals(
 *   fromPerl({ PeerAddr: "www.example.com:443", SSL_verify_mode: 1, Timeout: 5 }),
 *   { hostname: "www.example.com", port: 443, verifyMode: 1, timeout: 5000, halfClose: false },
 * );
 * ```
 *
 * @throws {TypeError} For an unknown argument: the message has the nearest right one. For one that
 * is left out on purpose: the message says why.
 * @throws {SslUnsupportedError} for an argument of IO::Socket::IP that Deno cannot honour.
 * @category Perl
 */
export function fromPerl(args: string | PerlArguments): PerlConverted {
  if (typeof args === "string") return fromPerl({ PeerAddr: args });
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    throw new TypeError(
      `Cannot convert arguments: must be an object or "host:port": received ${quote(args)}`,
    );
  }
  const given = collect(args);
  const listen = given.get("Listen");
  const listening = truth(listen);
  const result = addresses(given, listening);
  if (listening) result.backlog = backlog(listen);
  else if (truth(given.get("SSL_server"))) result.server = true;
  const ip = family(given);
  if (ip !== undefined) result.family = ip;
  const timeout = given.get("Timeout");
  if (timeout !== undefined && timeout !== null) {
    const seconds = Number(timeout);
    if (timeout === "" || !(seconds >= 0)) {
      throw new TypeError(`Cannot use Timeout: must be seconds: received ${quote(timeout)}`);
    }
    result.timeout = seconds * 1000;
  }
  const keyless = ignoresKey(given);
  for (const [name, value] of given) {
    const ours = perlOption(name)!.ours;
    if (ours === null || SPECIAL.has(name) || (keyless && KEYS.includes(name))) continue;
    const converted = convertValue(name, value);
    if (converted !== undefined) result[ours] = converted;
  }
  const closing = given.size > 0 && [...given.keys()].every((name) => CLOSING.has(name));
  if (!closing) result.halfClose = false;
  return result as PerlConverted;
}
