/**
 * The request of the HTTP functions as bytes: the request line, `Host`, the headers that were given,
 * `Accept`, and the content with its type and length. What would put a second line where one belongs
 * is refused.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { concat } from "../internal/bytes.ts";
import { encodeText } from "../handle/encoding.ts";
import { joinHostPort } from "../internal/host.ts";
import { messageBytes } from "./cat.ts";
import type { SsleayData, Terms } from "./options.ts";
import type { TcpTarget } from "./target.ts";

const CRLF = "\r\n";
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// deno-lint-ignore no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** What a request is made of. */
export interface RequestParts {
  /** `GET`, ... */
  readonly method: string;
  /** Whether it goes over TLS. */
  readonly useTls: boolean;
  /** Where it goes. */
  readonly target: TcpTarget;
  /** The path with its query. */
  readonly path: string;
  /** Further headers, each with its CRLF. */
  readonly headers: string | null | undefined;
  /** The content. */
  readonly content: SsleayData | null | undefined;
  /** The type of the content. */
  readonly mimeType: string | null | undefined;
}

/**
 * The name of a header, without a colon at its end.
 *
 * @throws {TypeError} If it is not a token (RFC 9110 5.6.2).
 */
export function headerName(name: unknown): string {
  const bare = typeof name === "string" ? name.replace(/:$/, "") : name;
  if (typeof bare === "string" && TOKEN.test(bare)) return bare;
  throw new TypeError(`Cannot make a header: its name must be a token: received ${quote(name)}`);
}

/**
 * The value of a header.
 *
 * @throws {TypeError} If it has a line end or another control character: it would inject a header.
 */
export function headerValue(name: string, value: unknown): string {
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (typeof text !== "string") {
    throw new TypeError(
      `Cannot make the header ${quote(name)}: its value must be a string: received ${typeof value}`,
    );
  }
  if (!CONTROL.test(text)) return text;
  throw new TypeError(
    `Cannot make the header ${quote(name)}: its value has a line end or another control ` +
      "character, which would begin another header",
  );
}

/** Headers as text, each checked; their names in lower case. */
function checkHeaders(headers: string | null | undefined): [text: string, names: Set<string>] {
  const names = new Set<string>();
  if (headers === undefined || headers === null || headers === "") return ["", names];
  if (typeof headers !== "string") {
    throw new TypeError(
      `Cannot send the headers: they must be a string, as makeHeaders() gives it: received ${
        quote(headers)
      }`,
    );
  }
  let text = "";
  for (const line of headers.replace(/\r?\n$/, "").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon < 1) {
      const what = line === "" ? "an empty line, which would end them" : "a line without a name";
      throw new TypeError(`Cannot send the headers: there is ${what}`);
    }
    const name = headerName(line.slice(0, colon));
    names.add(name.toLowerCase());
    text += `${name}:${headerValue(name, line.slice(colon + 1))}${CRLF}`;
  }
  return [text, names];
}

/** The request target: a path, in which non-ASCII characters are percent-encoded. */
function checkPath(path: unknown): string {
  if (typeof path !== "string" || path === "") {
    throw new TypeError(
      `Cannot request a path: it must be a string such as "/": received ${quote(path)}`,
    );
  }
  // deno-lint-ignore no-control-regex -- control characters are what it looks for
  if (/[\u0000-\u0020\u007f]/.test(path)) {
    throw new TypeError(
      "Cannot request a path: it has a space, a line end or another control character: write a " +
        "space as %20",
    );
  }
  if (!path.isWellFormed()) {
    throw new TypeError("Cannot request a path: it has half of a surrogate pair");
  }
  // deno-lint-ignore no-control-regex -- all but ASCII is encoded
  return path.replace(/[^\x00-\x7f]+/g, encodeURIComponent);
}

/** The lines about the content, and the content. */
function contentPart(
  parts: RequestParts,
  names: ReadonlySet<string>,
  terms: Terms,
): [lines: string, content: Uint8Array] {
  const { method, content, mimeType } = parts;
  const bytes = messageBytes(content ?? "", terms, "content");
  for (const name of ["content-length", "transfer-encoding"]) {
    if (!names.has(name)) continue;
    throw new TypeError(
      `Cannot send the headers: "${name}" is not for them: the length follows from the content`,
    );
  }
  if (bytes.length === 0) {
    const expected = method === "POST" || method === "PUT";
    return [expected ? `Content-Length: 0${CRLF}` : "", bytes];
  }
  const own = names.has("content-type");
  if (own && mimeType) {
    throw new TypeError("Cannot send the content: its type is given twice, as header and argument");
  }
  const type = headerValue("Content-Type", mimeType || "application/x-www-form-urlencoded");
  return [
    `${own ? "" : `Content-Type: ${type}${CRLF}`}Content-Length: ${bytes.length}${CRLF}`,
    bytes,
  ];
}

/** The host as the header `Host` has it: brackets around IPv6 without its zone; no default port. */
function hostField({ hostname, port }: TcpTarget, useTls: boolean): string {
  const host = hostname.replace(/%.*$/, "");
  if (port !== (useTls ? 443 : 80)) return joinHostPort(host, port);
  return host.includes(":") ? `[${host}]` : host;
}

/**
 * Makes a request.
 *
 * @throws {TypeError} If a part of it would begin another line, header or request.
 */
export function requestBytes(parts: RequestParts, terms: Terms): Uint8Array {
  const { method, useTls, target } = parts;
  if (typeof method !== "string" || !TOKEN.test(method)) {
    throw new TypeError(
      `Cannot make a request: the method must be a token such as "GET": received ${quote(method)}`,
    );
  }
  const path = checkPath(parts.path);
  const [headers, names] = checkHeaders(parts.headers);
  const [lines, content] = contentPart(parts, names, terms);
  const host = names.has("host") ? "" : `Host: ${hostField(target, useTls)}${CRLF}`;
  const accept = names.has("accept") ? "" : `Accept: */*${CRLF}`;
  const head = `${method} ${path} HTTP/1.0${CRLF}${host}${headers}${accept}${lines}${CRLF}`;
  return concat([encodeText(head, terms.encoding), content]);
}
