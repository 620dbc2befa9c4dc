/**
 * Asks a server one question a connection: sends a ClientHello and reads what comes back. The one
 * place here with input and output; it holds the number of connections at once to a polite limit.
 *
 * @module
 */

import { Malformed } from "../../engine/client_hello.ts";
import { dialTcp } from "../../engine/dial.ts";
import { SslTimeoutError } from "../../errors.ts";
import { joinHostPort } from "../../internal/host.ts";
import { platformCode } from "../../internal/platform_error.ts";
import { writeAll } from "../../internal/write_all.ts";
import { converse } from "../../starttls/converse.ts";
import type { StartTlsProtocol } from "../../starttls/options.ts";
import { CLIENTS } from "../../starttls/protocols.ts";
import { type Flight, FlightReader, readProtected, type ServerHello } from "./wire/flight.ts";
import { clientHello, clientHelloMessage, type HelloPlan, helloRecord } from "./wire/hello.ts";
import { offerKeys, ProtectedReader } from "./wire/protected.ts";

/** Whom to ask, and how. */
export interface ProbeTarget {
  /** The host name or address. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** The protocol in which TLS is asked for; `undefined` where TLS comes first. */
  readonly starttls?: StartTlsProtocol | undefined;
  /** How long one connection may take, in milliseconds. */
  readonly timeout: number;
  /** How many connections there may be at once. */
  readonly parallel: number;
  /** Ends everything. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a server did not say what it chooses. */
export interface Refusal {
  /** What it did: an alert, the end of the connection, nothing at all, or bytes that are not TLS. */
  readonly how: "alert" | "closed" | "silent" | "not-tls";
  /** The number of the alert. */
  readonly alert?: number;
}

/** What a server chose. */
export interface Choice extends Flight {
  /** Its hello. */
  hello: ServerHello;
}

/** What came back. */
export type Answer = { readonly choice: Choice } | { readonly refusal: Refusal };

/** One connection, ready for TLS. */
export interface Wire {
  /** The connection itself. */
  readonly conn: Deno.TcpConn;
  /** Sends all of it. */
  send(bytes: Uint8Array): Promise<void>;
  /** What comes next; `null` at the end, and when the server has said nothing for too long. */
  receive(): Promise<Uint8Array | null>;
  /** Whether nothing came for too long. */
  readonly silent: boolean;
}

/** Whether the server ended the connection, in whatever way. */
const isEnd = (error: unknown): boolean =>
  ["ECONNRESET", "EPIPE", "ECONNABORTED", "EBADF", "ENOTCONN", "EINTR"].includes(
    platformCode(error) ?? "",
  );

/** Asks. */
export class Prober {
  /** Whom. */
  readonly target: ProbeTarget;
  /** How many connections were made. */
  connections = 0;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Asks nothing yet. */
  constructor(target: ProbeTarget) {
    this.target = target;
  }

  /**
   * Makes one connection, has the dialogue before TLS if there is one, and closes it afterwards.
   *
   * @throws {SslError} If there is no connection, or the dialogue does not lead to TLS.
   */
  async connect<T>(use: (wire: Wire) => Promise<T>): Promise<T> {
    await this.#turn();
    this.connections++;
    const { hostname, port, timeout, signal } = this.target;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Deno.errors.TimedOut("too slow")), timeout);
    const end = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
    try {
      const conn = await dialTcp({ transport: "tcp", hostname, port }, { signal: end })
        .catch((cause) => {
          throw end.aborted && !signal?.aborted ? tooSlow(hostname, port, timeout) : cause;
        });
      const close = (): void => {
        try {
          conn.close();
        } catch {
          // it is closed already
        }
      };
      end.addEventListener("abort", close, { once: true });
      try {
        await this.#startTls(conn);
        return await use(wireOf(conn as Deno.TcpConn, end));
      } finally {
        end.removeEventListener("abort", close);
        close();
        signal?.throwIfAborted();
      }
    } finally {
      clearTimeout(timer);
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** What the server makes of a hello. */
  ask(plan: HelloPlan): Promise<Answer> {
    return this.connect(async (wire) => {
      await wire.send(clientHello(plan));
      const reader = new FlightReader();
      return await readFlight(wire, reader);
    });
  }

  /**
   * What a server of TLS 1.3 says after its hello too: certificates, staple and protocol, as far as
   * its suite and group can be read.
   */
  askAll(plan: HelloPlan): Promise<Answer & { readonly alpn?: string | undefined }> {
    return this.connect(async (wire) => {
      const keys = await offerKeys();
      const hello = clientHelloMessage({ ...plan, keyShares: keys.shares });
      await wire.send(helloRecord(plan, hello));
      const reader = new FlightReader();
      const answer = await readFlight(wire, reader);
      if ("refusal" in answer || answer.choice.hello.retry) return answer;
      const inside = await ProtectedReader.after(reader, keys, hello);
      if (inside === undefined) return answer;
      while (!inside.done) {
        const chunk = await wire.receive();
        if (chunk === null) return answer;
        inside.push(chunk);
      }
      if (inside.alert !== undefined) return { refusal: { how: "alert", alert: inside.alert } };
      const alpn = readProtected(inside.messages, answer.choice);
      return { ...answer, alpn };
    });
  }

  async #turn(): Promise<void> {
    if (this.#running < this.target.parallel) {
      this.#running++;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
  }

  async #startTls(conn: Deno.Conn): Promise<void> {
    const { starttls, hostname, port } = this.target;
    if (starttls === undefined) return;
    const dialogue = CLIENTS[starttls]({ peer: `${hostname}:${port}`, host: hostname });
    await converse(dialogue, { read: (p) => conn.read(p), write: (b) => writeAll(conn, b) });
  }
}

function tooSlow(hostname: string, port: number, timeout: number): SslTimeoutError {
  const message = `Cannot connect to ${joinHostPort(hostname, port)}: no answer in ${timeout} ms`;
  return new SslTimeoutError(message, { code: "ETIMEDOUT" });
}

function wireOf(conn: Deno.TcpConn, end: AbortSignal): Wire {
  const chunk = new Uint8Array(16_384);
  return {
    conn,
    async send(bytes) {
      try {
        await writeAll(conn, bytes);
      } catch (error) {
        if (!isEnd(error)) throw error; // reading says how it ended
      }
    },
    async receive() {
      try {
        const count = await conn.read(chunk);
        return count === null ? null : chunk.slice(0, count);
      } catch (error) {
        if (isEnd(error)) return null;
        throw error;
      }
    },
    get silent() {
      return end.aborted;
    },
  };
}

/** Reads until nothing more comes unprotected. */
export async function readFlight(wire: Wire, reader: FlightReader): Promise<Answer> {
  const { flight } = reader;
  while (!flight.done) {
    const chunk = await wire.receive();
    if (chunk === null) return { refusal: { how: wire.silent ? "silent" : "closed" } };
    try {
      reader.push(chunk);
    } catch (error) {
      if (error instanceof Malformed) return { refusal: { how: "not-tls" } };
      throw error;
    }
  }
  if (flight.alert !== undefined) return { refusal: { how: "alert", alert: flight.alert } };
  return { choice: flight as Choice };
}
