/**
 * One connection over real TCP with one fault, and the judgement of what the
 * receiver saw. The sweep over all offsets is in bench/faults.ts, a sample of
 * it in tests/socket/faults_test.ts.
 */

import { SslContext } from "../../context/context.ts";
import type { EngineName } from "../../engine/engine.ts";
import { SslError } from "../../errors.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { bytes, testPki, trust } from "../contract/harness.ts";
import { type Fault, type FaultKind, faultProxy } from "./fault_proxy.ts";

/** What the sender sends. */
export const MESSAGE = bytes("All of this must arrive, or an error must say that it did not.");

/** All faults. */
export const FAULTS: readonly FaultKind[] = ["cut", "reset", "flip", "stall"];

/** Which connections: the receiver is under test, the sender is on the engine "openssl". */
export interface Setting {
  readonly engine: EngineName;
  readonly version: "TLSv1_2" | "TLSv1_3";
  /** Who sends, through the fault. */
  readonly from: "client" | "server";
}

/** What became of one connection. */
export interface Outcome {
  /** What the receiver got. */
  readonly got: Uint8Array;
  /** Whether the receiver saw an end of the stream. */
  readonly clean: boolean;
  /** What the receiver learned. */
  readonly error: unknown;
  /** The longest of the receiver's operations, in ms. */
  readonly longest: number;
  /** The longest of the sender's operations, in ms. */
  readonly longestSending: number;
  /** How many bytes the sender had sent. */
  readonly sent: number;
}

/** Both ends for one setting, used for many connections. */
export class Sweep implements AsyncDisposable {
  readonly #setting: Setting;
  readonly #listener: SslListener;
  readonly #context: SslContext;

  private constructor(setting: Setting, listener: SslListener, context: SslContext) {
    this.#setting = setting;
    this.#listener = listener;
    this.#context = context;
  }

  /** Opens the listener and makes the client's context. */
  static async open(setting: Setting): Promise<Sweep> {
    const { ca, server } = await testPki();
    const [ours, theirs] = [setting.engine, "openssl"] as const;
    const limit = { version: setting.version };
    const [listens, connects] = setting.from === "client" ? [ours, theirs] : [theirs, ours];
    const at = { hostname: "127.0.0.1", port: 0, ...server };
    return new Sweep(
      setting,
      await SslSocket.listen({
        engine: listens,
        ...at,
        ...(setting.from === "server" ? limit : {}),
      }),
      await SslContext.create({
        ...trust(connects, ca),
        ...(setting.from === "client" ? limit : {}),
      }),
    );
  }

  #connect(port: number, timeout: number): Promise<SslSocket> {
    const to = { hostname: "localhost", family: 4, port } as const;
    return SslSocket.connect({ ...to, timeout, reuseCtx: this.#context });
  }

  /** One connection. Every operation of either side has `timeout` milliseconds. */
  async run(fault: Fault | undefined, timeout: number): Promise<Outcome> {
    const { from } = this.#setting;
    await using proxy = await faultProxy(this.#listener.addr.port, fault);
    const longest = { sending: 0, receiving: 0 };
    const timed = async <T>(operation: Promise<T>, side: keyof typeof longest): Promise<T> => {
      const start = performance.now();
      try {
        return await operation;
      } finally {
        longest[side] = Math.max(longest[side], performance.now() - start);
      }
    };
    const accept = () => this.#listener.accept({ signal: AbortSignal.timeout(timeout) });
    const connect = () => this.#connect(proxy.port, timeout);
    // A handshake that is stuck ends by its timeout; the accept must be there before the connection.
    const [send, receive] = from === "server" ? [accept, connect] : [connect, accept];
    const sending = (async () => {
      await using socket = await timed(send(), "sending");
      await timed(socket.write(MESSAGE, { signal: AbortSignal.timeout(timeout) }), "sending");
      await timed(socket.close({ timeout }), "sending");
    })().catch(() => {});
    const got: number[] = [];
    let clean = false, error: unknown;
    try {
      await using socket = await timed(receive(), "receiving");
      const buffer = new Uint8Array(16);
      for (;;) {
        const signal = AbortSignal.timeout(timeout);
        const n = await timed(socket.read(buffer, { signal }), "receiving");
        if (n === null) break;
        got.push(...buffer.subarray(0, n));
      }
      clean = true;
    } catch (e) {
      error = e;
    }
    await sending;
    return {
      got: Uint8Array.from(got),
      clean,
      error,
      longest: longest.receiving,
      longestSending: longest.sending,
      sent: proxy.sent[from],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
  }
}

/** What is wrong with an outcome; `undefined` if nothing is. */
export function violation(fault: Fault, outcome: Outcome): string | undefined {
  const { got, clean, error } = outcome;
  if (got.some((byte, i) => byte !== MESSAGE[i])) return "altered data";
  if (clean && got.length < MESSAGE.length) return "silent end";
  // A flipped bit that means nothing (a record's version, RFC 8446 5.1) does no harm.
  if (clean && fault.kind !== "flip") return "an end that was not sent";
  const timedOut = error instanceof DOMException && error.name === "TimeoutError";
  if (!clean && !timedOut && !(error instanceof SslError)) return `a strange error: ${error}`;
  return undefined;
}
