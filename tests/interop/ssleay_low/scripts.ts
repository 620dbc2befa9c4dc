/** The scripts: one for each test of Net::SSLeay that needs two ends. */

import type { Line } from "./twin.ts";

/** What stands in the first line of a script. */
export interface Heading {
  /** The test, by its name in t/local. */
  readonly covers: string;
  /** What of the test the script does, and what it does besides. */
  readonly what: string;
  /** Functions that the test calls and the script does not, and why. */
  readonly without?: Readonly<Record<string, string>>;
}

/** The tests that have scripts. */
export const SCRIPTED = [
  "06_tcpecho",
  "07_sslecho",
  "08_pipe",
  "11_read",
  "36_verify",
  "40_npn_support",
  "41_alpn_support",
  "42_info_callback",
  "43_misc_functions",
  "45_exporter",
  "46_msg_callback",
  "47_keylog",
];

/** Reads a script: where it is, its heading, and its lines. */
export async function readScript(
  name: string,
): Promise<{ path: string; heading: Heading; lines: Line[] }> {
  const path = new URL(`scripts/${name}.jsonl`, import.meta.url).pathname;
  const text = await Deno.readTextFile(path);
  const [heading, ...lines] = text.split("\n").filter((line) => line.trim() !== "").map((line) =>
    JSON.parse(line)
  );
  return { path, heading, lines };
}
