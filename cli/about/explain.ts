/**
 * `ssl explain`.
 *
 * @module
 */

import { quote } from "../../internal/quote.ts";
import { nearest } from "../../internal/suggest.ts";
import { alertText } from "../../verify/explain/alerts.ts";
import { errorCodes, saidOf } from "../../verify/explain/error_table.ts";
import { verifyCode, verifyErrno } from "../../verify/error_codes.ts";
import type { Call } from "../call.ts";
import { inOurWords } from "../our_words.ts";
import type { Page } from "../layout.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";

const text = { type: "string" };

/** The schema of its document. */
export const schema: DataSchema = {
  properties: {
    codes: {
      type: "array",
      items: {
        type: "object",
        required: ["code", "happened", "remedy"],
        properties: { code: text, errno: { type: "integer" }, happened: text, remedy: text },
        additionalProperties: false,
      },
    },
  },
};

/** What is said of one code. */
interface Said {
  readonly code: string;
  readonly errno?: number;
  readonly happened: string;
  readonly remedy: string;
}

const ALERT = "ERR_SSL_ALERT_";

function alertSaid(alert: string): Said {
  const [client, server] = [alertText(alert, "client")!, alertText(alert, "server")!];
  const happened = client === server ? client : `To a client: ${client}`;
  const remedy = client === server ? "" : `To a server: ${server}`;
  return { code: ALERT + alert.toUpperCase(), happened, remedy };
}

/** What is said of a code, an alert or a number; `undefined` for what is not known. */
function find(given: string, known: ReturnType<typeof errorCodes>): Said | undefined {
  const word = given.replace(/^X509_V_ERR_/i, "");
  const alert = word.toLowerCase().replace(ALERT.toLowerCase(), "");
  if (known.alerts.includes(alert)) return alertSaid(alert);
  const upper = /^\d+$/.test(word) ? verifyCode(Number(word)) : word.toUpperCase();
  const all = [...known.verification, ...known.connection, ...known.own];
  if (!all.includes(upper)) return undefined;
  const [happened, remedy] = saidOf(upper);
  const errno = verifyErrno(upper);
  return { code: upper, ...(errno === undefined ? {} : { errno }), happened, remedy };
}

/** What is said of a code, or of a message of OpenSSL or Deno. */
async function findAny(
  given: string,
  known: ReturnType<typeof errorCodes>,
): Promise<Said | undefined> {
  const said = find(given, known);
  if (said !== undefined) return said;
  const { codeOfMessage, saysRefusedAlone } = await import("./other_words.ts");
  if (saysRefusedAlone(given)) {
    throw new UsageError(
      "OpenSSL says so of every certificate that it refuses, and the reason beside it",
      'ssl explain NUMBER for a line like "verify error:num=20"; ssl connect HOST names the reason',
    );
  }
  const code = codeOfMessage(given);
  // Of libssl and of libcrypto: ERR_SSL_..., KEY_VALUES_MISMATCH.
  return find(code, known) ?? find(code.replace(/^ERR_SSL_/, ""), known);
}

function linesOf({ code, errno, happened, remedy }: Said, page: Page): string {
  const head = errno === undefined ? code : `${code} (X509_V_ERR ${errno})`;
  const lines = [happened, inOurWords(remedy)].filter((each) => each !== "");
  return [head, ...lines.map((each) => page.labelled("  ", each))].join("\n");
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const known = errorCodes();
  const all = [
    ...[...known.verification, ...known.connection, ...known.own],
    ...known.alerts.map((alert) => ALERT + alert.toUpperCase()),
  ];
  if (call.operands.length === 0 && !call.flag("list")) {
    throw new UsageError("no code", "ssl explain CODE, or ssl explain --list");
  }
  const asked = call.flag("list") ? all : call.operands;
  const codes: Said[] = [];
  for (const each of asked) {
    const said = await findAny(each, known);
    if (said === undefined) {
      const near = nearest(each, [...all, ...known.alerts]);
      throw new UsageError(
        `the code ${quote(each)} is not known`,
        near === undefined ? "ssl explain --list lists the codes" : `ssl explain ${near}`,
      );
    }
    codes.push(said);
  }
  const listed = call.flag("list");
  const lines = codes.map((said) => listed ? said.code : linesOf(said, call.page)).join("\n");
  return { verdict: "ok", data: { codes }, text: lines };
}
