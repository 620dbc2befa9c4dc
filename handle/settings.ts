/**
 * The settings of a handle: its options, and the properties that change them.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { INSPECT, oneLine } from "../internal/show.ts";
import { NO_OPTIONS, ownOptions } from "../internal/own_options.ts";
import { Front, type HandleConn, type HandleSource, toConn } from "./front.ts";
import type { Separator } from "./line_reader.ts";
import type { Encoding } from "./encoding.ts";

/** Options of a `Handle`. */
export interface HandleOptions {
  /**
   * How bytes become text and text bytes: `"utf-8"`, or `"latin1"` with one character for each
   * byte, which is what Perl does.
   *
   * @default {"utf-8"}
   *
   * Perl: `binmode`
   */
  encoding?: Encoding | undefined;
  /**
   * Whether bytes that are no UTF-8 are an error. With `false`, U+FFFD stands for them, and what
   * was sent is altered.
   *
   * @default {true}
   */
  fatal?: boolean | undefined;
  /**
   * Whether lines come without their separator when a call does not say.
   *
   * @default {false}
   *
   * Perl: `chomp`
   */
  chomp?: boolean | undefined;
  /**
   * Whether each print goes out at once. With `false`, output is collected until there are 8,192
   * bytes, or `flush` or `close` is called.
   *
   * @default {true}
   *
   * Perl: `$|`
   */
  autoflush?: boolean | undefined;
  /**
   * What ends a line: text; `""` for paragraphs; `null` to read up to the end; a number for
   * records of that many characters.
   *
   * @default {"\n"}
   *
   * Perl: `$/`
   */
  inputRecordSeparator?: Separator | undefined;
  /**
   * What `print` and `say` put between items.
   *
   * @default {""}
   *
   * Perl: `$,`
   */
  outputFieldSeparator?: string | undefined;
  /**
   * What `print` puts at the end.
   *
   * @default {""}
   *
   * Perl: `$\`
   */
  outputRecordSeparator?: string | undefined;
  /**
   * The longest line or paragraph, in bytes. A longer one is an `SslPeerError`.
   *
   * @default {1_048_576}
   */
  maxLineLength?: number | undefined;
  /**
   * The most bytes that `getlines`, and `readLine` without a separator, take in. More is an
   * `SslPeerError`.
   *
   * @default {67_108_864}
   */
  maxBytes?: number | undefined;
  /**
   * The most bytes that one `syswrite` writes.
   *
   * @default {16_384}
   */
  syswriteSize?: number | undefined;
}

/** The options with their defaults, where a running handle keeps them. */
export type HandleSettings = { -readonly [K in keyof HandleOptions]-?: NonUndefined<K> };
type NonUndefined<K extends keyof HandleOptions> = Exclude<HandleOptions[K], undefined>;

const DEFAULTS: Readonly<HandleSettings> = Object.freeze({
  encoding: "utf-8",
  fatal: true,
  chomp: false,
  autoflush: true,
  inputRecordSeparator: "\n",
  outputFieldSeparator: "",
  outputRecordSeparator: "",
  maxLineLength: 1 << 20,
  maxBytes: 1 << 26,
  syswriteSize: 16384,
});

/** The names of the options. */
export const NAMES = Object.keys(DEFAULTS) as (keyof HandleOptions)[];
const BOOLEANS: ReadonlySet<string> = new Set(["fatal", "chomp", "autoflush"]);
const SIZES: ReadonlySet<string> = new Set(["maxLineLength", "maxBytes", "syswriteSize"]);
const TEXTS: ReadonlySet<string> = new Set(["outputFieldSeparator", "outputRecordSeparator"]);

/** Whether a value is an encoding, else a TypeError. */
function checkEncoding(value: unknown): Encoding {
  if (value === "utf-8" || value === "latin1") return value;
  throw new TypeError(
    `Cannot set encoding: it must be "utf-8" or "latin1": received ${quote(value)}`,
  );
}

/** Whether a value can be a separator, else a TypeError or RangeError. */
function checkSeparator(value: unknown): Separator {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") {
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new RangeError(
      `Cannot set inputRecordSeparator: a record needs a positive length: received ${quote(value)}`,
    );
  }
  throw new TypeError(
    `Cannot set inputRecordSeparator: it must be a string, a number or null: received ${typeof value}`,
  );
}

/** Checks a text setting. */
function checkText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError(`Cannot set ${name}: it must be a string: received ${typeof value}`);
}

/** Checks a setting that is on or off. */
function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot set ${name}: it must be a boolean: received ${typeof value}`);
}

function checkValue(name: string, value: unknown): unknown {
  if (name === "encoding") return checkEncoding(value);
  if (name === "inputRecordSeparator") return checkSeparator(value);
  if (TEXTS.has(name)) return checkText(name, value);
  if (BOOLEANS.has(name)) return checkBoolean(name, value);
  if (SIZES.has(name)) {
    if (Number.isSafeInteger(value) && (value as number) > 0) return value;
    throw new RangeError(
      `Cannot set ${name}: it must be a positive number of bytes: received ${quote(value)}`,
    );
  }
  return value;
}

/**
 * Checks the options of a handle and fills in the defaults.
 *
 * @throws {TypeError} `unknown option "seperator": use "..."`, or a value of the wrong type.
 * @throws {RangeError} If a size is not positive.
 */
export function checkHandleOptions(options: HandleOptions | undefined): HandleSettings {
  const own = ownOptions(options, { operation: "create Handle", names: DEFAULTS });
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined) settings[name] = checkValue(name, value);
  }
  return settings as HandleSettings;
}

/** The options of one call, with no others than the call knows. */
export function callOptions<T extends object>(
  operation: string,
  options: T | undefined,
  known: readonly (keyof T & string)[],
): T {
  if (options === undefined) return NO_OPTIONS as T;
  return ownOptions(options, {
    operation,
    names: Object.fromEntries(known.map((name) => [name, true])),
    unknown: (name) =>
      new TypeError(
        `Cannot ${operation}: unknown option ${quote(name)}: use ${
          known.map((k) => JSON.stringify(k)).join(" or ")
        }`,
      ),
  });
}

/** What a connection without words of its own is. */
function kindOf(conn: HandleConn): { readonly [INSPECT]: () => string } {
  const { remoteAddr } = conn as { remoteAddr?: Deno.Addr };
  return { [INSPECT]: () => oneLine(conn, { remoteAddr }) };
}

let getFront: (handle: HandleBase) => Front;

/** What stands in front of a handle's machine, for the parts of the class. */
export function frontOf(handle: HandleBase): Front {
  return getFront(handle);
}

/** The settings of a handle, and what it is over. */
export class HandleBase {
  readonly #front: Front;

  static {
    getFront = (handle) => handle.#front;
  }

  /** Not for users: see `Handle`. */
  constructor(source: HandleSource, options?: HandleOptions) {
    const settings = checkHandleOptions(options);
    this.#front = new Front(toConn(source), settings);
  }

  /** What the handle is over now: after `startSsl` an `SslSocket`, after `stopSsl` a plain transport. */
  get conn(): HandleConn {
    return this.#front.conn;
  }

  /** Printed, it says what it is over. */
  [Symbol.for("Deno.customInspect")](): string {
    const { conn, open } = this.#front;
    const over = Object(conn)[INSPECT] === undefined ? kindOf(conn) : conn;
    return oneLine(this, { over, encoding: this.encoding, closed: open ? undefined : true });
  }

  /** Our address, if the connection has one. */
  get localAddr(): Deno.Addr | undefined {
    return (this.#front.conn as { localAddr?: Deno.Addr }).localAddr;
  }

  /** The peer's address, if the connection has one. */
  get remoteAddr(): Deno.Addr | undefined {
    return (this.#front.conn as { remoteAddr?: Deno.Addr }).remoteAddr;
  }

  /**
   * What ends a line: text; `""` for paragraphs; `null` to read up to the end; a number for records
   * of that many characters. Default: `"\n"`.
   *
   * Perl: `$/`
   */
  get inputRecordSeparator(): Separator {
    return this.#front.settings.inputRecordSeparator;
  }

  set inputRecordSeparator(separator: Separator) {
    this.#front.settings.inputRecordSeparator = checkSeparator(separator);
  }

  /**
   * What `print` and `say` put between items. Default: nothing.
   *
   * Perl: `$,`
   */
  get outputFieldSeparator(): string {
    return this.#front.settings.outputFieldSeparator;
  }

  set outputFieldSeparator(separator: string) {
    this.#front.settings.outputFieldSeparator = checkText("outputFieldSeparator", separator);
  }

  /**
   * What `print` puts at the end. Default: nothing.
   *
   * Perl: `$\`
   */
  get outputRecordSeparator(): string {
    return this.#front.settings.outputRecordSeparator;
  }

  set outputRecordSeparator(separator: string) {
    this.#front.settings.outputRecordSeparator = checkText("outputRecordSeparator", separator);
  }

  /**
   * How bytes become text and text bytes. It may change between two reads: a character is never cut.
   * Default: `"utf-8"`.
   *
   * Perl: `binmode`
   */
  get encoding(): Encoding {
    return this.#front.settings.encoding;
  }

  set encoding(encoding: Encoding) {
    this.#front.settings.encoding = checkEncoding(encoding);
    this.#front.machine?.recode(encoding);
  }

  /**
   * Sets the encoding as Perl's layers name it: `":raw"`, `":bytes"` and `"latin1"` are one character
   * for each byte; `":utf8"`, `":encoding(UTF-8)"` and `"utf-8"` are UTF-8.
   *
   * @param layer Default: `":raw"`.
   * @throws {TypeError} If it is another one.
   *
   * Perl: `binmode`
   */
  binmode(layer = ":raw"): void {
    const name = String(layer).toLowerCase().replace(/^:/, "").replace(/^encoding\((.*)\)$/, "$1");
    if (/^(raw|bytes|latin-?1|iso-8859-1)$/.test(name)) this.encoding = "latin1";
    else if (/^utf-?8$/.test(name)) this.encoding = "utf-8";
    else {
      throw new TypeError(
        `Cannot set binmode: it must be ":raw" or ":utf8": received ${quote(layer)}`,
      );
    }
  }

  /**
   * Whether each print goes out at once. With `false`, output is collected until there are 8,192
   * bytes, or `flush` or `close` is called. Setting it to `true` does not send what was collected:
   * the next print does, or `flush`. Default: `true`.
   *
   * Perl: `$|`
   */
  get autoflush(): boolean {
    return this.#front.settings.autoflush;
  }

  set autoflush(on: boolean) {
    this.#front.settings.autoflush = checkBoolean("autoflush", on);
  }
}
