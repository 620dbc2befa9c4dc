/**
 * The JSON Schema (draft 2020-12) of the documents that `--json` and `--jsonl` write, made from the
 * schemas of the commands. `ssl help --schema` writes it.
 *
 * @module
 */

import { SCHEMA_VERSION } from "./call.ts";
import type { Command } from "./command.ts";
import { EXITS, VERDICTS } from "./exit_codes.ts";
import type { DataSchema, JsonSchema } from "./result.ts";

const ENVELOPE = {
  schema: { const: SCHEMA_VERSION },
  verdict: { enum: VERDICTS },
  exitCode: { enum: VERDICTS.map((verdict) => EXITS[verdict].code) },
};

const HEAD = ["schema", "command", "verdict", "exitCode"];

/** What a command that could not do its work writes. */
const FAILURE: JsonSchema = {
  type: "object",
  required: [...HEAD, "label", "error"],
  properties: {
    ...ENVELOPE,
    command: { type: "string" },
    label: { type: "string" },
    error: {
      type: "object",
      required: ["name", "message"],
      properties: {
        name: { type: "string" },
        message: { type: "string" },
        code: { type: "string" },
        fix: { type: "string" },
        explanation: { type: "string" },
      },
    },
  },
  additionalProperties: false,
};

function documentOf(name: string, { properties, optional = [] }: DataSchema): JsonSchema {
  return {
    type: "object",
    required: [...HEAD, ...Object.keys(properties).filter((each) => !optional.includes(each))],
    properties: { ...ENVELOPE, command: { const: name }, ...properties },
    additionalProperties: false,
  };
}

/** The schema of all documents: one of `oneOf` for each command, and one for failures. */
export async function documentSchema(commands: readonly Command[]): Promise<JsonSchema> {
  const documents: Record<string, JsonSchema> = { failure: FAILURE };
  for (const { name, load } of commands) {
    const { schema } = await load();
    documents[name] = documentOf(name, schema);
    if (schema.item !== undefined) documents[`${name} (line)`] = documentOf(name, schema.item);
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `https://jsr.io/@socket/ssl/cli/schema/${SCHEMA_VERSION}`,
    title: "What ssl --json writes",
    anyOf: Object.keys(documents).map((name) => ({
      $ref: `#/$defs/${encodeURIComponent(name)}`,
    })),
    $defs: documents,
  };
}
