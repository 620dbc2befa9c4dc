/**
 * Looks up a host's addresses, so that the time of the name server can be told from that of the
 * connection. Asks for no permission: where it lacks one, Deno looks the name up as it connects.
 *
 * @module
 */

import { ipVersion } from "../../internal/host.ts";

/** The addresses of a host, and how long it took to find them, in milliseconds. */
export interface Addresses {
  /** In the order in which they are tried. */
  readonly addresses: readonly string[];
  /** `undefined` where nothing was looked up. */
  readonly ms: number | undefined;
}

const mayReach = (host: string): boolean =>
  Deno.permissions.querySync({ name: "net", host }).state === "granted";

/** The addresses of a host; the host itself where it is one, or where looking it up is not permitted. */
export async function lookUp(host: string, port: number): Promise<Addresses> {
  const alone = { addresses: [host], ms: undefined };
  if (ipVersion(host) !== undefined || !mayReach(host)) return alone;
  const { lookup } = await import("node:dns/promises");
  const began = performance.now();
  try {
    const found = await lookup(host, { all: true });
    const ms = performance.now() - began;
    const addresses = found.map(({ address }) => address);
    const open = (address: string) =>
      mayReach(address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`);
    return addresses.length > 0 && addresses.every(open) ? { addresses, ms } : alone;
  } catch {
    return alone; // connecting says what is wrong with the name
  }
}
