/**
 * What to do about a connection that failed, in the words of the command line: the library's advice
 * names its own options.
 *
 * @module
 */

import { SslError, SslVerifyError } from "../../errors.ts";
import { explain } from "../../verify/explain/explain.ts";
import { keyPin } from "../certificate_data.ts";
import type { Opened } from "./open.ts";
import type { Certificate } from "../../certificate/certificate.ts";

/** Options of the library, and what stands for them on the command line. */
const OURS: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/verifycnName \(and serverName[^)]*\)/g, "--name"],
  [
    /\bextraCa or extraCaFile \(or as ca, to trust no other\)/g,
    "--ca (with --only to trust no other)",
  ],
  [/\bextraCa or extraCaFile\b/g, "--ca"],
  [/\bextraCa(?:File)?\b|\bca(?:File|Path)\b/g, "--ca"],
  [/fingerprint: "([^"]+)"/g, "--pin '$1'"],
  [/\balpnProtocols\b/g, "--alpn"],
  [/\bserverName\b|\bverifycnName\b/g, "--name"],
  [/\bcert(?:File)? and key(?:File)?\b/g, "--cert and --key"],
  [/\bversion, minVersion\b[^.;:]*/g, "--tls"],
  [/\bcrlFile\b|\bcrl\b(?= option)/g, "--crl"],
  [/\bpasswdCb\b/g, "--password-file"],
  [/\bocspMode\b/g, "--must-staple"],
];

/** The library's advice in the words of the command line. */
export function inOurWords(text: string): string {
  return OURS.reduce((said, [theirs, ours]) => said.replace(theirs, ours), text);
}

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
  const list = names.length === 0
    ? "no host name"
    : names.map((each) => each.replace(/^DNS:/, "")).join(", ");
  const happened = `you asked for "${name}"; the certificate is for: ${list}`;
  const [first] = names.filter((each) => !each.includes("*")).map((each) =>
    each.replace(/^DNS:/, "")
  );
  if (first === undefined) {
    return { happened, fix: "ask the owner for a certificate with that name" };
  }
  const fix = `connect under ${first}, or --name ${first} if you know that this server is meant`;
  return { happened, fix };
}

function issuerAdvice(leaf: Certificate | undefined, error: SslError): Advice | undefined {
  const { issuer } = error.facts;
  if (issuer === undefined) return undefined;
  const happened = `nobody trusted vouches for "${issuer.subject}": its issuer ` +
    `"${issuer.issuer}" was not sent and is not trusted`;
  const pin = leaf === undefined
    ? ""
    : `; or, if you know this certificate, --pin '${keyPin(leaf)}'`;
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
