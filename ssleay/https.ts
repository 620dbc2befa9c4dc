/**
 * The HTTP functions over TLS: get_https, post_https, put_https, head_https, each in three forms and the legacy `do_https` kind.
 *
 * @module
 */

import {
  doHttpx2,
  doHttpx3,
  doHttpx4,
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
 * Asks for a page over TLS. The server is verified before the request is sent; redirects are not
 * followed. The request is HTTP/1.0 and the answer is read by the rules of HTTP/1.1.
 *
 * Perl: `get_https`
 *
 * @param host A name, an IPv4 or an IPv6 address. It is what the certificate is verified for.
 * @param port A port number, or the name of a service.
 * @param path The path with its query: `"/"`.
 * @param rest Headers as {@linkcode makeHeaders} gives them, the content, its type (by default
 * `application/x-www-form-urlencoded`), the PEM files of a client certificate and its key, and options.
 * All may be left out, and options may follow any of them.
 * @returns `[page, response, headers]`. When no whole answer came, `page` is `undefined` and `response`
 * begins with `HTTP/1.0 900 NET OR SSL ERROR`.
 * @throws {TypeError} If an argument or an option is wrong, or would inject a header or a request.
 * @throws {SslUnsupportedError} If the engine cannot honour an option.
 * @throws {Deno.errors.NotCapable} If a permission is missing.
 *
 * @example
 * ```ts ignore
 * import { getHttps, makeHeaders } from "@socket/ssl/ssleay";
 *
 * const [page, response, headers] = await getHttps(
 *   "www.example",
 *   443,
 *   "/",
 *   makeHeaders("User-Agent", "Cryptozilla/5.0b1"),
 * );
 * if (page === undefined) throw new Error(response);
 * console.log(Object.fromEntries(headers)["CONTENT-TYPE"], page);
 * ```
 *
 * @category Requests
 */
export function getHttps(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return form2({ method: "GET", useTls: true, host, port, path, rest });
}

/**
 * As {@linkcode getHttps}, with the headers as text and the server's certificate.
 *
 * Perl: `get_https3`
 *
 * @category Requests
 */
export function getHttps3(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return form3({ method: "GET", useTls: true, host, port, path, rest });
}

/**
 * As {@linkcode getHttps}, with a list of values for each header and the server's certificate.
 *
 * Perl: `get_https4`
 *
 * @category Requests
 */
export function getHttps4(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return form4({ method: "GET", useTls: true, host, port, path, rest });
}

/**
 * Posts content over TLS. Otherwise as {@linkcode getHttps}. The content follows the headers.
 *
 * Perl: `post_https`
 *
 * @category Requests
 */
export function postHttps(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return form2({ method: "POST", useTls: true, host, port, path, rest });
}

/**
 * As {@linkcode postHttps}, with the headers as text and the server's certificate.
 *
 * Perl: `post_https3`
 *
 * @category Requests
 */
export function postHttps3(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return form3({ method: "POST", useTls: true, host, port, path, rest });
}

/**
 * As {@linkcode postHttps}, with a list of values for each header and the server's certificate.
 *
 * Perl: `post_https4`
 *
 * @category Requests
 */
export function postHttps4(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return form4({ method: "POST", useTls: true, host, port, path, rest });
}

/**
 * Puts content in place of a page over TLS. Otherwise as {@linkcode getHttps}. The content follows the headers.
 *
 * Perl: `put_https`
 *
 * @category Requests
 */
export function putHttps(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return form2({ method: "PUT", useTls: true, host, port, path, rest });
}

/**
 * As {@linkcode putHttps}, with the headers as text and the server's certificate.
 *
 * Perl: `put_https3`
 *
 * @category Requests
 */
export function putHttps3(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return form3({ method: "PUT", useTls: true, host, port, path, rest });
}

/**
 * As {@linkcode putHttps}, with a list of values for each header and the server's certificate.
 *
 * Perl: `put_https4`
 *
 * @category Requests
 */
export function putHttps4(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return form4({ method: "PUT", useTls: true, host, port, path, rest });
}

/**
 * Asks for the headers of a page alone over TLS. Otherwise as {@linkcode getHttps}.
 *
 * Perl: `head_https`
 *
 * @category Requests
 */
export function headHttps(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return form2({ method: "HEAD", useTls: true, host, port, path, rest });
}

/**
 * As {@linkcode headHttps}, with the headers as text and the server's certificate.
 *
 * Perl: `head_https3`
 *
 * @category Requests
 */
export function headHttps3(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return form3({ method: "HEAD", useTls: true, host, port, path, rest });
}

/**
 * As {@linkcode headHttps}, with a list of values for each header and the server's certificate.
 *
 * Perl: `head_https4`
 *
 * @category Requests
 */
export function headHttps4(
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return form4({ method: "HEAD", useTls: true, host, port, path, rest });
}

/**
 * A request of any method over TLS, with the method behind the path.
 *
 * Perl: `do_https`
 *
 * @param method `"GET"`, ...
 *
 * @category Requests
 */
export function doHttps(
  host: string,
  port: SsleayPort,
  path: string,
  method: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return doHttpx2(method, true, host, port, path, ...rest);
}

/**
 * {@linkcode doHttpx2} over TLS.
 *
 * Perl: `do_https2`
 *
 * @category Requests
 */
export function doHttps2(
  method: string,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult> {
  return doHttpx2(method, true, host, port, path, ...rest);
}

/**
 * {@linkcode doHttpx3} over TLS.
 *
 * Perl: `do_https3`
 *
 * @category Requests
 */
export function doHttps3(
  method: string,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult3> {
  return doHttpx3(method, true, host, port, path, ...rest);
}

/**
 * {@linkcode doHttpx4} over TLS.
 *
 * Perl: `do_https4`
 *
 * @category Requests
 */
export function doHttps4(
  method: string,
  host: string,
  port: SsleayPort,
  path: string,
  ...rest: HttpsRest
): Promise<HttpResult4> {
  return doHttpx4(method, true, host, port, path, ...rest);
}
