/**
 * What node's `tls.TLSSocket` tells of a connection, asked of an {@linkcode SslSocket}.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { X509Certificate } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { PeerCertificate } from "node:tls";
import { notEstablishedError } from "../engine/wire_errors.ts";
import { SslError, SslUnsupportedError } from "../errors.ts";
import type { SslSocket } from "../socket/socket.ts";
import { legacyCertificate, legacyChain, standardName, toX509 } from "./peer_certificate.ts";

/**
 * A cipher suite, as node's `getCipher()` has it.
 *
 * @category Node
 */
export interface CipherNames {
  /** OpenSSL's name. */
  readonly name: string;
  /** The name in IANA's registry. */
  readonly standardName: string;
  /** The protocol, e.g. `TLSv1.3`. */
  readonly version: string;
}

/** What the engine knows; `undefined` where it cannot tell. */
export function ifKnown<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof SslUnsupportedError) return undefined;
    throw error;
  }
}

/** Sets what may be impossible: the engine cannot, or the socket is closed already. */
export function wish(set: () => void): void {
  try {
    set();
  } catch (error) {
    if (!(error instanceof SslError)) throw error;
  }
}

/** Whether the peer showed a certificate that was verified. */
export function isAuthorized(socket: SslSocket | undefined): boolean {
  const report = socket?.report;
  return report !== undefined && report.ok &&
    report.checks.some(({ name, ok }) =>
      ok === true && (name === "chain" || name === "fingerprint")
    );
}

/** The peer's certificate, with its issuers where they are wanted; `null` without a connection. */
export function peerCertificateOf(
  socket: SslSocket | undefined,
  detailed: boolean,
): PeerCertificate | null {
  if (socket === undefined) return null;
  const leaf = socket.peerCertificate();
  if (leaf === undefined) return {} as PeerCertificate;
  if (!detailed) return legacyCertificate(leaf);
  const built = socket.report.chain;
  return legacyChain(built.length > 0 ? built : socket.peerCertificates())!;
}

/** The peer's certificate in the class of `node:crypto`. */
export function peerX509Of(socket: SslSocket | undefined): X509Certificate | undefined {
  const leaf = socket?.peerCertificate();
  return leaf && toX509(leaf);
}

/** Our own certificate; `{}` if we have none. */
export function ownCertificateOf(socket: SslSocket | undefined): PeerCertificate {
  const own = socket?.sockCertificate();
  return own === undefined ? {} as PeerCertificate : legacyCertificate(own);
}

/** The protocol in node's spelling. */
export function protocolOf(socket: SslSocket | undefined): string | null {
  return socket?.getSslversion()?.replace("_", ".") ?? null;
}

/** The cipher suite under its two names. */
export function cipherOf(socket: SslSocket | undefined): CipherNames | undefined {
  const name = socket?.getCipher();
  if (name === undefined) return undefined;
  return { name, standardName: standardName(name), version: protocolOf(socket)! };
}

/** Keying material of the connection, in the order of node's arguments. */
export function keyingMaterialOf(
  socket: SslSocket | undefined,
  length: number,
  label: string,
  context?: Uint8Array,
): Buffer {
  if (socket === undefined) throw notEstablishedError();
  return Buffer.from(socket.exportKeyingMaterial(label, length, context));
}

/** The address of one end, where it is one of TCP. */
export function addressOf(
  socket: SslSocket | undefined,
  side: "localAddr" | "remoteAddr",
): AddressInfo | undefined {
  const addr = socket?.[side] as Deno.Addr | undefined;
  if (addr?.transport !== "tcp") return undefined;
  const { hostname: address, port } = addr;
  return { address, family: address.includes(":") ? "IPv6" : "IPv4", port };
}
