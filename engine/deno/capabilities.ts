/**
 * What the Deno engine can do. That depends on two things of Deno that are not
 * public and may disappear.
 *
 * A method on the prototype of `TlsConn`, under a symbol with the description
 * `getPeerCertificate`, reads the peer's certificate (Deno's own node:tls uses
 * it). If it exists, the feature `peerCertificate` is declared. Nothing relies
 * on it for safety: the chain and the name have been checked by then, and code
 * that needs the certificate and does not get it must refuse.
 *
 * A function under {@linkcode SNI_RESOLVER} gives `Deno.listenTls` the
 * certificate for a name. If it is read, the feature `sniServer` is declared.
 *
 * @module
 */

import { type Feature, featuresOf } from "../features.ts";
import type { EngineInfo } from "../engine.ts";

/** The option of `Deno.listenTls` with a function that gives the certificate for a name. */
export const SNI_RESOLVER: unique symbol = Symbol.for("unstableSniResolver") as never;
/** The option of `Deno.connectTls` with another name than the host's, sent and checked. */
export const SERVER_NAME: unique symbol = Symbol.for("unstableServerName") as never;

const DESCRIPTION = "getPeerCertificate";

/** What a real connection has shown; it counts more than the expectation. */
let seen: boolean | undefined;

/** Deno's table of internals holds the symbol, so it can be found without a connection. */
function expected(): boolean {
  const deno = Deno as unknown as Readonly<Record<PropertyKey, unknown>>;
  const key = deno.internal;
  if (typeof key !== "symbol") return false;
  const internals = deno[key] as Readonly<Record<string, unknown>> | undefined;
  const symbol = internals?.[DESCRIPTION];
  return typeof symbol === "symbol" && symbol.description === DESCRIPTION;
}

/** Whether the runtime shows the peer's certificate, as far as that is known. */
export function hasPeerCertificate(): boolean {
  return seen ?? expected();
}

let resolves: boolean | undefined;

/** Whether the runtime asks for a certificate by name. It looks before it listens. */
function hasSniResolver(): boolean {
  if (resolves !== undefined) return resolves;
  resolves = false;
  const options = {
    port: 0,
    get [SNI_RESOLVER](): never {
      resolves = true;
      throw new TypeError("It is read: nothing more is to be done");
    },
  };
  try {
    Deno.listenTls(options as unknown as Parameters<typeof Deno.listenTls>[0]).close();
  } catch {
    // Either it was read, or there is no certificate to listen with.
  }
  return resolves;
}

/** What this engine is and can do, as far as that is known. */
export function denoInfo(): EngineInfo {
  const maybe: Feature[] = [...featuresOf("deno", "maybe")].filter((feature) =>
    feature === "sniServer" ? hasSniResolver() : hasPeerCertificate()
  );
  return {
    name: "deno",
    version: `Deno ${Deno.version.deno}`,
    path: undefined,
    features: new Set([...featuresOf("deno"), ...maybe]),
  };
}

function accessor(conn: Deno.TlsConn): ((this: Deno.TlsConn) => unknown) | undefined {
  const prototype = Object.getPrototypeOf(conn) as Record<symbol, unknown>;
  for (const symbol of Object.getOwnPropertySymbols(prototype)) {
    const value = symbol.description === DESCRIPTION ? prototype[symbol] : undefined;
    if (typeof value === "function") return value as (this: Deno.TlsConn) => unknown;
  }
  return undefined;
}

/**
 * The peer's leaf in DER, once the handshake is complete; `undefined` if the runtime does not show
 * it.
 */
export function peerLeaf(conn: Deno.TlsConn): Uint8Array | undefined {
  const get = accessor(conn);
  seen = get !== undefined;
  if (get === undefined) return undefined;
  try {
    const raw = (get.call(conn) as { readonly raw?: unknown } | null)?.raw;
    return raw instanceof Uint8Array ? Uint8Array.from(raw) : undefined;
  } catch {
    return undefined; // it is not public and has changed: the connection itself is good
  }
}
