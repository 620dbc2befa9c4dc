/**
 * The network of the examples: `Deno.connect` reaches the servers that stand in for those that the
 * pages name, and a server gets a free port on the loopback address in place of its own.
 *
 * @module
 */

const LOOPBACK = "127.0.0.1";
const LOCAL = new Set(["localhost", LOOPBACK, "0.0.0.0", "::1"]);

/** The flags of the example hold for the names that it uses, as if its servers were there. */
function demand({ hostname = "0.0.0.0", port }: Address): void {
  const host = `${hostname}:${port}`;
  if (Deno.permissions.querySync({ name: "net", host }).state === "granted") return;
  throw new Deno.errors.NotCapable(`Requires net access to "${host}"`);
}

type Address = { hostname?: string; port?: number; transport?: string };

/** What is open, and where. */
export class StandIn {
  readonly #hosts: Readonly<Record<string, number>>;
  /** The port that a page names, and the one in its place. */
  readonly #ports = new Map<number, number>();
  readonly #open = new Set<{ close(): void }>();
  #waiting: ((port: number) => void)[] = [];
  #text = "";

  constructor(hosts: Readonly<Record<string, number>>) {
    this.#hosts = hosts;
  }

  /** What was printed since the last call. */
  printed(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** Whether a server is left over. */
  get serving(): boolean {
    return this.#open.size > 0;
  }

  /** The port in place of the first one that is opened, or was. */
  port(): Promise<number> {
    const [first] = this.#ports.values();
    if (first !== undefined) return Promise.resolve(first);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Forgets what is open: it ends with the process. */
  reset(): void {
    this.#open.clear();
    this.#ports.clear();
    this.#waiting = [];
  }

  /** Puts it in the place of the console. */
  catchOutput(): void {
    const print = (...items: readonly unknown[]) => {
      this.#text += items.map((item) => typeof item === "string" ? item : Deno.inspect(item))
        .join(" ") + "\n";
    };
    const write = (bytes: Uint8Array) => {
      this.#text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    };
    Object.assign(Deno.stdout, { write });
    Object.assign(console, { log: print, error: print, info: print, warn: print });
  }

  /**
   * Puts it in the place of the network.
   *
   * @param opened Gets the port of each server, and the one in its place.
   */
  install(opened: (wanted: number, port: number) => void = () => {}): void {
    const { connect, connectTls, listen, listenTls, serve } = Deno;
    const fetched = globalThis.fetch;
    const address = (given: Address): Address => {
      if (given.transport === "unix") return given;
      demand(given);
      const { hostname = "localhost", port } = given;
      const there = this.#hosts[`${hostname}:${port}`];
      const here = LOCAL.has(hostname) ? this.#ports.get(port!) ?? port : undefined;
      if (there === undefined && here === undefined) {
        throw new Error(`no server of this run stands in for ${hostname}:${port}`);
      }
      return { ...given, hostname: LOOPBACK, port: there ?? here! };
    };
    const listening = (make: (given: never) => Deno.Listener) => (given: Address) => {
      if (given.transport === "unix") return make(given as never);
      demand(given);
      const listener = make(
        { ...given, hostname: LOOPBACK, port: 0 } as never,
      ) as Deno.TcpListener;
      const wanted = given.port || listener.addr.port;
      this.#ports.set(wanted, listener.addr.port);
      opened(wanted, listener.addr.port);
      this.#open.add(listener);
      const close = listener.close.bind(listener);
      listener.close = listener[Symbol.dispose] = () => {
        this.#open.delete(listener);
        close();
      };
      for (const resolve of this.#waiting.splice(0)) resolve(listener.addr.port);
      return listener;
    };
    const fetching = (input: string | URL | Request, init?: RequestInit) => {
      if (input instanceof Request) return fetched(input, init);
      const url = new URL(input);
      const port = this.#ports.get(Number(url.port || 443));
      if (port !== undefined && LOCAL.has(url.hostname)) url.port = String(port);
      return fetched(url, init);
    };
    Object.assign(Deno, {
      connect: (given: Address) => connect(address(given) as never),
      // Deno verifies the name that it is given: only those that mean this machine can be kept.
      connectTls: (given: Address) => connectTls({ ...given, port: address(given).port } as never),
      listen: listening(listen as never),
      listenTls: listening(listenTls as never),
      // The redirects of serveHttp.
      serve: (given: Address, ...rest: unknown[]) =>
        serve({ ...given, port: 0 } as never, ...rest as []),
    });
    globalThis.fetch = fetching as typeof fetch;
  }
}
