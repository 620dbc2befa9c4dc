/**
 * What reading a PKCS#12 file of 600,000 iterations costs, compared to openssl(1), and how long the
 * event loop waits meanwhile: by the library's own derivation, by OpenSSL's, and as the certificate
 * of a context, which tries the file without a password first. Sides take turns, and the least of
 * their times counts: everything that comes on top of it is the machine's.
 *
 *     deno run -A bench/pkcs12.ts [rounds]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { nativeKdf, offerNativeKdf } from "../certificate/keys/native_kdf.ts";
import { parsePkcs12 } from "../certificate/keys/pkcs12.ts";
import { createPkcs12 } from "../certificate/keys/pkcs12_write.ts";
import { SslContext } from "../context/mod.ts";
import { loadOpenSsl } from "../engine/openssl/engine.ts";
import { TestCa } from "../testing/ca.ts";
import { printTable, ratio } from "./table.ts";

const ROUNDS = Number(parseArgs(Deno.args)._[0] ?? 9);
const FOLDER = await Deno.makeTempDir();
const FILE = `${FOLDER}/600000.p12`;
const password = "secret";

loadOpenSsl();
const openssl = nativeKdf()!;
const nobody = () => Promise.resolve(undefined);

async function command(): Promise<void> {
  const { success } = await new Deno.Command("openssl", {
    args: ["pkcs12", "-in", FILE, "-passin", `pass:${password}`, "-nodes"],
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) throw new Error("openssl pkcs12 failed");
}

const read = async () => void await parsePkcs12(bytes, password);
const context = async (engine: "deno" | "openssl") => {
  using _made = await SslContext.create({
    server: true,
    engine,
    certFile: FILE,
    passwdCb: () => password,
  });
};

const SIDES:
  readonly (readonly [name: string, derive: typeof openssl, run: () => Promise<void>])[] = [
    ["openssl pkcs12, a process", nobody, command],
    ["parsePkcs12(), own derivation", nobody, read],
    ["parsePkcs12(), OpenSSL's", openssl, read],
    ["SslContext.create(), own", nobody, () => context("deno")],
    ["SslContext.create(), OpenSSL's", openssl, () => context("openssl")],
  ];

/** What one run took, and the longest time between two turns of the event loop, in milliseconds. */
async function measure(run: () => Promise<void>): Promise<{ wall: number; gap: number }> {
  let last = performance.now();
  let gap = 0;
  const turn = () => {
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
  };
  const timer = setInterval(turn, 1);
  const started = last;
  await run();
  turn();
  clearInterval(timer);
  return { wall: performance.now() - started, gap };
}

const leaf = await (await TestCa.create()).server();
const bytes = await createPkcs12({
  cert: leaf.certificate,
  key: leaf.privateKey,
  password,
  iterations: 600_000,
});
Deno.writeFileSync(FILE, bytes);
const least = new Map<string, { wall: number; gap: number }>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, derive, run] of SIDES) {
    offerNativeKdf(derive);
    const { wall, gap } = await measure(run);
    const best = least.get(name) ?? { wall, gap };
    least.set(name, { wall: Math.min(wall, best.wall), gap: Math.min(gap, best.gap) });
  }
}
await Deno.remove(FOLDER, { recursive: true });
const measureOf = least.get(SIDES[0]![0])!.wall;
printTable(
  ["side", "ms", "of openssl pkcs12", "longest wait, ms"],
  [...least].map(([name, { wall, gap }]) => [
    name,
    wall.toFixed(0),
    ratio(wall / measureOf),
    gap.toFixed(1),
  ]),
);
