/**
 * A TCP proxy on loopback that does harm at one byte: it cuts the stream,
 * resets it, flips a bit or goes silent. It uses node:net, because a
 * `Deno.TcpConn` cannot send a reset.
 */

import net from "node:net";

/** What happens at the byte. */
export type FaultKind = "cut" | "reset" | "flip" | "stall";

/** Where which harm is done. */
export interface Fault {
  readonly kind: FaultKind;
  /** Whose bytes are counted. */
  readonly from: "client" | "server";
  /** So many bytes pass unharmed. */
  readonly offset: number;
}

/** A proxy that runs. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** How many bytes each side has sent so far. */
  readonly sent: { client: number; server: number };
  /** Whether the fault has happened. */
  readonly struck: boolean;
}

function reset(...sockets: net.Socket[]): void {
  for (const socket of sockets) if (!socket.destroyed) socket.resetAndDestroy();
}

class Direction {
  #seen = 0;
  #done = false;

  constructor(
    private readonly from: net.Socket,
    private readonly to: net.Socket,
    private readonly fault: Fault | undefined,
    private readonly struck: () => void,
    private readonly count: (n: number) => void,
  ) {
    from.on("data", (chunk: Uint8Array) => this.#data(chunk));
    from.on("end", () => this.#silent || to.destroyed || to.end());
    from.on("error", () => to.destroy());
  }

  get #silent(): boolean {
    return this.#done && this.fault!.kind !== "flip";
  }

  #data(chunk: Uint8Array): void {
    this.count(chunk.length);
    if (this.to.destroyed || this.#silent) return;
    const { fault } = this;
    const at = fault === undefined ? Infinity : fault.offset - this.#seen;
    this.#seen += chunk.length;
    if (this.#done || fault === undefined || at >= chunk.length) {
      this.to.write(chunk);
      return;
    }
    this.#done = true;
    this.struck();
    if (fault.kind === "flip") {
      const harmed = chunk.slice();
      harmed[at]! ^= 1 << (fault.offset % 8);
      this.to.write(harmed);
      return;
    }
    const { from, to } = this;
    const then = () => {
      if (fault.kind === "cut") to.end();
      // Not at once: the receiver shall have accepted the connection by then.
      if (fault.kind === "reset") setTimeout(() => reset(from, to), 5);
    };
    if (at > 0) to.write(chunk.subarray(0, at), then);
    else then();
  }
}

/** Starts a proxy to a port; the fault strikes on every connection. */
export async function faultProxy(port: number, fault?: Fault): Promise<FaultProxy> {
  const sockets = new Set<net.Socket>();
  const sent = { client: 0, server: 0 };
  let struck = false;
  const keep = (socket: net.Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // resets are what it is about
  };
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    for (const socket of [near, far]) keep(socket);
    for (const side of ["client", "server"] as const) {
      const [from, to] = side === "client" ? [near, far] : [far, near];
      new Direction(
        from,
        to,
        fault?.from === side ? fault : undefined,
        () => struck = true,
        (n) => sent[side] += n,
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    sent,
    get struck() {
      return struck;
    },
    async [Symbol.asyncDispose]() {
      const closed = [...sockets].map((socket) =>
        new Promise((resolve) => socket.once("close", resolve))
      );
      for (const socket of sockets) socket.destroy();
      await Promise.all([...closed, new Promise((resolve) => server.close(resolve))]);
    },
  };
}
