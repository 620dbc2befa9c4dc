/**
 * The files that arguments name. "-" is standard input. An error says which file and why.
 *
 * @module
 */

import { Certificate } from "../certificate/certificate.ts";
import { concat } from "../internal/bytes.ts";
import { fileError } from "../internal/file_error.ts";
import { quotePath } from "../internal/quote.ts";
import type { CliIo } from "./io.ts";
import { UsageError } from "./usage_error.ts";

/** The most that is read of a file or of standard input, in bytes. */
const MOST = 16 * 1024 * 1024;

async function readStdin({ stdin }: CliIo): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stdin.readable) {
    length += part.length;
    if (length > MOST) throw new UsageError(`standard input has more than ${MOST} bytes`);
    parts.push(part);
  }
  return concat(parts);
}

/**
 * Reads a file, or standard input for "-".
 *
 * @throws {SslError} With the system's code, such as `ENOENT`.
 * @throws {Deno.errors.NotCapable} Without the read permission.
 */
export async function readInput(path: string, io: CliIo): Promise<Uint8Array> {
  if (path === "-") return await readStdin(io);
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    throw fileError("", path, cause);
  }
}

/** The first line of a file: a password. */
export async function firstLine(path: string, io: CliIo): Promise<string> {
  const [line] = new TextDecoder().decode(await readInput(path, io)).split(/\r?\n/, 1);
  return line!;
}

/** What a path is called in messages. */
export const sourceOf = (path: string): string => path === "-" ? "standard input" : path;

/**
 * Reads all certificates of a file: PEM, with any number of them, or DER.
 *
 * @throws {SslError} If there is no certificate in it, or it cannot be read.
 */
export async function readCertificates(path: string, io: CliIo): Promise<readonly Certificate[]> {
  return Certificate.parse(await readInput(path, io), sourceOf(path));
}

/**
 * Writes a file; one with a key is for its owner alone.
 *
 * @throws {UsageError} If there is a file already and `force` does not allow to replace it.
 * @throws {SslError} With the system's code.
 */
export async function writeOutput(
  path: string,
  data: Uint8Array | string,
  { secret, force }: { readonly secret: boolean; readonly force: boolean },
): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const mode = secret ? 0o600 : 0o644;
  try {
    if (force) await Deno.remove(path).catch(ignoreMissing);
    // A new file and no other: what is there stays, a link is not followed, and the mode counts.
    await Deno.writeFile(path, bytes, { createNew: true, mode });
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) {
      throw new UsageError(`${quotePath(path)} is there already`, "--force replaces it", { cause });
    }
    throw fileError("", path, cause, "write");
  }
}

/** A file to write. */
export interface Output {
  readonly path: string;
  readonly data: Uint8Array | string;
  /** Whether there is a key in it. */
  readonly secret: boolean;
}

/**
 * Writes files that belong together: all of them, or none.
 *
 * @throws As {@linkcode writeOutput}.
 */
export async function writeOutputs(outputs: readonly Output[], force: boolean): Promise<void> {
  const written: string[] = [];
  try {
    for (const { path, data, secret } of outputs) {
      await writeOutput(path, data, { secret, force });
      written.push(path);
    }
  } catch (error) {
    for (const path of written) await Deno.remove(path);
    throw error;
  }
}

/**
 * The file of `--html`, before the work begins.
 *
 * @throws {UsageError} If it is not a name for a page.
 */
export function reportPath(path: string | undefined): string | undefined {
  if (path === undefined || /\.html?$/i.test(path)) return path;
  throw new UsageError(`${quotePath(path)} is not a name for a page`, "let it end in .html");
}

/** Writes a report to a file of {@linkcode reportPath}. The one of the last time is replaced. */
export async function writeReport(path: string, page: string): Promise<void> {
  await writeOutput(path, page, { secret: false, force: true });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Whether an argument names a file, and not a server: it has a slash, a file's ending, or is "-". */
export function namesFile(operand: string): boolean {
  return operand === "-" || /[/\\]/.test(operand) ||
    /\.(?:pem|crt|cer|cert|der|p12|pfx|key|csr|crl|txt)$/i.test(operand);
}
