/**
 * The settings of a handle, and what it is over.
 *
 * @module
 */

import type { Separator } from "./line_reader.ts";
import {
  checkBoolean,
  checkEncoding,
  checkHandleOptions,
  checkSeparator,
  checkText,
  type HandleOptions,
} from "./options.ts";
import { HandleState } from "./state.ts";
import { type HandleConn, type HandleSource, toConn } from "./streams.ts";
import type { Encoding } from "./text.ts";

let getState: (handle: HandleBase) => HandleState;

/** The state of a handle, for the parts of the class. */
export function stateOf(handle: HandleBase): HandleState {
  return getState(handle);
}

/** The settings of a handle, and what it is over. */
export class HandleBase {
  readonly #state: HandleState;

  static {
    getState = (handle) => handle.#state;
  }

  /** Not for users: see `Handle`. */
  constructor(source: HandleSource, options: HandleOptions = {}) {
    const settings = checkHandleOptions(options);
    this.#state = new HandleState(toConn(source), settings);
  }

  /** What the handle is over now: after `startSsl` an `SslSocket`, after `stopSsl` a plain transport. */
  get conn(): HandleConn {
    return this.#state.conn;
  }

  /** Our address, if the connection has one. */
  get localAddr(): Deno.Addr | undefined {
    return (this.#state.conn as { localAddr?: Deno.Addr }).localAddr;
  }

  /** The peer's address, if the connection has one. */
  get remoteAddr(): Deno.Addr | undefined {
    return (this.#state.conn as { remoteAddr?: Deno.Addr }).remoteAddr;
  }

  /**
   * What ends a line: text; `""` for paragraphs; `null` to read up to the end; a number for records
   * of that many characters. Default: `"\n"`.
   *
   * Perl: `$/`
   */
  get inputRecordSeparator(): Separator {
    return this.#state.settings.inputRecordSeparator;
  }

  set inputRecordSeparator(separator: Separator) {
    this.#state.settings.inputRecordSeparator = checkSeparator(separator);
  }

  /**
   * What `print` and `say` put between items. Default: nothing.
   *
   * Perl: `$,`
   */
  get outputFieldSeparator(): string {
    return this.#state.settings.outputFieldSeparator;
  }

  set outputFieldSeparator(separator: string) {
    this.#state.settings.outputFieldSeparator = checkText("outputFieldSeparator", separator);
  }

  /**
   * What `print` puts at the end. Default: nothing.
   *
   * Perl: `$\`
   */
  get outputRecordSeparator(): string {
    return this.#state.settings.outputRecordSeparator;
  }

  set outputRecordSeparator(separator: string) {
    this.#state.settings.outputRecordSeparator = checkText("outputRecordSeparator", separator);
  }

  /**
   * How bytes become text and text bytes. It may change between two reads: a character is never cut.
   * Default: `"utf-8"`.
   *
   * Perl: `binmode`
   */
  get encoding(): Encoding {
    return this.#state.settings.encoding;
  }

  set encoding(encoding: Encoding) {
    this.#state.settings.encoding = checkEncoding(encoding);
    this.#state.rawInput.lines.encoding = encoding;
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
        `Cannot set binmode: it must be ":raw" or ":utf8": received ${JSON.stringify(layer)}`,
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
    return this.#state.settings.autoflush;
  }

  set autoflush(on: boolean) {
    this.#state.settings.autoflush = checkBoolean("autoflush", on);
  }
}
