/** In-memory transports for tests. */

import type { ByteTransport } from "../../engine/engine.ts";

interface Direction {
  chunks: Uint8Array[];
  size: number;
  ended: boolean;
  error: unknown;
  wake: () => void;
  woken: Promise<void>;
}

function direction(): Direction {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { chunks: [], size: 0, ended: false, error: undefined, wake: resolve, woken: promise };
}

function notify(d: Direction): void {
  const { wake } = d;
  const { promise, resolve } = Promise.withResolvers<void>();
  d.woken = promise;
  d.wake = resolve;
  wake();
}

/** One end of a pair. */
export class MemoryTransport implements ByteTransport {
  /** Everything that was written, in chunks, if `record` is on. */
  readonly written: Uint8Array[] = [];
  record = false;
  /** Called with each chunk before it goes; may change it, or return null to drop it. */
  tamper: ((chunk: Uint8Array) => Uint8Array | null) | undefined;
  closed = false;
  reads = 0;

  constructor(
    private readonly incoming: Direction,
    private readonly outgoing: Direction,
    private readonly limit: number,
  ) {}

  async read(p: Uint8Array): Promise<number | null> {
    this.reads++;
    const d = this.incoming;
    for (;;) {
      if (this.closed) throw new Deno.errors.BadResource("closed");
      if (d.size > 0) break;
      if (d.error !== undefined) throw d.error;
      if (d.ended) return null;
      await d.woken;
    }
    const chunk = d.chunks[0]!;
    const n = Math.min(p.length, chunk.length);
    p.set(chunk.subarray(0, n));
    if (n === chunk.length) d.chunks.shift();
    else d.chunks[0] = chunk.subarray(n);
    d.size -= n;
    notify(d);
    return n;
  }

  async write(p: Uint8Array): Promise<number> {
    const d = this.outgoing;
    if (this.closed) throw new Deno.errors.BadResource("closed");
    let chunk: Uint8Array | null = p.slice();
    if (this.record) this.written.push(chunk);
    if (this.tamper) chunk = this.tamper(chunk);
    if (chunk !== null && chunk.length > 0) {
      while (d.size >= this.limit && !d.ended) {
        await d.woken;
        if (this.closed) throw new Deno.errors.BadResource("closed");
      }
      if (d.ended) throw new Deno.errors.BrokenPipe("the peer is gone");
      d.chunks.push(chunk);
      d.size += chunk.length;
      notify(d);
    }
    return p.length;
  }

  closeWrite(): Promise<void> {
    this.outgoing.ended = true;
    notify(this.outgoing);
    return Promise.resolve();
  }

  /** As a reset: the peer's next read fails. */
  reset(): void {
    this.outgoing.error = new Deno.errors.ConnectionReset(
      "Connection reset by peer (os error 104)",
    );
    this.outgoing.chunks = [];
    this.outgoing.size = 0;
    this.close();
  }

  close(): void {
    this.closed = true;
    for (const d of [this.incoming, this.outgoing]) {
      d.ended = true;
      notify(d);
    }
  }
}

/** Two ends that are connected; a write waits while `limit` bytes are under way. */
export function memoryPair(limit = 1 << 20): [MemoryTransport, MemoryTransport] {
  const a = direction(), b = direction();
  return [new MemoryTransport(a, b, limit), new MemoryTransport(b, a, limit)];
}
