/**
 * What the development CA may vouch for: the name constraints of its root (RFC 5280 4.2.1.10), as
 * `ssl ca init --for` writes them and `ssl cert make` reads them.
 *
 * @module
 */

import { children, latin1, readDer, sequence } from "../../certificate/asn1/reader.ts";
import type { Certificate } from "../../certificate/certificate.ts";
import { EXT } from "../../certificate/extensions/read.ts";
import { ipToText, parseIpAddress, readHost } from "../../internal/host.ts";
import { quote } from "../../internal/quote.ts";
import { UsageError } from "../usage_error.ts";

/** The names that a CA may issue, and those that it must not, as `issue()` takes them. */
export interface Limits {
  readonly permitted: readonly string[];
  readonly excluded: readonly string[];
}

/** No name is outside of these. */
const EVERY_DOMAIN = "", EVERY_ADDRESS = ["0.0.0.0/0", "::/0"];

const WRITE_IT = "--for DOMAIN, which has what is below it, too; or --for NETWORK, as 127.0.0.0/8";

function network(given: string, address: Uint8Array): string {
  const bits = address.length * 8;
  const [, prefix = String(bits), ...more] = given.split("/");
  if (more.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits) {
    return `${ipToText(address)}/${prefix}`;
  }
  throw new UsageError(
    `--for: ${quote(given)} is not a network: the part behind the "/" must be from 0 to ${bits}`,
    WRITE_IT,
  );
}

/** A domain in ASCII, or a network with its prefix. */
function limit(given: string): string {
  const address = parseIpAddress(given.split("/")[0]!);
  if (address !== undefined) return network(given, address);
  const read = readHost(given);
  if (read.kind === "dns") return read.name;
  const reason = read.kind === "invalid" ? read.reason : "it has a zone";
  throw new UsageError(`--for: ${quote(given)} is not a domain: ${reason}`, WRITE_IT);
}

/**
 * The limits that `--for` names. A kind of name of which none is named is excluded as a whole: without
 * that, a CA for a network could vouch for every domain.
 *
 * @throws {UsageError} If one is neither a domain nor a network.
 */
export function limitsFrom(given: readonly string[]): Limits {
  const permitted = given.map(limit);
  if (permitted.length === 0) return { permitted, excluded: [] };
  const isNetwork = (each: string) => each.includes("/");
  return {
    permitted,
    excluded: [
      ...(permitted.every(isNetwork) ? [EVERY_DOMAIN] : []),
      ...(permitted.some(isNetwork) ? [] : EVERY_ADDRESS),
    ],
  };
}

/** The tags of GeneralName. */
const DNS = 0x82, IP = 0x87;
const PERMITTED = 0xa0, EXCLUDED = 0xa1;

/** One name of a subtree. */
interface Base {
  readonly tag: number;
  readonly body: Uint8Array;
}

function basesOf(root: Certificate, which: number): Base[] {
  const what = "extension nameConstraints";
  const extension = root.extension(EXT.nameConstraints);
  if (extension === undefined) return [];
  return sequence(readDer(extension.value, what), what)
    .filter(({ tag }) => tag === which)
    .flatMap((trees) => children(trees, what).map((tree) => sequence(tree, what)[0]!));
}

function coversAddress(base: Uint8Array, address: Uint8Array): boolean {
  const { length } = address;
  return base.length === 2 * length &&
    address.every((byte, i) => (byte & base[length + i]!) === (base[i]! & base[length + i]!));
}

function coversDomain(base: string, name: string): boolean {
  if (base === "" || name === base) return true;
  return name.endsWith(base.startsWith(".") ? base : `.${base}`);
}

function covers({ body }: Base, name: string): boolean {
  const address = parseIpAddress(name);
  return address === undefined
    ? coversDomain(latin1(body).toLowerCase(), name.toLowerCase())
    : coversAddress(body, address);
}

function textOf({ tag, body }: Base): string {
  if (tag !== IP) return latin1(body);
  const half = body.length / 2;
  const bits = body.subarray(half).reduce(
    (sum, byte) => sum + byte.toString(2).split("1").length - 1,
    0,
  );
  return `${ipToText(body.subarray(0, half)) ?? "?"}/${bits}`;
}

/**
 * Refuses a name that the CA may not vouch for: nobody would accept the certificate.
 *
 * @throws {UsageError} If it is outside of the limits.
 */
export function checkWithin(root: Certificate, name: string): void {
  if (name.includes("@")) return; // mail addresses have no limits
  const tag = parseIpAddress(name) === undefined ? DNS : IP;
  const [permitted, excluded] = [PERMITTED, EXCLUDED].map((which) => basesOf(root, which));
  const own = permitted!.filter((base) => base.tag === tag);
  const isIn = own.length === 0 || own.some((base) => covers(base, name));
  const isOut = excluded!.some((base) => base.tag === tag && covers(base, name));
  if (isIn && !isOut) return;
  throw new UsageError(
    `the CA may not vouch for ${quote(name)}, only for ${permitted!.map(textOf).join(", ")}`,
    "ssl ca init --for NAME --dir FOLDER makes another CA; --force replaces this one",
  );
}
