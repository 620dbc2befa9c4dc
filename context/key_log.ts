/**
 * The NSS key log of the option `keylog`: lines for a function, or for the file of SSLKEYLOGFILE.
 *
 * @module
 */

import { fileError } from "../internal/file_error.ts";

/**
 * The function that takes a line. For `"env"` it appends to the file that
 * SSLKEYLOGFILE names; without that variable nobody takes them.
 *
 * @throws {Deno.errors.NotCapable} without the env or write permission.
 * @throws {SslError} if the file cannot be written.
 */
export async function openKeylog(
  keylog: ((line: string) => void) | "env",
): Promise<((line: string) => void) | undefined> {
  if (keylog !== "env") return keylog;
  const file = Deno.env.get("SSLKEYLOGFILE");
  if (!file) return undefined;
  const options = { append: true, create: true, mode: 0o600 } as const;
  try {
    // Fails now, not in the middle of a handshake.
    await Deno.writeTextFile(file, "", options);
  } catch (cause) {
    throw fileError("SSLKEYLOGFILE", file, cause, "write");
  }
  return (line) => Deno.writeTextFileSync(file, line + "\n", options);
}
