/**
 * Net::SSLeay's package variables as one object, {@linkcode settings}. They hold for the whole
 * process; what can be given for one call stands in the options of that call.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";
import { quote } from "../internal/quote.ts";

/**
 * Which TLS version the functions insist on: 0 for the best that both sides have, 12 for TLS 1.2.
 *
 * @category Settings
 */
export type SsleayVersion = 0 | 2 | 3 | 10 | 11 | 12 | 13;

/**
 * The package variables of Net::SSLeay.
 *
 * @category Settings
 */
export interface SsleaySettings {
  /**
   * How much the functions report to {@linkcode SsleaySettings.warn}: 0 nothing, 1 errors, 2 ciphers
   * and certificates too, 3 the progress too, 4 all data too, passwords in headers included.
   * Setting it above 0 without `warn` is a TypeError: the library never writes to the console by itself.
   *
   * Perl: `$trace`
   *
   * @default {0}
   */
  trace: number;
  /** Gets each text of the trace: `settings.warn = (text) => console.error(text)`. */
  warn: ((text: string) => unknown) | undefined;
  /**
   * Insists on a version: 10, 11, 12, 13 for TLS 1.0 to 1.3, 3 for SSLv3, which few builds of OpenSSL
   * have. 2 is refused: no OpenSSL since 1.1.0 has SSLv2. The option `version` of a call goes before.
   *
   * Perl: `$ssl_version`
   *
   * @default {0}
   */
  sslVersion: SsleayVersion;
  /**
   * Perl's name of {@linkcode SsleaySettings.sslVersion}.
   *
   * Perl: `$ssl_version`
   */
  ssl_version: SsleayVersion;
  /**
   * Seconds that `sslcat` and `tcpcat` wait between the last byte sent and the half close, for servers
   * that give up when the end of the request comes too soon.
   *
   * Perl: `$slowly`
   *
   * @default {0}
   */
  slowly: number;
  /**
   * The line end of network protocols, `"\r\n"`.
   *
   * Perl: `$CRLF`
   */
  readonly CRLF: "\r\n";
  /**
   * `"1.0"`: requests are HTTP/1.0, as in Perl. Another version is refused.
   *
   * Perl: `$http_version`
   */
  httpVersion: string;
  /**
   * Perl's name of {@linkcode SsleaySettings.httpVersion}.
   *
   * Perl: `$http_version`
   */
  http_version: string;
  /**
   * Always `false`: a program's size in `/proc` is not shown in the trace. Setting it is refused.
   *
   * Perl: `$linux_debug`
   */
  linuxDebug: boolean;
  /**
   * Perl's name of {@linkcode SsleaySettings.linuxDebug}.
   *
   * Perl: `$linux_debug`
   */
  linux_debug: boolean;
  /**
   * Always `undefined`, and setting it is refused: OpenSSL and the runtime seed themselves from the
   * system.
   *
   * Perl: `$random_device`
   */
  randomDevice: string | undefined;
  /**
   * Perl's name of {@linkcode SsleaySettings.randomDevice}.
   *
   * Perl: `$random_device`
   */
  random_device: string | undefined;
  /**
   * Always `undefined`, and setting it is refused, as for {@linkcode SsleaySettings.randomDevice}.
   *
   * Perl: `$how_random`
   */
  howRandom: number | undefined;
  /**
   * Perl's name of {@linkcode SsleaySettings.howRandom}.
   *
   * Perl: `$how_random`
   */
  how_random: number | undefined;
}

const VERSIONS: Readonly<Record<number, string | undefined>> = {
  0: undefined,
  3: "SSLv3",
  10: "TLSv1",
  11: "TLSv1_1",
  12: "TLSv1_2",
  13: "TLSv1_3",
};

function refuse(name: string, why: string): never {
  throw new SslUnsupportedError(`Cannot set settings.${name}: ${why}`, {
    code: "ERR_UNSUPPORTED",
    reason: why,
  });
}

const SEEDS = "OpenSSL and the runtime seed their random numbers from the system: leave it out";

class Settings implements SsleaySettings {
  #trace = 0;
  #warn: ((text: string) => unknown) | undefined;
  #version: SsleayVersion = 0;
  #slowly = 0;

  get trace(): number {
    return this.#trace;
  }

  set trace(level: number) {
    if (!Number.isInteger(level) || level < 0 || level > 4) {
      throw new RangeError(
        `Cannot set settings.trace: it must be a whole number from 0 to 4: received ${
          quote(level)
        }`,
      );
    }
    if (level > 0 && this.#warn === undefined) {
      throw new TypeError(
        "Cannot set settings.trace: the library never writes to the console by itself: first set " +
          "settings.warn = (text) => console.error(text)",
      );
    }
    this.#trace = level;
  }

  get warn(): ((text: string) => unknown) | undefined {
    return this.#warn;
  }

  set warn(writer: ((text: string) => unknown) | undefined) {
    if (writer !== undefined && typeof writer !== "function") {
      throw new TypeError(
        `Cannot set settings.warn: it must be a function: received ${quote(writer)}`,
      );
    }
    this.#warn = writer;
    if (writer === undefined) this.#trace = 0;
  }

  get sslVersion(): SsleayVersion {
    return this.#version;
  }

  set sslVersion(version: SsleayVersion) {
    if (version === 2) refuse("sslVersion", "no OpenSSL since 1.1.0 has SSLv2: use 12 or 13");
    if (typeof version !== "number" || !(version in VERSIONS)) {
      throw new RangeError(
        `Cannot set settings.sslVersion: it must be 0, 3, 10, 11, 12 or 13: received ${
          quote(version)
        }`,
      );
    }
    this.#version = version;
  }

  get ssl_version(): SsleayVersion {
    return this.sslVersion;
  }

  set ssl_version(version: SsleayVersion) {
    this.sslVersion = version;
  }

  get slowly(): number {
    return this.#slowly;
  }

  set slowly(seconds: number) {
    if (typeof seconds !== "number" || !(seconds >= 0) || seconds > 3600) {
      throw new RangeError(
        `Cannot set settings.slowly: it must be a number of seconds from 0 to 3600: received ${
          quote(seconds)
        }`,
      );
    }
    this.#slowly = seconds;
  }

  get CRLF(): "\r\n" {
    return "\r\n";
  }

  get httpVersion(): string {
    return "1.0";
  }

  set httpVersion(version: string) {
    if (version !== "1.0") refuse("httpVersion", "requests are HTTP/1.0, as in Perl: use fetch()");
  }

  get http_version(): string {
    return "1.0";
  }

  set http_version(version: string) {
    this.httpVersion = version;
  }

  get linuxDebug(): boolean {
    return false;
  }

  set linuxDebug(on: boolean) {
    if (on) refuse("linuxDebug", "the size of the process is not shown: use Deno.memoryUsage()");
  }

  get linux_debug(): boolean {
    return false;
  }

  set linux_debug(on: boolean) {
    this.linuxDebug = on;
  }

  get randomDevice(): undefined {
    return undefined;
  }

  set randomDevice(device: string | undefined) {
    if (device !== undefined) refuse("randomDevice", SEEDS);
  }

  get random_device(): undefined {
    return undefined;
  }

  set random_device(device: string | undefined) {
    this.randomDevice = device;
  }

  get howRandom(): undefined {
    return undefined;
  }

  set howRandom(bits: number | undefined) {
    if (bits !== undefined) refuse("howRandom", SEEDS);
  }

  get how_random(): undefined {
    return undefined;
  }

  set how_random(bits: number | undefined) {
    this.howRandom = bits;
  }
}

/**
 * The package variables of Net::SSLeay, for the whole process.
 *
 * Perl: `$Net::SSLeay::trace`
 *
 * @example
 * ```ts ignore
 * import { settings } from "@socket/ssl/ssleay";
 *
 * settings.warn = (text) => console.error(text);
 * settings.trace = 2;
 * settings.sslVersion = 13;
 * ```
 *
 * @category Settings
 */
export const settings: SsleaySettings = Object.preventExtensions(new Settings());

/** The name of the version that `settings.sslVersion` insists on. */
export function insistedVersion(): string | undefined {
  return VERSIONS[settings.sslVersion];
}

/** Reports something of a level of the trace; what the program does with it changes nothing here. */
export function trace(level: number, text: () => string): void {
  if (settings.trace < level) return;
  try {
    const written = settings.warn?.(text());
    if (written instanceof Promise) written.catch(() => {});
  } catch {
    // A trace must not change what it watches.
  }
}
