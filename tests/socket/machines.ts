/** A connection over a session and a transport whose every step the test decides. */

import { Pump } from "../../engine/pump.ts";
import type { EngineContext } from "../../engine/engine.ts";
import type { SocketOptions } from "../../socket/options.ts";
import type { Resolved } from "../../context/validate.ts";
import { Connection } from "../../socket/connection.ts";
import type { ConnectionSettings } from "../../socket/lifecycle.ts";
import { SteppedSession, SteppedTransport } from "../engine/stepped.ts";
import { createContext, resolved } from "../helpers/operations.ts";

export const PEER = "peer.test:443";

const contexts = {
  openssl: await createContext("client", { engine: "openssl", ca: [] }),
  deno: await createContext("client", { engine: "deno" }),
};

export interface Machine {
  readonly connection: Connection;
  readonly session: SteppedSession;
  readonly transport: SteppedTransport;
  /** TLS over the transport. */
  readonly pump: Pump;
}

/** A plain connection, and the TLS that would start on it. */
export function plain(given: SocketOptions = {}, engine: "openssl" | "deno" = "openssl"): Machine {
  const session = new SteppedSession(), transport = new SteppedTransport();
  const pump = new Pump(session, transport);
  const options: Resolved<SocketOptions> = resolved("client", given);
  const settings: ConnectionSettings = {
    options,
    role: "client",
    context: contexts[engine],
    engineContext: { role: "client", start: () => pump, close() {} } as unknown as EngineContext,
    peer: PEER,
    hostname: "peer.test",
    keepTransport: false,
  };
  return { connection: Connection.plain(settings, transport), session, transport, pump };
}

/** One with TLS established, by its own means and not by a handshake. */
export function open(given: SocketOptions = {}, engine: "openssl" | "deno" = "openssl"): Machine {
  const machine = plain(given, engine);
  const { life } = machine.connection;
  life.phase = {
    name: "open",
    tls: machine.pump,
    transport: machine.transport,
    onPeerEnd: given.onPeerShutdown,
    truncated: false,
  };
  return machine;
}
