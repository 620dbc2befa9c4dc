/**
 * Runs the handler of `serve` for each connection. Loaded when a server has started.
 *
 * @module
 */

import type { ListenOptions } from "../socket/options.ts";
import { Handle } from "../handle/handle.ts";
import { fromCaller } from "../internal/caller.ts";
import { connectionOf } from "../socket/socket_init.ts";
import type { SslSocket } from "../socket/socket.ts";

/**
 * What a server runs for each connection. What it returns is awaited and not sent; a `Response` is a
 * `TypeError` in `onError`, because `serve` does not speak HTTP (`serveHttp` of `./http` does).
 *
 * @category Servers
 */
export type ServeHandler = (handle: Handle, socket: SslSocket) => unknown;

/** Reports an error of a handler. */
export function report(onError: ListenOptions["onError"], error: unknown): void {
  try {
    // An async reporter that rejects must not end the process.
    Promise.resolve<unknown>(onError?.(fromCaller(error))).catch(() => {});
  } catch {
    // The reporter's own failure ends nothing either.
  }
}

/** The name of what a handler for HTTP would return, a Response or its shape; `undefined` for others. */
function httpAnswer(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { status, headers, body } = value as Record<string, unknown>;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "Response" || value instanceof Response) return "a Response";
  const shaped = typeof status === "number" && (headers !== undefined || body !== undefined);
  return shaped ? "an object with a status, as for HTTP" : undefined;
}

/** Refuses the result of a handler that was written for an HTTP server: its client would get nothing. */
function refuseAnswer(value: unknown, socket: SslSocket): void {
  const what = httpAnswer(value);
  if (what === undefined) return;
  throw new TypeError(
    `Cannot send what the handler of serve() returned for ${
      connectionOf(socket)?.peer
    }: it is ${what}, ` +
      `and serve() does not speak HTTP: it sends what the handler writes. For HTTP use serveHttp(` +
      `options, handler) of "@socket/ssl/http"; for a protocol of your own write to the handle: ` +
      `handle.print()`,
  );
}

/** Runs the handler for one connection. Never rejects. */
export async function serveOne(
  socket: SslSocket,
  handler: ServeHandler,
  onError: ListenOptions["onError"],
): Promise<void> {
  try {
    const handle = new Handle(socket);
    refuseAnswer(await handler(handle, socket), socket);
    await handle.close();
    await socket.close();
  } catch (error) {
    // No close_notify: what was written may be half of an answer, and must not look complete.
    await connectionOf(socket)?.shutdown.cut();
    report(onError, error);
  }
}
