/**
 * What happened to a connection that failed, and what to do about it.
 *
 * @module
 */

import { SslError, SslVerifyError } from "../../errors.ts";
import { hostProblem } from "../../internal/host.ts";
import { visible } from "../../internal/quote.ts";
import { explain } from "../../verify/explain/explain.ts";
import { keyPin } from "../certificate_data.ts";
import { inOurWords } from "../our_words.ts";
import type { Opened } from "./open.ts";
import type { Certificate } from "../../certificate/certificate.ts";

/** What happened, in one sentence, and what to do. */
export interface Advice {
  /** What happened. */
  readonly happened: string;
  /** What to do; `""` when there is nothing to say. */
  readonly fix: string;
}

/** The names that a certificate is for. */
export function namesOf(certificate: Certificate): readonly string[] {
  const names = certificate.subjectAltNames.filter(({ type }) => type === "DNS" || type === "IP");
  return names.map(({ value }) => value);
}

function nameAdvice({ name }: Opened, leaf: Certificate | undefined, error: SslError): Advice {
  const names = leaf === undefined ? [...error.facts.names ?? []] : namesOf(leaf);
  const bare = names.map((each) => each.replace(/^DNS:/, ""));
  const list = bare.length === 0 ? "no host name" : bare.map(visible).join(", ");
  const happened = `you asked for "${name}"; the certificate is for: ${list}`;
  // Only a host: another name could be anything, and the advice is for a shell.
  const first = bare.find((each) => hostProblem(each) === undefined);
  if (first === undefined) {
    return { happened, fix: "ask the owner for a certificate with that name" };
  }
  const fix = `connect under ${first}, or --name ${first} if you know that this server is meant`;
  return { happened, fix };
}

function issuerAdvice(leaf: Certificate | undefined, error: SslError): Advice | undefined {
  const { issuer } = error.facts;
  if (issuer === undefined) return undefined;
  const pin = leaf === undefined
    ? ""
    : `; or, if you know this certificate, --pin '${keyPin(leaf)}'`;
  if (issuer.subject === issuer.issuer) {
    const fix = `--ca FILE with this very certificate, if you trust it${pin}`;
    return { happened: `"${issuer.subject}" is self-signed, and it is not trusted`, fix };
  }
  const happened = `nobody trusted vouches for "${issuer.subject}": its issuer ` +
    `"${issuer.issuer}" was not sent and is not trusted`;
  const sent = issuer.alone ? "the server should send its intermediate certificates, too; " : "";
  return {
    happened,
    fix: `${sent}--ca FILE with the certificate of "${issuer.issuer}", if you trust it${pin}`,
  };
}

/** What happened to a connection that failed, and what to do about it. */
export function adviceFor(opened: Opened): Advice {
  const { error } = opened;
  const leaf = (error as { report?: { chain: readonly Certificate[] } }).report?.chain[0];
  if (error instanceof SslVerifyError) {
    if (/^(?:HOSTNAME|IP_ADDRESS|EMAIL)_MISMATCH$/.test(error.code)) {
      return nameAdvice(opened, leaf, error);
    }
    const advice = issuerAdvice(leaf, error);
    if (advice !== undefined) return advice;
  }
  const [message = "", happened, ...rest] = explain(error).split("\n");
  const reason = error instanceof SslError ? error.reason : message;
  return {
    happened: inOurWords(happened ?? reason),
    fix: inOurWords(rest.join(" ")),
  };
}
