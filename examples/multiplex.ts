/**
 * Many sockets in one loop, without waiting inside any of them: what select() and non-blocking
 * sockets are for in Perl. 100 clients make their handshakes step by step, send a line, read the
 * answer and say goodbye, all driven by one loop with tryConnectSsl, tryWrite, tryRead and ready.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1,localhost --allow-ffi examples/multiplex.ts
 * ```
 */

import { TestCa } from "../testing/ca.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE, SslContext, SslSocket, type Want } from "../mod.ts";

/** What one client does, a step at a time: what it wants to go on, or `true` when it is done. */
type Step = () => true | Want;

/**
 * The loop's select(): each socket has at most one wait under way, and the ready ones queue up.
 * (Racing all waits anew in every round would pile up callbacks on the silent ones.)
 */
class Selector<T> {
  readonly #ready: T[] = [];
  #wake = () => {};
  #waits = 0;

  /** Puts `item` into the queue when `wait` is over. */
  add(item: T, wait: Promise<void>): void {
    this.#waits++;
    wait.finally(() => {
      this.#waits--;
      this.#ready.push(item);
      this.#wake();
    }).catch(() => {}); // the next step of the item meets the error
  }

  /** The items that may go on; empty when nothing is waited for any more. */
  async next(): Promise<T[]> {
    if (this.#ready.length === 0 && this.#waits > 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#ready.splice(0);
  }
}

const isWant = (r: unknown): r is Want => r === SSL_WANT_READ || r === SSL_WANT_WRITE;

/** The conversation of one client as a state machine. */
function conversation(socket: SslSocket, line: string, answered: (text: string) => void): Step {
  const out = new TextEncoder().encode(line);
  const back = new Uint8Array(out.length);
  let state: "handshake" | "send" | "receive" = "handshake";
  let at = 0;
  return () => {
    for (;;) {
      if (state === "handshake") {
        const r = socket.tryConnectSsl();
        if (r !== true) return r;
        state = "send";
      } else if (state === "send") {
        const r = socket.tryWrite(out.subarray(at));
        if (isWant(r)) return r;
        at += r;
        if (at === out.length) [state, at] = ["receive", 0];
      } else {
        const r = socket.tryRead(back.subarray(at));
        if (isWant(r)) return r;
        if (r === null) throw new Error("the server said goodbye in the middle of a line");
        at += r;
        if (at < back.length) continue;
        answered(new TextDecoder().decode(back));
        return true;
      }
    }
  };
}

/** Runs `count` clients in one loop; their answers, and how many steps that took. */
export async function multiplex(
  port: number,
  ca: string,
  count: number,
): Promise<{ answers: string[]; steps: number }> {
  const reuseCtx = await SslContext.create({ ca });
  const answers: string[] = [];
  const sockets = await Promise.all(Array.from({ length: count }, () =>
    SslSocket.connect({
      hostname: "localhost",
      family: 4,
      port,
      reuseCtx,
      startHandshake: false, // connected, and plain until the loop says otherwise
    })));
  const selector = new Selector<{ socket: SslSocket; step: Step }>();
  for (const [i, socket] of sockets.entries()) {
    const step = conversation(socket, `client ${i}\n`, (text) => answers[i] = text);
    selector.add({ socket, step }, Promise.resolve());
  }
  let steps = 0;
  try {
    for (let ready; (ready = await selector.next()).length > 0;) {
      for (const client of ready) {
        steps++;
        const want = client.step();
        if (want !== true) selector.add(client, client.socket.ready(want));
      }
    }
  } finally {
    for (const socket of sockets) await socket.close();
  }
  return { answers, steps };
}

if (import.meta.main) {
  const ca = await TestCa.create();
  const listener = await SslSocket.listen({
    hostname: "127.0.0.1",
    port: 0,
    engine: "openssl",
    ...await ca.server(),
  });
  (async () => {
    for await (const socket of listener) {
      socket.readable.pipeTo(socket.writable).catch(() => socket.close());
    }
  })();
  const { answers, steps } = await multiplex(listener.addr.port, ca.pem, 100);
  console.log(`${answers.length} clients answered in ${steps} steps; the last: ${answers.at(-1)}`);
  await listener.shutdown({ deadline: 1000 });
}
