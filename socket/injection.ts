/**
 * STARTTLS injection: an attacker on the path can send plain bytes ahead of the handshake and hope that
 * they are taken for data that came over TLS (CVE-2011-0411 and its many followers). So every byte that
 * was read above TCP before the handshake was asked for goes into the handshake and nowhere else, and is
 * looked at first: a server accepts only the beginning of a ClientHello, a client accepts nothing, since
 * its peer speaks second. That holds for the bytes of a transport, of a socket and of a reader above
 * either. Pure.
 *
 * @module
 */

import type { Role } from "../engine/engine.ts";
import { SslPeerError } from "../errors.ts";
import { quote } from "../internal/quote.ts";

/** Whether bytes are the beginning of a TLS record with a ClientHello (RFC 8446 5.1). */
export function beginsClientHello(bytes: Uint8Array): boolean {
  const [type, major = 3, minor = 1, , , message = 1] = bytes;
  return type === 0x16 && major === 3 && minor <= 4 && message === 1;
}

/**
 * Refuses what came before the handshake was asked for.
 *
 * @throws {SslPeerError} With code `ERR_INJECTION`.
 */
export function refuseInjection(role: Role, ahead: Uint8Array, peer: string): void {
  if (ahead.length === 0 || (role === "server" && beginsClientHello(ahead))) return;
  const what = role === "client"
    ? "the server sent them before TLS was asked for"
    : "they do not begin a TLS handshake";
  throw injected(peer, `${what}: received ${shown(ahead)}`);
}

/** The error for plain bytes that came before the handshake was asked for. */
export function injected(peer: string, what: string): SslPeerError {
  return new SslPeerError(
    `Cannot start TLS with ${peer}: unexpected plain bytes ahead of the handshake, ${what}: ` +
      `they may have been injected; do not treat them as protected`,
    { code: "ERR_INJECTION", reason: "plain bytes ahead of the handshake" },
  );
}

/** The first bytes in printable form: they come from an untrusted peer, and may be its password. */
function shown(bytes: Uint8Array): string {
  return quote(String.fromCharCode(...bytes.subarray(0, 32))) + (bytes.length > 32 ? "..." : "");
}
