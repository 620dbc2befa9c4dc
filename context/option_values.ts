/**
 * The checks of single values of options: each gives `undefined` for a right value, and otherwise says
 * what it must be. Pure.
 *
 * @module
 */

import { hostProblem, stripPort } from "../internal/host.ts";
import { Certificate } from "../certificate/certificate.ts";
import {
  foreignKeyFault,
  isForeignCertificate,
  isForeignKey,
} from "../certificate/foreign_objects.ts";
import { looksLikePem } from "../certificate/keys/pem.ts";
import { quote } from "../internal/quote.ts";

/** Says what a value must be, or `undefined` when it is. */
export type Check = (value: unknown) => string | undefined;

const isPlain = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Whether a value is a record per SNI name. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlain(value);
}

const when = (test: (value: unknown) => boolean, must: string): Check => (value) =>
  test(value) ? undefined : must;

/** Whether a text is the content of a file: it may be a key, which must not be shown. */
const isContent = (v: unknown): boolean => typeof v === "string" && v.includes("-----BEGIN ");

const isText = (v: unknown): boolean =>
  typeof v === "string" && v.length <= 0xffff && !isContent(v);

export const string: Check = when(
  isText,
  "must be a string of at most 65535 characters, not PEM text",
);
/** A string that is not empty. */
export const filled: Check = when(
  (v) => v !== "" && isText(v),
  "must be a string that is not empty, of at most 65535 characters, not PEM text",
);
export const boolean: Check = when((v) => typeof v === "boolean", "must be true or false");
export const callback: Check = when((v) => typeof v === "function", "must be a function");

/** A whole number within bounds. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  const must = most === Number.MAX_SAFE_INTEGER
    ? `must be a whole number of at least ${least}`
    : `must be a whole number from ${least} to ${most}`;
  return when((v) => Number.isInteger(v) && v as number >= least && v as number <= most, must);
}

/** A number of milliseconds; 0 means no limit. */
export const milliseconds: Check = when(
  (v) => typeof v === "number" && v >= 0,
  "must be a number of milliseconds, 0 for no limit",
);

export function oneOf(...values: readonly (string | number | boolean)[]): Check {
  return (v) =>
    values.includes(v as string)
      ? undefined
      : `must be one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;
}

/** Any of several checks; `must` names them all. */
export function anyOf(must: string, ...checks: readonly Check[]): Check {
  return when((v) => checks.some((check) => check(v) === undefined), must);
}

export function nullable(check: Check): Check {
  return (value) => {
    const must = value === null ? undefined : check(value);
    return must === undefined ? undefined : `${must}, or null`;
  };
}

/** A list with at least `least` elements that all pass. */
export function listOf(check: Check, must: string, least = 0): Check {
  return when(
    (v) => Array.isArray(v) && v.length >= least && v.every((item) => check(item) === undefined),
    must,
  );
}

/** One value, or a record of them per SNI name. */
export function perName(check: Check): Check {
  return (value) => {
    if (!isPlain(value)) {
      const must = check(value);
      return must === undefined ? undefined : `${must}, or a record of these per SNI name`;
    }
    const entries = Object.entries(value);
    if (entries.length === 0) return `must not be an empty record`;
    for (const [name, item] of entries) {
      const must = check(item);
      if (must !== undefined) return `${must} (for the name ${quote(name)})`;
    }
    return undefined;
  };
}

const filePath: Check = when(
  (v) =>
    typeof v === "string"
      ? v !== "" && !v.includes("\0")
      : v instanceof URL && v.protocol === "file:",
  "must be a path (a string or a file: URL)",
);

/** A path, as a string that is not empty or a file: URL. */
export const path: Check = (v) =>
  isContent(v)
    ? "must be a path, not PEM text (for that use the option whose name does not end in File)"
    : filePath(v);

const hasBytes = (v: unknown): boolean => v instanceof Uint8Array && v.length > 0;

/** Bytes, at least one. */
export const bytes: Check = when(hasBytes, "must be a Uint8Array that is not empty");

/** An object with some methods. */
export function hasMethods(must: string, ...names: readonly string[]): Check {
  return when(
    (v) =>
      typeof v === "object" && v !== null &&
      names.every((name) => typeof (v as Record<string, unknown>)[name] === "function"),
    must,
  );
}

const pem = (v: unknown): boolean => typeof v === "string" && looksLikePem(v);

/** For a string that is neither, which most often is a path. */
const MATERIAL = "must be PEM text or a Uint8Array (for a path use the option that ends in File)";

export const material: Check = when((v) => pem(v) || hasBytes(v), MATERIAL);

const certificateItem = (v: unknown): boolean =>
  pem(v) || hasBytes(v) || v instanceof Certificate || isForeignCertificate(v);

/** A certificate or a list of them. */
export const certificates: Check = when(
  (v) => Array.isArray(v) ? v.every(certificateItem) : certificateItem(v),
  "must be PEM text, a Uint8Array, a Certificate, an X509Certificate or a list of these " +
    "(for a path use the option that ends in File)",
);

/** A certificate or a list of at least one. */
export const someCertificates: Check = (value) =>
  Array.isArray(value) && value.length === 0 ? "must not be an empty list" : certificates(value);

/** PEM text, bytes, or a list of them. */
export const materials: Check = when(
  (v) =>
    Array.isArray(v)
      ? v.length > 0 && v.every((i) => pem(i) || hasBytes(i))
      : pem(v) || hasBytes(v),
  `${MATERIAL}, or a list of these`,
);

/** The looks of a PrivateKey, whose module comes with the keys and has the last word. */
const keyLike = (v: unknown): boolean =>
  typeof v === "object" && v !== null && !isPlain(v) && "keyObject" in v && "publicSpki" in v;

/** A private key: PEM text, bytes, or a key object. */
export const key: Check = (value) => {
  if (!isForeignKey(value)) {
    return pem(value) || hasBytes(value) || keyLike(value)
      ? undefined
      : `${MATERIAL}, or a PrivateKey, a CryptoKey or a KeyObject`;
  }
  const fault = foreignKeyFault(value);
  return fault === undefined ? undefined : `must be a private key that can be used: ${fault}`;
};

const encoder = new TextEncoder();

/** ALPN and NPN protocol names: 1 to 255 bytes each (RFC 7301 3.1). */
export const protocols: Check = when(
  (v) =>
    Array.isArray(v) && v.every((name) => {
      if (typeof name !== "string") return false;
      const { length } = encoder.encode(name);
      return length >= 1 && length <= 255;
    }),
  "must be a list of protocol names of 1 to 255 bytes each",
);

/** A host, which is sent in SNI if it is a name; "" sends no name. */
export const serverName: Check = (value) => {
  if (typeof value !== "string") return "must be a string";
  const problem = value === "" ? undefined : hostProblem(stripPort(value));
  return problem === undefined ? undefined : `must be a host name: ${problem}`;
};

/** SSL_VERIFY_* flags. */
export const verifyMode: Check = (value) => {
  if (typeof value !== "number") return "must be a number and not a string";
  return Number.isInteger(value) && value >= 0 && value <= 7
    ? undefined
    : "must be a combination of the SSL_VERIFY_* flags (0 to 7)";
};

const isKey = (value: unknown): boolean =>
  (typeof value === "string" || value instanceof Uint8Array) && value.length > 0;

/** Identities travel as C strings. */
const isIdentity = (value: unknown): boolean =>
  isKey(value) &&
  !(typeof value === "string" ? encoder.encode(value) : value as Uint8Array).includes(0);

/** A pre-shared key in any of its forms; context/psk.ts checks that the form fits the role. */
export const psk: Check = (value) => {
  if (isKey(value)) return undefined;
  if (Array.isArray(value)) {
    const [identity, key] = value;
    if (value.length === 2 && isIdentity(identity) && isKey(key)) return undefined;
    return "must be [identity, key], both not empty, the identity without a zero byte";
  }
  if (isRecord(value)) {
    const entries = Object.entries(value);
    const fine = entries.length > 0 &&
      entries.every(([identity, key]) => (identity === "" || isIdentity(identity)) && isKey(key));
    return fine ? undefined : "must have a key that is not empty for each identity";
  }
  return "must be a key (a string or a Uint8Array), [identity, key], or a record of keys by identity";
};
