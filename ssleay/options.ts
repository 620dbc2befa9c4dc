/**
 * What the functions of `./ssleay` take beside Perl's arguments: trust, timeouts and the rest of the
 * options of a TLS connection, as the last argument of a call.
 *
 * @module
 */

import { checkOptions } from "../context/resolved_options.ts";
import type { Resolved } from "../context/validate.ts";
import type { Encoding } from "../handle/encoding.ts";
import { type NamesOf, NO_OPTIONS } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import type { ConnectOptions } from "../socket/options.ts";
import { checkTimeout, DEFAULT_TIMEOUT } from "../socket/timeouts.ts";
import { currentProxy, type Proxy } from "./proxy.ts";
import { insistedVersion, settings } from "./variables.ts";

/**
 * A certificate or key file: a path or a `file:` URL. PEM, or what `certFile` and `keyFile` take.
 *
 * @category Settings
 */
export type SsleayFile = string | URL;

/**
 * What is sent: text, which goes in the `encoding` of the call, or bytes.
 *
 * @category Settings
 */
export type SsleayData = string | Uint8Array;

/**
 * How text is made of bytes.
 *
 * @category Settings
 */
export interface SsleayTextOptions {
  /**
   * How bytes become text and text becomes bytes. `"latin1"` has one character for each byte, as Perl's
   * strings have, and loses nothing; in UTF-8 U+FFFD stands for bytes that are not UTF-8.
   *
   * @default {"utf-8"}
   */
  encoding?: Encoding | undefined;
}

/**
 * Options of the calls that read from a TLS socket or write to it.
 *
 * @category Settings
 */
export interface SsleayDataOptions extends SsleayTextOptions {
  /** Ends the wait with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * The options of `SslSocket.connect` that the calls decide themselves.
 *
 * @category Settings
 */
export type ExcludedOption =
  | "family"
  | "hostname"
  | "port"
  | "transport"
  | "path"
  | "startHandshake"
  | "keepSocketOnError"
  | "errorTrap"
  | "onPeerShutdown"
  | "halfClose"
  | "socketClass"
  | "timeout"
  | "signal";

/**
 * Options of the calls that open a connection. Those of `SslSocket.connect` say whom to trust
 * (`ca`, `caFile`, `verifyMode`, `serverName`, `fingerprint`, ...); on a connection without TLS
 * they do nothing.
 *
 * @category Settings
 */
export interface SsleayOptions extends Omit<ConnectOptions, ExcludedOption>, SsleayTextOptions {
  /**
   * How long each wait may take, in milliseconds: for the connection, a proxy and the handshake
   * together, then for each further piece that is sent or received. 0 means no limit. For a limit of the
   * whole call use `signal: AbortSignal.timeout(...)`.
   *
   * Perl: `Timeout`
   *
   * @default {30000}
   */
  timeout?: number | undefined;
  /** Ends the call with the signal's reason, and the connection with it. */
  signal?: AbortSignal | undefined;
  /**
   * The longest answer that is read, in bytes.
   *
   * @default {67108864}
   */
  maxBytes?: number | undefined;
}

/** Options of one exchange, checked, with what holds for the process as it is when the call begins. */
export interface Terms {
  /** How bytes become text. */
  readonly encoding: Encoding;
  /** Milliseconds; 0 means no limit. */
  readonly timeout: number;
  /** Ends it. */
  readonly signal: AbortSignal | undefined;
  /** The longest answer, in bytes. */
  readonly maxBytes: number;
  /** The proxy that it goes through. */
  readonly proxy: Proxy | undefined;
  /** Milliseconds between the last byte sent and the half close. */
  readonly slowly: number;
  /** Those of the TLS connection. */
  readonly tls: Resolved<ConnectOptions>;
}

const OWN: NamesOf<Pick<SsleayOptions, "encoding" | "maxBytes">> = {
  encoding: true,
  maxBytes: true,
};

const EXCLUDED: Readonly<Record<Exclude<ExcludedOption, "timeout" | "signal">, string>> = {
  family: "give the address as the host, and the name as serverName",
  hostname: "the host is the first argument",
  port: "the port is the second argument",
  transport: "the connection is TCP",
  path: "the connection is TCP",
  startHandshake: "TLS begins at once, or not at all",
  keepSocketOnError: "the connection is closed at the end",
  errorTrap: "the connection is closed at the end",
  onPeerShutdown: "the answer ends there",
  halfClose: "the answer ends there",
  socketClass: "no socket is given back",
};

/** How text is encoded, checked. */
export function checkEncoding(encoding: unknown): Encoding {
  if (encoding === undefined) return "utf-8";
  if (encoding === "utf-8" || encoding === "latin1") return encoding;
  throw new TypeError(
    `Cannot use option "encoding": it must be "utf-8" or "latin1": received ${quote(encoding)}`,
  );
}

function checkMaxBytes(value: unknown): number {
  if (value === undefined) return 1 << 26;
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new RangeError(
    `Cannot use option "maxBytes": it must be a positive number of bytes: received ${quote(value)}`,
  );
}

/** The files of a client certificate as options. */
function withFiles(
  tls: Record<string, unknown>,
  crt: SsleayFile | undefined,
  key: SsleayFile | undefined,
): void {
  if (crt === undefined && key === undefined) return;
  if (crt === undefined || key === undefined) {
    const [given, other] = crt === undefined ? ["key", "certificate"] : ["certificate", "key"];
    throw new TypeError(
      `Cannot use a client certificate: the ${given} is given without its ${other}: ` +
        "give both; they may be the same file",
    );
  }
  for (const name of ["cert", "certFile", "key", "keyFile"]) {
    if (tls[name] === undefined) continue;
    throw new TypeError(
      `Cannot use option "${name}": the client certificate is given as arguments already`,
    );
  }
  tls.certFile = crt;
  tls.keyFile = key;
}

/** `undefined` for what Perl's programs write where they give no file. */
function given(file: SsleayFile | null | undefined): SsleayFile | undefined {
  return file === "" || file === null ? undefined : file;
}

/**
 * Checks the options of a call and the files of its client certificate.
 *
 * @throws {TypeError} For an unknown option or a wrong value, a certificate without its key.
 */
export function checkTerms(
  options: SsleayOptions = NO_OPTIONS,
  crt?: SsleayFile | null,
  key?: SsleayFile | null,
): Terms {
  if (options === null || typeof options !== "object") {
    throw new TypeError(
      `Cannot use options: the last argument must be options: received ${quote(options)}`,
    );
  }
  const own: Record<string, unknown> = Object.create(null);
  const tls: Record<string, unknown> = Object.create(null);
  for (const name of Object.getOwnPropertyNames(options)) {
    const value = (options as Record<string, unknown>)[name];
    if (Object.hasOwn(EXCLUDED, name)) {
      throw new TypeError(
        `Cannot use option "${name}": ${EXCLUDED[name as keyof typeof EXCLUDED]}`,
      );
    }
    (Object.hasOwn(OWN, name) ? own : tls)[name] = value;
  }
  withFiles(tls, given(crt), given(key));
  const version = insistedVersion();
  const chosen = tls.version ?? tls.minVersion ?? tls.maxVersion ?? tls.reuseCtx;
  if (version !== undefined && chosen === undefined) tls.version = version;
  const checked = checkOptions<ConnectOptions>("connect", tls);
  return {
    encoding: checkEncoding(own.encoding),
    timeout: checkTimeout("timeout", checked.timeout) ?? DEFAULT_TIMEOUT,
    signal: checked.signal,
    maxBytes: checkMaxBytes(own.maxBytes),
    proxy: currentProxy(),
    slowly: settings.slowly * 1000,
    tls: checked,
  };
}
