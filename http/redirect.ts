/**
 * The server of plain HTTP that sends every client to HTTPS.
 *
 * @module
 */

import { joinHostPort, splitHostPort } from "../internal/host.ts";
import { ignore } from "../internal/waiting.ts";
import { toSslError } from "../socket/socket_errors.ts";
import { badRequest, targetOf } from "./authority.ts";

/** Where a redirect listens and leads. */
export interface RedirectPlan {
  /** The address to bind. */
  readonly hostname: string;
  /** The port to bind. */
  readonly port: number;
  /** The port of HTTPS. */
  readonly to: number;
}

/**
 * Starts it.
 *
 * @returns Ends it at once: a request is answered as soon as it is there, and those that are not
 * there to their end are not waited for.
 */
export function startRedirect({ hostname, port, to }: RedirectPlan): () => void {
  const redirect = (request: Request): Response => {
    const target = targetOf(request);
    if (target === undefined) return badRequest();
    const { host } = splitHostPort(target.authority);
    const authority = joinHostPort(host, to).replace(/:443$/, "");
    const headers = { location: `https://${authority}${target.path}` };
    return new Response(null, { status: 301, headers });
  };
  const stop = new AbortController();
  const { signal } = stop;
  try {
    const server = Deno.serve({ hostname, port, signal, onListen: ignore }, redirect);
    server.unref(); // it lives as long as the server of HTTPS
    return () => stop.abort();
  } catch (error) {
    throw toSslError("listen for the redirect on", joinHostPort(hostname, port), error);
  }
}
