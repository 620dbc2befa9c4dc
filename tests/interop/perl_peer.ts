/** Perl's IO::Socket::SSL as a peer that does one thing at a time, as told. */

import { Peer } from "./peers.ts";

const SCRIPT = decodeURIComponent(new URL("./perl/peer.pl", import.meta.url).pathname);

/** What a command gave: a value, or why it failed. */
export interface PerlAnswer {
  readonly value?: unknown;
  readonly error?: string;
}

/** A Perl process that runs perl/peer.pl. */
export class PerlPeer implements AsyncDisposable {
  readonly #peer: Peer;
  #asked = 0;

  /** Starts Perl in a folder; another script must read the same lines. */
  constructor(dir: string, script: string = SCRIPT) {
    this.#peer = new Peer("perl", [script], dir);
  }

  /** Runs a command of perl/peer.pl; its answer. Commands run in the order in which they were asked. */
  async ask(command: string, ...args: unknown[]): Promise<PerlAnswer> {
    const id = ++this.#asked;
    await this.#peer.write(JSON.stringify([id, command, ...args]) + "\n");
    // With its end: a long answer comes in pieces.
    const [, json] = await this.#peer.said(new RegExp(`^answer ${id} (.*)\n`, "m"));
    return JSON.parse(json!) as PerlAnswer;
  }

  /** As `ask`; a failure is an error, the value the result. */
  // deno-lint-ignore no-explicit-any -- a test says what it expects
  async call(command: string, ...args: unknown[]): Promise<any> {
    const { value, error } = await this.ask(command, ...args);
    if (error !== undefined) throw new Error(`Perl: ${command}: ${error}\n${this.#peer.output}`);
    return value;
  }

  /** Ends Perl without a chance to say goodbye. */
  kill(): Promise<void> {
    return this.#peer.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#peer[Symbol.asyncDispose]();
  }
}
