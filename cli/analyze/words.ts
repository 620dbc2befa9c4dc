/**
 * What both reports of an analysis, the text and the page, say in the same words. Pure.
 *
 * @module
 */

import { counted } from "../layout.ts";
import { type Analysis, type FeaturesFound, type Finding, SEVERITIES } from "./model.ts";

/** `TLSv1_2` as people write it. */
export const versionText = (version: string): string =>
  version.replace(
    /^(TLS|SSL)v(\d)(?:_(\d))?$/,
    (_, name, major, minor = "0") => `${name} ${major}.${minor}`,
  );

/** `2 high, 1 low`; `no findings`. */
export function countText(findings: readonly Finding[]): string {
  const parts = SEVERITIES.map((severity) => {
    const n = findings.filter((finding) => finding.severity === severity).length;
    return n === 0 ? "" : `${n} ${severity}`;
  });
  return parts.filter(Boolean).join(", ") || "no findings";
}

/** The orders in words. */
export const ORDER_TEXT = { server: "the server's order", client: "the client's order" } as const;

/** A feature with its state in words, and whether that is good. */
export interface FeatureLine {
  /** What it is. */
  readonly name: string;
  /** How it is. */
  readonly state: string;
  /** Whether that is good; `undefined` if it is neither. */
  readonly good?: boolean;
}

function line(
  name: string,
  value: boolean | undefined,
  [yes, no]: readonly [yes: string, no: string],
  good?: boolean,
): FeatureLine[] {
  if (value === undefined) return [];
  const state = value ? yes : no;
  return [{ name, state, ...(good !== undefined && { good: value === good }) }];
}

function resumptionText({ resumption }: FeaturesFound): string {
  const { byId, byTicket, tls13, sessionIds, tickets } = resumption;
  const tested = [byId, byTicket, tls13].some((one) => one !== undefined);
  const parts = tested
    ? [byId && "by session id", byTicket && "by ticket", tls13 && "in TLS 1.3"]
    : [sessionIds && "session ids are given out", tickets && "tickets are given out"];
  return parts.filter(Boolean).join(", ") || (tested ? "none" : "not looked at");
}

/** The features as lines. */
export function featureLines({ features, chains }: Analysis): FeatureLine[] {
  const { alpn } = features;
  const staple = chains[0]?.staple;
  const stapled = staple?.sent ? `stapled: ${staple.status}` : "not stapled";
  return [
    { name: "protocols (ALPN)", state: alpn.join(", ") || "none" },
    { name: "OCSP", state: stapled, ...(staple?.sent && { good: staple.status === "good" }) },
    { name: "resumption", state: resumptionText(features) },
    ...line("renegotiation", features.secureRenegotiation, ["secure", "not secure"], true),
    ...line("renegotiation by the client", features.clientRenegotiation, ["yes", "no"], false),
    ...line(
      "forced old version (fallback SCSV)",
      features.fallbackScsv,
      ["noticed", "not noticed"],
      true,
    ),
    ...line("extended master secret", features.extendedMasterSecret, ["yes", "no"]),
    ...line("compression", features.compression, ["yes", "no"], false),
    ...line("heartbeat", features.heartbeat, ["yes", "no"], false),
    ...line("Heartbleed", features.heartbleed, ["VULNERABLE", "not vulnerable"], false),
    ...line("certificate of the client", features.asksForCertificate, [
      "is asked for",
      "is not asked for",
    ]),
  ];
}

/** How much work it was. */
export const effortText = ({ connections, milliseconds }: Analysis): string =>
  `${counted(connections, "connection")}, ${(milliseconds / 1000).toFixed(1)} s`;
