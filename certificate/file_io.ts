/**
 * Reading and writing the small files that hold certificates and keys.
 *
 * @module
 */

import { describe } from "../internal/quote.ts";
import { fileError } from "../internal/file_error.ts";
import { MAX_PEM_LENGTH } from "./keys/pem.ts";

/** A path, and not what belongs into the file: it may be a key, and no message must hold it. */
function mustBePath(file: string | URL): void {
  if (typeof file !== "string" && !(file instanceof URL)) {
    throw new TypeError(`Cannot use a file: it must be a path: received ${describe(file)}`);
  }
  const text = String(file);
  if (text.includes("-----BEGIN ") || text.includes("\0")) {
    const found = text.includes("\0") ? "a text with a zero byte" : "PEM text";
    throw new TypeError(`Cannot use a file: it must be a path: received ${found}`);
  }
}

/**
 * Reads a text file of at most 64 MiB.
 *
 * @throws {SslError} with the code of the system, e.g. `ENOENT`.
 * @throws {TypeError} for PEM text in place of a path. It may be a key: no message must hold it.
 */
export async function readSmallFile(file: string | URL): Promise<string> {
  mustBePath(file);
  try {
    using handle = await Deno.open(file, { read: true });
    const chunks: string[] = [];
    const decoder = new TextDecoder("latin1");
    const buffer = new Uint8Array(65536);
    let total = 0;
    for (;;) {
      const n = await handle.read(buffer);
      if (n === null) return chunks.join("");
      total += n;
      if (total > MAX_PEM_LENGTH) throw new RangeError("larger than 64 MiB");
      chunks.push(decoder.decode(buffer.subarray(0, n)));
    }
  } catch (cause) {
    throw fileError("", file, cause);
  }
}

/** Writes a text file. A secret one is readable by its owner only, also if it was there before. */
export async function writeSmallFile(
  file: string | URL,
  text: string,
  secret = false,
): Promise<void> {
  mustBePath(file);
  try {
    const mode = secret ? 0o600 : 0o644;
    using handle = await Deno.open(file, { write: true, create: true, truncate: true, mode });
    // The mode counts for a new file only; Windows has none.
    if (secret && Deno.build.os !== "windows") await Deno.chmod(file, mode);
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await handle.write(bytes.subarray(at));
  } catch (cause) {
    throw fileError("", file, cause, "write");
  }
}
