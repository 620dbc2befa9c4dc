/**
 * The schema of what is said of one connection in JSON.
 *
 * @module
 */

import { CERTIFICATE_SCHEMA } from "../certificate_data.ts";
import type { JsonSchema } from "../result.ts";
import { ENGINES } from "./options.ts";

const text: JsonSchema = { type: "string" };
const textOrNull: JsonSchema = { type: ["string", "null"] };
const milliseconds: JsonSchema = { type: "number", minimum: 0 };

/** An error, as its `toJSON()` gives it. */
export const ERROR_SCHEMA: JsonSchema = {
  type: "object",
  required: ["name", "message"],
  properties: { name: text, message: text, code: text, explanation: text },
};

/** What was checked of a peer. */
export const CHECKS_SCHEMA: JsonSchema = {
  type: "array",
  items: {
    type: "object",
    required: ["name", "ok", "detail"],
    properties: { name: text, ok: { type: ["boolean", "null"] }, detail: text },
    additionalProperties: false,
  },
};

/** The members of a connection. */
export const CONNECTION_SCHEMA: Readonly<Record<string, JsonSchema>> = {
  host: text,
  port: { type: "integer", minimum: 1, maximum: 65_535 },
  name: text,
  address: textOrNull,
  label: text,
  engine: { enum: ENGINES },
  starttls: textOrNull,
  tls: {
    type: ["object", "null"],
    required: ["version", "cipher", "group", "signatureAlgorithm", "alpn", "resumed"],
    properties: {
      version: textOrNull,
      cipher: textOrNull,
      group: textOrNull,
      signatureAlgorithm: textOrNull,
      alpn: textOrNull,
      resumed: { type: ["boolean", "null"] },
    },
    additionalProperties: false,
  },
  timings: {
    type: "object",
    properties: {
      dns: milliseconds,
      tcp: milliseconds,
      starttls: milliseconds,
      tls: milliseconds,
      verify: milliseconds,
    },
    additionalProperties: false,
  },
  checks: CHECKS_SCHEMA,
  chain: { type: "array", items: CERTIFICATE_SCHEMA },
  sent: { type: "array", items: CERTIFICATE_SCHEMA },
  anchor: { anyOf: [{ type: "null" }, anchorSchema()] },
  pin: textOrNull,
  daysLeft: { type: ["integer", "null"] },
  fix: textOrNull,
  leftOut: { type: "array", items: text },
  error: { anyOf: [{ type: "null" }, ERROR_SCHEMA] },
};

function anchorSchema(): JsonSchema {
  const { properties, required } = CERTIFICATE_SCHEMA as {
    readonly properties: Readonly<Record<string, JsonSchema>>;
    readonly required: readonly string[];
  };
  const from = { enum: ["--ca", "user", "environment", "system", "mozilla", "deno", "none"] };
  return {
    ...CERTIFICATE_SCHEMA,
    required: [...required, "from"],
    properties: { ...properties, from },
  };
}
