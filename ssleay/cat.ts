/**
 * The transports: `sslcat` and its kin send one message and give what comes back.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import { SslError } from "../errors.ts";
import { decodeText, encodeText } from "../handle/encoding.ts";
import { concat } from "../internal/bytes.ts";
import { fromCaller } from "../internal/caller.ts";
import { quote } from "../internal/quote.ts";
import { SsleayConnection } from "./connection.ts";
import { failureText, isUnreached, unreachedText } from "./failure.ts";
import {
  checkTerms,
  type SsleayData,
  type SsleayFile,
  type SsleayOptions,
  type Terms,
} from "./options.ts";
import { type SsleayPort, type TcpTarget, tcpTarget } from "./target.ts";
import { settings, trace } from "./variables.ts";

/**
 * What `sslcat` gives: the reply, the text of the errors, the peer's certificate. Without a reply
 * nothing came; with both, the reply is what came before the error.
 *
 * @category One exchange
 */
export type SslcatResult = [
  reply: string | undefined,
  error: string | undefined,
  certificate: Certificate | undefined,
];

/**
 * What `tcpcat` gives: the reply, the text of the errors.
 *
 * @category One exchange
 */
export type TcpcatResult = [reply: string | undefined, error: string | undefined];

/**
 * What the certificate and key of a client are, and the options, where all of them may be left out.
 *
 * @category One exchange
 */
export type SsleayTlsRest =
  | [options?: SsleayOptions | undefined]
  | [
    crt: SsleayFile | null | undefined,
    key: SsleayFile | null | undefined,
    options?: SsleayOptions | undefined,
  ];

/** The message as bytes. */
export function messageBytes(message: SsleayData, terms: Terms, what: string): Uint8Array {
  if (message instanceof Uint8Array) return message;
  if (typeof message === "string") return encodeText(message, terms.encoding);
  throw new TypeError(
    `Cannot send the ${what}: it must be a string or a Uint8Array: received ${quote(message)}`,
  );
}

/** The text of a failed attempt to connect. */
export function openFailure(
  error: unknown,
  terms: Terms,
  host: string,
  port: SsleayPort,
  what: string,
): string {
  if (error instanceof SslError && isUnreached(error)) {
    const text = unreachedText(host, port, error);
    trace(1, () => text);
    return text;
  }
  return failureText(what, error, terms.signal);
}

/** What goes out, as the trace shows it. */
export function traceSent(message: Uint8Array): void {
  trace(3, () => {
    const data = settings.trace > 3 ? ` \`${decodeText(message, "latin1", false)}'` : "";
    return `sending${data} ${message.length} bytes...\n`;
  });
}

interface Call {
  readonly useTls: boolean;
  /** Whether our direction ends when the message is out. */
  readonly halfClose: boolean;
  readonly target: TcpTarget;
  readonly terms: Terms;
  readonly message: Uint8Array;
  readonly host: string;
  readonly port: SsleayPort;
}

async function readAll(
  connection: SsleayConnection,
  terms: Terms,
): Promise<[string, string | undefined]> {
  const pieces: Uint8Array[] = [];
  let length = 0, error: string | undefined;
  const buffer = new Uint8Array(65_536);
  try {
    for (let n; (n = await connection.read(buffer)) !== null;) {
      length += n;
      if (length > terms.maxBytes) throw tooLong(terms.maxBytes);
      pieces.push(buffer.slice(0, n));
    }
  } catch (cause) {
    error = failureText("SSL_read", cause, terms.signal);
  }
  trace(3, () => `Got ${length} bytes.\n`);
  return [decodeText(concat(pieces), terms.encoding, false), error];
}

/** The error for an answer that is longer than `maxBytes`. */
export function tooLong(maxBytes: number): SslError {
  const reason = `the answer is longer than ${maxBytes} bytes`;
  return new SslError(`Cannot read the answer: ${reason}: raise the option maxBytes`, {
    code: "EMSGSIZE",
    errno: 90,
    reason,
    facts: { limit: { by: "own", what: "the answer", value: maxBytes, option: "maxBytes" } },
  });
}

async function exchange(call: Call): Promise<SslcatResult> {
  const { terms, target, message } = call;
  let connection: SsleayConnection;
  try {
    connection = await SsleayConnection.open(call.useTls, target, terms);
  } catch (error) {
    return [undefined, openFailure(error, terms, call.host, call.port, "SSL_connect"), undefined];
  }
  await using open = connection;
  try {
    traceSent(message);
    await open.write(message);
    if (call.halfClose) {
      const { slowly } = terms;
      if (slowly > 0) await new Promise((resolve) => setTimeout(resolve, slowly));
      await open.closeWrite();
    }
  } catch (error) {
    return [undefined, failureText("SSL_write", error, terms.signal), open.certificate];
  }
  const [reply, error] = await readAll(open, terms);
  return [reply, error, open.certificate];
}

/** The arguments after the message: files, then options, or options alone. */
export function tlsRest(
  rest: SsleayTlsRest,
): [SsleayFile | null | undefined, SsleayFile | null | undefined, SsleayOptions | undefined] {
  const [first, key, options] = rest;
  if (isOptions(first)) {
    if (rest.length > 1) {
      throw new TypeError("Cannot use the arguments: options must be the last one");
    }
    return [undefined, undefined, first];
  }
  return [first as SsleayFile | null | undefined, key, options];
}

/** Whether an argument is options, and not a file or a text. */
export function isOptions(value: unknown): value is SsleayOptions {
  return typeof value === "object" && value !== null && !(value instanceof URL) &&
    !(value instanceof Uint8Array);
}

async function cat(
  useTls: boolean,
  halfClose: boolean,
  [host, port, message]: readonly [string, SsleayPort, SsleayData],
  rest: SsleayTlsRest,
): Promise<SslcatResult> {
  try {
    const [crt, key, options] = tlsRest(rest);
    const terms = checkTerms(options, crt, key);
    const bytes = messageBytes(message, terms, "message");
    const target = tcpTarget(host, port);
    return await exchange({ useTls, halfClose, target, terms, message: bytes, host, port });
  } catch (error) {
    throw fromCaller(error);
  }
}

async function withoutTls(
  halfClose: boolean,
  to: readonly [string, SsleayPort, SsleayData],
  options: SsleayOptions | undefined,
): Promise<TcpcatResult> {
  const [reply, error] = await cat(false, halfClose, to, [options]);
  return [reply, error];
}

/**
 * Connects with TLS, verifies the server, sends a message, ends our direction, and gives all that comes
 * back up to the server's close_notify.
 *
 * Perl: `sslcat`
 *
 * @param host A name, an IPv4 or an IPv6 address. It is what the certificate is verified for.
 * @param port A port number, or the name of a service.
 * @param message What to send.
 * @param rest The PEM files of a client certificate and its key, then options; all may be left out.
 * @returns `[reply, error, certificate]`. An error is text of the form `SSL_connect PID: 1 - error:...`;
 * a reply beside it is what came before. Where the engine does not show the certificate it is `undefined`.
 * @throws {TypeError} If an argument or an option is wrong.
 * @throws {SslUnsupportedError} If the engine cannot honour an option.
 * @throws {Deno.errors.NotCapable} If a permission is missing.
 *
 * @example
 * ```ts ignore
 * import { sslcat } from "@socket/ssl/ssleay";
 *
 * const [reply, error] = await sslcat("www.example", 443, "GET / HTTP/1.0\r\n\r\n");
 * if (error !== undefined) throw new Error(error);
 * ```
 *
 * @category One exchange
 */
export function sslcat(
  host: string,
  port: SsleayPort,
  message: SsleayData,
  ...rest: SsleayTlsRest
): Promise<SslcatResult> {
  return cat(true, true, [host, port, message], rest);
}

/**
 * As {@linkcode sslcat}, without TLS.
 *
 * Perl: `tcpcat`
 *
 * @category One exchange
 */
export function tcpcat(
  host: string,
  port: SsleayPort,
  message: SsleayData,
  options?: SsleayOptions,
): Promise<TcpcatResult> {
  return withoutTls(true, [host, port, message], options);
}

/**
 * {@linkcode sslcat} or {@linkcode tcpcat}.
 *
 * Perl: `tcpxcat`
 *
 * @param useTls Whether TLS is used; without it the certificate, the key and the options of TLS do nothing.
 *
 * @category One exchange
 */
export function tcpxcat(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  message: SsleayData,
  ...rest: SsleayTlsRest
): Promise<SslcatResult> {
  return cat(Boolean(useTls), true, [host, port, message], rest);
}

/**
 * As {@linkcode sslcat}, and our direction stays open until the server has ended its own.
 *
 * Perl: `https_cat`
 *
 * @category One exchange
 */
export function httpsCat(
  host: string,
  port: SsleayPort,
  message: SsleayData,
  ...rest: SsleayTlsRest
): Promise<SslcatResult> {
  return cat(true, false, [host, port, message], rest);
}

/**
 * As {@linkcode tcpcat}, and our direction stays open until the server has ended its own.
 *
 * Perl: `http_cat`
 *
 * @category One exchange
 */
export function httpCat(
  host: string,
  port: SsleayPort,
  message: SsleayData,
  options?: SsleayOptions,
): Promise<TcpcatResult> {
  return withoutTls(false, [host, port, message], options);
}

/**
 * {@linkcode httpsCat} or {@linkcode httpCat}.
 *
 * Perl: `httpx_cat`
 *
 * @param useTls Whether TLS is used; without it the certificate, the key and the options of TLS do nothing.
 *
 * @category One exchange
 */
export function httpxCat(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  message: SsleayData,
  ...rest: SsleayTlsRest
): Promise<SslcatResult> {
  return cat(Boolean(useTls), false, [host, port, message], rest);
}
