/**
 * The options that all commands have.
 *
 * @module
 */

import type { OptionSpecs } from "./signature.ts";

/** The options that all commands have. */
export const COMMON: OptionSpecs = {
  json: { kind: "flag", help: "one JSON document on standard output, and nothing else" },
  jsonl: { kind: "flag", help: "JSON, one line for each result, as it comes" },
  quiet: {
    kind: "flag",
    short: "q",
    help: "no report and no progress: the exit code alone",
    elsewhere: ["--silent", "-s", "-quiet"],
  },
  width: {
    kind: "number",
    value: "COLUMNS",
    range: [60, 200],
    help: "how wide the report is (the terminal's width, or 100)",
    elsewhere: ["--columns"],
  },
  help: { kind: "flag", short: "h", help: "this page", elsewhere: ["-help", "-?", "--usage"] },
};
