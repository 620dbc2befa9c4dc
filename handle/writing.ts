/**
 * The writing half of the class `Handle`.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";
import { stateOf } from "./base.ts";
import { type PrintfArgument, sprintf } from "./printf.ts";
import { HandleReading } from "./reading.ts";
import { writeRegion } from "./regions.ts";
import { encodeText } from "./text.ts";

/** What can be printed: text and numbers as JavaScript shows them, bytes as they are. */
export type PrintItem = string | number | bigint | boolean | Uint8Array;

/**
 * The writing half of the class `Handle`. Writes go out whole and in the order of the calls, awaited
 * or not. After one that failed, those behind it fail with the same error.
 */
export class HandleWriting extends HandleReading {
  async #print(items: readonly PrintItem[], end: string): Promise<void> {
    const state = stateOf(this);
    const output = state.output("print");
    const { autoflush, encoding, outputFieldSeparator } = state.settings;
    const bytes = join(items, outputFieldSeparator, end, (text) => encodeText(text, encoding));
    await (autoflush ? output.write(bytes) : output.print(bytes));
  }

  /**
   * Writes the items, with `outputFieldSeparator` between them and `outputRecordSeparator` at the
   * end.
   *
   * @throws {TypeError} If an item is none of text, number, boolean and bytes, or cannot be encoded.
   *
   * Perl: `print`
   */
  print(...items: PrintItem[]): Promise<void> {
    return this.#print(items, stateOf(this).settings.outputRecordSeparator);
  }

  /**
   * As `print`, with a newline at the end in place of `outputRecordSeparator`.
   *
   * Perl: `say`
   */
  say(...items: PrintItem[]): Promise<void> {
    return this.#print(items, "\n");
  }

  /**
   * Writes formatted text: see {@linkcode sprintf}.
   *
   * @throws {TypeError} If a conversion is unknown or an argument is missing.
   *
   * Perl: `printf`
   */
  async printf(format: string, ...args: PrintfArgument[]): Promise<void> {
    await this.#print([sprintf(format, ...args)], "");
  }

  /**
   * Writes all of it, past what autoflush would collect. Gives the number of bytes written.
   *
   * @param data Text, which is encoded, or bytes.
   * @param length How many bytes of it. Default: up to the end.
   * @param offset From which byte on; a negative one counts from the end. Default: 0.
   * @throws {RangeError} If `offset` is outside of the data.
   *
   * Perl: `write`
   */
  async write(data: string | Uint8Array, length?: number, offset?: number): Promise<number> {
    const bytes = this.#region("write", data, length, offset);
    await stateOf(this).output("write").write(bytes);
    return bytes.length;
  }

  /**
   * Writes once: at most `syswriteSize` bytes (16,384), and perhaps fewer. Gives the number of bytes
   * written. Length and offset count bytes, of text in its encoding, so that adding up results
   * leads through the data. Otherwise as `write`.
   *
   * Perl: `syswrite`
   */
  async syswrite(data: string | Uint8Array, length?: number, offset?: number): Promise<number> {
    const bytes = this.#region("syswrite", data, length, offset);
    const state = stateOf(this);
    const size = state.settings.syswriteSize;
    return await state.output("syswrite").writeSome(
      bytes.length > size ? bytes.subarray(0, size) : bytes,
    );
  }

  #region(
    operation: string,
    data: string | Uint8Array,
    length: number | undefined,
    offset: number | undefined,
  ): Uint8Array {
    if (typeof data !== "string" && !(data instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot ${operation}: the data must be a string or a Uint8Array: received ${
          data === null ? "null" : typeof data
        }`,
      );
    }
    const bytes = typeof data === "string"
      ? encodeText(data, stateOf(this).settings.encoding)
      : data;
    return writeRegion(operation, bytes, length, offset);
  }

  /**
   * Sends what was collected with `autoflush` off, and waits for the writes before it.
   *
   * Perl: `flush`
   */
  async flush(): Promise<void> {
    const output = stateOf(this).output("flush");
    output.check("flush");
    await output.flush();
  }

  /**
   * Sends what is left and ends our direction; reading goes on. Over TLS this is close_notify.
   *
   * @throws {SslUnsupportedError} If the connection has no such thing.
   *
   * Perl: `shutdown(1)`
   */
  async closeWrite(): Promise<void> {
    const state = stateOf(this);
    const output = state.output("end writing");
    output.check("end writing");
    const { conn } = state;
    if (typeof conn.closeWrite !== "function") {
      throw new SslUnsupportedError(
        "Cannot end writing: the connection cannot end one direction alone: use close()",
        { code: "ENOTSUP", errno: 95, reason: "no half-close" },
      );
    }
    await output.flush();
    await conn.closeWrite();
  }
}

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
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
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
    `Cannot print: an item must be text, a number, a boolean or bytes: received ${
      item === null ? "null" : Array.isArray(item) ? "an array" : typeof item
    }`,
  );
}
