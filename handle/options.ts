/**
 * The options of a handle and of its calls.
 *
 * @module
 */

import type { WaitOptions } from "../engine/engine.ts";
import type { ConnectOptions } from "../socket/options.ts";
import type { Encoding } from "./encoding.ts";
import type { Separator } from "./separator.ts";

/**
 * Options of a `Handle`.
 *
 * @category Options
 */
export interface HandleOptions {
  /**
   * How bytes become text and text bytes: `"utf-8"`, or `"latin1"` with one character for each
   * byte, which is what Perl does.
   *
   * Perl: `binmode`
   *
   * @default {"utf-8"}
   */
  encoding?: Encoding | undefined;
  /**
   * Whether bytes that are not UTF-8 are an error. With `false`, U+FFFD stands for them, and what
   * was sent is altered.
   *
   * @default {true}
   */
  fatal?: boolean | undefined;
  /**
   * Whether the end of a line is taken off, for calls that do not have the option themselves. Without
   * it the name of the call decides: `readLine`, `tryReadLine`, `lines`, `lineBatches` and the loop
   * over the handle take it off, Perl's `getline` and `getlines` do not. What is taken off:
   * {@linkcode RecordOptions.chomp}.
   *
   * Perl: `chomp`
   */
  chomp?: boolean | undefined;
  /**
   * Whether each print goes out at once. With `false`, output is collected until there are 8,192
   * bytes, or `flush` or `close` is called.
   *
   * Perl: `$|`
   *
   * @default {true}
   */
  autoflush?: boolean | undefined;
  /**
   * What ends a line: text; `""` for paragraphs; `null` to read up to the end; a number for
   * records of that many characters.
   *
   * Perl: `$/`
   *
   * @default {"\n"}
   */
  inputRecordSeparator?: Separator | undefined;
  /**
   * What `print` and `say` put between items.
   *
   * Perl: `$,`
   *
   * @default {""}
   */
  outputFieldSeparator?: string | undefined;
  /**
   * What `print` puts at the end.
   *
   * Perl: `$\`
   *
   * @default {""}
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

/**
 * Options of the calls that read lines.
 *
 * @category Options
 */
export interface RecordOptions extends WaitOptions {
  /**
   * Whether the end of the line is taken off. `readLine`, `tryReadLine`, `lines` and `lineBatches`
   * take off the separator and, where that is `"\n"`, a `"\r"` before it. `getline` and `getlines`
   * take off exactly the separator. A paragraph (separator `""`) loses all newlines at its end. A
   * record of a number of characters, the whole stream (separator `null`) and a last line without an
   * end stay as they are. Default: the handle's `chomp`; without it `false` in `getline` and
   * `getlines`, `true` in the others.
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

/**
 * Options of `Handle.connect`: those of `SslSocket.connect` and those of a handle.
 *
 * @category Options
 */
export interface HandleConnectOptions extends ConnectOptions, HandleOptions {}
