/**
 * The machine of a handle, writing and TLS: what the methods of `Handle` do.
 *
 * @module
 */

import type { StartOptions } from "../socket/options.ts";
import { concat } from "../internal/bytes.ts";
import { BufferedTransport } from "../engine/transport.ts";
import type { ByteTransport, Role } from "../engine/engine.ts";
import { SslError, SslUnsupportedError } from "../errors.ts";
import { checkOptions } from "../context/resolved_options.ts";
import { memberOf, NO_OPTIONS } from "../internal/own_options.ts";
import { FastStopped, unreadError } from "../socket/fast_stopped.ts";
import { coreOf } from "../socket/info.ts";
import { type CloseOptions, SslSocket } from "../socket/socket.ts";
import { takeTransport, type Transport, type TransportSource } from "../socket/transport.ts";
import { asTransport, type HandleConn, StreamConn } from "./front.ts";
import type { PrintItem } from "./handle.ts";
import { ReadingMachine, writeRegion } from "./machine_reading.ts";
import { type PrintfArgument, sprintf } from "./sprintf.ts";
import type { HandleSettings } from "./settings.ts";
import { encodeText } from "./encoding.ts";

/**
 * All that a handle does. A call that had to wait for the machine brings the `settings` of its own
 * time.
 */
export class HandleMachine extends ReadingMachine {
  /** The socket that `stopSsl` made plain: it has the options of connect() or listen(). */
  #stopped: SslSocket | undefined;

  /** `Handle.print` and `say`, with `end` behind the items. */
  async print(
    items: readonly PrintItem[],
    end: string,
    settings: HandleSettings = this.settings,
  ): Promise<void> {
    const output = this.output("print");
    const { autoflush, encoding, outputFieldSeparator } = settings;
    const bytes = join(items, outputFieldSeparator, end, (text) => encodeText(text, encoding));
    await (autoflush ? output.write(bytes) : output.print(bytes));
  }

  /** `Handle.printf`. */
  async printf(
    format: string,
    args: readonly PrintfArgument[],
    settings?: HandleSettings,
  ): Promise<void> {
    await this.print([sprintf(format, ...args)], "", settings);
  }

  /** `Handle.write`. */
  async write(
    data: string | Uint8Array,
    length?: number,
    offset?: number,
    settings: HandleSettings = this.settings,
  ): Promise<number> {
    const bytes = region("write", data, length, offset, settings);
    await this.output("write").write(bytes);
    return bytes.length;
  }

  /** `Handle.syswrite`. */
  async syswrite(
    data: string | Uint8Array,
    length?: number,
    offset?: number,
    settings: HandleSettings = this.settings,
  ): Promise<number> {
    const bytes = region("syswrite", data, length, offset, settings);
    const size = settings.syswriteSize;
    return await this.output("syswrite").writeSome(
      bytes.length > size ? bytes.subarray(0, size) : bytes,
    );
  }

  /** `Handle.flush`. */
  async flush(): Promise<void> {
    const output = this.output("flush");
    output.check("flush");
    await output.flush();
  }

  /** `Handle.closeWrite`. */
  async closeWrite(): Promise<void> {
    const output = this.output("end writing");
    output.check("end writing");
    const { conn } = this;
    if (typeof conn.closeWrite !== "function") {
      throw new SslUnsupportedError(
        "Cannot end writing: the connection cannot end one direction alone: use close()",
        { code: "ENOTSUP", errno: 95, reason: "no half-close" },
      );
    }
    await output.flush();
    await conn.closeWrite();
  }

  /** `Handle.startSsl`; `connectSsl` and `acceptSsl`, which say the role. */
  async startSsl(options?: StartOptions, role?: Role): Promise<SslSocket> {
    return await this.change("start TLS", async () => {
      const own = this.#upgradable(role);
      return own === undefined
        ? await this.#startOver(options, role)
        : await this.#upgrade(own, options, role);
    });
  }

  /** The socket that the handle is over, where it is that socket which starts TLS. */
  #upgradable(role: Role | undefined): SslSocket | undefined {
    const { conn } = this;
    const stopped = this.#stopped;
    if (stopped !== undefined && coreOf(stopped).phase === "plain") return stopped;
    if (!(conn instanceof SslSocket)) return undefined;
    return role !== undefined || coreOf(conn).phase !== "open" ? conn : undefined;
  }

  /** Starts TLS on a plain socket, whose own options hold. */
  async #upgrade(socket: SslSocket, options?: StartOptions, role?: Role): Promise<SslSocket> {
    const core = coreOf(socket);
    const { conn } = this;
    const server = options && memberOf(options, "server");
    const named = server === undefined ? core.role : server ? "server" : "client";
    const before = core.phase;
    const { length } = this.rawInput.lines;
    try {
      if (length > 0 && conn instanceof FastStopped && conn.plain === undefined) {
        throw unreadError("Cannot start TLS");
      }
      await core.upgrade(role ?? named, options, true);
    } catch (error) {
      if (before === "plain") await this.#notUpgraded(socket, error);
      throw error;
    }
    if (before === "plain") await this.attach(socket);
    this.#stopped = undefined;
    return socket;
  }

  /** Nothing may go in plain text where TLS was wanted. */
  async #notUpgraded(socket: SslSocket, error: unknown): Promise<void> {
    const { phase } = coreOf(socket);
    if (phase === "plain") this.refuse(error, true);
    else if (phase === "closed" || !this.open) this.lose();
    else {
      await this.attach(socket);
      this.refuse(error);
    }
  }

  /** Starts TLS over a connection that is none of ours, or in TLS. */
  async #startOver(options?: StartOptions, role?: Role): Promise<SslSocket> {
    const transport = asTransport(this.conn);
    let taken = false;
    const source: TransportSource = {
      [takeTransport]: () => {
        taken = true;
        return this.give("start TLS", transport);
      },
    };
    // The address is for messages.
    const { remoteAddr } = this.conn as { remoteAddr?: Deno.Addr };
    if (remoteAddr) Object.assign(source, { remoteAddr });
    try {
      const socket = await SslSocket.start(source, withRole(options, role));
      await this.attach(socket);
      return socket;
    } catch (error) {
      const left = error instanceof SslError ? error.transport : undefined;
      if (left !== undefined && this.open) {
        await this.attach(left as HandleConn);
        this.refuse(error);
      } else if (taken) this.lose();
      else this.refuse(error, true); // what is written next must not go where TLS was wanted
      throw error;
    }
  }

  /** `Handle.stopSsl`. */
  async stopSsl(options?: CloseOptions): Promise<void> {
    await this.change("stop TLS", async () => {
      const { conn } = this;
      if (typeof conn.stopSsl !== "function") {
        throw new TypeError("Cannot stop TLS: the connection of the handle has none");
      }
      const input = this.rawInput;
      const { fastShutdown, noShutdown } = checkOptions<CloseOptions>(
        "close",
        options ?? NO_OPTIONS,
      );
      const fast = fastShutdown === true && noShutdown !== true;
      const unread = input.lines.length;
      if (unread > 0 && !fast) {
        throw new SslError(
          `Cannot stop TLS: ${unread} bytes that came over TLS are unread: read them first`,
          { code: "ERR_UNREAD", reason: "unread bytes" },
        );
      }
      const plain = await conn.stopSsl(options) as HandleConn;
      this.#stopped = conn instanceof SslSocket ? conn : undefined;
      await this.attach(plain, fast ? input : undefined);
    });
  }

  /** The connection as `transport`, and what was read ahead of it, which nobody else gets. */
  give(
    operation: string,
    transport: Transport,
  ): { transport: Transport; buffered: Uint8Array } {
    const { ahead: read, inFlight } = this.take(operation);
    const rest = transport instanceof StreamConn ? transport.takeRest() : new Uint8Array(0);
    const ahead = concat([read, rest]);
    if (inFlight === undefined) return { transport, buffered: ahead };
    const behind = new BufferedTransport(transport as ByteTransport, new Uint8Array(0), inFlight);
    return { transport: behind, buffered: ahead };
  }
}

/** The options with the role that a call says, for a connection that has none. */
function withRole(
  options: StartOptions | undefined,
  role: Role | undefined,
): StartOptions | undefined {
  if (role === undefined) return options;
  const server = role === "server";
  const given = options && memberOf(options, "server");
  if (given === undefined || given === server) return { ...options, server };
  const call = server ? "acceptSsl" : "connectSsl";
  throw new TypeError(
    `Cannot start TLS: ${call}() starts it as ${role}: received server: ${given}`,
  );
}

/** The part of the data that a write takes, as bytes. */
function region(
  operation: string,
  data: string | Uint8Array,
  length: number | undefined,
  offset: number | undefined,
  settings: HandleSettings,
): Uint8Array {
  if (typeof data !== "string" && !(data instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot ${operation}: the data must be a string or a Uint8Array: received ${
        data === null ? "null" : typeof data
      }`,
    );
  }
  const bytes = typeof data === "string" ? encodeText(data, settings.encoding) : data;
  return writeRegion(operation, bytes, length, offset);
}

function join(
  items: readonly PrintItem[],
  between: string,
  end: string,
  encode: (text: string) => Uint8Array,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let text = "";
  items.forEach((item, i) => {
    if (i > 0) text += between;
    if (item instanceof Uint8Array) {
      if (text !== "") parts.push(encode(text));
      text = "";
      parts.push(item);
    } else text += shown(item);
  });
  text += end;
  if (parts.length === 0) return encode(text);
  if (text !== "") parts.push(encode(text));
  if (parts.length === 1) return parts[0]!;
  return concat(parts);
}

function shown(item: unknown): string {
  switch (typeof item) {
    case "string":
      return item;
    case "number":
    case "bigint":
    case "boolean":
      return String(item);
  }
  throw new TypeError(
    `Cannot print: an item must be text, a number, a boolean or bytes: received ${
      item === null ? "null" : Array.isArray(item) ? "an array" : typeof item
    }`,
  );
}
