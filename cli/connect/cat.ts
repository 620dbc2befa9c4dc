/**
 * `ssl cat`.
 *
 * @module
 */

import { SslTruncatedError } from "../../errors.ts";
import type { Call } from "../call.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";
import { converse } from "./converse.ts";
import { contextFor, open } from "./open.ts";
import { settingsOf } from "./connection_settings.ts";
import { parseTarget } from "./target.ts";

const count = { type: "integer", minimum: 0 };

/** The schema of its document, which it never writes when it succeeds: standard output is the answer. */
export const schema: DataSchema = { properties: { sent: count, received: count } };

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  if (call.form !== "text") {
    throw new UsageError(
      "cat writes the answer alone: it has no JSON",
      "ssl connect --json has the answer, too",
    );
  }
  const settings = await settingsOf(call);
  const target = parseTarget(call.operands[0]!, settings.usualPort);
  const context = await contextFor(settings);
  const { socket, error } = await open(target, settings, context, call.io.signal);
  if (socket === undefined) throw error;
  const { sent, received, truncated } = await converse(socket, {
    input: call.io.stdin.readable,
    output: (data) => call.io.stdout.write(data),
    idle: 1000 * call.number("idle")!,
    patient: false,
    halfClose: true,
    signal: call.io.signal,
  });
  if (truncated) {
    throw new SslTruncatedError(
      `Cannot read the whole answer of ${target.text}: the connection ended without an end of TLS`,
      { code: "ERR_SSL_TRUNCATED" },
    );
  }
  return { verdict: "ok", data: { sent, received }, text: "" };
}
