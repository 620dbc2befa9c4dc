/**
 * The page of all codes of errors, docs/errors.md, made from the tables of explanations
 * and from the codes of OpenSSL's verification. Pure.
 *
 * @module
 */

import { SslError, SslVerifyError } from "../../errors.ts";
import { byCode, byVerifyCode } from "./openssl_codes.ts";
import { explain } from "./explain.ts";
import { ALERTS, alertText } from "./alerts.ts";
import { byOwnCode } from "./own_codes.ts";
import { verifyErrno } from "../error_codes.ts";

const HEAD = `# The codes of errors

This page is made from the tables of \`explain()\` by \`deno task docs:errors\`.

\`error.code\` is the stable name of what happened: one event has one code, on all engines.
\`explain(error)\` says the same with what is known of this very case: the names, dates and levels, the
side that set a limit, the option that helps. The facts themselves are in \`error.facts\`, and
\`JSON.stringify(error)\` has all of it. Codes that are not here are OpenSSL's own reasons
(\`ERR_SSL_\` and the reason in capitals) and those of the system.
`;

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n") + "\n";
}

/** The codes of errors, by what they are about. */
export interface ErrorCodes {
  /** OpenSSL's verification of certificates. */
  readonly verification: readonly string[];
  /** The connection. */
  readonly connection: readonly string[];
  /** Alerts of the peer, by their names. */
  readonly alerts: readonly string[];
  /** Our certificates, options, files and sockets. */
  readonly own: readonly string[];
}

/** Every code that is explained. */
export function errorCodes(): ErrorCodes {
  const verification = Object.keys(byVerifyCode());
  return {
    verification,
    connection: Object.keys(byCode()).filter((code) => !verification.includes(code)),
    alerts: Object.keys(ALERTS),
    own: Object.keys(byOwnCode()),
  };
}

/** What is said of a code when nothing is known of the case: what happened, and what to do. */
export function saidOf(code: string): readonly [happened: string, remedy: string] {
  const errno = verifyErrno(code);
  const error = errno === undefined
    ? new SslError("", { code })
    : new SslVerifyError("", { code, errno, reason: "", facts: { engine: "openssl" } });
  const [, happened = "", ...rest] = explain(error).split("\n");
  const remedy = rest.join(" ")
    .replace(
      /This machine's clock says \S+: if that is (\w+), set the clock\./,
      (_, how) => `If this machine's clock is ${how}, set it.`,
    )
    .replace(/What was said: [^.]*\. /, "");
  return [happened, remedy];
}

/** The whole page, in Markdown. */
export function errorsPage(): string {
  const codes = errorCodes();
  const plain = (codes: readonly string[]) =>
    table(
      ["code", "what happened", "what to do"],
      codes.map((code) => [`\`${code}\``, ...saidOf(code)]),
    );
  const verify = codes.verification.map((
    code,
  ) => [`\`${code}\``, String(verifyErrno(code)), ...saidOf(code)]);
  const alerts = codes.alerts.map((alert) => {
    const [client, server] = [alertText(alert, "client")!, alertText(alert, "server")!];
    return [`\`ERR_SSL_ALERT_${alert.toUpperCase()}\``, client, server === client ? "" : server];
  });
  return [
    HEAD,
    "## The peer's certificate: `SslVerifyError`\n",
    "The names are those of OpenSSL's `X509_V_ERR_` without that prefix; `errno` is the number.\n",
    table(["code", "errno", "what happened", "what to do"], verify),
    "## The connection\n",
    plain(codes.connection),
    "## Alerts of the peer: `SslPeerError`\n",
    "`error.alert` has the name of the alert (RFC 8446 6).\n",
    table(["code", "what it means to a client", "to a server, where that differs"], alerts),
    "## Our certificates, options, files and sockets\n",
    plain(codes.own),
  ].join("\n");
}

if (import.meta.main) {
  Deno.writeTextFileSync(new URL("../../docs/errors.md", import.meta.url), errorsPage());
}
