/**
 * The URL of a request: `https:` and the host that the client named.
 *
 * @module
 */

import { readHost, splitHostPort } from "../internal/host.ts";

/** The last one that was good: the requests of a server have few. */
let lastGood: string | undefined;

/** Whether a text is a host, with or without a port, as `Host` has it (RFC 9110 7.2). */
function isAuthority(text: string): boolean {
  if (text === lastGood) return true;
  if (!readsAsAuthority(text)) return false;
  lastGood = text;
  return true;
}

function readsAsAuthority(text: string): boolean {
  const { host, port, bracketed } = splitHostPort(text);
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65535)) return false;
  if (!/^[\w.:-]+$/.test(host)) return false;
  const read = readHost(host);
  if (read.kind === "invalid") return false;
  return bracketed === (read.kind === "ip" && read.bytes.length === 16);
}

/** The host that a client named, and the rest of the URL. */
export interface RequestTarget {
  /** The host, with the port that the client wrote. */
  readonly authority: string;
  /** The path with the query. */
  readonly path: string;
}

/**
 * What a request is for; `undefined` if its client sent no `Host`, two, one that is not a host, or
 * one that contradicts the URL.
 *
 * @param fallback What Deno.serve puts in place of a host that is missing; for HTTP/2, where a
 * request has `:authority` and need not have `Host`. `undefined` for HTTP/1.1, which must have it.
 */
export function targetOf(request: Request, fallback?: string): RequestTarget | undefined {
  const found = /^https?:\/\/([^/?#]+)(.*)$/.exec(request.url);
  if (found === null) return undefined;
  const [, authority, path] = found as unknown as [string, string, string];
  const host = request.headers.get("host");
  const named = host === null
    ? fallback !== undefined && authority !== fallback
    : host === authority;
  return named && isAuthority(authority) ? { authority, path } : undefined;
}

/** The answer to a request that has no target. */
export function badRequest(): Response {
  return new Response("Bad Request: it needs one good Host\n", { status: 400 });
}

/**
 * Lets a request say the URL that its client asked for. It stays the object that Deno.serve made,
 * which `Deno.upgradeWebSocket` wants.
 */
export function setUrl(request: Request, url: string): Request {
  const value = URL.parse(url)?.href ?? url;
  Object.defineProperty(request, "url", { value, configurable: true, enumerable: true });
  return Object.defineProperty(request, "clone", CLONE);
}

/** A clone says the same URL. */
const CLONE = {
  value(this: Request): Request {
    return setUrl(Request.prototype.clone.call(this), this.url);
  },
  configurable: true,
  writable: true,
};
