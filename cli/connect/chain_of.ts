/**
 * The certificates of a file, or those that a server shows, whether it is to be trusted or not.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import type { VerifyReport } from "../../verify/report.ts";
import type { Call } from "../call.ts";
import { namesFile, readCertificates } from "../files.ts";
import { UsageError } from "../usage_error.ts";
import { contextFor, open, type Opened } from "./open.ts";
import { settingsOf } from "./connection_settings.ts";
import { parseTarget } from "./target.ts";

/** Certificates, and where they came from. */
export interface ChainOf {
  /** What was named. */
  readonly from: string;
  /** At least one certificate; the first is what it is about. */
  readonly chain: readonly [Certificate, ...Certificate[]];
  /** The connection, where a server was asked. */
  readonly opened: Opened | undefined;
}

/**
 * Reads a file, or asks a server.
 *
 * @throws The error of the connection, if it shows no certificate.
 */
export async function chainOf(call: Call, operand: string): Promise<ChainOf> {
  if (namesFile(operand)) {
    const chain = await readCertificates(operand, call.io) as [Certificate, ...Certificate[]];
    return { from: operand, chain, opened: undefined };
  }
  const settings = await settingsOf(call);
  const target = parseTarget(operand, settings.usualPort);
  const context = await contextFor(settings);
  await call.progress(`connecting to ${target.text}`);
  const opened = await open(target, settings, context, call.io.signal);
  await opened.socket?.close().catch(() => {}); // what was asked for has been seen
  const report = opened.socket?.report ?? (opened.error as { report?: VerifyReport }).report;
  const [leaf, ...rest] = report?.chain ?? [];
  if (leaf !== undefined) return { from: target.text, chain: [leaf, ...rest], opened };
  if (opened.error !== undefined) throw opened.error;
  throw unseen(target.text);
}

function unseen(text: string): UsageError {
  return new UsageError(
    `the certificate of ${text} cannot be seen: Deno's own TLS does not show it`,
    "use --allow-ffi, or --engine wasm",
  );
}
