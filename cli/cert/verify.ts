/**
 * `ssl cert verify`: would this chain be accepted, on that day, for that name, with those CAs?
 *
 * @module
 */

import type { EngineChoice } from "../../engine/select.ts";
import type { ChainPurpose } from "../../engine/chain_verification.ts";
import { defaultCa } from "../../context/trust/default_ca.ts";
import { verifyCertificate } from "../../context/verify_certificate.ts";
import type { VerifyCertificateOptions } from "../../context/verify_certificate_options.ts";
import { SslError } from "../../errors.ts";
import { quote, quotePath } from "../../internal/quote.ts";
import { explain } from "../../verify/explain/explain.ts";
import type { VerifyReport } from "../../verify/report.ts";
import type { Call } from "../call.ts";
import { CERTIFICATE_SCHEMA, certificateData, dayText, shortName } from "../certificate_data.ts";
import { inOurWords } from "../our_words.ts";
import { EXITS, type Verdict } from "../exit_codes.ts";
import { errorData, verdictOf } from "../failure.ts";
import { CHECKS_SCHEMA } from "../connect/schema.ts";
import { readInput } from "../files.ts";
import { padEnd, type Page } from "../layout.ts";
import type { DataSchema, JsonSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";
import { certificatesOf } from "./contents.ts";
import { contentsOf, fileContents } from "./source.ts";

const text: JsonSchema = { type: "string" };
const textOrNull: JsonSchema = { type: ["string", "null"] };

/** What the document has. */
export const schema: DataSchema = {
  properties: {
    source: text,
    at: text,
    host: textOrNull,
    label: text,
    checks: CHECKS_SCHEMA,
    chain: { type: "array", items: CERTIFICATE_SCHEMA },
    anchor: { anyOf: [{ type: "null" }, CERTIFICATE_SCHEMA] },
    fix: textOrNull,
    error: { anyOf: [{ type: "null" }, { type: "object", required: ["name", "message"] }] },
  },
};

/** A day, or a moment, in UTC. */
function timeOf(call: Call): Date {
  const given = call.text("at");
  if (given === undefined) return new Date(call.io.now());
  const isDay = /^\d{4}-\d\d-\d\d$/.test(given);
  const time = /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(given)
    ? new Date(isDay ? `${given}T12:00:00Z` : given)
    : new Date(NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new UsageError(`--at: ${quote(given)} is not a date`, "write it as 2027-12-31");
}

async function filesOf(call: Call, option: string) {
  const files = await Promise.all(
    call.texts(option).map(async (file) => {
      const certificates = certificatesOf(await fileContents(call, file));
      if (certificates.length > 0) return certificates;
      throw new UsageError(`--${option}: there is no certificate in ${quotePath(file)}`);
    }),
  );
  return files.flat();
}

async function optionsOf(call: Call): Promise<VerifyCertificateOptions> {
  const ca = await filesOf(call, "ca");
  if (call.flag("only") && ca.length === 0) {
    throw new UsageError("--only needs --ca", "name the CA: --ca FILE --only");
  }
  const crls = await Promise.all(call.texts("crl").map((file) => readInput(file, call.io)));
  const host = call.text("name");
  return {
    ca,
    ...(!call.flag("only") && { caFile: defaultCa() }),
    ...(crls.length > 0 && { crls, checkCrl: call.flag("crl-all") ? "chain" : true }),
    ...(host !== undefined && { host }),
    purpose: call.text("purpose") as ChainPurpose,
    time: timeOf(call),
    strict: call.flag("strict"),
    engine: call.text("engine") as EngineChoice,
  };
}

function textOf(report: VerifyReport, label: string, time: Date, call: Call): string {
  const { page } = call;
  const { chain, anchor, checks, error } = report;
  const line = (ok: boolean | undefined, name: string, detail: string): string => {
    const word = ok === undefined ? "-" : ok ? "ok" : "FAIL";
    const mood = ok === undefined ? "dim" : ok ? "good" : "bad";
    return page.labelled(`    ${page.mood(mood, padEnd(word, 6))}${padEnd(name, 10)}`, detail);
  };
  const at = `  on ${dayText(time)}`;
  return [
    page.spread(call.operands[0]!, page.mood(report.ok ? "good" : "bad", label)),
    ...chainLine(chain.map(shortName), anchor && shortName(anchor), page, at),
    ...checks.map(({ name, ok, detail }) => line(ok, name === "hostname" ? "name" : name, detail)),
    ...(error === undefined ? [] : [page.labelled("  fix   ", fixOf(error))]),
  ].join("\n");
}

function chainLine(
  names: readonly string[],
  anchor: string | undefined,
  page: Page,
  at: string,
): string[] {
  const all = anchor === undefined || names.at(-1) === anchor ? names : [...names, anchor];
  return [page.labelled(`${at}: `, all.join(" <- ") || "no chain")];
}

/** What to do, as explain() says it. */
const fixOf = (error: unknown): string => inOurWords(explain(error).split("\n").slice(1).join(" "));

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const [operand] = call.operands as readonly [string];
  const options = await optionsOf(call);
  const [leaf, ...rest] = certificatesOf(await contentsOf(call, operand));
  if (leaf === undefined) throw new UsageError(`there is no certificate in ${quotePath(operand)}`);
  const intermediates = [...rest, ...await filesOf(call, "intermediates")];
  const report = await verifyCertificate(leaf, { ...options, intermediates });
  const verdict: Verdict = report.ok ? "ok" : verdictOf(report.error);
  const label = report.ok ? "VALID" : EXITS[verdict].label;
  const { chain, anchor, checks, error } = report;
  return {
    verdict,
    data: {
      source: operand,
      at: options.time!.toISOString(),
      host: options.host ?? null,
      label,
      checks: checks.map(({ name, ok = null, detail }) => ({ name, ok, detail })),
      chain: chain.map(certificateData),
      anchor: anchor === undefined ? null : certificateData(anchor),
      fix: error === undefined ? null : fixOf(error),
      error: error instanceof SslError ? errorData(error) : null,
    },
    text: textOf(report, label, options.time!, call),
  };
}
