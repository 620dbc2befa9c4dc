/**
 * The HTTP functions without TLS: get_http, post_http, put_http, head_http, each in three forms.
 *
 * @module
 */

import {
  form2,
  form3,
  form4,
  type HttpRest,
  type HttpResult,
  type HttpResult3,
  type HttpResult4,
} from "./exchange.ts";
import type { SsleayPort } from "./target.ts";

/**
 * As {@linkcode getHttps}, without TLS: everyone on the way can read and change all of it.
 *
 * Perl: `get_http`
 *
 * @param host A name, an IPv4 or an IPv6 address.
 * @param port A port number, or the name of a service.
 * @param path The path with its query: `"/"`.
 * @param rest Headers as {@linkcode makeHeaders} gives them, the content, its type, and options.
 * @returns `[page, response, headers]`.
 * @throws {TypeError} If an argument or an option is wrong, or would inject a header or a request.
 *
 * @category Requests
 */
export function getHttp(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult> {
  return form2({ method: "GET", useTls: false, plain: true, host, port, path, rest });
}

/**
 * As {@linkcode getHttp}, with the headers as text; there is no certificate.
 *
 * Perl: `get_http3`
 *
 * @category Requests
 */
export function getHttp3(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult3> {
  return form3({ method: "GET", useTls: false, plain: true, host, port, path, rest });
}

/**
 * As {@linkcode getHttp}, with a list of values for each header.
 *
 * Perl: `get_http4`
 *
 * @category Requests
 */
export function getHttp4(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult4> {
  return form4({ method: "GET", useTls: false, plain: true, host, port, path, rest });
}

/**
 * Posts content without TLS. Otherwise as {@linkcode getHttp}. The content follows the headers.
 *
 * Perl: `post_http`
 *
 * @category Requests
 */
export function postHttp(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult> {
  return form2({ method: "POST", useTls: false, plain: true, host, port, path, rest });
}

/**
 * As {@linkcode postHttp}, with the headers as text; there is no certificate.
 *
 * Perl: `post_http3`
 *
 * @category Requests
 */
export function postHttp3(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult3> {
  return form3({ method: "POST", useTls: false, plain: true, host, port, path, rest });
}

/**
 * As {@linkcode postHttp}, with a list of values for each header.
 *
 * Perl: `post_http4`
 *
 * @category Requests
 */
export function postHttp4(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult4> {
  return form4({ method: "POST", useTls: false, plain: true, host, port, path, rest });
}

/**
 * Puts content in place of a page without TLS. Otherwise as {@linkcode getHttp}. The content follows the headers.
 *
 * Perl: `put_http`
 *
 * @category Requests
 */
export function putHttp(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult> {
  return form2({ method: "PUT", useTls: false, plain: true, host, port, path, rest });
}

/**
 * As {@linkcode putHttp}, with the headers as text; there is no certificate.
 *
 * Perl: `put_http3`
 *
 * @category Requests
 */
export function putHttp3(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult3> {
  return form3({ method: "PUT", useTls: false, plain: true, host, port, path, rest });
}

/**
 * As {@linkcode putHttp}, with a list of values for each header.
 *
 * Perl: `put_http4`
 *
 * @category Requests
 */
export function putHttp4(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult4> {
  return form4({ method: "PUT", useTls: false, plain: true, host, port, path, rest });
}

/**
 * Asks for the headers of a page alone without TLS. Otherwise as {@linkcode getHttp}.
 *
 * Perl: `head_http`
 *
 * @category Requests
 */
export function headHttp(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult> {
  return form2({ method: "HEAD", useTls: false, plain: true, host, port, path, rest });
}

/**
 * As {@linkcode headHttp}, with the headers as text; there is no certificate.
 *
 * Perl: `head_http3`
 *
 * @category Requests
 */
export function headHttp3(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult3> {
  return form3({ method: "HEAD", useTls: false, plain: true, host, port, path, rest });
}

/**
 * As {@linkcode headHttp}, with a list of values for each header.
 *
 * Perl: `head_http4`
 *
 * @category Requests
 */
export function headHttp4(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpRest
): Promise<HttpResult4> {
  return form4({ method: "HEAD", useTls: false, plain: true, host, port, path, rest });
}
