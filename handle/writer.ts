/**
 * The writing half of a handle: writes go out whole and in order, awaited or not. After one that
 * failed nobody knows how much of it the peer has, so those behind it fail too.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";
import { concat } from "../internal/bytes.ts";
import { fromCaller } from "../internal/caller.ts";
import { describe } from "../internal/quote.ts";
import { ignore } from "../internal/waiting.ts";
import { closedError } from "./handle_errors.ts";
import { encodeText } from "./encoding.ts";
import type { HandleSettings } from "./checked_options.ts";
import { writeRegion } from "./region.ts";
import type { HandleConn } from "./source.ts";
import { type PrintfArgument, sprintf } from "./sprintf.ts";

/** Output that is collected goes out when there is this much, in bytes. */
const BUFFER = 8192;

/**
 * What can be printed: text and numbers as JavaScript shows them, bytes as they are.
 *
 * @category Text
 */
export type PrintItem = string | number | bigint | boolean | Uint8Array;

/** Writes to one connection, with the settings of the handle at the time of each call. */
export class Writer {
  readonly #conn: HandleConn;
  readonly #settings: HandleSettings;
  #queue: Promise<number> | undefined;
  #waiting = 0;
  #collected: Uint8Array[] = [];
  #size = 0;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  constructor(conn: HandleConn, settings: HandleSettings) {
    this.#conn = conn;
    this.#settings = settings;
  }

  /** Bytes that were collected and have yet to be sent. */
  get collected(): number {
    return this.#size;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** What a write has failed with; its caller has got it. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Refuses an operation that cannot begin now. */
  check(operation: string): void {
    if (this.#closed) throw closedError(operation);
    if (typeof this.#conn.write !== "function") {
      throw new TypeError(`Cannot ${operation}: the handle is open for reading only`);
    }
  }

  /** After the writes before: sends all, or what `once` one write takes; how much. */
  #send(bytes: Uint8Array, once = false): Promise<number> {
    const before = this.#waiting++ > 0 ? this.#queue : undefined;
    return this.#queue = this.#sendAfter(before, bytes, once);
  }

  async #sendAfter(
    before: Promise<number> | undefined,
    bytes: Uint8Array,
    once: boolean,
  ): Promise<number> {
    try {
      if (before) await before.catch(ignore);
      if (this.#failure) throw this.#failure.error;
      let at = 0;
      while (at < bytes.length) {
        if (this.#closed) throw closedError("write");
        const n = await this.#conn.write!(at === 0 ? bytes : bytes.subarray(at));
        if (once) return n;
        // Taking nothing, again and again, it would keep us here.
        if (!(n > 0)) throw new TypeError(`Cannot write: the connection took ${n} bytes`);
        at += n;
      }
      return at;
    } catch (error) {
      this.#failure ??= { error };
      throw fromCaller(error);
    } finally {
      this.#waiting--;
    }
  }

  /** `Handle.print` and `say`, with `end` after the items. */
  async print(
    items: readonly PrintItem[],
    end: string = this.#settings.outputRecordSeparator,
  ): Promise<void> {
    const { autoflush, encoding, outputFieldSeparator } = this.#settings;
    const bytes = join(items, outputFieldSeparator, end, (text) => encodeText(text, encoding));
    if (autoflush) return void await this.#write(bytes);
    this.check("print");
    if (this.#failure) throw this.#failure.error;
    this.#collect(bytes.slice());
    if (this.#size >= BUFFER) await this.flush();
  }

  async printf(format: string, args: readonly PrintfArgument[]): Promise<void> {
    await this.print([sprintf(format, ...args)], "");
  }

  async write(data: string | Uint8Array, length?: number, offset?: number): Promise<number> {
    const bytes = this.#region("write", data, length, offset);
    await this.#write(bytes);
    return bytes.length;
  }

  /** `Handle.syswrite`: one write of the connection, which may take a part. */
  async syswrite(data: string | Uint8Array, length?: number, offset?: number): Promise<number> {
    const all = this.#region("syswrite", data, length, offset);
    const bytes = all.subarray(0, this.#settings.syswriteSize);
    this.check("syswrite");
    if (bytes.length === 0) return 0;
    if (this.#size > 0) await this.flush();
    return await this.#send(bytes, true);
  }

  /** The part of the data that a write takes, as bytes. */
  #region(
    operation: string,
    data: string | Uint8Array,
    length: number | undefined,
    offset: number | undefined,
  ): Uint8Array {
    if (typeof data !== "string" && !(data instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot ${operation}: the data must be a string or a Uint8Array: received ${
          describe(data)
        }`,
      );
    }
    const bytes = typeof data === "string" ? encodeText(data, this.#settings.encoding) : data;
    return writeRegion(operation, bytes, length, offset);
  }

  /** Writes all of it, after what was collected. */
  #write(bytes: Uint8Array): Promise<unknown> {
    this.check("write");
    if (this.#size > 0) {
      this.#collect(bytes);
      return this.flush();
    }
    return bytes.length === 0 ? Promise.resolve() : this.#send(bytes);
  }

  #collect(bytes: Uint8Array): void {
    this.#collected.push(bytes);
    this.#size += bytes.length;
  }

  /** Sends what was collected, and waits for the writes before it. */
  async flush(): Promise<void> {
    const parts = this.#collected;
    if (parts.length === 0) {
      if (this.#failure) throw this.#failure.error;
      if (this.#waiting > 0) await this.#send(new Uint8Array());
      return;
    }
    const all = concat(parts);
    this.#collected = [];
    this.#size = 0;
    await this.#send(all);
  }

  async closeWrite(): Promise<void> {
    this.check("end writing");
    const conn = this.#conn;
    if (typeof conn.closeWrite !== "function") {
      throw new SslUnsupportedError(
        "Cannot end writing: the connection cannot end one direction alone: use close()",
        { code: "ENOTSUP", errno: 95, reason: "no half-close" },
      );
    }
    await this.flush();
    await conn.closeWrite();
  }

  /** Nothing more goes out. */
  close(): void {
    this.#closed = true;
  }
}

/** The items as bytes, in one piece. */
function join(
  items: readonly PrintItem[],
  between: string,
  end: string,
  encode: (text: string) => Uint8Array,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let text = "";
  items.forEach((item, i) => {
    if (i > 0) text += between;
    if (item instanceof Uint8Array) {
      if (text !== "") parts.push(encode(text));
      text = "";
      parts.push(item);
    } else text += shown(item);
  });
  text += end;
  if (parts.length === 0) return encode(text);
  if (text !== "") parts.push(encode(text));
  if (parts.length === 1) return parts[0]!;
  return concat(parts);
}

function shown(item: unknown): string {
  switch (typeof item) {
    case "string":
      return item;
    case "number":
    case "bigint":
    case "boolean":
      return String(item);
  }
  throw new TypeError(
    `Cannot print: an item must be text, a number, a boolean or bytes: received ${describe(item)}`,
  );
}
