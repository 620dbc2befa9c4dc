/**
 * Which addresses count as one client, where each client has a share.
 *
 * @module
 */

import { parseIpAddress } from "../internal/host.ts";

/**
 * The client behind an address: an IPv4 address, also where IPv6 carries it, or the first 64 bits of
 * an IPv6 address, of which one host has all the rest.
 */
export function clientOf(addr: Deno.Addr | undefined): string {
  const host = (addr as Partial<Deno.NetAddr> | undefined)?.hostname ?? "";
  if (!host.includes(":")) return host;
  const bytes = parseIpAddress(host.replace(/%.*$/, ""));
  if (bytes?.length !== 16) return host;
  const mapped = bytes[10] === 0xff && bytes[11] === 0xff &&
    bytes.subarray(0, 10).every((b) => b === 0);
  return mapped ? bytes.subarray(12).join(".") : `/64 ${bytes.subarray(0, 8).join(".")}`;
}
