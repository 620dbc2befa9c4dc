/**
 * How a listener comes to be.
 *
 * @module
 */

import { contextFor, engineContext, engineOf, newConnection } from "../context/internal.ts";
import type { ListenOptions } from "../context/options.ts";
import { checkOptions } from "../context/validate.ts";
import { SslUnsupportedError } from "../errors.ts";
import { Doorway } from "./doorway.ts";
import { SslListener, wrapListener } from "./listener.ts";
import { ListenerCore, type MakeSocket } from "./listener_core.ts";
import type { SslSocket } from "./socket.ts";
import { isIpv6Literal, parsePort } from "./target.ts";

function bindAddress(hostname: string | undefined, family: 4 | 6 | undefined): string {
  if (hostname === undefined) return family === 6 ? "::" : "0.0.0.0";
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  if (family !== undefined && (isIpv6Literal(bare) ? 6 : 4) !== family && bare !== "localhost") {
    throw new TypeError(
      `Cannot listen on ${hostname}: it is no IPv${family} address, as the option family asks for`,
    );
  }
  if (bare === "localhost" && family !== undefined) return family === 6 ? "::1" : "127.0.0.1";
  return bare;
}

/** Loads the context and binds the port. */
export async function openListener<S extends SslSocket>(
  given: ListenOptions,
  makeSocket: MakeSocket<S>,
): Promise<SslListener<S>> {
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
  const engine = engineOf(context);
  if (options.startHandshake === false && !engine.features.has("acceptPlain")) {
    throw new SslUnsupportedError(
      `Cannot listen with startHandshake: false: the engine "${engine.name}" cannot accept plain ` +
        `connections: run with --allow-ffi to use the engine "openssl"`,
      { code: "ERR_UNSUPPORTED" },
    );
  }
  // What is wrong for every connection is told now, not to each of them.
  newConnection(context, { role: "server", options });
  const listener = engine.listen(target, ready);
  const core = new ListenerCore<S>({
    listener,
    options,
    context,
    engineContext: ready,
    openDoorway: (more) => new Doorway(listener, more),
    makeSocket,
  });
  return new SslListener(wrapListener(core));
}
