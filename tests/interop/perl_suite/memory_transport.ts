/** The transport below a connection: what the library writes waits for Perl to take it, what Perl read waits for the library. */
import type { ByteTransport } from "@socket/ssl";

interface Reading {
  readonly into: Uint8Array;
  resolve(count: number | null): void;
  reject(error: Error): void;
}

interface Writing {
  left: number;
  resolve(): void;
  reject(error: Error): void;
}

/** One end in memory. */
export class MemoryTransport implements ByteTransport {
  readonly #arrived: Uint8Array[] = [];
  #leaving: Uint8Array[] = [];
  #writing: Writing[] = [];
  #reading: Reading | undefined;
  #readEnd: "eof" | Error | undefined;
  #writeError: Error | undefined;
  #closed = false;
  #wake: (() => void) | undefined;

  /** Whether the library waits for bytes. */
  get starving(): boolean {
    return this.#reading !== undefined;
  }

  /** The bytes that wait for Perl. */
  get leaving(): Uint8Array {
    return new Uint8Array(this.#leaving.flatMap((bytes) => [...bytes]));
  }

  /** Resolves when the library reads, writes or closes. */
  activity(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  /** The library's read. */
  read(into: Uint8Array): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.#reading = { into, resolve, reject };
      this.#serve();
      if (this.starving) this.#noteActivity();
    });
  }

  /** The library's write: it is done when Perl has taken all. */
  write(bytes: Uint8Array): Promise<number> {
    if (this.#writeError !== undefined) return Promise.reject(this.#writeError);
    this.#leaving.push(bytes.slice());
    return new Promise((resolve, reject) => {
      const done = () => resolve(bytes.length);
      this.#writing.push({ left: bytes.length, resolve: done, reject });
      this.#noteActivity();
    });
  }

  /** The library closes it. */
  close(): void {
    this.#closed = true;
    this.#serve();
    this.#noteActivity();
  }

  /** Perl half-closes nothing. */
  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  /** Perl has read these bytes. */
  arrive(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#arrived.push(bytes);
    this.#serve();
  }

  /** Perl has read the end, or failed to read. */
  endReading(end: "eof" | Error): void {
    this.#readEnd = end;
    this.#serve();
  }

  /** Perl has written the first `count` bytes. */
  taken(count: number): void {
    const rest = this.leaving.subarray(count);
    this.#leaving = rest.length > 0 ? [rest] : [];
    while (count > 0 && this.#writing.length > 0) {
      const [first] = this.#writing;
      const part = Math.min(count, first!.left);
      first!.left -= part;
      count -= part;
      if (first!.left === 0) this.#writing.shift()!.resolve();
    }
  }

  /** Perl cannot write. */
  failWriting(error: Error): void {
    this.#writeError = error;
    this.#leaving = [];
    for (const { reject } of this.#writing.splice(0)) reject(error);
  }

  #serve(): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    const [first] = this.#arrived;
    if (first === undefined && this.#readEnd === undefined && !this.#closed) return;
    this.#reading = undefined;
    if (first !== undefined) {
      const count = Math.min(first.length, reading.into.length);
      reading.into.set(first.subarray(0, count));
      if (count === first.length) this.#arrived.shift();
      else this.#arrived[0] = first.subarray(count);
      reading.resolve(count);
    } else if (this.#readEnd === "eof") reading.resolve(null);
    else reading.reject(this.#readEnd ?? new Deno.errors.BadResource("closed"));
  }

  #noteActivity(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
