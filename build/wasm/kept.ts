/**
 * What was built once is kept in the user's cache folder, by the hash of what it was built from.
 *
 * @module
 */

import { sha256 } from "./recipe.ts";

/** The folder for what is kept. */
export function cacheFolder(get: (name: string) => string | undefined = Deno.env.get): string {
  const own = get("XDG_CACHE_HOME");
  const base = own?.startsWith("/") ? own : `${get("HOME") ?? "/root"}/.cache`;
  return `${base}/socket-ssl/wasm`;
}

/** One hash of all that something is made from; the order of keys counts, as JSON writes them. */
export const keyOf = (made: unknown): Promise<string> => sha256(JSON.stringify(made));

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * The folder of a key: what is kept, or what `make` writes into a new folder beside it. That gets
 * its name only when all is there, so a build that was interrupted leaves nothing half done.
 */
export async function keptOr(
  cache: string,
  key: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = `${cache}/${key}`;
  if (await exists(folder)) return folder;
  await Deno.mkdir(cache, { recursive: true });
  const half = await Deno.makeTempDir({ dir: cache, prefix: "half-" });
  try {
    await make(half);
    await Deno.rename(half, folder).catch(async (error) => {
      // Another build was quicker.
      if (!await exists(folder)) throw error;
    });
  } finally {
    if (await exists(half)) await Deno.remove(half, { recursive: true });
  }
  return folder;
}
