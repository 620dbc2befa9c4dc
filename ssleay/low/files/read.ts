/**
 * Files, read by Deno: its read permission decides, as it does for everything else.
 *
 * @module
 */

import { backend } from "../c_function.ts";
import { packError, pushError } from "../error_queue.ts";

/** ENOENT, as the C library has it that says what it means: the system's, and that of WASI. */
const noEntry = () => backend === undefined ? 2 : 44;

/** Library, function and reason: that of the system's fopen(), and what BIO_new_file() makes of it. */
const errorsOfAMissingFile = () => [[2, 1, noEntry()], [32, 109, 128]] as const;

/** What Deno reads at a path; `undefined`, with errors in the queue, if nothing is there. */
function readAt<T>(
  path: string,
  what: string,
  where: string,
  read: (path: string) => T,
): T | undefined {
  if (typeof path !== "string") {
    throw new TypeError(
      `Cannot call ${where}: expected the path of a ${what}: received ${typeof path}`,
    );
  }
  try {
    return read(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    for (const [library, func, reason] of errorsOfAMissingFile()) {
      pushError(packError(library, func, reason));
    }
    return undefined;
  }
}

/**
 * The bytes of a file; `undefined`, with errors in the queue, if there is no such file.
 *
 * @throws {Deno.errors.NotCapable} Without the permission to read it; and whatever else Deno throws.
 */
export function readFile(path: string, where: string): Uint8Array<ArrayBuffer> | undefined {
  return readAt(path, "file", where, (file) => Deno.readFileSync(file));
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
  return readAt(path, "file", where, (name) => {
    using file = Deno.openSync(name);
    const bytes = new Uint8Array(limit);
    let at = 0;
    for (let count; at < limit && (count = file.readSync(bytes.subarray(at))) !== null;) {
      at += count;
    }
    return bytes.subarray(0, at);
  });
}

/**
 * The names of the files in a folder; `undefined`, with errors in the queue, if there is no such
 * folder.
 *
 * @throws As {@linkcode readFile}.
 */
export function readFolder(path: string, where: string): string[] | undefined {
  return readAt(
    path,
    "folder",
    where,
    (folder) =>
      Array.from(Deno.readDirSync(folder)).filter((entry) => !entry.isDirectory)
        .map((entry) => `${folder}/${entry.name}`).sort(),
  );
}

/** SSL_FILETYPE_*, which are X509_FILETYPE_*. */
export const FILETYPE = { PEM: 1, ASN1: 2 } as const;

/** SSL_R_BAD_SSL_FILETYPE, of ERR_LIB_SSL. */
const BAD_FILETYPE = [20, 0, 124] as const;

/** Puts the error for an unknown type of file into the queue. */
export function badFileType(): 0 {
  pushError(packError(...BAD_FILETYPE));
  return 0;
}
