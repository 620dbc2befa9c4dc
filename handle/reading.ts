/**
 * The reading half of the class `Handle`.
 *
 * @module
 */

import type { WaitOptions } from "../engine/types.ts";
import { SSL_WANT_READ, type Want } from "../errors.ts";
import { HandleBase, stateOf } from "./base.ts";
import { RECORD_NAMES, RecordIterator, type RecordOptions } from "./records.ts";
import { checkLength, readRegion } from "./regions.ts";
import { checkNames, WAIT_NAMES } from "./state.ts";

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
    try {
      const state = stateOf(this);
      const input = state.input("read a line");
      input.check("read a line");
      if (options !== undefined) checkNames("read a line", options, RECORD_NAMES);
      const separator = options?.separator === undefined
        ? state.settings.inputRecordSeparator
        : options.separator;
      const chomp = options?.chomp ?? state.settings.chomp;
      const line = input.lines.next(separator, chomp);
      if (line !== undefined) return Promise.resolve(line);
      return input.run("read a line", () => input.readRecord(separator, chomp, options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * As `readLine`, without waiting: `SSL_WANT_READ` or `SSL_WANT_WRITE` when it would have to.
   * `ready` then waits. Over a connection that cannot be read without waiting, `ready` is what reads.
   *
   * Perl: `readline` on a non-blocking socket
   */
  tryReadLine(options?: Omit<RecordOptions, "signal">): string | undefined | Want {
    const state = stateOf(this);
    const input = state.input("read a line");
    input.check("read a line");
    if (options !== undefined) checkNames("read a line", options, ["chomp", "separator"]);
    const separator = options?.separator === undefined
      ? state.settings.inputRecordSeparator
      : options.separator;
    return input.tryRecord(separator, options?.chomp ?? state.settings.chomp);
  }

  /**
   * Resolves when a call that did not wait may go on. What the connection met comes out of that call.
   *
   * @param want What the call gave. Default: `SSL_WANT_READ`.
   *
   * Perl: `IO::Select`
   */
  async ready(want: Want = SSL_WANT_READ, options?: WaitOptions): Promise<void> {
    await stateOf(this).input("wait").ready(want, options);
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
  async getlines(options?: RecordOptions): Promise<string[]> {
    const { settings } = stateOf(this);
    checkNames("read lines", options, RECORD_NAMES);
    const separator = options?.separator === undefined
      ? settings.inputRecordSeparator
      : options.separator;
    const input = stateOf(this).input("read lines");
    return await input.run(
      "read lines",
      () => input.readRest(separator, options?.chomp ?? settings.chomp, options),
    );
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
  lines(options?: RecordOptions): AsyncIterableIterator<string, undefined> {
    checkNames("read lines", options, RECORD_NAMES);
    const state = stateOf(this);
    const chomp = options?.chomp;
    const separator = options?.separator;
    const { settings } = state;
    return new RecordIterator<string>({
      now: () => {
        const input = state.input("read a line");
        input.check("read a line");
        return input.lines.next(
          separator === undefined ? settings.inputRecordSeparator : separator,
          chomp ?? settings.chomp,
        );
      },
      later: () => this.readLine(options),
    });
  }

  /**
   * The lines up to the end, in arrays of those that came together: the fastest way through many
   * lines.
   */
  lineBatches(options?: RecordOptions): AsyncIterableIterator<string[], undefined> {
    checkNames("read lines", options, RECORD_NAMES);
    const { settings } = stateOf(this);
    return new RecordIterator<string[]>({
      now: () => undefined,
      later: async () => {
        const input = stateOf(this).input("read lines");
        const separator = options?.separator === undefined
          ? settings.inputRecordSeparator
          : options.separator;
        const lines = await input.run(
          "read lines",
          () => input.readBatch(separator, options?.chomp ?? settings.chomp, options),
        );
        return lines.length === 0 ? undefined : lines;
      },
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
  async read(
    target: number | Uint8Array,
    second?: number | WaitOptions,
    offset?: number,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer> | number | null> {
    const input = stateOf(this).input("read");
    if (typeof target === "number") {
      const wait = second as WaitOptions | undefined;
      checkNames("read", wait, WAIT_NAMES);
      const n = checkLength("read", "length", target);
      return await input.run("read", async () => {
        const count = await input.gather(n, wait);
        if (count === 0 && n > 0) return null;
        const bytes = new Uint8Array(count);
        input.lines.take(bytes);
        return bytes;
      });
    }
    checkNames("read", options, WAIT_NAMES);
    input.check("read");
    const region = readRegion("read", target, second as number | undefined, offset);
    return await input.run("read", async () => {
      const n = region.bytes.length;
      const count = await input.gather(n, options).catch((error) => {
        region.done(0);
        throw error;
      });
      if (count > 0) input.lines.take(region.bytes.subarray(0, count));
      region.done(count);
      return count === 0 && n > 0 ? null : count;
    });
  }

  /**
   * Reads what is there, at least one byte and at most `length`, into `buffer` at `offset`; `null` at
   * the end. What lines left over comes first. Otherwise as `read`.
   *
   * Perl: `sysread`
   */
  async sysread(
    buffer: Uint8Array,
    length?: number,
    offset?: number,
    options?: WaitOptions,
  ): Promise<number | null> {
    checkNames("sysread", options, WAIT_NAMES);
    const input = stateOf(this).input("sysread");
    input.check("sysread");
    const region = readRegion("sysread", buffer, length, offset);
    return await input.run("sysread", async () => {
      const count = await input.readSome(region.bytes, options).catch((error) => {
        region.done(0);
        throw error;
      });
      region.done(count ?? 0);
      return count;
    });
  }

  /**
   * Reads one character; `undefined` at the end.
   *
   * @throws {SslPeerError} With code `EILSEQ` if it is no UTF-8.
   *
   * Perl: `getc`
   */
  async getc(options?: WaitOptions): Promise<string | undefined> {
    checkNames("getc", options, WAIT_NAMES);
    const input = stateOf(this).input("getc");
    return await input.run("getc", () => input.readRecord(1, false, options));
  }

  /**
   * Whether the stream is at its end. Waits for a byte or the end, as in Perl.
   *
   * @throws {SslTruncatedError} If the stream ended without close_notify: that is no end.
   *
   * Perl: `eof`
   */
  async eof(options?: WaitOptions): Promise<boolean> {
    checkNames("eof", options, WAIT_NAMES);
    const input = stateOf(this).input("eof");
    return await input.run("eof", async () => await input.gather(1, options) === 0);
  }

  /**
   * How many bytes can be read without waiting.
   *
   * Perl: `pending`
   */
  pending(): number {
    const state = stateOf(this);
    const input = state.input("pending");
    return input.lines.length + (state.conn.pending?.() ?? 0);
  }
}
