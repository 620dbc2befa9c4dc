/** Connections in memory, for the tests of the handle. */

import type { HandleConn } from "../../handle/mod.ts";
import type { WaitOptions } from "../../engine/engine.ts";

const encoder = new TextEncoder();

/** What a scripted connection does on one read: bytes, an error, the end, or a wait. */
export type Step = string | Uint8Array | Error | null | Promise<void>;

/** A connection that reads what a script says and remembers what is written. */
export class ScriptedConn implements HandleConn {
  readonly written: Uint8Array[] = [];
  readonly events: string[] = [];
  reads = 0;
  maxWrite = Infinity;
  writeError: Error | undefined;
  #steps: Step[];
  #rest: Uint8Array = new Uint8Array(0);

  constructor(...steps: Step[]) {
    this.#steps = steps;
  }

  /** What was written, as text. */
  get text(): string {
    return this.written.map((bytes) => new TextDecoder("latin1").decode(bytes)).join("");
  }

  push(...steps: Step[]): void {
    this.#steps.push(...steps);
  }

  async read(p: Uint8Array, _options?: WaitOptions): Promise<number | null> {
    this.reads++;
    while (this.#rest.length === 0) {
      const step = this.#steps.shift();
      if (step === undefined || step === null) return null;
      if (step instanceof Error) throw step;
      if (step instanceof Promise) await step;
      else this.#rest = typeof step === "string" ? encoder.encode(step) : step;
    }
    const n = Math.min(p.length, this.#rest.length);
    p.set(this.#rest.subarray(0, n));
    this.#rest = this.#rest.subarray(n);
    return n;
  }

  async write(p: Uint8Array): Promise<number> {
    await Promise.resolve();
    if (this.writeError) throw this.writeError;
    const n = Math.min(p.length, this.maxWrite);
    this.written.push(p.slice(0, n));
    this.events.push(`write ${n}`);
    return n;
  }

  close(options?: { noShutdown?: boolean | undefined }): void {
    this.events.push(options?.noShutdown ? "close abruptly" : "close");
  }
}

/** A promise and its resolver. */
export function gate(): { wait: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { wait: promise, open: resolve };
}
