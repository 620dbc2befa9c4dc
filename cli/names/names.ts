/**
 * `ssl names`.
 *
 * @module
 */

import { explainHostname } from "../../verify/hostname.ts";
import type { HostnameReport } from "../../verify/hostname_report.ts";
import type { SchemeName } from "../../verify/schemes.ts";
import { hostProblem } from "../../internal/host.ts";
import { quote, visible } from "../../internal/quote.ts";
import type { Call } from "../call.ts";
import { CERTIFICATE_SCHEMA, certificateData } from "../certificate_data.ts";
import { chainOf } from "../connect/chain_of.ts";
import { padEnd, type Page, textWidth } from "../layout.ts";
import type { DataSchema, Result } from "../result.ts";
import { UsageError } from "../usage_error.ts";

const text = { type: "string" }, bool = { type: "boolean" };

const COMPARISON = {
  type: "object",
  required: ["source", "type", "value", "ok", "detail"],
  properties: {
    source: { enum: ["subjectAltName", "commonName"] },
    type: text,
    value: text,
    ok: bool,
    rule: text,
    publicSuffix: text,
    detail: text,
  },
  additionalProperties: false,
};

/** The schema of its document. */
export const schema: DataSchema = {
  properties: {
    from: text,
    scheme: text,
    hosts: {
      type: "array",
      items: {
        type: "object",
        required: ["ok", "host", "identity", "kind", "reason", "names"],
        properties: {
          ok: bool,
          host: text,
          identity: text,
          kind: text,
          rule: text,
          matched: COMPARISON,
          reason: text,
          names: { type: "array", items: COMPARISON },
        },
        additionalProperties: false,
      },
    },
    certificate: CERTIFICATE_SCHEMA,
  },
};

function linesOf({ ok, host, names, reason, rule }: HostnameReport, page: Page): string {
  const label = ok ? `MATCHES (${rule})` : "DOES NOT MATCH";
  const name = (each: HostnameReport["names"][number]) => `${each.type}:${visible(each.value)}`;
  const width = Math.min(40, Math.max(0, ...names.map((each) => textWidth(name(each)))));
  const rows = names.map((each) => {
    const word = each.ok ? page.mood("good", "ok  ") : page.mood("dim", "-   ");
    return page.labelled(`    ${word}  ${padEnd(name(each), width)}  `, each.detail);
  });
  const said = names.length === 0 ? [page.labelled("    ", reason)] : rows;
  return [page.spread(`"${host}"`, page.mood(ok ? "good" : "bad", label)), ...said].join("\n");
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const [operand, ...hosts] = call.operands as [string, ...string[]];
  for (const host of hosts) {
    const problem = hostProblem(host);
    if (problem !== undefined) throw new UsageError(`${quote(host)} is not a host: ${problem}`);
  }
  const { from, chain: [leaf] } = await chainOf(call, operand);
  const scheme = call.text("scheme") as SchemeName;
  const reports = hosts.map((host) => explainHostname(leaf, host, scheme));
  return {
    verdict: reports.every(({ ok }) => ok) ? "ok" : "wrong-name",
    data: {
      from,
      scheme,
      hosts: reports.map(({ scheme: _, ...report }) => report),
      certificate: certificateData(leaf),
    },
    text: reports.map((report) => linesOf(report, call.page)).join("\n"),
  };
}
