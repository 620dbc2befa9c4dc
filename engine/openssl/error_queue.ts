/**
 * The one place that reads OpenSSL's error queue. The queue is per thread and
 * shared by all connections, so: clear before a call, drain right after it,
 * and never await in between.
 *
 * @module
 */

import type { ErrorQueueEntry } from "../../errors.ts";
import { textOf } from "./library.ts";
import { bytesAt } from "./memory.ts";
import type { OpenSslSymbols } from "./symbols.ts";

const ERR_TXT_STRING = 2;
const decoder = new TextDecoder();

/** The entries of the queue, oldest first; empties it. */
export function drainErrors(c: OpenSslSymbols): ErrorQueueEntry[] {
  const entries: ErrorQueueEntry[] = [];
  const scratch = new BigUint64Array(4);
  const [file, line, data, flags] = [0, 1, 2, 3].map((i) =>
    new Uint8Array(scratch.buffer, i * 8, 8)
  );
  for (;;) {
    scratch.fill(0n);
    const code = c.ERR_get_error_line_data
      ? c.ERR_get_error_line_data(file!, line!, data!, flags!)
      : c.ERR_get_error();
    if (code === 0n) return entries;
    const address = scratch[2]!;
    const hasText = (Number(scratch[3]! & 0xffn) & ERR_TXT_STRING) !== 0 && address !== 0n;
    const text = hasText ? decoder.decode(bytesAt(c, address, c.strlenAt(address))) : "";
    entries.push({
      code: Number(code),
      library: textOf(c, c.ERR_lib_error_string(code)),
      reason: textOf(c, c.ERR_reason_error_string(code)) || `reason ${reasonNumber(Number(code))}`,
      ...(text ? { data: text } : {}),
    });
  }
}

/** The reason part of a packed error number; TLS alerts are 1000 + their number. */
export function reasonNumber(code: number): number {
  // 3.x packs 23 bits of reason (or an errno with the top bit), 1.1.1 packs 12; TLS reasons fit both.
  return code & 0xfff;
}

/** One line for all entries. */
export function queueText(entries: readonly ErrorQueueEntry[]): string {
  return entries.map((e) => e.data ? `${e.reason} (${e.data})` : e.reason).join("; ");
}
