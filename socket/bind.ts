/**
 * Opens a listener: its options, the address to bind, its context.
 *
 * @module
 */

import { engineOf } from "../context/context_record.ts";
import { engineContext } from "../context/engine_contexts.ts";
import { newConnection } from "../context/new_connection.ts";
import { contextFor } from "../context/operation_context.ts";
import { checkOptions } from "../context/resolved_options.ts";
import { hostProblem, ipVersion, splitHostPort } from "../internal/host.ts";
import { quote } from "../internal/quote.ts";
import { type AcceptedSocket, Listener } from "./listener.ts";
import type { ListenOptions } from "./options.ts";
import type { MakeSocket } from "./server_handshakes.ts";
import { ServingContext } from "./serving_context.ts";
import { parsePort } from "./target.ts";

export { socketOver } from "./socket_class.ts";

/** The address to bind for a host name and an address family. */
function bindAddress(hostname: string | undefined, family: 4 | 6 | undefined): string {
  if (hostname === undefined) return family === 6 ? "::" : "0.0.0.0";
  const { host: bare, port } = splitHostPort(hostname);
  if (port !== undefined) {
    throw new TypeError(
      `Cannot listen on ${quote(hostname)}: the host name holds a port: ` +
        `give { hostname: ${quote(bare)}, port: ${/^\d+$/.test(port) ? port : 443} }`,
    );
  }
  const problem = hostProblem(bare);
  if (problem !== undefined) {
    throw new TypeError(
      `Cannot listen on ${quote(hostname)}: it is not a host name: ${problem}`,
    );
  }
  if (family !== undefined && (ipVersion(bare) ?? 4) !== family && bare !== "localhost") {
    throw new TypeError(
      `Cannot listen on ${hostname}: it is not an IPv${family} address, as the option family asks for`,
    );
  }
  if (bare === "localhost" && family !== undefined) return family === 6 ? "::1" : "127.0.0.1";
  return bare;
}

/** Loads the context and binds the port. */
export async function openListener<S extends AcceptedSocket>(
  given: ListenOptions,
  makeSocket: MakeSocket<S>,
): Promise<Listener<S>> {
  const options = checkOptions("listen", given);
  if (options.port === undefined) {
    throw new TypeError("Cannot listen: there is no port: give port, or port: 0 for a free one");
  }
  const target = {
    hostname: bindAddress(options.hostname, options.family),
    port: parsePort(options.port, 0),
    backlog: options.backlog,
  };
  options.signal?.throwIfAborted();
  const context = await contextFor("server", options);
  const ready = await engineContext(context, "server");
  options.signal?.throwIfAborted();
  // What is wrong for every connection fails now, not in each of them.
  newConnection(context, { role: "server", options });
  return new Listener<S>({
    listener: engineOf(context).listen(target, ready),
    options,
    contexts: new ServingContext({ context, engineContext: ready }),
    makeSocket,
  });
}
