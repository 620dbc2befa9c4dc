/**
 * `ssl connect`.
 *
 * @module
 */

import { SslError } from "../../errors.ts";
import { concat, encodeBase64 } from "../../internal/bytes.ts";
import type { SslSocket } from "../../socket/socket.ts";
import type { Call } from "../call.ts";
import { EXITS } from "../exit_codes.ts";
import { errorData, verdictOf } from "../failure.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";
import { converse, type Exchanged } from "./converse.ts";
import { contextFor, open } from "./open.ts";
import { settingsOf } from "./connection_settings.ts";
import { CONNECTION_SCHEMA } from "./schema.ts";
import { parseTarget } from "./target.ts";
import { viewData, viewOf, viewText } from "./view.ts";

/** The most that a JSON document has of an answer, in bytes. */
const MOST = 16 * 1024 * 1024;

const count = { type: "integer", minimum: 0 };

/** The schema of its document. */
export const schema: DataSchema = {
  properties: {
    ...CONNECTION_SCHEMA,
    exchange: {
      type: ["object", "null"],
      required: ["sent", "received", "truncated", "base64"],
      properties: {
        sent: count,
        received: count,
        truncated: { type: "boolean" },
        base64: { type: "string" },
      },
      additionalProperties: false,
    },
  },
};

/** Whether something is to be sent, and whether a person types it. */
async function sends(call: Call): Promise<boolean> {
  if (call.flag("interactive") && call.flag("no-input")) {
    throw new UsageError("--interactive and --no-input exclude each other");
  }
  if (call.flag("no-input")) return false;
  return call.flag("interactive") || await call.io.stdin.kind() === "pipe";
}

interface Answer extends Exchanged {
  readonly base64: string;
}

async function exchange(call: Call, socket: SslSocket): Promise<Answer> {
  const parts: Uint8Array[] = [];
  let kept = 0;
  const done = await converse(socket, {
    input: call.io.stdin.readable,
    output: async (data) => {
      if (call.isText) return await call.bytes(data);
      kept += data.length;
      if (kept > MOST) {
        throw new UsageError(`the answer has more than ${MOST} bytes`, "use ssl cat");
      }
      if (call.form !== "text") parts.push(data);
    },
    idle: 1000 * call.number("idle")!,
    patient: call.flag("interactive"),
    halfClose: false,
    signal: call.io.signal,
  });
  return { ...done, base64: encodeBase64(concat(parts)) };
}

/** What came of a connection that the server ended when it had seen our side, as without a certificate. */
function refusedLater(data: Result["data"], error: SslError): Result {
  const verdict = verdictOf(error);
  const { label } = EXITS[verdict];
  return { verdict, data: { ...data, label, error: errorData(error), exchange: null }, text: "" };
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const settings = await settingsOf(call);
  const target = parseTarget(call.operands[0]!, settings.usualPort);
  const sending = await sends(call);
  const context = await contextFor(settings);
  await call.progress(`connecting to ${target.text}`);
  const opened = await open(target, settings, context, call.io.signal);
  const { socket } = opened;
  const view = viewOf(opened, settings, context.engine);
  const now = call.io.now();
  const { verdict } = view;
  const data = viewData(view, settings, now);
  const text = viewText(view, call.page, now);
  if (socket === undefined || !sending) {
    await socket?.close().catch(() => {}); // what was asked for has been seen
    return { verdict, data: { ...data, exchange: null }, text };
  }
  if (call.isText) await call.item({ verdict, data, text: `${text}\n` });
  let answer: Answer;
  try {
    answer = await exchange(call, socket);
  } catch (error) {
    // The report of a program has what came before; people have seen it.
    if (call.form === "text" || !(error instanceof SslError)) throw error;
    return refusedLater(data, error);
  }
  if (answer.truncated) {
    await call.note("The connection ended without an end of TLS: the answer may be incomplete.");
  }
  return { verdict, data: { ...data, exchange: answer }, text: "" };
}
