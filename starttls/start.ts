/**
 * {@linkcode startTls} and {@linkcode acceptStartTls}: from a plain connection, through the dialogue
 * of its protocol, to TLS.
 *
 * @module
 */

import { engineOf } from "../context/context_record.ts";
import { requireFeature } from "../engine/features.ts";
import { atCallOf } from "../internal/caller.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import { didYouMean } from "../internal/suggest.ts";
import type { Connection } from "../socket/connection.ts";
import { SslSocket } from "../socket/socket.ts";
import { wrapConnection } from "../socket/socket_init.ts";
import type { StreamPair, Transport, TransportSource } from "../socket/transport.ts";
import type { Dialogue } from "./dialogue.ts";
import {
  type AcceptedTls,
  type AcceptStartTlsOptions,
  type AcceptStartTlsProtocol,
  type DialogueSettings,
  type StartedTls,
  type StartTlsOptions,
  type StartTlsProtocol,
  takeApart,
} from "./options.ts";

/** The options of the dialogue that a protocol has, beside those that all have. */
const OWN: Readonly<Partial<Record<StartTlsProtocol, readonly (keyof DialogueSettings)[]>>> =
  ownRecord({ smtp: ["name"], xmpp: ["domain"] });

/** The protocol's entry in a list of them. */
function entryOf<T>(list: Readonly<Record<string, T>>, protocol: string): T {
  if (typeof protocol === "string" && Object.hasOwn(list, protocol)) return list[protocol]!;
  const names = Object.keys(list);
  const advice = typeof protocol === "string" && didYouMean(protocol, names) ||
    `: use one of ${names.join(", ")}`;
  throw new TypeError(`Cannot start TLS: unknown protocol ${quote(protocol)}${advice}`);
}

/** The socket around a connection, of the class that the options name. */
function socketOver(connection: Connection): SslSocket {
  const Class = (connection.options.socketClass ?? SslSocket) as typeof SslSocket;
  return new Class(wrapConnection(connection));
}

/**
 * Starts TLS as client on a plain connection, in the way of its protocol: reads the greeting, asks
 * what the server offers, asks for TLS, and completes the handshake. The server's certificate and
 * name are verified. Nothing private is sent in plain text: no login, only `name` (SMTP) or `domain` (XMPP).
 *
 * Nothing that was learned before TLS is valid afterwards: ask for the capabilities again over `socket`.
 * An IMAP, POP3 or SMTP server does not greet again; ManageSieve sends its capabilities again unasked;
 * in XMPP a new stream begins.
 *
 * When it fails, the connection is closed; `keepSocketOnError: true` leaves it open, as the error's `transport`.
 *
 * @param conn A `Deno.TcpConn`, a plain `SslSocket`, a `Handle`, or whatever else `SslSocket.start`
 * takes. Nothing may have been read from it or written to it.
 * @example
 * ```ts ignore
 * import { startTls } from "@socket/ssl/starttls";
 *
 * const conn = await Deno.connect({ hostname: "mail.example.com", port: 25 });
 * const { socket } = await startTls(conn, "smtp", { hostname: "mail.example.com" });
 * ```
 * @throws {TypeError} If the protocol or an option is wrong, or there is no name to verify.
 * @throws {SslPeerError} `code` says why there is no TLS: `ERR_STARTTLS_NOT_OFFERED`, with the names of
 * what the server offers; `ERR_STARTTLS_REFUSED`, with its answer; `ERR_STARTTLS_ANSWER`, for what is
 * not the protocol; `ERR_INJECTION`, for plain bytes that could be taken for protected ones; `EOF`.
 * @throws {SslVerifyError} If the server's certificate is refused.
 * @throws {SslTimeoutError} If dialogue and handshake take longer than `timeout` (30,000 ms).
 * @throws {SslError} With code `EMSGSIZE` if the server sends more than `maxPlainBytes` before TLS.
 * @category STARTTLS
 */
export async function startTls(
  conn: Transport | StreamPair | TransportSource,
  protocol: StartTlsProtocol,
  options: StartTlsOptions = NO_OPTIONS,
): Promise<StartedTls> {
  return await atCallOf(startTls, async () => {
    const { CLIENTS } = await import("./protocols.ts");
    const make = entryOf(CLIENTS, protocol);
    const takes = [...OWN[protocol] ?? [], "maxPlainBytes"] as const;
    const { settings, start } = takeApart(options, protocol, takes);
    const { openOver } = await import("../socket/open.ts");
    const { conversation } = await import("./converse.ts");
    let dialogue: Dialogue | undefined;
    const speak = conversation(({ peer, hostname, options: { serverName } }) =>
      dialogue = make({ ...settings, peer, host: hostname ?? serverName })
    );
    const connection = await openOver(conn, start, speak);
    const { greeting, capabilities, packet } = dialogue!.talk;
    const socket = socketOver(connection);
    return { socket, greeting, capabilities, ...(packet && { packet }) };
  });
}

/**
 * Starts TLS as server on a plain connection, in the way of its protocol: greets, says what there is
 * before TLS (STARTTLS alone), refuses every other command, and completes the handshake when the client
 * has asked for TLS. Plain bytes that come together with that command are refused (`ERR_INJECTION`).
 *
 * Nothing that the client said before TLS is kept. It begins anew over `socket`, and the server does not
 * greet it again. When it fails, the connection is closed; `keepSocketOnError: true` leaves it open.
 *
 * @param conn The connection that was accepted, or whatever else `SslSocket.start` takes.
 * @example
 * ```ts ignore
 * import { acceptStartTls } from "@socket/ssl/starttls";
 *
 * const files = { certFile: "server.pem", keyFile: "server.key" };
 * for await (const conn of Deno.listen({ port: 2525 })) {
 *   const { socket } = await acceptStartTls(conn, "smtp", files);
 *   await socket.close();
 * }
 * ```
 * @throws {TypeError} If the protocol or an option is wrong.
 * @throws {SslPeerError} With code `EOF` if the client leaves without TLS, `ERR_INJECTION`, or
 * `ERR_STARTTLS_ANSWER` if it does not speak the protocol.
 * @throws {SslTimeoutError} If dialogue and handshake take longer than `timeout` (30,000 ms).
 * @throws {SslUnsupportedError} On the Deno engine, which starts TLS on a connection as client only.
 * @category STARTTLS
 */
export async function acceptStartTls(
  conn: Transport | StreamPair | TransportSource,
  protocol: AcceptStartTlsProtocol,
  options: AcceptStartTlsOptions = NO_OPTIONS,
): Promise<AcceptedTls> {
  return await atCallOf(acceptStartTls, async () => {
    const { SERVERS } = await import("./protocols.ts");
    const make = entryOf(SERVERS, protocol);
    const { settings, start } = takeApart(options, protocol, ["name", "maxPlainBytes"]);
    const { openOver } = await import("../socket/open.ts");
    const { conversation } = await import("./converse.ts");
    const speak = conversation(({ peer, context }) => {
      requireFeature(engineOf(context), "startServer", "acceptStartTls()");
      return make({ ...settings, peer });
    });
    return { socket: socketOver(await openOver(conn, { ...start, server: true }, speak)) };
  });
}
