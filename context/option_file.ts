/**
 * The files that options name. An error says which option, which path and what the system said;
 * Deno's permission errors pass through.
 *
 * @module
 */

import { fileError } from "../internal/file_error.ts";

/** A path as one text. Not for messages: quotePath() is. */
export function shownPath(file: string | URL): string {
  return file instanceof URL ? file.href : file;
}

/** Reads the file of an option. `what` is the option's name, for messages. */
export async function readOptionFile(what: string, file: string | URL): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (cause) {
    throw fileError(what, file, cause);
  }
}
