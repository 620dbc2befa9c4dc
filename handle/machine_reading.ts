/**
 * The machine of a handle, reading: what the methods of `HandleReading` do.
 *
 * @module
 */

import type { WaitOptions } from "../engine/types.ts";
import type { Want } from "../errors.ts";
import type { Separator } from "./line_reader.ts";
import { RECORD_NAMES, type RecordOptions } from "./reading.ts";
import { checkLength, readRegion } from "./regions.ts";
import { checkNames, type HandleSettings } from "./settings.ts";
import { HandleState } from "./state.ts";

/** The members of {@linkcode WaitOptions}. */
const WAIT_NAMES: readonly (keyof WaitOptions)[] = ["signal"];

/**
 * The reading half of a handle's machine. A call that had to wait for the machine brings the
 * `settings` of its own time.
 */
export class ReadingMachine extends HandleState {
  /** `Handle.readLine`. */
  readLine(
    options?: RecordOptions,
    settings: HandleSettings = this.settings,
  ): Promise<string | undefined> {
    try {
      const input = this.input("read a line");
      input.check("read a line");
      if (options !== undefined) checkNames("read a line", options, RECORD_NAMES);
      const separator = options?.separator === undefined
        ? settings.inputRecordSeparator
        : options.separator;
      const chomp = options?.chomp ?? settings.chomp;
      const line = input.lines.next(separator, chomp);
      if (line !== undefined) return Promise.resolve(line);
      return input.run("read a line", () => input.readRecord(separator, chomp, options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** `Handle.tryReadLine`; its options have been checked. */
  tryReadLine(options?: Omit<RecordOptions, "signal">): string | undefined | Want {
    const input = this.input("read a line");
    input.check("read a line");
    const separator = options?.separator === undefined
      ? this.settings.inputRecordSeparator
      : options.separator;
    return input.tryRecord(separator, options?.chomp ?? this.settings.chomp);
  }

  /** `Handle.ready`. */
  async ready(want: Want, options?: WaitOptions): Promise<void> {
    await this.input("wait").ready(want, options);
  }

  /** A line that is there, for an iterator. */
  lineNow(separator: Separator | undefined, chomp: boolean | undefined): string | undefined {
    const input = this.input("read a line");
    input.check("read a line");
    return input.lines.next(
      separator === undefined ? this.settings.inputRecordSeparator : separator,
      chomp ?? this.settings.chomp,
    );
  }

  /** The lines that came together, for an iterator; `undefined` at the end. */
  async lineBatch(
    options?: RecordOptions,
    settings: HandleSettings = this.settings,
  ): Promise<string[] | undefined> {
    const input = this.input("read lines");
    const separator = options?.separator === undefined
      ? settings.inputRecordSeparator
      : options.separator;
    const lines = await input.run(
      "read lines",
      () => input.readBatch(separator, options?.chomp ?? settings.chomp, options),
    );
    return lines.length === 0 ? undefined : lines;
  }

  /** `Handle.getlines`. */
  async getlines(
    options?: RecordOptions,
    settings: HandleSettings = this.settings,
  ): Promise<string[]> {
    checkNames("read lines", options, RECORD_NAMES);
    const separator = options?.separator === undefined
      ? settings.inputRecordSeparator
      : options.separator;
    const input = this.input("read lines");
    return await input.run(
      "read lines",
      () => input.readRest(separator, options?.chomp ?? settings.chomp, options),
    );
  }

  /** `Handle.read`. */
  async read(
    target: number | Uint8Array,
    second?: number | WaitOptions,
    offset?: number,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer> | number | null> {
    const input = this.input("read");
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

  /** `Handle.sysread`. */
  async sysread(
    buffer: Uint8Array,
    length?: number,
    offset?: number,
    options?: WaitOptions,
  ): Promise<number | null> {
    checkNames("sysread", options, WAIT_NAMES);
    const input = this.input("sysread");
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

  /** `Handle.getc`. */
  async getc(options?: WaitOptions): Promise<string | undefined> {
    checkNames("getc", options, WAIT_NAMES);
    const input = this.input("getc");
    return await input.run("getc", () => input.readRecord(1, false, options));
  }

  /** `Handle.eof`. */
  async eof(options?: WaitOptions): Promise<boolean> {
    checkNames("eof", options, WAIT_NAMES);
    const input = this.input("eof");
    return await input.run("eof", async () => await input.gather(1, options) === 0);
  }

  /** `Handle.pending`. */
  pending(): number {
    return this.input("pending").lines.length + (this.conn.pending?.() ?? 0);
  }
}
