/** Connections whose other end says whether they resumed a session. */

import { assertEquals } from "@std/assert";
import type { ConnectOptions } from "../../socket/options.ts";
import type { TicketKeycb } from "../../context/options.ts";
import type { VerifyReport } from "../../verify/report.ts";
import { bytes, type Lab, type OurListener, readAll } from "./lab.ts";

/** What a peer calls a handshake. */
export type Handshake = "New" | "Reused";

/** What openssl prints of a handshake, in `s_client` and on the page of `s_server -www`. */
const SUMMARY = /^(New|Reused), (\S+), Cipher is (\S+)$/m;

/** One request to `s_server -www`; the page says what the handshake was, and we must say the same. */
export async function askWww(
  lab: Lab,
  port: number,
  options: ConnectOptions = {},
): Promise<{ handshake: Handshake; page: string; report: VerifyReport }> {
  const socket = await lab.connect("openssl", port, options);
  await socket.write(bytes("GET / HTTP/1.0\r\n\r\n"));
  const page = await readAll(socket);
  const { report } = socket;
  const reused = socket.getSessionReused();
  await socket.close();
  const [, handshake] = page.match(SUMMARY) ?? [];
  assertEquals(reused, handshake === "Reused", page);
  return { handshake: handshake as Handshake, page, report };
}

/** As {@linkcode askWww}: what the handshake was, alone. */
export async function wwwSays(
  lab: Lab,
  port: number,
  options?: ConnectOptions,
): Promise<Handshake> {
  return (await askWww(lab, port, options)).handshake;
}

/**
 * One `s_client` that meets our listener and reads a line, with which the tickets of TLS 1.3 come.
 * What it calls the handshake; our server must agree.
 */
export async function sClientSays(
  lab: Lab,
  server: OurListener,
  ...args: string[]
): Promise<{ handshake: Handshake; output: string; report: VerifyReport }> {
  const client = lab.sClient(server.port, ...args);
  const socket = await server.accept();
  const [, handshake] = await client.said(SUMMARY);
  await socket.write(bytes("welcome\n"));
  await client.said("welcome"); // anywhere: it may come in the middle of a ticket's dump
  const { report } = socket;
  assertEquals(socket.getSessionReused(), handshake === "Reused", client.output);
  await socket.close();
  assertEquals(await client.exited(), 0, client.output);
  return { handshake: handshake as Handshake, output: client.output, report };
}

/** A key of session tickets: its secret, and its name. */
export interface TicketKey {
  readonly key: Uint8Array;
  readonly name: Uint8Array;
}

/** Makes a key of session tickets. */
export function ticketKey(name: string): TicketKey {
  const padded = new Uint8Array(16);
  padded.set(bytes(name));
  return { key: crypto.getRandomValues(new Uint8Array(32)), name: padded };
}

/** A `ticketKeycb` as in Perl's manual: the first key is the current one, the others are taken too. */
export function keyring(keys: () => readonly TicketKey[]): TicketKeycb {
  return (_data, name) => {
    const [current] = keys();
    if (name === undefined) return [current!.key, current!.name];
    const found = keys().find((key) => key.name.every((byte, i) => byte === name[i]));
    return found === undefined ? [] : [found.key, current!.name];
  };
}
