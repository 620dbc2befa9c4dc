/**
 * An `Intercept` as text: JSON with the certificates and keys in PEM.
 *
 * @module
 */

import { SslError } from "../errors.ts";
import { quote } from "../internal/quote.ts";

const FORMAT = "@socket/ssl Intercept";

/** The parts of the text. */
export interface Serialized {
  readonly proxyCert: string;
  readonly proxyKey: string;
  readonly certKey: string;
  readonly serial: string | null;
  readonly serialFunction: boolean;
  readonly cacheFunction: boolean;
  readonly cache: readonly { ident: string; cert: string; key: string | null; atime: number }[];
}

/** The error for a text that is not what `serialize()` gave: code `ERR_FORMAT`. */
export function formatError(reason: string): SslError {
  return new SslError(`Cannot unserialize Intercept: ${reason}`, { code: "ERR_FORMAT", reason });
}

/** Reads the text. @throws {SslError} code `ERR_FORMAT`, without a part of the text. */
export function parseSerialized(text: string): Serialized {
  let data: Partial<Record<keyof Serialized | "format" | "version", unknown>>;
  try {
    data = JSON.parse(text);
  } catch {
    // The error of JSON.parse() quotes the text, which holds keys.
    throw formatError("the text is not what serialize() gave");
  }
  if (data === null || typeof data !== "object" || data.format !== FORMAT) {
    throw formatError("the text is not what serialize() gave");
  }
  if (data.version !== 1) throw formatError(`unknown version: received ${quote(data.version)}`);
  const strings = [data.proxyCert, data.proxyKey, data.certKey];
  const entries = Array.isArray(data.cache) ? data.cache : undefined;
  const good = strings.every((value) => typeof value === "string") &&
    (data.serial === null || /^-?\d{1,400}$/.test(String(data.serial))) &&
    entries?.every((entry) =>
      typeof entry?.ident === "string" && typeof entry.cert === "string" &&
      (entry.key === null || typeof entry.key === "string") && typeof entry.atime === "number"
    );
  if (!good) throw formatError("the text is damaged");
  return data as unknown as Serialized;
}

/** Writes the text. */
export function writeSerialized(parts: Serialized): string {
  return JSON.stringify({ format: FORMAT, version: 1, ...parts });
}
