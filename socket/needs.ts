/**
 * What a connection needs of an engine beside its options: the side that it is, what it runs over,
 * and its names. Where this is known before an engine is chosen, "auto" chooses one that can do it.
 *
 * @module
 */

import { clientNames } from "../context/connection_policy.ts";
import type { DialTarget, Role } from "../engine/engine.ts";
import type { Feature } from "../engine/features.ts";
import type { Fits } from "../engine/load.ts";
import { isOneName } from "../engine/requirements.ts";
import { idnToAscii } from "../internal/host.ts";
import type { SocketOptions } from "./options.ts";

const having = (needs: () => readonly Feature[]): Fits => ({ features }) =>
  needs().every((feature) => features.has(feature));

const hasCertificate = ({ cert, certFile, key, keyFile, useCert }: SocketOptions): boolean =>
  useCert !== false && [cert, certFile, key, keyFile].some((value) => value !== undefined);

/** Whether a client sends another name than it verifies, or verifies none. */
function hasTwoNames(options: SocketOptions, hostname: string | undefined): boolean {
  if (options.verifycnScheme === "none") return false;
  const { serverName, verifyName } = clientNames({ ...options, hostname });
  if (verifyName === undefined) return options.forceFingerprint === true;
  return !isOneName(serverName, idnToAscii(verifyName) ?? verifyName);
}

/** What a client needs for its names. */
const forNames = (options: SocketOptions, hostname: string | undefined): Feature[] =>
  hasTwoNames(options, hostname) ? ["noSni"] : [];

/** Finds an engine for a client that connects to a target. */
export function fitsTarget(options: SocketOptions, target: DialTarget): Fits {
  const later = options.startHandshake === false;
  return having(() => [
    ...(target.transport === "tcp" ? [] : ["anyTransport"] as const),
    ...(later && hasCertificate(options) ? ["clientCertificateOnStart"] as const : []),
    ...forNames(options, target.transport === "tcp" ? target.hostname : undefined),
  ]);
}

/** Finds an engine that starts TLS on an open connection. */
export function fitsStart(
  role: Role,
  options: SocketOptions,
  { overTcp, hostname }: { readonly overTcp: boolean; readonly hostname: string | undefined },
): Fits {
  return having(() => [
    ...(overTcp ? [] : ["anyTransport"] as const),
    ...(role === "server" ? ["startServer"] as const : forNames(options, hostname)),
    ...(role === "client" && hasCertificate(options) ? ["clientCertificateOnStart"] as const : []),
  ]);
}
