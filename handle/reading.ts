/**
 * The reading half of the class `Handle`.
 *
 * @module
 */

import type { WaitOptions } from "../engine/engine.ts";
import { SSL_WANT_READ, type Want } from "../errors.ts";
import type { Separator } from "./line_reader.ts";
import { callOptions, frontOf, HandleBase } from "./settings.ts";

/** Options of the calls that read lines. */
export interface RecordOptions extends WaitOptions {
  /**
   * Whether the separator is taken off. Default: the handle's `chomp`, which is `false`.
   *
   * Perl: `chomp`
   */
  readonly chomp?: boolean | undefined;
  /**
   * What ends a line, for this call. Default: the handle's `inputRecordSeparator`.
   *
   * Perl: `$/`
   */
  readonly separator?: Separator | undefined;
}

/** The members of {@linkcode RecordOptions}. */
export const RECORD_NAMES: readonly (keyof RecordOptions)[] = ["chomp", "separator", "signal"];

/** What an iterator takes its values from. */
interface RecordSource<T> {
  /** A value that is there, if one is. */
  now(): T | undefined;
  /** The next value; `undefined` at the end. */
  later(): Promise<T | undefined>;
}

/**
 * Iterates over a source. Leaving the loop early leaves the rest for other calls. No generator is at
 * work: a line that is there comes in a promise that is already resolved, which is what makes a loop
 * over millions of lines cheap.
 */
class RecordIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: RecordSource<T>;
  #done = false;

  /** Iterates over a source. */
  constructor(source: RecordSource<T>) {
    this.#source = source;
  }

  /** The next value. */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#done) return Promise.resolve({ value: undefined, done: true });
    try {
      const value = this.#source.now();
      if (value !== undefined) return Promise.resolve({ value, done: false });
    } catch (error) {
      this.#done = true;
      return Promise.reject(error);
    }
    return this.#later();
  }

  async #later(): Promise<IteratorResult<T, undefined>> {
    try {
      const value = await this.#source.later();
      if (value !== undefined) return { value, done: false };
    } catch (error) {
      this.#done = true;
      throw error;
    }
    this.#done = true;
    return { value: undefined, done: true };
  }

  /** Ends the iteration. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#done = true;
    return Promise.resolve({ value: undefined, done: true });
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}

/**
 * The reading half of the class `Handle`. One read at a time: a second one is an `SslError` with
 * the code `ERR_CONCURRENT_READ`. What arrived before an error is delivered first. On a closed
 * handle every read is an `SslError` with the code `ECLOSED`.
 */
export class HandleReading extends HandleBase {
  /**
   * Reads a line, with its separator unless `chomp` is set; `undefined` at the end. A last line
   * without a separator is a line too.
   *
   * A paragraph (separator `""`) ends with two newlines and all that follow, as in IO::Socket::SSL.
   * A line that an error cut short is not delivered as a line: its bytes remain for `read`.
   *
   * @throws {SslPeerError} If the line is longer than `maxLineLength` or, without a separator, the
   * stream longer than `maxBytes` (code `EMSGSIZE`); if it is no UTF-8 (code `EILSEQ`).
   * @throws {SslTruncatedError} If the stream ended without close_notify.
   *
   * @example
   * ```ts
   * import { Handle } from "@socket/ssl/handle";
   *
   * const stream = new Blob(["first\nsecond"]).stream();
   * const handle = new Handle({ readable: stream });
   * await handle.readLine(); // "first\n"
   * await handle.readLine({ chomp: true }); // "second"
   * await handle.readLine(); // undefined
   * ```
   *
   * Perl: `readline`
   */
  readLine(options?: RecordOptions): Promise<string | undefined> {
    const front = frontOf(this);
    return front.machine?.readLine(options) ??
      front.later((machine, settings) => machine.readLine(options, settings));
  }

  /**
   * As `readLine`, without waiting: `SSL_WANT_READ` or `SSL_WANT_WRITE` when it would have to.
   * `ready` then waits. Over a connection that cannot be read without waiting, `ready` is what reads.
   *
   * The machine of a handle is loaded by the first call of a program, or by `Handle.connect` and
   * `serve`. Until it is there the answer is `SSL_WANT_READ`, whatever has come: `ready` waits for it.
   *
   * Perl: `readline` on a non-blocking socket
   */
  tryReadLine(given?: Omit<RecordOptions, "signal">): string | undefined | Want {
    const front = frontOf(this);
    const options = callOptions("read a line", given, ["chomp", "separator"]);
    if (front.machine) return front.machine.tryReadLine(options);
    front.mustRead("read a line");
    front.load();
    return SSL_WANT_READ;
  }

  /**
   * Resolves when a call that did not wait may go on. What the connection met comes out of that call.
   *
   * @param want What the call gave. Default: `SSL_WANT_READ`.
   *
   * Perl: `IO::Select`
   */
  ready(want: Want = SSL_WANT_READ, options?: WaitOptions): Promise<void> {
    const front = frontOf(this);
    return front.machine?.ready(want, options) ??
      front.later((machine) => machine.ready(want, options));
  }

  /**
   * As `readLine` with the handle's own separator.
   *
   * Perl: `getline`
   */
  getline(): Promise<string | undefined> {
    return this.readLine();
  }

  /**
   * Reads up to the end and gives all lines. On an error nothing is consumed: the lines that did
   * arrive can be read one by one.
   *
   * @throws {SslPeerError} With code `EMSGSIZE` if there are more than `maxBytes` bytes.
   *
   * Perl: `getlines`
   */
  getlines(options?: RecordOptions): Promise<string[]> {
    const front = frontOf(this);
    return front.machine?.getlines(options) ??
      front.later((machine, settings) => machine.getlines(options, settings));
  }

  /**
   * The lines up to the end, for `for await`. Leaving the loop leaves the handle open and the rest
   * unread. Without options a separator that changes meanwhile takes effect.
   *
   * @example
   * ```ts
   * import { Handle } from "@socket/ssl/handle";
   *
   * const handle = new Handle({ readable: new Blob(["a\nb\n"]).stream() });
   * for await (const line of handle.lines({ chomp: true })) {
   *   // "a", then "b"
   * }
   * ```
   *
   * Perl: `while (my $line = <$socket>)`
   */
  lines(given?: RecordOptions): AsyncIterableIterator<string, undefined> {
    const options = callOptions("read lines", given, RECORD_NAMES);
    const front = frontOf(this);
    const { chomp, separator } = options;
    return new RecordIterator<string>({
      now: () => front.machine?.lineNow(separator, chomp),
      later: () => this.readLine(options),
    });
  }

  /**
   * The lines up to the end, in arrays of those that came together: the fastest way through many
   * lines.
   */
  lineBatches(given?: RecordOptions): AsyncIterableIterator<string[], undefined> {
    const options = callOptions("read lines", given, RECORD_NAMES);
    const front = frontOf(this);
    return new RecordIterator<string[]>({
      now: () => undefined,
      later: () =>
        front.machine?.lineBatch(options) ??
          front.later((machine, settings) => machine.lineBatch(options, settings)),
    });
  }

  /** {@linkcode HandleReading.lines}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<string, undefined> {
    return this.lines();
  }

  /**
   * Reads `n` bytes, fewer only where the stream ends; `null` at the end.
   *
   * @throws {RangeError} If `n` is negative or no integer.
   *
   * Perl: `read`
   */
  read(n: number, options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null>;
  /**
   * Reads `length` bytes into `buffer` at `offset`, fewer only where the stream ends. Gives how many,
   * `null` at the end. A negative offset counts from the end of the buffer. An array over a resizable
   * `ArrayBuffer` grows, with zeros in a gap in front of the data, and ends after the data, as a
   * scalar of Perl does.
   *
   * @param buffer Where the bytes go.
   * @param length How many. Default: what fits behind `offset`.
   * @param offset Where. Default: 0.
   * @throws {RangeError} If that is outside of the buffer.
   *
   * Perl: `read`
   */
  read(
    buffer: Uint8Array,
    length?: number,
    offset?: number,
    options?: WaitOptions,
  ): Promise<number | null>;
  read(
    target: number | Uint8Array,
    second?: number | WaitOptions,
    offset?: number,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer> | number | null> {
    const front = frontOf(this);
    return front.machine?.read(target, second, offset, options) ??
      front.later((machine) => machine.read(target, second, offset, options));
  }

  /**
   * Reads what is there, at least one byte and at most `length`, into `buffer` at `offset`; `null` at
   * the end. What lines left over comes first. Otherwise as `read`.
   *
   * Perl: `sysread`
   */
  sysread(
    buffer: Uint8Array,
    length?: number,
    offset?: number,
    options?: WaitOptions,
  ): Promise<number | null> {
    const front = frontOf(this);
    return front.machine?.sysread(buffer, length, offset, options) ??
      front.later((machine) => machine.sysread(buffer, length, offset, options));
  }

  /**
   * Reads one character; `undefined` at the end.
   *
   * @throws {SslPeerError} With code `EILSEQ` if it is no UTF-8.
   *
   * Perl: `getc`
   */
  getc(options?: WaitOptions): Promise<string | undefined> {
    const front = frontOf(this);
    return front.machine?.getc(options) ?? front.later((machine) => machine.getc(options));
  }

  /**
   * Whether the stream is at its end. Waits for a byte or the end, as in Perl.
   *
   * @throws {SslTruncatedError} If the stream ended without close_notify: that is no end.
   *
   * Perl: `eof`
   */
  eof(options?: WaitOptions): Promise<boolean> {
    const front = frontOf(this);
    return front.machine?.eof(options) ?? front.later((machine) => machine.eof(options));
  }

  /**
   * How many bytes can be read without waiting.
   *
   * Perl: `pending`
   */
  pending(): number {
    return frontOf(this).pending();
  }
}
