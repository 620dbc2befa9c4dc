/**
 * `ssl help`.
 *
 * @module
 */

import type { Call } from "../call.ts";
import type { Command } from "../command.ts";
import { EXITS, VERDICTS } from "../exit_codes.ts";
import { optionsOf } from "../arguments.ts";
import { commandOf, unknownCommand } from "../find_command.ts";
import type { DataSchema, Result } from "../result.ts";
import { documentSchema } from "../schema.ts";
import { commandPage, overview } from "./page.ts";

/** The schema of its document. */
export const schema: DataSchema = {
  properties: {
    commands: {
      type: "array",
      items: {
        type: "object",
        required: ["name", "summary", "operands", "options", "examples", "permissions"],
        properties: {
          name: { type: "string" },
          summary: { type: "string" },
          operands: { type: "string" },
          options: { type: "object" },
          examples: { type: "array", items: { type: "object" } },
          permissions: { type: "array", items: { type: "object" } },
        },
      },
    },
    exits: { type: "object", additionalProperties: { type: "object" } },
  },
};

function dataOf(commands: readonly Command[]): Record<string, unknown> {
  return {
    commands: commands.map((command) => {
      const { name, summary, operands, examples, permissions } = command;
      return { name, summary, operands, options: optionsOf(command), examples, permissions };
    }),
    exits: Object.fromEntries(VERDICTS.map((verdict) => [verdict, EXITS[verdict]])),
  };
}

/** Runs it. */
export async function run(call: Call, all: readonly Command[]): Promise<Result> {
  if (call.flag("schema")) {
    await call.io.stdout.write(JSON.stringify(await documentSchema(all), undefined, 2) + "\n");
    return { verdict: "ok", data: {}, text: "" };
  }
  const name = call.operands.join(" ");
  if (name === "") {
    return { verdict: "ok", data: dataOf(all), text: overview(all, call.page) };
  }
  const command = commandOf(all, name);
  if (command === undefined) throw unknownCommand(all, name);
  return { verdict: "ok", data: dataOf([command]), text: commandPage(command, call.page) };
}
