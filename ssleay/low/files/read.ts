/**
 * Files, read by Deno: its read permission decides, as it does for everything else.
 *
 * @module
 */

import { pushError } from "../error_queue.ts";

/** A system error of OpenSSL's queue (ENOENT), and BIO's reason for it. */
const ERRORS_OF_A_MISSING_FILE = [0x80000002, 0x10000080];

/**
 * The bytes of a file; `undefined`, with errors in the queue, if there is no such file.
 *
 * @throws {Deno.errors.NotCapable} Without the permission to read it; and whatever else Deno throws.
 */
export function readFile(path: string, where: string): Uint8Array<ArrayBuffer> | undefined {
  if (typeof path !== "string") {
    throw new TypeError(
      `Cannot call ${where}: expected the path of a file: received ${typeof path}`,
    );
  }
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    ERRORS_OF_A_MISSING_FILE.forEach(pushError);
    return undefined;
  }
}

/**
 * The first bytes of a file, at most `limit`; of a device never more. `undefined`, with errors in
 * the queue, if there is no such file.
 *
 * @throws As {@linkcode readFile}.
 */
export function readStart(
  path: string,
  limit: number,
  where: string,
): Uint8Array<ArrayBuffer> | undefined {
  if (typeof path !== "string") {
    throw new TypeError(
      `Cannot call ${where}: expected the path of a file: received ${typeof path}`,
    );
  }
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(limit);
    let at = 0;
    for (let count; at < limit && (count = file.readSync(bytes.subarray(at))) !== null;) {
      at += count;
    }
    return bytes.subarray(0, at);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    ERRORS_OF_A_MISSING_FILE.forEach(pushError);
    return undefined;
  }
}

/**
 * The names of the files in a folder; `undefined`, with errors in the queue, if there is no such folder.
 *
 * @throws {Deno.errors.NotCapable} Without the permission to read it; and whatever else Deno throws.
 */
export function readFolder(path: string, where: string): string[] | undefined {
  if (typeof path !== "string") {
    throw new TypeError(
      `Cannot call ${where}: expected the path of a folder: received ${typeof path}`,
    );
  }
  try {
    return Array.from(Deno.readDirSync(path)).filter((entry) => !entry.isDirectory)
      .map((entry) => `${path}/${entry.name}`).sort();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    ERRORS_OF_A_MISSING_FILE.forEach(pushError);
    return undefined;
  }
}

/** SSL_FILETYPE_*, which are X509_FILETYPE_*. */
export const FILETYPE = { PEM: 1, ASN1: 2 } as const;

/** SSL_R_BAD_SSL_FILETYPE. */
const BAD_FILETYPE = 0x0a00007c;

/** Puts the error for an unknown type of file into the queue. */
export function badFileType(): 0 {
  pushError(BAD_FILETYPE);
  return 0;
}
