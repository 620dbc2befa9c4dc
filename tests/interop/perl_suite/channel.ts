/** The way to one Perl process: framed JSON over a Unix socket, and two FIFOs for answers inside a C call. */
import { AsyncLocalStorage } from "node:async_hooks";

/** Text with one character for each byte, which is how bytes go through JSON. */
export function toText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return text;
}

/** The bytes of such a text. */
export const toBytes = (text: string): Uint8Array =>
  Uint8Array.from(text, (char) => char.charCodeAt(0));

/** A request of Perl's: `op` says which, `id` about which connection. */
export interface Request {
  readonly op: string;
  readonly id?: number;
}

/** What Perl did on the TCP socket. */
export interface Exchange {
  /** How many bytes were written. */
  readonly taken?: number;
  /** What was read, as text. */
  readonly in?: string;
  readonly eof?: number;
  readonly read_error?: string;
  readonly write_error?: string;
  /** Nothing came within the time. */
  readonly late?: number;
}

/** The outcome of a callback. */
type CallbackResult = { readonly v: unknown } | { readonly die: string };

function frame(message: unknown): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(message));
  const all = new Uint8Array(4 + body.length);
  new DataView(all.buffer).setUint32(0, body.length);
  all.set(body, 4);
  return all;
}

function resultOf(result: CallbackResult): unknown {
  if ("die" in result) throw new Error(result.die);
  return result.v;
}

const asking = new AsyncLocalStorage<Channel>();
let latest: Channel | undefined;

/** The Perl process whose request is running: a callback is its own. */
export function currentChannel(): Channel {
  const channel = asking.getStore() ?? latest;
  if (channel === undefined) throw new Error("nobody asks");
  return channel;
}

/** One Perl process. */
export class Channel {
  readonly #conn: Deno.Conn;
  #received = new Uint8Array(0);
  #asking: Promise<unknown> = Promise.resolve();
  #now: { readonly ask: Deno.FsFile; readonly answer: Deno.FsFile } | undefined;

  /** Talks over this connection. */
  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** The next message; `undefined` when Perl is gone. */
  async receive(): Promise<unknown> {
    const head = await this.#take(4);
    if (head === undefined) return undefined;
    const body = await this.#take(new DataView(head.buffer).getUint32(0));
    return body && JSON.parse(new TextDecoder().decode(body));
  }

  /** Runs what answers a request of this process. */
  run<T>(answer: () => T): T {
    latest = this;
    return asking.run(this, answer);
  }

  /** Sends a message. */
  async send(message: unknown): Promise<void> {
    const bytes = frame(message);
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Asks Perl to read and write on the TCP socket. One question at a time. */
  async exchange(question: object): Promise<Exchange> {
    return await this.#ask({ t: "io", ...question }) as Exchange;
  }

  /** Runs a callback in Perl. */
  async callback(id: number, name: string, args: readonly unknown[]): Promise<unknown> {
    return resultOf(await this.#ask({ t: "cb", cb: id, name, args }) as CallbackResult);
  }

  /** Opens the FIFOs that Perl has made. */
  openFifos(path: string): void {
    const both = { read: true, write: true };
    this.#now = {
      ask: Deno.openSync(`${path}.ask`, both),
      answer: Deno.openSync(`${path}.answer`, both),
    };
  }

  /** Runs a callback in Perl without going back to the event loop. */
  callbackNow(id: number, args: readonly unknown[]): unknown {
    if (this.#now === undefined) throw new Error("there are no FIFOs");
    const { ask, answer } = this.#now;
    ask.writeSync(frame({ cb: id, args }));
    const read = (length: number): Uint8Array<ArrayBuffer> => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length;) {
        const count = answer.readSync(bytes.subarray(at));
        if (!count) throw new Error("Perl is gone");
        at += count;
      }
      return bytes;
    };
    const body = read(new DataView(read(4).buffer).getUint32(0));
    return resultOf(JSON.parse(new TextDecoder().decode(body)));
  }

  #ask(question: object): Promise<unknown> {
    const asked = this.#asking.then(async () => {
      await this.send(question);
      const answer = await this.receive();
      if (answer === undefined) throw new Error("Perl is gone");
      return answer;
    });
    this.#asking = asked.catch(() => {});
    return asked;
  }

  async #take(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const chunk = new Uint8Array(65_536);
    while (this.#received.length < length) {
      const count = await this.#conn.read(chunk);
      if (count === null) return undefined;
      const all = new Uint8Array(this.#received.length + count);
      all.set(this.#received);
      all.set(chunk.subarray(0, count), this.#received.length);
      this.#received = all;
    }
    const taken = this.#received.slice(0, length);
    this.#received = this.#received.slice(length);
    return taken;
  }
}
