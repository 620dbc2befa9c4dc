/**
 * Writes a ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2, RFC 6101 5.6.1.2) that offers exactly what a
 * plan says, whatever an engine thinks of it. Pure but for its random bytes.
 *
 * @module
 */

import { TLS1_2, TLS1_3, VERSIONS } from "../../../engine/tls_versions.ts";
import { concat } from "../../../internal/bytes.ts";
import { parseIpAddress } from "../../../internal/host.ts";

/** The types of extensions. */
export const EXTENSION = {
  serverName: 0,
  statusRequest: 5,
  groups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  heartbeat: 15,
  alpn: 16,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  sessionTicket: 35,
  versions: 43,
  pskModes: 45,
  keyShare: 51,
  renegotiationInfo: 0xff01,
} as const;

/** TLS_FALLBACK_SCSV: "I can do better, but my first try failed" (RFC 7507). */
export const FALLBACK_SCSV = 0x5600;
/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV, which SSL 3.0 has in place of the extension (RFC 5746). */
const RENEGOTIATION_SCSV = 0x00ff;

/** A public key that is sent along for a group of TLS 1.3. */
export interface KeyShare {
  /** The group. */
  readonly group: number;
  /** The public key. */
  readonly key: Uint8Array;
}

/** What to offer. */
export interface HelloPlan {
  /** The highest version; TLS 1.3 is offered alone. */
  readonly version: number;
  /** The cipher suites, in this order. */
  readonly suites: readonly number[];
  /** The groups, in this order. */
  readonly groups: readonly number[];
  /** The host name for SNI; an address is not sent. */
  readonly serverName?: string | undefined;
  /** The application protocols. */
  readonly alpn?: readonly string[] | undefined;
  /** The keys for TLS 1.3. Without one, the server answers with the group that it wants. */
  readonly keyShares?: readonly KeyShare[] | undefined;
  /** Whether to offer compression (DEFLATE). */
  readonly compression?: boolean | undefined;
  /** Whether to offer the heartbeat. */
  readonly heartbeat?: boolean | undefined;
  /** Whether to ask for a session ticket. @default {true} */
  readonly ticket?: boolean | undefined;
  /** The signature algorithms. @default {all} */
  readonly signatureAlgorithms?: readonly number[] | undefined;
}

/** Every signature algorithm, so that none is the reason of a refusal (RFC 8446 4.2.3 and older ones). */
const SIGNATURE_ALGORITHMS = [
  ...[0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b],
  ...[0x0401, 0x0501, 0x0601, 0x081a, 0x081b, 0x081c, 0x0904, 0x0905, 0x0906, 0x0708],
  ...[0x0402, 0x0302, 0x0303, 0x0301, 0x0203, 0x0201, 0x0202],
];

const u16 = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 0xff);
const list16 = (numbers: readonly number[]): Uint8Array => concat(numbers.map(u16));
const vector8 = (data: Uint8Array): Uint8Array => concat([Uint8Array.of(data.length), data]);
const vector16 = (data: Uint8Array): Uint8Array => concat([u16(data.length), data]);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const NOTHING = new Uint8Array();

type Written = readonly [type: number, data: Uint8Array];

function oldExtensions(plan: HelloPlan): Written[] {
  if (plan.version === TLS1_3) return [];
  return [
    [EXTENSION.renegotiationInfo, Uint8Array.of(0)],
    [EXTENSION.pointFormats, vector8(Uint8Array.of(0))],
    ...(plan.ticket === false ? [] : [[EXTENSION.sessionTicket, NOTHING] as Written]),
    [EXTENSION.encryptThenMac, NOTHING],
    [EXTENSION.extendedMasterSecret, NOTHING],
    ...(plan.heartbeat ? [[EXTENSION.heartbeat, Uint8Array.of(1)] as Written] : []),
  ];
}

function newExtensions(plan: HelloPlan): Written[] {
  if (plan.version !== TLS1_3) return [];
  const shares = (plan.keyShares ?? []).map(({ group, key }) =>
    concat([u16(group), vector16(key)])
  );
  return [
    [EXTENSION.versions, vector8(u16(TLS1_3))],
    [EXTENSION.pskModes, vector8(Uint8Array.of(1))],
    [EXTENSION.keyShare, vector16(concat(shares))],
  ];
}

function extensionsOf(plan: HelloPlan): Uint8Array {
  const { serverName = "", alpn = [], groups } = plan;
  const written: Written[] = [];
  if (serverName !== "" && parseIpAddress(serverName) === undefined) {
    const name = concat([Uint8Array.of(0), vector16(ascii(serverName))]);
    written.push([EXTENSION.serverName, vector16(name)]);
  }
  if (groups.length > 0) written.push([EXTENSION.groups, vector16(list16(groups))]);
  if (plan.version >= TLS1_2) {
    const algorithms = vector16(list16(plan.signatureAlgorithms ?? SIGNATURE_ALGORITHMS));
    written.push([EXTENSION.signatureAlgorithms, algorithms]);
  }
  written.push([EXTENSION.statusRequest, Uint8Array.of(1, 0, 0, 0, 0)]);
  if (alpn.length > 0) {
    const protocols = concat(alpn.map((protocol) => vector8(ascii(protocol))));
    written.push([EXTENSION.alpn, vector16(protocols)]);
  }
  written.push(...oldExtensions(plan), ...newExtensions(plan));
  return vector16(concat(written.map(([type, data]) => concat([u16(type), vector16(data)]))));
}

/** One message with its header. */
function message(type: number, body: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(type, body.length >> 16), u16(body.length & 0xffff), body]);
}

/** The handshake message, without the record: what is hashed. */
export function clientHelloMessage(plan: HelloPlan): Uint8Array {
  const random = crypto.getRandomValues(new Uint8Array(32));
  // A session id in TLS 1.3 makes old boxes in between believe that they see TLS 1.2.
  const sessionId = plan.version === TLS1_3 ? random.toReversed() : NOTHING;
  const ssl3 = plan.version === VERSIONS.SSLv3;
  return message(
    1,
    concat([
      u16(Math.min(plan.version, TLS1_2)),
      random,
      vector8(sessionId),
      vector16(list16(ssl3 ? [...plan.suites, RENEGOTIATION_SCSV] : plan.suites)),
      vector8(plan.compression ? Uint8Array.of(1, 0) : Uint8Array.of(0)),
      ssl3 ? NOTHING : extensionsOf(plan),
    ]),
  );
}

/** A record that is not protected. */
export function inRecord(type: number, version: number, body: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(type), u16(version), vector16(body)]);
}

/** A ClientHello in its record, whose version is TLS 1.0 at most: there are servers that fail on more. */
export function helloRecord(plan: HelloPlan, message: Uint8Array): Uint8Array {
  return inRecord(22, Math.min(plan.version, VERSIONS.TLSv1), message);
}

/** A ClientHello as it is sent. */
export const clientHello = (plan: HelloPlan): Uint8Array =>
  helloRecord(plan, clientHelloMessage(plan));
