/**
 * Net::SSLeay's high level: HTTPS in one line, `sslcat`, the tied handle. Every function has our name
 * and Perl's. The low level is `./ssleay/low`.
 *
 * ```ts ignore
 * import { getHttps, makeForm, postHttps } from "@socket/ssl/ssleay";
 *
 * const [page, response, headers] = await getHttps("www.example", 443, "/");
 * const [answer] = await postHttps("www.example", 443, "/form", "", makeForm("OK", "1"));
 * ```
 *
 * Servers are verified and SNI is sent; answers that are cut off are errors. docs/ssleay.md compares
 * all of it with Perl. Importing this needs no permission and loads no engine.
 *
 * @module
 */

export {
  doHttps,
  doHttps as do_https,
  doHttps2,
  doHttps2 as do_https2,
  doHttps3,
  doHttps3 as do_https3,
  doHttps4,
  doHttps4 as do_https4,
  getHttps,
  getHttps as get_https,
  getHttps3,
  getHttps3 as get_https3,
  getHttps4,
  getHttps4 as get_https4,
  headHttps,
  headHttps as head_https,
  headHttps3,
  headHttps3 as head_https3,
  headHttps4,
  headHttps4 as head_https4,
  postHttps,
  postHttps as post_https,
  postHttps3,
  postHttps3 as post_https3,
  postHttps4,
  postHttps4 as post_https4,
  putHttps,
  putHttps as put_https,
  putHttps3,
  putHttps3 as put_https3,
  putHttps4,
  putHttps4 as put_https4,
} from "./https.ts";
export {
  getHttp,
  getHttp as get_http,
  getHttp3,
  getHttp3 as get_http3,
  getHttp4,
  getHttp4 as get_http4,
  headHttp,
  headHttp as head_http,
  headHttp3,
  headHttp3 as head_http3,
  headHttp4,
  headHttp4 as head_http4,
  postHttp,
  postHttp as post_http,
  postHttp3,
  postHttp3 as post_http3,
  postHttp4,
  postHttp4 as post_http4,
  putHttp,
  putHttp as put_http,
  putHttp3,
  putHttp3 as put_http3,
  putHttp4,
  putHttp4 as put_http4,
} from "./http.ts";
export {
  getHttpx,
  getHttpx as get_httpx,
  getHttpx3,
  getHttpx3 as get_httpx3,
  getHttpx4,
  getHttpx4 as get_httpx4,
  headHttpx,
  headHttpx as head_httpx,
  headHttpx3,
  headHttpx3 as head_httpx3,
  headHttpx4,
  headHttpx4 as head_httpx4,
  postHttpx,
  postHttpx as post_httpx,
  postHttpx3,
  postHttpx3 as post_httpx3,
  postHttpx4,
  postHttpx4 as post_httpx4,
  putHttpx,
  putHttpx as put_httpx,
  putHttpx3,
  putHttpx3 as put_httpx3,
  putHttpx4,
  putHttpx4 as put_httpx4,
} from "./httpx.ts";
export {
  doHttpx2,
  doHttpx2 as do_httpx2,
  doHttpx3,
  doHttpx3 as do_httpx3,
  doHttpx4,
  doHttpx4 as do_httpx4,
} from "./exchange.ts";
export {
  httpCat,
  httpCat as http_cat,
  httpsCat,
  httpsCat as https_cat,
  httpxCat,
  httpxCat as httpx_cat,
  sslcat,
  tcpcat,
  tcpxcat,
} from "./cat.ts";
export {
  sslReadAll,
  sslReadAll as ssl_read_all,
  sslReadCrlf,
  sslReadCrlf as ssl_read_CRLF,
  sslReadUntil,
  sslReadUntil as ssl_read_until,
  sslWriteAll,
  sslWriteAll as ssl_write_all,
  sslWriteCrlf,
  sslWriteCrlf as ssl_write_CRLF,
  tcpReadAll,
  tcpReadAll as tcp_read_all,
  tcpReadCrlf,
  tcpReadCrlf as tcp_read_CRLF,
  tcpReadUntil,
  tcpReadUntil as tcp_read_until,
  tcpWriteAll,
  tcpWriteAll as tcp_write_all,
  tcpWriteCrlf,
  tcpWriteCrlf as tcp_write_CRLF,
} from "./data.ts";
export {
  makeForm,
  makeForm as make_form,
  makeHeaders,
  makeHeaders as make_headers,
} from "./fields.ts";
export { setProxy, setProxy as set_proxy } from "./proxy.ts";
export {
  dumpPeerCertificate,
  dumpPeerCertificate as dump_peer_certificate,
  setCertAndKey,
  setCertAndKey as set_cert_and_key,
  setCertAndKey as set_server_cert_and_key,
} from "./credentials.ts";
export {
  dieIfSslError,
  dieIfSslError as die_if_ssl_error,
  dieNow,
  dieNow as die_now,
  initialize,
  printErrs,
  printErrs as print_errs,
  randomize,
  wantNothing,
  wantNothing as want_nothing,
  wantRead,
  wantRead as want_read,
  wantWrite,
  wantWrite as want_write,
  wantX509Lookup,
  wantX509Lookup as want_X509_lookup,
} from "./diagnosis.ts";
export { shutdown, type ShutdownHow, SsleayHandle, type SsleayStartOptions } from "./handle.ts";
export type { Endable } from "./handle.ts";
export { settings, type SsleaySettings, type SsleayVersion } from "./variables.ts";
export type {
  HeaderList,
  HttpRest,
  HttpResult,
  HttpResult3,
  HttpResult4,
  HttpsRest,
  OptionalText,
} from "./exchange.ts";
export type { SslcatResult, SsleayTlsRest, TcpcatResult } from "./cat.ts";
export type { ReadAllResult, SsleaySsl, WriteAllResult } from "./data.ts";
export type { FieldArguments, FieldValue } from "./fields.ts";
export type { SsleayContext } from "./credentials.ts";
export type {
  ExcludedOption,
  SsleayData,
  SsleayDataOptions,
  SsleayFile,
  SsleayOptions,
  SsleayTextOptions,
} from "./options.ts";
export type { SsleayPort } from "./target.ts";
