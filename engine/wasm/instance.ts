/**
 * One instance of OpenSSL in WebAssembly: its memory, how JavaScript calls into it and is called
 * back, and its end. An instance is not used again once a call did not return: OpenSSL may have been
 * in the midst of anything. Then every further call fails, and what frees does nothing.
 *
 * @module
 */

import { SslError } from "../../errors.ts";

/** A C function. Arguments beyond those that it has are dropped. */
export type CFunction = (...args: readonly unknown[]) => unknown;

type Bytes = Uint8Array<ArrayBuffer>;

/** What the file exports beside OpenSSL's functions. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  _initialize(): void;
  malloc(size: number): number;
  free(address: number): void;
}

/** Bytes that are copied for the time of one call: room for a write of the pump, and some more. */
const SCRATCH = 160 * 1024;
/** What getRandomValues() gives at once. */
const MOST_RANDOM = 65_536;

/** What the file imports: randomness and the clock. Another import would be a mistake of the build. */
function importsFor(heap: () => Bytes): WebAssembly.Imports {
  return {
    wasi_snapshot_preview1: {
      random_get(at: number, length: number): number {
        const [from, to] = [at >>> 0, (at >>> 0) + length];
        for (let n = from; n < to; n += MOST_RANDOM) {
          crypto.getRandomValues(heap().subarray(n, Math.min(to, n + MOST_RANDOM)));
        }
        return 0;
      },
      clock_time_get(_clock: number, _precision: bigint, at: number): number {
        const now = BigInt(Date.now()) * 1_000_000n;
        new DataView(heap().buffer).setBigUint64(at >>> 0, now, true);
        return 0;
      },
    },
  };
}

const callers = new Map<string, WebAssembly.Module>();

/** A module that imports a function and exports it again, which gives it a C type. */
function caller(parameters: number, hasResult: boolean): WebAssembly.Module {
  const key = `${parameters} ${hasResult}`;
  const known = callers.get(key);
  if (known !== undefined) return known;
  const I32 = 0x7f;
  const section = (id: number, ...body: number[]) => [id, body.length, ...body];
  const type = [
    0x60,
    parameters,
    ...Array<number>(parameters).fill(I32),
    ...(hasResult ? [1, I32] : [0]),
  ];
  const made = new WebAssembly.Module(
    new Uint8Array([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, 1, ...type),
      ...section(2, 1, 1, 0x65, 1, 0x66, 0, 0),
      ...section(7, 1, 1, 0x66, 0, 0),
    ]),
  );
  callers.set(key, made);
  return made;
}

/** An instance; the system may have no room for its memory, of which it reserves the addresses. */
function startedFrom(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SslError(
      `Cannot start OpenSSL as WebAssembly: ${cause.message}: give the process more memory`,
      { code: "ERR_SSL_MALLOC_FAILURE", reason: cause.message, cause, facts: { engine: "wasm" } },
    );
  }
}

/** OpenSSL in a memory of its own. */
export class Instance {
  readonly #exports: Exports & Readonly<Record<string, unknown>>;
  #heap: Bytes;
  readonly #scratch: number;
  #top: number;
  #ended: { readonly cause: unknown } | undefined;
  readonly #copies = new WeakMap<Bytes, number>();
  readonly #unused = new FinalizationRegistry<number>((address) => this.free(address));
  /** Places of the function table that are not in use any more. */
  readonly #places: number[] = [];

  /** Starts it. */
  constructor(module: WebAssembly.Module) {
    const { exports } = startedFrom(module, importsFor(() => this.heap));
    this.#exports = exports as unknown as
      & Exports
      & Readonly<Record<string, unknown>>;
    this.#heap = new Uint8Array(this.#exports.memory.buffer as ArrayBuffer);
    this.#exports._initialize();
    this.#scratch = this.#top = this.allocate(SCRATCH);
  }

  /** Its memory. */
  get heap(): Bytes {
    // A memory that has grown has another buffer; the old one is empty then.
    if (this.#heap.length > 0) return this.#heap;
    return this.#heap = new Uint8Array(this.#exports.memory.buffer as ArrayBuffer);
  }

  /** Whether a call did not return. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Memory of C. */
  allocate(size: number): number {
    const address = this.#exports.malloc(size || 1) >>> 0;
    if (address !== 0) return address;
    throw new SslError(
      `Cannot get ${size} bytes of memory for OpenSSL: close connections that are not in use`,
      { code: "ERR_SSL_MALLOC_FAILURE", facts: { engine: "wasm" } },
    );
  }

  /** Frees memory of C. */
  free(address: number): void {
    if (!this.ended) this.#exports.free(address);
  }

  /**
   * Room for the time of one call, to be given back in reverse order: a callback may make calls of
   * its own meanwhile.
   */
  take(size: number): number {
    const next = this.#top + ((size + 15) & ~15);
    if (next > this.#scratch + SCRATCH) return this.allocate(size);
    const at = this.#top;
    this.#top = next;
    return at;
  }

  /** Gives room back; what stood in it is wiped. */
  give(at: number, used: number): void {
    this.heap.fill(0, at, at + used);
    if (at >= this.#scratch && at < this.#scratch + SCRATCH) this.#top = at;
    else this.free(at);
  }

  /** Copies what stands at an address into `to`: all that it holds, or `n` bytes. */
  read(at: number, to: Bytes, n = to.length): void {
    to.set(this.heap.subarray(at, at + n));
  }

  /** Copies bytes to an address: all of them, or the first `n`. */
  write(at: number, from: Bytes, n = from.length): void {
    this.heap.set(n === from.length ? from : from.subarray(0, n), at);
  }

  /** The length of the C string at an address. */
  lengthOfString(at: number): number {
    return Math.max(0, this.heap.indexOf(0, at) - at);
  }

  /** A copy of bytes, which lives as long as they do. */
  copyOf(bytes: Bytes): number {
    const known = this.#copies.get(bytes);
    if (known !== undefined) return known;
    const at = this.allocate(bytes.length);
    this.write(at, bytes);
    this.#copies.set(bytes, at);
    this.#unused.register(bytes, at, bytes);
    return at;
  }

  /** Where the copy of bytes is, if there is one. */
  placeOf(bytes: Bytes): number | undefined {
    return this.#copies.get(bytes);
  }

  /** Wipes and frees the copy of bytes, before they are gone. */
  dropCopy(bytes: Bytes): void {
    const at = this.#copies.get(bytes);
    if (at === undefined) return;
    this.#copies.delete(bytes);
    this.#unused.unregister(bytes);
    this.heap.fill(0, at, at + bytes.length);
    this.free(at);
  }

  /**
   * A function of the file, or undefined. When it does not return, the instance has ended.
   *
   * @param remedy What to do then.
   */
  function(name: string, remedy = "connect again"): CFunction | undefined {
    const call = this.#exports[name];
    if (typeof call !== "function") return undefined;
    const frees = /_free$/.test(name);
    return (a, b, c, d, e, f, g, h, i) => {
      if (this.#ended !== undefined) {
        if (frees) return undefined;
        throw this.#endedError(remedy);
      }
      try {
        return call(a, b, c, d, e, f, g, h, i);
      } catch (cause) {
        this.#ended ??= { cause };
        if (frees) return undefined;
        throw this.#endedError(remedy);
      }
    };
  }

  #endedError(remedy: string): SslError {
    const cause = this.#ended?.cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new SslError(
      `Cannot go on: OpenSSL as WebAssembly stopped inside a call: ${reason}: ${remedy}`,
      { code: "ERR_SSL_ENGINE_STOPPED", reason, cause, facts: { engine: "wasm" } },
    );
  }

  /** The address of a C function that calls `call`, which takes and gives numbers. */
  callable(parameters: number, hasResult: boolean, call: (...args: number[]) => unknown): number {
    const called = (...args: number[]) => {
      const answer = call(...args);
      // The call in which it was called must not go on.
      if (this.#ended !== undefined) throw this.#ended.cause;
      return answer;
    };
    const { f } =
      new WebAssembly.Instance(caller(parameters, hasResult), { e: { f: called } }).exports;
    return this.#place(f);
  }

  /** The address of a function of the file. */
  addressOfFunction(name: string): number {
    return this.#place(this.#exports[name]);
  }

  /** Takes the address of a C function back. */
  release(at: number): void {
    this.#exports.__indirect_function_table.set(at, null);
    this.#places.push(at);
  }

  #place(f: unknown): number {
    const table = this.#exports.__indirect_function_table;
    const at = this.#places.pop() ?? table.grow(1);
    table.set(at, f as () => void);
    return at;
  }
}
