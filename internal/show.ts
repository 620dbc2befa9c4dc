/**
 * The one line by which an object of the library prints itself in the console.
 *
 * @module
 */

import { joinHostPort } from "./host.ts";

/** The name of the method that Deno's console calls. */
export const INSPECT: unique symbol = Symbol.for("Deno.customInspect") as typeof INSPECT;

/** An address as `host:port`, or the path of a socket. */
function address(addr: Deno.Addr): string {
  if (!("hostname" in addr)) return "path" in addr ? String(addr.path) : addr.transport;
  return joinHostPort(addr.hostname, addr.port);
}

/** A value as it is shown: text in quotes, an address as `host:port`, anything else as it prints itself. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null && "transport" in value) {
    return JSON.stringify(address(value as Deno.Addr));
  }
  const own = (value as { [INSPECT]?: unknown } | null)?.[INSPECT];
  return typeof own === "function" ? own.call(value) : String(value);
}

/** `SslListener { addr: "127.0.0.1:443", engine: "openssl" }`; members without a value are left out. */
export function oneLine(object: object, members: Readonly<Record<string, unknown>>): string {
  const name = object.constructor?.name ?? "Object";
  const parts = Object.entries(members).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${shown(value)}`);
  return `${name} { ${parts.join(", ")} }`;
}
