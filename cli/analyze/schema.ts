/**
 * The schema of an analysis in JSON.
 *
 * @module
 */

import { CERTIFICATE_SCHEMA } from "../certificate_data.ts";
import type { DataSchema, JsonSchema } from "../result.ts";
import { SEVERITIES, VERSION_NAMES } from "./model.ts";

const text: JsonSchema = { type: "string" };
const flag: JsonSchema = { type: "boolean" };
const count: JsonSchema = { type: "integer", minimum: 0 };
const version: JsonSchema = { enum: VERSION_NAMES };
const order: JsonSchema = { enum: ["server", "client"] };

const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });

function record(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", required, properties, additionalProperties: false };
}

const suite = record({
  id: text,
  name: text,
  openssl: text,
  bits: count,
  strength: { enum: ["none", "broken", "weak", "fair", "good"] },
  exchange: text,
  dhBits: count,
  rsaBits: count,
}, ["exchange", "dhBits", "rsaBits"]);

const chain = record({
  certificates: list(CERTIFICATE_SCHEMA),
  names: list(text),
  faults: list(record({ id: text, depth: count, detail: text })),
  staple: record({ sent: flag, status: text, detail: text }, ["status", "detail"]),
});

const FEATURES = {
  alpn: list(text),
  secureRenegotiation: flag,
  clientRenegotiation: flag,
  fallbackScsv: flag,
  compression: flag,
  heartbeat: flag,
  heartbleed: flag,
  extendedMasterSecret: flag,
  asksForCertificate: flag,
};

const RESUMPTION = { sessionIds: flag, tickets: flag, byId: flag, byTicket: flag, tls13: flag };

/** The schema. */
export const ANALYSIS_SCHEMA: DataSchema = {
  properties: {
    target: record({ hostname: text, port: count, serverName: text, starttls: text }, ["starttls"]),
    versions: list(
      record({ version, offered: flag, refusal: text, suites: list(suite), order }, [
        "refusal",
        "order",
      ]),
    ),
    groups: list(
      record({
        version,
        groups: list(record({ id: text, name: text, bits: count, postQuantum: flag })),
        order,
      }, ["order"]),
    ),
    chains: list(chain),
    trust: record({
      trusted: flag,
      engine: text,
      reason: text,
      code: text,
      path: list(CERTIFICATE_SCHEMA),
      timings: { type: "object", additionalProperties: { type: "number", minimum: 0 } },
    }, ["reason", "code"]),
    features: record(
      { ...FEATURES, resumption: record(RESUMPTION, Object.keys(RESUMPTION)) },
      Object.keys(FEATURES).filter((name) => name !== "alpn" && name !== "asksForCertificate"),
    ),
    findings: list(
      record({ id: text, severity: { enum: SEVERITIES }, title: text, detail: text, fix: text }),
    ),
    leftOut: list(record({ what: text, why: text })),
    connections: count,
    milliseconds: count,
  },
  optional: ["trust"],
};
