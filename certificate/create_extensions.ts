/**
 * The extensions of a certificate that `certCreate()` makes.
 *
 * @module
 */

import type { CertCreateOptions, ExtensionInput } from "./create_options.ts";
import { ownRecord } from "../internal/own_options.ts";
import { describe, quote } from "../internal/quote.ts";
import { readDer } from "./asn1/reader.ts";
import {
  anyOid,
  authorityKeyIdentifier,
  generalNameType,
  subjectAltName,
  subjectKeyIdentifier,
} from "./extensions/write.ts";
import { type ExtensionContext, parseExtension } from "./extensions/text.ts";
import { EXT, type Extension, readAltNames } from "./extensions/read.ts";
import { oidByNid } from "./asn1/oids.ts";
import { purposeExtensions } from "./purpose.ts";
import type { SubjectAltName } from "./general_name.ts";

function notAnArray(option: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot create certificate: ${option} must be an array: received ${describe(value)}`,
  );
}

function toAltNames(list: NonNullable<CertCreateOptions["subjectAltNames"]>): SubjectAltName[] {
  if (!Array.isArray(list)) throw notAnArray("subjectAltNames", list);
  return list.map((entry) => {
    const own = ownRecord(Object(entry) as { type?: unknown; value?: unknown });
    const [type, value] = Array.isArray(entry) ? entry : [own.type, own.value];
    if ((typeof type !== "string" && typeof type !== "number") || typeof value !== "string") {
      throw new TypeError(
        "Cannot create certificate: a subjectAltName is [type, value] or { type, value }: " +
          `received ${quote(entry)}`,
      );
    }
    return { type: generalNameType(type), value };
  });
}

/** The object identifier an extension is asked for by. */
function extensionOid({ oid, nid, sn }: ExtensionInput): string {
  if (typeof oid === "string") return anyOid(oid, "extension");
  const byNid = typeof nid === "number" ? oidByNid(nid)?.oid : undefined;
  if (byNid !== undefined) return byNid;
  if (typeof sn === "string") return anyOid(sn, "extension");
  throw new TypeError(
    "Cannot create certificate: cannot determine NID of extension, give sn, nid or oid: " +
      `received sn ${sn}, nid ${nid}`,
  );
}

function toExtension(input: ExtensionInput, id: string, context: ExtensionContext): Extension {
  if (input.der instanceof Uint8Array) {
    readDer(input.der, `extension ${id}`);
    return { oid: id, critical: Boolean(input.critical), value: input.der };
  }
  if (typeof input.data !== "string") {
    throw new TypeError(
      `Cannot create certificate: extension ${id} has neither data nor der: received ${
        describe(input.data)
      }`,
    );
  }
  const { critical, value } = parseExtension(id, input.data, context);
  return { oid: id, critical: critical || Boolean(input.critical), value };
}

/** Whether an encoded subjectAltName says just this list: then it is kept byte for byte. */
function sameNames(value: Uint8Array, names: readonly SubjectAltName[]): boolean {
  try {
    const list = readAltNames(value);
    return list.length === names.length &&
      list.every((n, i) => n.type === names[i]!.type && n.value === names[i]!.value);
  } catch {
    return false;
  }
}

/** What the extensions of a certificate are made of. */
export interface ExtensionPlan {
  readonly options: CertCreateOptions;
  readonly copy: boolean;
  readonly context: ExtensionContext;
}

/** The extensions of a certificate, in their order: the identifiers, the names, the purpose, and `ext`. */
export function planExtensions({ options, copy, context }: ExtensionPlan): Extension[] {
  const made = new Map<string, Extension>();
  const add = (extension: Extension): void => void made.set(extension.oid, extension);
  add(subjectKeyIdentifier(context.subjectKeyId));
  add(authorityKeyIdentifier(context.issuerKeyId));
  const names = options.subjectAltNames && toAltNames(options.subjectAltNames);
  if (names?.length) add(subjectAltName(names));
  // A copy says in `ext` what it is for: the default purpose is for those who say nothing.
  if (!copy || options.purpose !== undefined || options.CA !== undefined) {
    purposeExtensions(options.purpose, Boolean(options.CA)).forEach(add);
  }
  if (options.ext !== undefined && !Array.isArray(options.ext)) {
    throw notAnArray("ext", options.ext);
  }
  const order: string[] = [];
  const seen = new Set<string>();
  for (const given of options.ext ?? []) {
    const input: ExtensionInput = ownRecord(given);
    const id = extensionOid(input);
    if (seen.has(id)) {
      throw new TypeError(`Cannot create certificate: extension is given twice: received ${id}`);
    }
    seen.add(id);
    order.push(id);
    const set = made.get(id);
    if (set === undefined) add(toExtension(input, id, context));
    else if (id === EXT.subjectAltName && copy) {
      const original = toExtension(input, id, context);
      if (sameNames(original.value, names ?? [])) add(original);
      else add({ ...set, critical: original.critical });
    }
  }
  if (!copy) return [...made.values()];
  const rest = [...made.keys()].filter((id) => !seen.has(id));
  return [...order, ...rest].flatMap((id) => made.get(id) ?? []);
}
