/** A connection of Deno whose every step a test decides, as its two directions see it. */

import { closedError } from "../../internal/waiting.ts";
import type { Link } from "../../engine/deno/reading.ts";
import { SslError } from "../../errors.ts";
import { SteppedTransport } from "../engine/stepped.ts";

/** What the directions of a stream share. */
export class SteppedLink implements Link {
  closed = false;
  /** Reads, writes and the end of writing wait until the test lets them go on. */
  readonly steps = new SteppedTransport();
  /** What `checkOpen` throws while the connection is not closed. */
  due: SslError | undefined;
  /** What `failed` and `whyGone` were called with. */
  readonly told: unknown[] = [];
  /** What `closeWrite` does. */
  end: () => Promise<void> = () => Promise.resolve();
  readonly conn = {
    read: (p: Uint8Array) => this.steps.read(p),
    write: (p: Uint8Array) => this.steps.write(p),
    closeWrite: () => this.end(),
  } as unknown as Deno.TlsConn;

  checkOpen(): void {
    if (this.closed) throw closedError();
    if (this.due !== undefined) throw this.due;
  }
  failed(operation: string, cause: unknown): unknown {
    this.told.push([operation, cause]);
    return new SslError(`${operation} failed`, { code: "FAILED", cause });
  }
  whyGone(operation: string, cause: unknown): Promise<unknown> {
    return Promise.resolve(this.failed(operation, cause));
  }
}
