/**
 * The HTTP functions over TLS, or without: get_httpx, post_httpx, put_httpx, head_httpx, each in three forms.
 *
 * @module
 */

import {
  form2,
  form3,
  form4,
  type HttpResult,
  type HttpResult3,
  type HttpResult4,
  type HttpsRest,
} from "./exchange.ts";
import type { SsleayPort } from "./target.ts";

/**
 * {@linkcode getHttps} or {@linkcode getHttp}.
 *
 * Perl: `get_httpx`
 *
 * @param useTls Whether TLS is used; without it the certificate, the key and the options of TLS do nothing.
 * @param host A name, an IPv4 or an IPv6 address.
 * @param port A port number, or the name of a service.
 * @param path The path with its query: `"/"`.
 * @param rest As for {@linkcode getHttps}.
 * @returns `[page, response, headers]`.
 *
 * @category Requests
 */
export function getHttpx(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return form2({ method: "GET", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode getHttpx}, with the headers as text and the server's certificate.
 *
 * Perl: `get_httpx3`
 *
 * @category Requests
 */
export function getHttpx3(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return form3({ method: "GET", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode getHttpx}, with a list of values for each header and the server's certificate.
 *
 * Perl: `get_httpx4`
 *
 * @category Requests
 */
export function getHttpx4(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return form4({ method: "GET", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * Posts content over TLS, or without. Otherwise as {@linkcode getHttpx}. The content follows the headers.
 *
 * Perl: `post_httpx`
 *
 * @category Requests
 */
export function postHttpx(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return form2({ method: "POST", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode postHttpx}, with the headers as text and the server's certificate.
 *
 * Perl: `post_httpx3`
 *
 * @category Requests
 */
export function postHttpx3(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return form3({ method: "POST", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode postHttpx}, with a list of values for each header and the server's certificate.
 *
 * Perl: `post_httpx4`
 *
 * @category Requests
 */
export function postHttpx4(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return form4({ method: "POST", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * Puts content in place of a page over TLS, or without. Otherwise as {@linkcode getHttpx}. The content follows the headers.
 *
 * Perl: `put_httpx`
 *
 * @category Requests
 */
export function putHttpx(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return form2({ method: "PUT", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode putHttpx}, with the headers as text and the server's certificate.
 *
 * Perl: `put_httpx3`
 *
 * @category Requests
 */
export function putHttpx3(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return form3({ method: "PUT", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode putHttpx}, with a list of values for each header and the server's certificate.
 *
 * Perl: `put_httpx4`
 *
 * @category Requests
 */
export function putHttpx4(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return form4({ method: "PUT", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * Asks for the headers of a page alone over TLS, or without. Otherwise as {@linkcode getHttpx}.
 *
 * Perl: `head_httpx`
 *
 * @category Requests
 */
export function headHttpx(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return form2({ method: "HEAD", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode headHttpx}, with the headers as text and the server's certificate.
 *
 * Perl: `head_httpx3`
 *
 * @category Requests
 */
export function headHttpx3(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return form3({ method: "HEAD", useTls: Boolean(useTls), host, port, path, rest });
}

/**
 * As {@linkcode headHttpx}, with a list of values for each header and the server's certificate.
 *
 * Perl: `head_httpx4`
 *
 * @category Requests
 */
export function headHttpx4(
  useTls: boolean | number,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return form4({ method: "HEAD", useTls: Boolean(useTls), host, port, path, rest });
}
