/**
 * A reader that does not read and a sender with a gigabyte: how much memory
 * both take while the reader idles, and that all of it arrives afterwards. The
 * exit code is 1 if memory grows by 64 MiB or a byte is missing.
 *
 *     deno run --allow-all bench/idle.ts [--mib=1024] [--engine=openssl]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { connectPair } from "../tests/contract/harness.ts";
import type { EngineName } from "../engine/engine.ts";

const MIB = 1 << 20;
const flags = parseArgs(Deno.args, {
  string: ["mib", "engine"],
  default: { mib: "1024", engine: "openssl" },
});
const total = Number(flags.mib) * MIB;
const engine = flags.engine as EngineName;
const rss = () => Deno.memoryUsage().rss / MIB;

await using pair = await connectPair(engine);
const start = rss();
let sent = 0;
const sending = (async () => {
  const chunk = new Uint8Array(65536);
  while (sent < total) sent += await pair.server.write(chunk);
  await pair.server.closeWrite();
})();
await new Promise((resolve) => setTimeout(resolve, 3000));
const idle = rss();
const taken = sent;
let got = 0, most = idle;
const p = new Uint8Array(65536);
for (let n; (n = await pair.client.read(p)) !== null;) {
  got += n;
  if (got % (64 * MIB) < n) most = Math.max(most, rss());
}
await sending;
const growth = Math.max(idle, most) - start;
const wrongs = [
  ...(got === total ? [] : [`${got} of ${total} bytes arrived`]),
  ...(taken < 64 * MIB ? [] : ["the sender was not held back"]),
  ...(growth < 64 ? [] : [`memory grew by ${growth.toFixed(0)} MiB`]),
];
console.log(
  `${engine}: while the reader idled for 3 s the sender got rid of ${
    (taken / MIB).toFixed(1)
  } MiB ` +
    `and memory went from ${start.toFixed(0)} to ${idle.toFixed(0)} MiB; ` +
    `then ${got / MIB} MiB arrived, with ${most.toFixed(0)} MiB at the most: ` +
    (wrongs.length === 0 ? "PASSED" : `FAILED: ${wrongs.join(", ")}`),
);
if (wrongs.length > 0) Deno.exit(1);
