/**
 * Runs `analyze`.
 *
 * @module
 */

import { engineInfo } from "../../engine/select.ts";
import { SslError, SslPeerError } from "../../errors.ts";
import { joinHostPort } from "../../internal/host.ts";
import type { VerifyReport } from "../../verify/report.ts";
import type { Call } from "../call.ts";
import { certificateData } from "../certificate_data.ts";
import { contextFor, open } from "../connect/open.ts";
import { type ConnectionSettings, settingsOf } from "../connect/connection_settings.ts";
import { parseTarget, type Target } from "../connect/target.ts";
import { reportPath, writeReport } from "../files.ts";
import type { DataSchema, Result } from "../result.ts";
import { analyze } from "./analyze.ts";
import { rankOf } from "./judge.ts";
import type { Analysis, Severity, TrustFound } from "./model.ts";
import { ANALYSIS_SCHEMA } from "./schema.ts";
import { analysisText } from "./text.ts";

/** What the document has. */
export const schema: DataSchema = ANALYSIS_SCHEMA;

/** Connects as a client does that verifies, and says what came of it. */
async function trustOf(
  target: Target,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<TrustFound> {
  const context = await contextFor(settings);
  const { socket, error, timings } = await open(target, settings, context, signal);
  const report = socket?.report ?? (error as { report?: VerifyReport } | undefined)?.report;
  const found = {
    engine: context.engine,
    path: (report?.chain ?? []).map(certificateData),
    timings: { ...timings } as Record<string, number>,
  };
  await socket?.close({ timeout: 1000 });
  if (!(error instanceof SslError)) return { trusted: true, ...found };
  return { trusted: false, ...found, reason: error.reason || error.message, code: error.code };
}

/** Whether OpenSSL can be asked to resume and to renegotiate. */
function hasOpenssl(engine: string | undefined): boolean {
  return (engine === "auto" || engine === "openssl") && engineInfo().features.has("nativeObjects");
}

/** The error for a server that speaks no version at all. */
function noTls({ target: { hostname, port }, versions }: Analysis): SslPeerError {
  const said = versions.find(({ version }) => version === "TLSv1_2")?.refusal ?? "no answer";
  return new SslPeerError(
    `Cannot analyze ${joinHostPort(hostname, port)}: it speaks no version of TLS or SSL: ${said}`,
    { code: "ERR_SSL_NOT_TLS", reason: "it speaks no version of TLS or SSL" },
  );
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const html = reportPath(call.text("html"));
  const settings = await settingsOf(call);
  const target = parseTarget(call.operands[0]!, settings.usualPort);
  const analysis = await analyze({
    target: {
      hostname: target.host,
      port: target.port,
      starttls: settings.starttls,
      timeout: settings.timeout,
      parallel: call.number("parallel")!,
      signal: call.io.signal,
    },
    serverName: settings.name ?? target.host,
    fast: call.flag("fast"),
    now: call.io.now(),
    trust: () => trustOf(target, settings, call.io.signal),
    openssl: hasOpenssl(call.text("engine")),
    progress: (text) => void call.progress(`${target.text}: ${text}`),
  });
  if (!analysis.versions.some(({ offered }) => offered)) throw noTls(analysis);
  if (html !== undefined) {
    const { analysisReport } = await import("../html/analysis_report.ts");
    await writeReport(html, analysisReport(analysis, call.io.now()));
  }
  const failOn = call.text("fail-on")!;
  const fails = failOn !== "never" &&
    analysis.findings.some(({ severity }) => rankOf(severity) <= rankOf(failOn as Severity));
  return {
    verdict: fails ? "findings" : "ok",
    data: { ...analysis },
    text: analysisText(analysis, call.page),
  };
}
