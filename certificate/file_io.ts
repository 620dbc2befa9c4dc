/**
 * Reading and writing the small files that hold certificates and keys.
 *
 * @module
 */

import { SslError } from "../errors.ts";
import { MAX_PEM_LENGTH } from "./pem.ts";

function fileError(action: string, file: string | URL, cause: unknown): unknown {
  // Deno's permission errors say themselves what to do.
  if (cause instanceof Deno.errors.NotCapable || !(cause instanceof Error)) return cause;
  const code = (cause as { code?: unknown }).code;
  return new SslError(`Cannot ${action} ${file}: ${cause.message}`, {
    code: typeof code === "string" ? code : "EIO",
    reason: cause.message,
    cause,
  });
}

/**
 * Reads a text file of at most 64 MiB.
 *
 * @throws {SslError} with the code of the system, e.g. `ENOENT`.
 * @throws {TypeError} for PEM text in place of a path. It may be a key: no message must hold it.
 */
export async function readSmallFile(file: string | URL): Promise<string> {
  if (String(file).includes("-----BEGIN ")) {
    throw new TypeError("Cannot read a file: it must be a path: received PEM text");
  }
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
    throw fileError("read", file, cause);
  }
}

/** Writes a text file. A secret one is readable by its owner only, also if it was there before. */
export async function writeSmallFile(
  file: string | URL,
  text: string,
  secret = false,
): Promise<void> {
  try {
    const mode = secret ? 0o600 : 0o644;
    using handle = await Deno.open(file, { write: true, create: true, truncate: true, mode });
    // The mode counts for a new file only; Windows has none.
    if (secret && Deno.build.os !== "windows") await Deno.chmod(file, mode);
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await handle.write(bytes.subarray(at));
  } catch (cause) {
    throw fileError("write", file, cause);
  }
}
