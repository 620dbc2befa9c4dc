/**
 * The machine of a handle, reading: what the methods of `HandleReading` do.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import type { WaitOptions } from "../engine/engine.ts";
import type { Want } from "../errors.ts";
import { fromCaller } from "../internal/caller.ts";
import type { Separator } from "./line_reader.ts";
import { RECORD_NAMES, type RecordOptions } from "./reading.ts";
import { callOptions, type HandleSettings } from "./settings.ts";
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
    given?: RecordOptions,
    settings: HandleSettings = this.settings,
  ): Promise<string | undefined> {
    try {
      const input = this.input("read a line");
      input.check("read a line");
      const options = callOptions("read a line", given, RECORD_NAMES);
      const separator = options?.separator === undefined
        ? settings.inputRecordSeparator
        : options.separator;
      const chomp = options?.chomp ?? settings.chomp;
      const line = input.lines.next(separator, chomp);
      if (line !== undefined) return Promise.resolve(line);
      return input.run("read a line", () => input.readRecord(separator, chomp, options));
    } catch (error) {
      return Promise.reject(fromCaller(error));
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
  async ready(want: Want, given?: WaitOptions): Promise<void> {
    const options = callOptions("wait", given, WAIT_NAMES);
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
    given?: RecordOptions,
    settings: HandleSettings = this.settings,
  ): Promise<string[]> {
    const options = callOptions("read lines", given, RECORD_NAMES);
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
    given?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer> | number | null> {
    const input = this.input("read");
    if (typeof target === "number") {
      const wait = callOptions("read", second as WaitOptions | undefined, WAIT_NAMES);
      const n = checkLength("read", "length", target);
      return await input.run("read", async () => {
        const count = await input.gather(n, wait);
        if (count === 0 && n > 0) return input.tellEnd(null);
        const bytes = new Uint8Array(count);
        input.lines.take(bytes);
        return bytes;
      });
    }
    const options = callOptions("read", given, WAIT_NAMES);
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
      return count === 0 && n > 0 ? input.tellEnd(null) : count;
    });
  }

  /** `Handle.sysread`. */
  async sysread(
    buffer: Uint8Array,
    length?: number,
    offset?: number,
    given?: WaitOptions,
  ): Promise<number | null> {
    const options = callOptions("sysread", given, WAIT_NAMES);
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
  async getc(given?: WaitOptions): Promise<string | undefined> {
    const options = callOptions("getc", given, WAIT_NAMES);
    const input = this.input("getc");
    return await input.run("getc", () => input.readRecord(1, false, options));
  }

  /** `Handle.eof`. */
  async eof(given?: WaitOptions): Promise<boolean> {
    const options = callOptions("eof", given, WAIT_NAMES);
    const input = this.input("eof");
    return await input.run("eof", async () => await input.gather(1, options) === 0);
  }

  /** `Handle.pending`. */
  pending(): number {
    return this.input("pending").lines.length + (this.conn.pending?.() ?? 0);
  }
}

// ---- Perl's LENGTH and OFFSET over byte arrays: a scalar of Perl grows and shrinks with what is read
// into it, and a gap in front of the data is filled with zeros. A `Uint8Array` over a resizable
// `ArrayBuffer` does the same here; any other has the size it has.

/** Where a read puts its bytes. */
interface Region {
  /** The part to fill. */
  readonly bytes: Uint8Array;
  /** Says how many bytes came: an array that can change its size ends there, as in Perl. */
  done(count: number): void;
}

function wholeNumber(operation: string, name: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw new RangeError(
      `Cannot ${operation}: ${name} must be an integer: received ${quote(value)}`,
    );
  }
  return value;
}

/** A length, which is not negative. */
function checkLength(operation: string, name: string, value: unknown): number {
  const n = wholeNumber(operation, name, value);
  if (n >= 0) return n;
  throw new RangeError(`Cannot ${operation}: ${name} must not be negative: received ${n}`);
}

/** An offset: a negative one counts from the end. */
function start(operation: string, offset: unknown, length: number): number {
  const n = wholeNumber(operation, "offset", offset ?? 0);
  const at = n < 0 ? length + n : n;
  if (at >= 0) return at;
  throw new RangeError(
    `Cannot ${operation}: offset is outside of the buffer of ${length} bytes: received ${n}`,
  );
}

/** The array over a resizable buffer that follows its size. */
function grow(buffer: Uint8Array, to: number): boolean {
  const memory = buffer.buffer;
  if (!(memory instanceof ArrayBuffer) || !memory.resizable) return false;
  const [before, size] = [buffer.length, memory.byteLength];
  const wanted = buffer.byteOffset + to;
  if (buffer.byteOffset + before !== size || wanted > memory.maxByteLength) return false;
  memory.resize(wanted); // what is added is zero
  if (buffer.length !== before) return true;
  memory.resize(size);
  return false;
}

/**
 * The part of `buffer` that a read may fill.
 *
 * @throws {TypeError} If `buffer` is no `Uint8Array`.
 * @throws {RangeError} If the part is outside of the buffer and the buffer cannot grow.
 */
function readRegion(
  operation: string,
  buffer: Uint8Array,
  length?: number,
  offset?: number,
): Region {
  if (!(buffer instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot ${operation}: the buffer must be a Uint8Array: received ${typeof buffer}`,
    );
  }
  const at = start(operation, offset, buffer.length);
  const count = length === undefined
    ? Math.max(0, buffer.length - at)
    : checkLength(operation, "length", length);
  const grown = at + count > buffer.length && grow(buffer, at + count);
  if (at + count > buffer.length) {
    throw new RangeError(
      `Cannot ${operation}: the buffer has ${buffer.length} bytes: ` +
        `received length ${count} at offset ${at}`,
    );
  }
  return {
    bytes: buffer.subarray(at, at + count),
    done(n: number): void {
      if (grown && n < count) (buffer.buffer as ArrayBuffer).resize(buffer.byteOffset + at + n);
    },
  };
}

/**
 * The part of `bytes` that a write takes. A length beyond the end means up to
 * the end, as in Perl.
 *
 * @throws {RangeError} If the offset is outside of the data.
 */
export function writeRegion(
  operation: string,
  bytes: Uint8Array,
  length?: number,
  offset?: number,
): Uint8Array {
  const at = start(operation, offset, bytes.length);
  if (at > bytes.length) {
    throw new RangeError(
      `Cannot ${operation}: offset is beyond the data of ${bytes.length} bytes: received ${
        quote(at)
      }`,
    );
  }
  const count = checkLength(operation, "length", length ?? bytes.length);
  return bytes.subarray(at, Math.min(bytes.length, at + count));
}
