/**
 * One HTTP request and its answer, and the three forms in which Net::SSLeay's functions give it.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import { decodeText } from "../handle/encoding.ts";
import { fromCaller } from "../internal/caller.ts";
import { isOptions, openFailure, traceSent } from "./cat.ts";
import { SsleayConnection } from "./connection.ts";
import { failureText } from "./failure.ts";
import {
  checkTerms,
  type SsleayData,
  type SsleayFile,
  type SsleayOptions,
  type Terms,
} from "./options.ts";
import { type SsleayPort, tcpTarget } from "./target.ts";
import { requestBytes } from "./request.ts";
import { type Answer, readAnswer } from "./response.ts";
import { trace } from "./variables.ts";

/**
 * The names and values of headers, the names in upper case, in the order in which they came.
 *
 * @category One exchange
 */
export type HeaderList = [name: string, value: string][];

/**
 * An answer: the page, the status line, the headers. When there was no whole answer, the page is
 * `undefined` and the status line is `HTTP/1.0 900 NET OR SSL ERROR`, an empty line, and the errors.
 *
 * @category One exchange
 */
export type HttpResult = [page: string | undefined, response: string, headers: HeaderList];

/**
 * As {@linkcode HttpResult}, with the headers as text as they came, and the server's certificate.
 *
 * @category One exchange
 */
export type HttpResult3 = [
  page: string | undefined,
  response: string,
  headers: string | undefined,
  certificate: Certificate | undefined,
];

/**
 * As {@linkcode HttpResult}, with all values of each header, and the server's certificate.
 *
 * @category One exchange
 */
export type HttpResult4 = [
  page: string | undefined,
  response: string,
  headers: Record<string, string[]>,
  certificate: Certificate | undefined,
];

/**
 * A text that may be left out.
 *
 * @category One exchange
 */
export type OptionalText = string | null | undefined;

/**
 * What may stand behind the path of a request over TLS: headers as `makeHeaders` gives them, the
 * content, its type, the PEM files of a client certificate and its key, options. Each may be left out
 * with what follows, and options may follow any of them.
 *
 * @category One exchange
 */
export type HttpsRest =
  | [options?: SsleayOptions | undefined]
  | [headers: OptionalText, options?: SsleayOptions | undefined]
  | [
    headers: OptionalText,
    content: SsleayData | null | undefined,
    options?: SsleayOptions | undefined,
  ]
  | [
    headers: OptionalText,
    content: SsleayData | null | undefined,
    mimeType: OptionalText,
    options?: SsleayOptions | undefined,
  ]
  | [
    headers: OptionalText,
    content: SsleayData | null | undefined,
    mimeType: OptionalText,
    crt: SsleayFile | null | undefined,
    key: SsleayFile | null | undefined,
    options?: SsleayOptions | undefined,
  ];

/**
 * What may stand behind the path of a request without TLS.
 *
 * @category One exchange
 */
export type HttpRest = Exclude<HttpsRest, { length: 5 | 6 }>;

/** The arguments behind the path, by name. */
interface Rest {
  readonly headers: OptionalText;
  readonly content: SsleayData | null | undefined;
  readonly mimeType: OptionalText;
  readonly crt: SsleayFile | null | undefined;
  readonly key: SsleayFile | null | undefined;
  readonly options: SsleayOptions | undefined;
}

function named(rest: readonly unknown[]): Rest {
  const at = rest.findIndex(isOptions);
  if (at >= 0 && at < rest.length - 1) {
    throw new TypeError("Cannot use the arguments: options must be the last one");
  }
  if (rest.length > 6) {
    throw new TypeError(`Cannot use the arguments: there are ${rest.length - 6} too many`);
  }
  const positional = at < 0 ? rest : rest.slice(0, at);
  if (positional.length === 6 && positional[5] !== undefined) {
    throw new TypeError("Cannot use options: they must be an object");
  }
  const [headers, content, mimeType, crt, key] = positional as [
    OptionalText,
    OptionalText,
    OptionalText,
    OptionalText,
    OptionalText,
  ];
  const options = at < 0 ? undefined : rest[at] as SsleayOptions;
  return { headers, content, mimeType, crt, key, options };
}

/** What a request is made of. */
export interface HttpCall {
  /** `GET`, ... */
  readonly method: string;
  /** Whether TLS is used. */
  readonly useTls: boolean;
  /** The server. */
  readonly host: string;
  /** Its port. */
  readonly port: SsleayPort;
  /** The path. */
  readonly path: string;
  /** What stood behind the path. */
  readonly rest: readonly unknown[];
  /** Whether a client certificate is refused, because there is no TLS. */
  readonly plain?: boolean;
}

/** What an exchange ends with. */
type Outcome =
  | { readonly answer: Answer; readonly certificate: Certificate | undefined }
  | { readonly errors: string };

/** Sends the request; when the server does not take all of it, its answer may say why. */
async function converse(
  connection: SsleayConnection,
  request: Uint8Array,
  method: string,
  terms: Terms,
): Promise<Answer | string> {
  let unsent: unknown;
  try {
    traceSent(request);
    await connection.write(request);
  } catch (error) {
    unsent = error;
  }
  try {
    return await readAnswer(connection, method, terms.encoding, terms.maxBytes);
  } catch (error) {
    if (unsent !== undefined) return failureText("SSL_write", unsent, terms.signal);
    return failureText("SSL_read", error, terms.signal);
  }
}

async function run(call: HttpCall, terms: Terms, rest: Rest): Promise<Outcome> {
  const { method, useTls, host, port, path } = call;
  const target = tcpTarget(host, port);
  const request = requestBytes({ ...rest, method, useTls, target, path }, terms);
  trace(1, () => `do_httpx3(${method},${Number(useTls)},${host}:${port})\n`);
  let connection: SsleayConnection;
  try {
    connection = await SsleayConnection.open(useTls, target, terms);
  } catch (error) {
    return { errors: openFailure(error, terms, host, port, "SSL_connect") };
  }
  await using open = connection;
  const answer = await converse(open, request, method, terms);
  if (typeof answer === "string") return { errors: answer };
  return { answer, certificate: open.certificate };
}

/** An answer as the three forms give it. */
interface Given {
  readonly page: string | undefined;
  readonly response: string;
  readonly raw: string | undefined;
  readonly fields: HeaderList;
  readonly certificate: Certificate | undefined;
}

async function request(call: HttpCall): Promise<Given> {
  try {
    const rest = named(call.rest);
    if (call.plain && (rest.crt || rest.key)) {
      throw new TypeError(
        "Cannot use a client certificate: there is no TLS: use the https function",
      );
    }
    const terms = checkTerms(rest.options, rest.crt, rest.key);
    const outcome = await run(call, terms, rest);
    if ("errors" in outcome) {
      const response = `HTTP/1.0 900 NET OR SSL ERROR\r\n\r\n${outcome.errors}`;
      return { page: undefined, response, raw: undefined, fields: [], certificate: undefined };
    }
    const { answer: { line, raw, fields, content }, certificate } = outcome;
    trace(3, () => `Got ${content.length} bytes.\n`);
    const page = decodeText(content, terms.encoding, false);
    trace(4, () => `headers >${raw}< page >>${page}<<\n`);
    return { page, response: line, raw, fields, certificate };
  } catch (error) {
    throw fromCaller(error);
  }
}

/** The plain form. */
export async function form2(call: HttpCall): Promise<HttpResult> {
  const { page, response, fields } = await request(call);
  return [page, response, fields];
}

/** The form with the headers as text. */
export async function form3(call: HttpCall): Promise<HttpResult3> {
  const { page, response, raw, certificate } = await request(call);
  return [page, response, raw, certificate];
}

/** The form with all values of each header. */
export async function form4(call: HttpCall): Promise<HttpResult4> {
  const { page, response, fields, certificate } = await request(call);
  const headers: Record<string, string[]> = Object.create(null);
  for (const [name, value] of fields) (headers[name] ??= []).push(value);
  return [page, response, headers, certificate];
}

/**
 * Makes a request of any method over TLS, or without.
 *
 * Perl: `do_httpx2`
 *
 * @param method `"GET"`, `"DELETE"`, ...
 * @param useTls Whether TLS is used; without it the certificate, the key and the options of TLS do nothing.
 * @returns As {@linkcode getHttps}.
 *
 * @category One exchange
 */
export function doHttpx2(
  method: string,
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return form2({ method, useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode doHttpx2}, with the headers as text and the certificate.
 *
 * Perl: `do_httpx3`
 *
 * @category One exchange
 */
export function doHttpx3(
  method: string,
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return form3({ method, useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode doHttpx2}, with all values of each header and the certificate.
 *
 * Perl: `do_httpx4`
 *
 * @category One exchange
 */
export function doHttpx4(
  method: string,
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return form4({ method, useTls: Boolean(useTls), host, port, path, rest });
}
