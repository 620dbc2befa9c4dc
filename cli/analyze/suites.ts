/**
 * Cipher suites: what the name of each says of its key exchange, its authentication, its cipher and
 * how much that is worth. Pure.
 *
 * @module
 */

import { SUITE_NAMES } from "./suite_names.ts";

/** How much a suite is worth, from worst to best. */
export type Strength = "none" | "broken" | "weak" | "fair" | "good";

/** A cipher suite. */
export interface Suite {
  /** The number on the wire. */
  readonly id: number;
  /** The name in the IANA registry: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. */
  readonly name: string;
  /** OpenSSL's name: `ECDHE-RSA-AES128-GCM-SHA256`. */
  readonly openssl: string;
  /** Whether it is a suite of TLS 1.3. */
  readonly tls13: boolean;
  /** How the key is agreed on: `ECDHE`, `DHE`, `RSA`, ...; `any` for TLS 1.3. */
  readonly exchange: string;
  /** How the server proves itself: `RSA`, `ECDSA`, `PSK`, `anon`, ...; `any` for TLS 1.3. */
  readonly authentication: string;
  /** The cipher: `AES_128_GCM`. */
  readonly cipher: string;
  /** How many bits of security its key has. */
  readonly bits: number;
  /** Whether it keeps old connections secret when the key of the certificate is lost. */
  readonly forwardSecret: boolean;
  /** Whether the cipher protects its own integrity. */
  readonly aead: boolean;
  /** Whether it is a suite of the export rules of the 1990s. */
  readonly export: boolean;
}

const BITS: readonly (readonly [pattern: RegExp, bits: number])[] = [
  [/^NULL|^SHA/, 0],
  [/^(?:RC4_40|RC2_CBC_40|DES40|DES_CBC_40)/, 40],
  [/^(?:RC4_56|RC2_56|DES_CBC)/, 56],
  [/^3DES/, 112],
  [/256|CHACHA20|28147|KUZNYECHIK|MAGMA/, 256],
];

const bitsOf = (cipher: string): number => BITS.find(([is]) => is.test(cipher))?.[1] ?? 128;

/** The hash at the end of a name. */
const HASH = /_(?:SHA(?:256|384|512)?|MD5|SM3|GOSTR3411)$/;
const AEAD = /GCM|CCM|POLY1305|AEGIS|MGM/;

/** Reads the exchange and the authentication of `DHE_RSA_EXPORT`. */
function splitExchange(text: string): readonly [exchange: string, authentication: string] {
  const [first = "", second] = text.replace(/_EXPORT(?:1024)?$/, "").split("_");
  if (text === "PSK_DHE") return ["DHE", "PSK"]; // two CCM suites turn the words around
  if (first === "RSA" && second === undefined) return ["RSA", "RSA"];
  if (first === "SRP") return ["SRP", text.split("_")[2] ?? "SRP"];
  return [first, second ?? first];
}

function readSuite(line: string): Suite {
  const [hex = "", short = "", openssl] = line.split(" ");
  const [left = "", right] = short.split("_WITH_");
  const tls13 = right === undefined || /_MGM_[LS]$/.test(right);
  const cipher = (right ?? left).replace(HASH, "");
  const [exchange, authentication] = tls13 ? ["any", "any"] : splitExchange(left);
  const isExport = left.includes("EXPORT");
  const bits = bitsOf(cipher);
  return {
    id: Number.parseInt(hex, 16),
    name: `TLS_${short}`,
    openssl: openssl ?? `TLS_${short}`,
    tls13,
    exchange,
    authentication,
    cipher,
    bits: isExport ? Math.min(bits, left.endsWith("1024") ? 56 : 40) : bits,
    forwardSecret: tls13 || /^(?:EC)?DHE$|^ECCPWD$/.test(exchange),
    aead: AEAD.test(cipher),
    export: isExport,
  };
}

let table: ReadonlyMap<number, Suite> | undefined;

/** All suites by number. */
export function allSuites(): ReadonlyMap<number, Suite> {
  return table ??= new Map(
    SUITE_NAMES.trim().split("\n").map(readSuite).map((suite) => [suite.id, suite]),
  );
}

/** A number as it is written: `0x1301`. */
export const hexId = (id: number): string => `0x${id.toString(16).padStart(4, "0")}`;

/** The suite of a number; one that nobody registered has its number for a name. */
export function suiteOf(id: number): Suite {
  return allSuites().get(id) ?? {
    id,
    name: hexId(id),
    openssl: hexId(id),
    tls13: id >> 8 === 0x13,
    exchange: "unknown",
    authentication: "unknown",
    cipher: "unknown",
    bits: 0,
    forwardSecret: false,
    aead: false,
    export: false,
  };
}

/** TLS_NULL_WITH_NULL_NULL is the state before the first handshake; nobody may offer it. */
const NULL_WITH_NULL = 0x0000;

/** What can be offered for TLS 1.3, or for what came before it: the best first, as clients do. */
export function offerable(tls13: boolean): number[] {
  const suites = [...allSuites().values()];
  return suites.filter((s) => s.tls13 === tls13 && s.id !== NULL_WITH_NULL)
    .toSorted((a, b) => worth(b) - worth(a))
    .map(({ id }) => id);
}

const STRENGTHS: readonly Strength[] = ["none", "broken", "weak", "fair", "good"];

/** A number for the order of suites. */
const worth = (suite: Suite): number =>
  10 * STRENGTHS.indexOf(strengthOf(suite)) + (suite.exchange === "ECDHE" ? 5 : 0) +
  (suite.forwardSecret ? 2 : 0) + (suite.aead ? 1 : 0);

const isAnonymous = (suite: Suite): boolean =>
  suite.authentication === "anon" || suite.exchange === "NULL";

/** How much a suite is worth. */
export function strengthOf(suite: Suite): Strength {
  if (suite.bits === 0 || isAnonymous(suite)) return "none";
  if (suite.bits < 112 || /^RC[24]/.test(suite.cipher)) return "broken";
  if (suite.bits < 128 || /^(?:IDEA|28147)/.test(suite.cipher)) return "weak";
  return suite.forwardSecret && suite.aead ? "good" : "fair";
}
