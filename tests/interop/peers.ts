/**
 * Real peers as child processes: started, listened to, and ended by their own
 * pid. Every wait is bounded and its error says what the peer has said so far.
 */

/** How long any single wait may take, in milliseconds. */
export const PATIENCE = 10_000;

/** Lets a promise take at most {@linkcode PATIENCE}. */
export async function within<T>(
  what: string,
  promise: PromiseLike<T>,
  more: () => string = () => "",
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within 10 s ${more()}`)), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A port that nobody listens on. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Waits until somebody listens. Costs the server one connection that ends at once. */
export async function listening(port: number, peer: Peer): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
    if (peer.ended || Date.now() > end) {
      throw new Error(`nobody listens on ${port}: ${peer.output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Nothing of this machine's settings reaches a peer. */
const ENV = { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin", LC_ALL: "C" };

/** A process that plays the other end. Dispose of it. */
export class Peer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #name: string;
  readonly #done: Promise<number>;
  readonly #decoder = new TextDecoder();
  readonly #chunks: Uint8Array[] = [];
  readonly #watchers = new Set<() => void>();
  #text = "";
  #ended = false;
  #inputClosed = false;

  /** Starts a command. */
  constructor(command: string, args: readonly string[], cwd: string) {
    this.#name = [command, ...args].join(" ").slice(0, 200);
    this.#child = new Deno.Command(command, {
      args: [...args],
      cwd,
      env: { ...ENV, HOME: cwd },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#input.closed.catch(() => {}); // a peer that is gone is seen elsewhere
    this.#done = this.#watch();
  }

  async #watch(): Promise<number> {
    const collect = async (from: ReadableStream<Uint8Array>, raw: boolean) => {
      for await (const chunk of from) {
        if (raw) this.#chunks.push(chunk);
        this.#text += this.#decoder.decode(chunk);
        this.#wake();
      }
    };
    const [status] = await Promise.all([
      this.#child.status,
      collect(this.#child.stdout, true),
      collect(this.#child.stderr, false),
    ]);
    this.#ended = true;
    this.#wake();
    return status.code;
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** What it has said, on both channels. */
  get output(): string {
    return this.#text;
  }

  /** What it has written to its standard output. */
  get stdout(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  /** Whether the process is gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Waits until something is so; looks again with each output. */
  async until(what: string, test: () => boolean): Promise<void> {
    if (test()) return;
    let watcher!: () => void;
    const so = new Promise<void>((resolve, reject) => {
      watcher = () => {
        if (test()) resolve();
        else if (this.#ended) {
          reject(new Error(`${this.#name} ended before ${what}:\n${this.#text}`));
        }
      };
      this.#watchers.add(watcher);
      watcher();
    });
    try {
      await within(`${this.#name}: ${what}`, so, () => `, it said:\n${this.#text}`);
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Waits until it has said something. */
  async said(pattern: RegExp | string): Promise<RegExpMatchArray> {
    const find = () =>
      typeof pattern === "string"
        ? (this.#text.includes(pattern) ? [pattern] as RegExpMatchArray : null)
        : this.#text.match(pattern);
    await this.until(`saying ${pattern}`, () => find() !== null);
    return find()!;
  }

  /** Writes to its standard input. */
  async write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    await within(`${this.#name}: taking input`, this.#input.write(bytes));
  }

  /** Closes its standard input. */
  async endInput(): Promise<void> {
    if (this.#inputClosed) return;
    this.#inputClosed = true;
    await this.#input.close().catch(() => {});
  }

  /** Waits for its end; the exit code. */
  exited(): Promise<number> {
    return within(`${this.#name}: ending`, this.#done, () => `, it said:\n${this.#text}`);
  }

  /** Ends it without a chance to say goodbye, and waits until it is gone. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It is gone already.
    }
    await this.exited();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endInput();
    await this.kill();
  }
}

/** Runs a command to its end. */
export async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  input?: string | Uint8Array,
): Promise<{ code: number; output: string; stdout: Uint8Array<ArrayBuffer> }> {
  await using peer = new Peer(command, args, cwd);
  if (input !== undefined) await peer.write(input);
  await peer.endInput();
  const code = await peer.exited();
  return { code, output: peer.output, stdout: peer.stdout };
}
