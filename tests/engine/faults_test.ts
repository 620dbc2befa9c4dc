/**
 * A sample of the sweep in bench/faults.ts: the stream from the server is cut,
 * reset, stalled or has one bit flipped at an offset. Never a silent end, never
 * an altered byte, never a hang.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { SslError, SslTruncatedError } from "../../errors.ts";
import type { ContextConfig } from "../../engine/engine.ts";
import type { MemoryTransport } from "../helpers/memory.ts";
import { pair, text, V12, V13 } from "./harness.ts";

const MESSAGE = text("All of this must arrive, or an error must say that it did not.");

type Fault = "cut" | "reset" | "flip" | "stall";
const FAULTS: Fault[] = ["cut", "reset", "flip", "stall"];

function install(side: MemoryTransport, fault: Fault, offset: number): void {
  let sent = 0;
  let done = false;
  side.tamper = (chunk) => {
    const at = offset - sent;
    sent += chunk.length;
    if (done) return fault === "flip" ? chunk : null;
    if (at >= chunk.length) return chunk;
    done = true;
    if (fault === "flip") {
      chunk[at]! ^= 1 << (offset % 8);
      return chunk;
    }
    queueMicrotask(() => {
      if (fault === "cut") side.closeWrite();
      if (fault === "reset") side.reset();
    });
    return chunk.subarray(0, at);
  };
}

interface Outcome {
  readonly got: Uint8Array;
  readonly clean: boolean;
  readonly error: unknown;
}

/** One connection with a fault at an offset of what `from` sends; what the other end gets. */
async function run(
  version: Partial<ContextConfig>,
  from: "client" | "server",
  fault: Fault,
  offset: number,
): Promise<Outcome> {
  await using p = await pair({ client: version, server: version });
  install(from === "server" ? p.serverSide : p.clientSide, fault, offset);
  const sender = p[from];
  const receiver = p[from === "server" ? "client" : "server"];
  const signal = AbortSignal.timeout(fault === "stall" ? 60 : fault === "flip" ? 500 : 5000);
  const sending = (async () => {
    await sender.handshake({ signal });
    await sender.write(MESSAGE, { signal });
    await sender.shutdown({ fast: true, signal });
  })().catch(() => {}).then(() => {
    // A flipped length may leave the receiver waiting for bytes that never were.
    if (fault === "flip") (from === "server" ? p.serverSide : p.clientSide).closeWrite();
  });
  const got: number[] = [];
  let clean = false, error: unknown;
  try {
    await receiver.handshake({ signal });
    const buffer = new Uint8Array(16);
    for (;;) {
      const n = await receiver.read(buffer, { signal });
      if (n === null) break;
      got.push(...buffer.subarray(0, n));
    }
    clean = true;
  } catch (e) {
    error = e;
  }
  p.client.close();
  p.server.close();
  await sending;
  return { got: Uint8Array.from(got), clean, error };
}

for (const [name, version] of [["TLS 1.2", V12], ["TLS 1.3", V13]] as const) {
  for (const from of ["server", "client"] as const) {
    Deno.test(`OpenSSL engine survives faults in what the ${from} sends over ${name}`, async () => {
      let total = 0;
      {
        await using p = await pair({ client: version, server: version });
        const side = from === "server" ? p.serverSide : p.clientSide;
        side.record = true;
        await Promise.all([p.client.handshake(), p.server.handshake()]);
        await p[from].write(MESSAGE);
        await p[from].shutdown({ fast: true });
        total = side.written.reduce((n, c) => n + c.length, 0);
      }
      for (const fault of FAULTS) {
        const step = fault === "stall" ? 211 : 29;
        // ECDSA signatures vary by some bytes from run to run.
        for (let offset = from === "server" ? 3 : 1; offset < total - 8; offset += step) {
          const where = `${fault} at ${offset} of ${total}`;
          const { got, clean, error } = await run(version, from, fault, offset);
          assertEquals(got, MESSAGE.subarray(0, got.length), `altered data: ${where}`);
          assertEquals(clean, false, `silent end: ${where}`);
          const timedOut = error instanceof DOMException && error.name === "TimeoutError";
          // A flipped length during the handshake makes both ends wait: only the timeout ends that.
          assert(fault === "flip" || timedOut === (fault === "stall"), `${where}: ${error}`);
          assert(timedOut || error instanceof SslError, `${where}: ${error}`);
          if (fault === "cut" && got.length > 0) assert(error instanceof SslTruncatedError, where);
        }
      }
    });
  }
}
