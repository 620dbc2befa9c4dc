/**
 * What runs behind `serve`: the handler, for each connection. Loaded when a server has started.
 *
 * @module
 */

import type { ListenOptions } from "../socket/options.ts";
import { loadMachine } from "../handle/front.ts";
import { Handle } from "../handle/handle.ts";
import { fromCaller } from "../internal/caller.ts";
import { coreOf } from "../socket/info.ts";
import type { SslListener } from "../socket/listener.ts";
import type { ServeHandler } from "./serve.ts";
import type { SslSocket } from "../socket/socket.ts";

function tell(onError: ListenOptions["onError"], error: unknown): void {
  try {
    // Nobody else would meet the rejection of an async one, and it would end the process.
    Promise.resolve<unknown>(onError?.(fromCaller(error))).catch(() => {});
  } catch {
    // The reporter's own failure ends nothing either.
  }
}

/** What it is that a handler for HTTP would return: a Response, or something in its shape; `undefined` otherwise. */
function answer(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { status, headers, body } = value as Record<string, unknown>;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "Response" || value instanceof Response) return "a Response";
  const shaped = typeof status === "number" && (headers !== undefined || body !== undefined);
  return shaped ? "an object with a status, as for HTTP" : undefined;
}

/** A handler that was written for an HTTP server would leave its clients without an answer, and nobody would know why. */
function refuseAnswer(value: unknown, socket: SslSocket): void {
  const what = answer(value);
  if (what === undefined) return;
  throw new TypeError(
    `Cannot send what the handler of serve() returned for ${coreOf(socket).peer}: it is ${what}, ` +
      `and serve() does not speak HTTP: it sends what the handler writes. For HTTP use Deno.serve(` +
      `{ port, cert, key }, handler); for a protocol of your own write to the handle: handle.print()`,
  );
}

/** Runs the handler for one connection. Never rejects. */
async function serveOne(
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
    await coreOf(socket).cut();
    tell(onError, error);
  }
}

/** How long a handler is waited for whose connection was cut, in milliseconds. */
const GRACE = 1_000;

/** Waits for promises, at most so long. */
async function settled(promises: Iterable<Promise<void>>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([Promise.allSettled(promises), late]);
  clearTimeout(timer);
}

/**
 * Runs the handler for every connection of a listener, until that ends and `stopping` has: it tells
 * whether the time of the shutdown was limited. Then handlers that go on without their connection
 * are not waited for.
 */
export async function serveAll(
  listener: SslListener,
  handler: ServeHandler,
  onError: ListenOptions["onError"],
  stopping: () => Promise<{ readonly limited: boolean }> | undefined,
): Promise<void> {
  await loadMachine(); // the handlers' handles have it from the first call on
  const handlers = new Set<Promise<void>>();
  for await (const socket of listener) {
    const running = serveOne(socket, handler, onError).finally(() => handlers.delete(running));
    handlers.add(running);
  }
  const stopped = await stopping();
  if (stopped?.limited) await settled(handlers, GRACE);
  else await Promise.allSettled(handlers);
}
