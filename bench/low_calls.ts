/**
 * What a call of `./ssleay/low` costs beyond the C function that it calls, in microseconds. No more
 * than 1 is allowed where no handle is made. Sides take turns, and the least of their times counts:
 * everything that comes on top of it is the machine's.
 *
 *     deno run --allow-all bench/low_calls.ts [rounds]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { findLibrary } from "../engine/openssl/library.ts";
import { open } from "../ssleay/low/handle.ts";
import { SSLeay } from "../ssleay/low/mod.ts";
import { printTable } from "./table.ts";

const ROUNDS = Number(parseArgs(Deno.args)._[0] ?? 300);
const CALLS = 1000; // short, so that some rounds are not interrupted

const P = "pointer";
const { symbols: c } = Deno.dlopen(findLibrary().path, {
  SSL_version: { parameters: [P], result: "i32" },
  SSL_get_shutdown: { parameters: [P], result: "i32" },
  SSL_set_shutdown: { parameters: [P, "i32"], result: "void" },
  SSL_CTX_ctrl: { parameters: [P, "i32", "i64", P], result: "i64" },
  SSL_CTX_set_options: { parameters: [P, "u64"], result: "u64" },
  X509_get_version: { parameters: [P], result: "i64" },
});

const ctx = SSLeay.CTX_new()!, ssl = SSLeay.new(ctx)!, x509 = SSLeay.X509_new()!;
const toCtx = open(ctx, "SSL_CTX", "").pointer;
const toSsl = open(ssl, "SSL", "").pointer;
const toX509 = open(x509, "X509", "").pointer;

const MODE = 33;
const CASES: readonly [name: string, inC: () => unknown, ours: () => unknown][] = [
  ["version", () => c.SSL_version(toSsl), () => SSLeay.version(ssl)],
  ["get_shutdown", () => c.SSL_get_shutdown(toSsl), () => SSLeay.get_shutdown(ssl)],
  ["set_shutdown", () => c.SSL_set_shutdown(toSsl, 0), () => SSLeay.set_shutdown(ssl, 0)],
  [
    "CTX_set_mode",
    () => c.SSL_CTX_ctrl(toCtx, MODE, 1n, null),
    () => SSLeay.CTX_set_mode(ctx, 1),
  ],
  [
    "CTX_set_options",
    () => c.SSL_CTX_set_options(toCtx, 4n),
    () => SSLeay.CTX_set_options(ctx, 4),
  ],
  ["X509_get_version", () => c.X509_get_version(toX509), () => SSLeay.X509_get_version(x509)],
];

/** Microseconds a call. */
function time(call: () => unknown): number {
  const started = performance.now();
  for (let i = 0; i < CALLS; i++) call();
  return (performance.now() - started) * 1000 / CALLS;
}

const rows = CASES.map(([name, inC, ours]) => {
  let [least, leastOurs] = [Infinity, Infinity];
  for (let i = 0; i < ROUNDS; i++) {
    least = Math.min(least, time(inC));
    leastOurs = Math.min(leastOurs, time(ours));
  }
  return [name, ...[least, leastOurs, leastOurs - least].map((us) => us.toFixed(3))];
});
printTable(["function", "C", "SSLeay", "beyond C, us"], rows);
