/**
 * The reading half of a handle: lines, characters and bytes.
 *
 * @module
 */

import type { WaitOptions } from "../engine/engine.ts";
import type { Want } from "../errors.ts";
import { fromCaller } from "../internal/caller.ts";
import { waitOptions } from "../internal/waiting.ts";
import type { RecordOptions } from "./options.ts";
import { callOptions, type HandleSettings, RECORD_NAMES } from "./checked_options.ts";
import { ReadAhead } from "./read_ahead.ts";
import { checkLength, readRegion } from "./region.ts";
import type { Chomp, Separator } from "./separator.ts";
import type { HandleConn } from "./source.ts";

/** Reads one connection for `Handle`, whose members of the same names say how. */
export class Reader {
  /** What has been read ahead. */
  readonly ahead: ReadAhead;
  readonly #settings: HandleSettings;

  constructor(conn: HandleConn, settings: HandleSettings) {
    this.#settings = settings;
    this.ahead = new ReadAhead(conn, settings);
  }

  #separator(options: RecordOptions | undefined): Separator {
    const separator = options?.separator;
    return separator === undefined ? this.#settings.inputRecordSeparator : separator;
  }

  /** What is taken off: `readLine` and its kin do so unless told otherwise, Perl's calls if told. */
  #chomp(options: RecordOptions | undefined, most: "line end" | "separator"): Chomp {
    return options?.chomp ?? this.#settings.chomp ?? most === "line end" ? most : "nothing";
  }

  readLine(given?: RecordOptions): Promise<string | undefined> {
    return this.#next(given, "line end");
  }

  getline(given?: RecordOptions): Promise<string | undefined> {
    return this.#next(given, "separator");
  }

  /** A line that has come, at once, or the next one. */
  #next(
    given: RecordOptions | undefined,
    most: "line end" | "separator",
  ): Promise<string | undefined> {
    const { ahead } = this;
    ahead.check("read a line");
    const options = callOptions("read a line", given, RECORD_NAMES);
    const [separator, chomp] = [this.#separator(options), this.#chomp(options, most)];
    const line = ahead.lines.next(separator, chomp);
    if (line !== undefined) return Promise.resolve(line);
    return this.#record("read a line", separator, chomp, options);
  }

  /** The next record, waiting for it. */
  async #record(
    operation: string,
    separator: Separator,
    chomp: Chomp,
    options: WaitOptions,
  ): Promise<string | undefined> {
    const { ahead } = this;
    ahead.begin(operation);
    try {
      while (true) {
        const line = ahead.lines.next(separator, chomp);
        if (line !== undefined || ahead.lines.ended) return ahead.atEnd(line);
        await ahead.fill(options);
      }
    } catch (error) {
      throw fromCaller(error);
    } finally {
      ahead.over();
    }
  }

  tryReadLine(given?: Omit<RecordOptions, "signal">): string | undefined | Want {
    const { ahead } = this;
    const options = callOptions("read a line", given, ["chomp", "separator"]);
    ahead.check("read a line");
    const [separator, chomp] = [this.#separator(options), this.#chomp(options, "line end")];
    while (true) {
      const line = ahead.lines.next(separator, chomp);
      if (line !== undefined || ahead.lines.ended) return ahead.atEnd(line);
      const want = ahead.tryFill();
      if (want !== undefined) return want;
    }
  }

  /** A line that has come, for an iterator, with checked options. */
  lineNow(options: RecordOptions): string | undefined {
    this.ahead.check("read a line");
    return this.ahead.lines.next(this.#separator(options), this.#chomp(options, "line end"));
  }

  /** The lines that came together, for an iterator; `undefined` at the end. */
  async lineBatch(options: RecordOptions): Promise<string[] | undefined> {
    const { ahead } = this;
    const [separator, chomp] = [this.#separator(options), this.#chomp(options, "line end")];
    return await ahead.run("read lines", async () => {
      while (true) {
        const lines = ahead.lines.batch(separator, chomp);
        if (lines.length > 0) return lines;
        if (ahead.lines.ended) return ahead.tellEnd(undefined);
        await ahead.fill(options);
      }
    });
  }

  /** `Handle.getlines`. On an error nothing is consumed. */
  async getlines(given?: RecordOptions): Promise<string[]> {
    const { ahead } = this;
    const options = callOptions("read lines", given, RECORD_NAMES);
    const [separator, chomp] = [this.#separator(options), this.#chomp(options, "separator")];
    return await ahead.run("read lines", async () => {
      while (!ahead.lines.ended) {
        ahead.lines.checkTotal();
        await ahead.fill(options);
      }
      ahead.lines.checkTotal();
      return ahead.tellEnd(ahead.atEnd(ahead.lines.rest(separator, chomp)));
    });
  }

  /** `Handle.read` of a number of bytes. */
  async readBytes(length: number, given?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    const { ahead } = this;
    const options = waitOptions(given, "read");
    const n = checkLength("read", "length", length);
    return await ahead.run("read", async () => {
      const count = await ahead.gather(n, options);
      if (count === 0 && n > 0) return ahead.tellEnd(null);
      const bytes = new Uint8Array(count);
      ahead.lines.take(bytes);
      return bytes;
    });
  }

  /** `Handle.read` into a buffer, which gets all that fits. */
  async readInto(
    buffer: Uint8Array,
    length?: number,
    offset?: number,
    given?: WaitOptions,
  ): Promise<number | null> {
    return await this.#into("read", buffer, length, offset, given, async (bytes, options) => {
      const count = await this.ahead.gather(bytes.length, options);
      this.ahead.lines.take(bytes.subarray(0, count));
      return count === 0 && bytes.length > 0 ? this.ahead.tellEnd(null) : count;
    });
  }

  async sysread(
    buffer: Uint8Array,
    length?: number,
    offset?: number,
    given?: WaitOptions,
  ): Promise<number | null> {
    return await this.#into(
      "sysread",
      buffer,
      length,
      offset,
      given,
      (bytes, options) => this.ahead.readSome(bytes, options),
    );
  }

  /** Reads into a region of a buffer, which may grow for it and ends after what came. */
  async #into(
    operation: string,
    buffer: Uint8Array,
    length: number | undefined,
    offset: number | undefined,
    given: WaitOptions | undefined,
    read: (bytes: Uint8Array, options: WaitOptions) => Promise<number | null>,
  ): Promise<number | null> {
    const options = waitOptions(given, operation);
    this.ahead.check(operation);
    const region = readRegion(operation, buffer, length, offset);
    return await this.ahead.run(operation, async () => {
      let count: number | null = 0;
      try {
        return count = await read(region.bytes, options);
      } finally {
        region.done(count ?? 0);
      }
    });
  }

  async getc(given?: WaitOptions): Promise<string | undefined> {
    const options = waitOptions(given, "getc");
    return await this.#record("getc", 1, "nothing", options);
  }

  async eof(given?: WaitOptions): Promise<boolean> {
    const options = waitOptions(given, "eof");
    return await this.ahead.run("eof", async () => await this.ahead.gather(1, options) === 0);
  }

  async ready(want: Want, given?: WaitOptions): Promise<void> {
    await this.ahead.ready(want, waitOptions(given, "wait"));
  }
}
