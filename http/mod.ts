/**
 * An HTTPS server that can do what a TLS server of this package can: {@linkcode serveHttp}.
 *
 * @example
 * ```ts ignore
 * import { serveHttp } from "@socket/ssl/http";
 *
 * serveHttp({ port: 8443, certFile: "server.pem", keyFile: "server.key" }, () => new Response("hello"));
 * ```
 *
 * @module
 */

export { serveHttp } from "./serve_http.ts";
export type { HttpHandler, HttpInfo, HttpOptions, HttpServer } from "./options.ts";
