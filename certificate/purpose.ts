/**
 * The purposes of `CERT_create` and the extensions they stand for.
 *
 * @module
 */

import { ownRecord } from "../internal/own_options.ts";
import { quote, quoteAll } from "../internal/quote.ts";
import { basicConstraints, extKeyUsage, keyUsage, nsCertType } from "./extensions/write.ts";
import { type Extension, KEY_USAGES } from "./extensions/read.ts";

/**
 * Purposes: a list with `+` and `-`, or a record of switches; names in any letter case.
 *
 * @category Making certificates
 */
export type PurposeInput =
  | string
  | readonly string[]
  | Readonly<Record<string, boolean | number | string>>;

interface Effect {
  readonly ca?: true;
  readonly ku?: readonly string[];
  readonly eku?: readonly string[];
  readonly ns?: readonly string[];
}

const SIGN_CIPHER = ["digitalSignature", "keyEncipherment"];
const CA: Effect = { ca: true, ku: ["digitalSignature", "keyCertSign"] };
const EMAIL: Effect = { ku: SIGN_CIPHER, eku: ["emailProtection"], ns: ["email"] };
const OBJSIGN: Effect = { ku: SIGN_CIPHER, eku: ["codeSigning"], ns: ["objsign"] };

const PURPOSES: Readonly<Record<string, Effect>> = {
  client: { ku: SIGN_CIPHER, eku: ["clientAuth"], ns: ["client"] },
  server: { ku: SIGN_CIPHER, eku: ["serverAuth"], ns: ["server"] },
  email: EMAIL,
  objsign: OBJSIGN,
  CA,
  sslCA: { ...CA, ns: ["sslCA"] },
  emailCA: { ...CA, ns: ["emailCA"] },
  objCA: { ...CA, ns: ["objCA"] },
  emailProtection: EMAIL,
  codeSigning: OBJSIGN,
  timeStamping: { eku: ["timeStamping"] },
  ...Object.fromEntries(KEY_USAGES.map((name) => [name, { ku: [name] }])),
  clientAuth: { eku: ["clientAuth"] },
  serverAuth: { eku: ["serverAuth"] },
};

/** The names of all purposes. */
export const PURPOSE_NAMES: readonly string[] = Object.keys(PURPOSES);

function unknownPurpose(names: readonly string[]): TypeError {
  return new TypeError(
    `Cannot create certificate: unknown purpose, use one of ${PURPOSE_NAMES.join(", ")}: ` +
      `received ${quoteAll(names)}`,
  );
}

/** Name in lower case -> whether it is switched on. */
function switches(input: PurposeInput | undefined): Map<string, boolean> {
  const map = new Map<string, boolean>();
  if (input === undefined) return map;
  if (typeof input === "string") {
    for (const [, sign, name] of input.matchAll(/([+-]?)(\w+)/g)) {
      map.set(name!.toLowerCase(), sign !== "-");
    }
    if (map.size === 0 && input.trim() !== "") throw unknownPurpose([input]);
  } else if (Array.isArray(input)) {
    for (const entry of input) {
      const match = /^([+-]?)(\w+)$/.exec(String(entry));
      if (match === null) {
        throw new TypeError(
          `Cannot create certificate: invalid entry in purpose: received ${quote(entry)}`,
        );
      }
      map.set(match[2]!.toLowerCase(), match[1] !== "-");
    }
  } else if (input !== null && typeof input === "object") {
    for (const [name, value] of Object.entries(input)) {
      map.set(name.toLowerCase(), Boolean(value) && value !== "-" && value !== "0");
    }
  } else {
    throw new TypeError(
      `Cannot create certificate: purpose must be a string, an array or a record: received ${typeof input}`,
    );
  }
  return map;
}

/**
 * The extensions of purposes: critical basicConstraints always, keyUsage
 * (critical), nsCertType and extendedKeyUsage where there is something in them.
 *
 * @throws {TypeError} for an unknown purpose, with the known ones.
 */
export function purposeExtensions(input: PurposeInput | undefined, ca: boolean): Extension[] {
  let wanted = switches(input);
  if (ca) {
    wanted = new Map([
      ...["ca", "sslca", "emailca", "objca"].map((name) => [name, true] as const),
      ...wanted,
    ]);
  }
  if (wanted.size === 0) wanted = new Map([["server", true], ["client", true]]);
  const known = new Set(PURPOSE_NAMES.map((name) => name.toLowerCase()));
  const unknown = [...wanted.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) throw unknownPurpose(unknown);

  let isCa = false;
  const sets = { ku: new Set<string>(), eku: new Set<string>(), ns: new Set<string>() };
  const lists = ["ku", "eku", "ns"] as const;
  // First all that is switched on, then all that is switched off: "-" wins.
  for (const on of [true, false]) {
    for (const [name, listed] of Object.entries(PURPOSES)) {
      const effect = ownRecord(listed);
      if (wanted.get(name.toLowerCase()) !== on) continue;
      if (effect.ca) isCa = on;
      for (const list of lists) {
        for (const value of effect[list] ?? []) {
          on ? sets[list].add(value) : sets[list].delete(value);
        }
      }
    }
  }
  return [
    basicConstraints(isCa),
    ...(sets.ku.size > 0 ? [keyUsage([...sets.ku])] : []),
    ...(sets.ns.size > 0 ? [nsCertType([...sets.ns])] : []),
    // Sorted, as Perl has them.
    ...(sets.eku.size > 0 ? [extKeyUsage([...sets.eku].sort())] : []),
  ];
}
