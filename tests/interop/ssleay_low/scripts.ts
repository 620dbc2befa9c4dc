/** The scripts: one for each test of Net::SSLeay that needs two ends. */

import type { Line } from "./twin.ts";

/** What stands in the first line of a script. */
export interface Heading {
  /** The test, by its name in t/local. */
  readonly covers: string;
  /** What of the test the script does, and what it does in addition. */
  readonly what: string;
  /** Functions that the test calls and the script does not, and why. */
  readonly without?: Readonly<Record<string, string>>;
  /** That Perl's module does not have the functions, and where the `expect` of its lines comes from. */
  readonly newer?: string;
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
  "44_sess",
  "45_exporter",
  "46_msg_callback",
  "47_keylog",
  "48_client_hello_callback",
  "64_ticket_sharing",
  "65_ticket_sharing_2",
  "66_curves",
  "besides",
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

/** What a line of this kind calls. */
const STANDS_FOR: Readonly<Record<string, readonly string[]>> = {
  pair: [
    "new",
    "BIO_new",
    "BIO_s_mem",
    "set_bio",
    "set_fd",
    "set_connect_state",
    "set_accept_state",
  ],
  pump: ["connect", "accept", "do_handshake", "get_error", "BIO_read", "BIO_write"],
  carry: ["BIO_read", "BIO_write"],
};

/** The functions that lines call, also those inside callbacks and tasks. */
export function calledBy(lines: unknown): Set<string> {
  if (typeof lines !== "object" || lines === null) return new Set();
  const own = Array.isArray(lines)
    ? []
    : Object.entries(lines).flatMap(([key, value]) =>
      key === "fn" ? [String(value)] : STANDS_FOR[key] ?? []
    );
  return new Set([
    "ERR_get_error",
    ...own,
    ...Object.values(lines).flatMap((each) => [...calledBy(each)]),
  ]);
}
