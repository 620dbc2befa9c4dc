/**
 * Sends what stands at standard input over a connection, and gives what comes back.
 *
 * @module
 */

import { SslError, SslTruncatedError } from "../../errors.ts";
import type { SslSocket } from "../../socket/socket.ts";

/** How two ends talk. */
export interface Conversation {
  /** What is sent. */
  readonly input: ReadableStream<Uint8Array>;
  /** Takes what comes back. */
  output(data: Uint8Array): Promise<void>;
  /** Ends it when neither side has sent anything for so long, in milliseconds; 0 waits for ever. */
  readonly idle: number;
  /** Whether `idle` begins only when the input has ended, as for a person who types. */
  readonly patient: boolean;
  /** Whether our direction ends with the input. */
  readonly halfClose: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface Exchanged {
  /** How many bytes were sent. */
  readonly sent: number;
  /** How many bytes came back. */
  readonly received: number;
  /** Whether the connection ended before the peer said that its data is complete. */
  readonly truncated: boolean;
}

/** Counts down while nothing happens. */
class Idle {
  readonly over: Promise<void>;
  readonly #end: () => void;
  readonly #ms: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.over = promise;
    this.#end = resolve;
    this.#ms = ms;
  }

  /** Begins anew. */
  touch(): void {
    clearTimeout(this.#timer);
    if (this.#ms > 0) this.#timer = setTimeout(this.#end, this.#ms);
  }

  /** Ends it at once. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#end();
  }
}

/**
 * Talks until the peer ends the connection, or until neither side has anything to say.
 *
 * @throws {SslError} If the connection fails; a peer that has stopped reading is not a failure.
 */
export async function converse(socket: SslSocket, talk: Conversation): Promise<Exchanged> {
  let sent = 0, received = 0, truncated = false, ended = false;
  const idle = new Idle(talk.idle);
  const stop = () => idle.stop();
  talk.signal.addEventListener("abort", stop, { once: true });
  const input = talk.input.getReader();
  const sending = (async () => {
    for (let part; !(part = await input.read()).done && !ended;) {
      await socket.write(part.value);
      sent += part.value.length;
      if (!talk.patient) idle.touch();
    }
    if (talk.halfClose && !ended) await socket.closeWrite();
    if (!ended) idle.touch();
  })().catch((error) => {
    // A peer that does not read any more may have an answer all the same.
    if (!(error instanceof SslError)) throw error;
  });
  const reading = (async () => {
    const buffer = new Uint8Array(65_536);
    for (let n; (n = await socket.read(buffer)) !== null && !ended;) {
      received += n;
      await talk.output(buffer.slice(0, n));
      if (!talk.patient) idle.touch();
    }
  })().catch((error) => {
    if (ended) return; // we closed it
    if (!(error instanceof SslTruncatedError)) throw error;
    truncated = true;
  });
  if (!talk.patient) idle.touch();
  try {
    // What fails at the input or the output ends it as well.
    await Promise.race([reading, idle.over, sending.then(() => reading)]);
    return { sent, received, truncated };
  } finally {
    ended = true;
    stop();
    talk.signal.removeEventListener("abort", stop);
    input.cancel().catch(() => {});
    await socket.close().catch(() => {});
  }
}
