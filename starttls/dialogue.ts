/**
 * A dialogue before TLS: bytes in, bytes out. A protocol is a table with a function for each state;
 * the rules that hold for all of them are here. Pure.
 *
 * @module
 */

import { concat } from "../internal/bytes.ts";
import { Talk, type TalkSettings } from "./talk.ts";
import type { Splitter } from "./units.ts";

/** What is sent: text in UTF-8, or bytes. */
export type Sent = string | Uint8Array;

/** What a state makes of one unit. */
export interface Turn<S extends string> {
  /** The state that comes next; `"tls"` when TLS is next on the wire, `"over"` when the peer goes. */
  readonly next: S | "tls" | "over";
  /** What is sent before that. */
  readonly send?: Sent;
}

/** A protocol from one side. */
export interface Protocol<S extends string, U> {
  /** Its name in messages. */
  readonly name: string;
  /** The side that we take. */
  readonly role: "client" | "server";
  /** What we send first. */
  readonly opening?: Sent;
  /** The state at the beginning. */
  readonly first: S;
  /** How its bytes are split. */
  split(talk: Talk): Splitter<U>;
  /** What the server may have sent already when it is asked for something; without it, nothing. */
  readonly unasked?: RegExp;
  /** What each state does with a unit. */
  readonly states: Readonly<Record<S, (unit: U, talk: Talk) => Turn<S>>>;
}

/** A dialogue, whatever its protocol. */
export interface Dialogue {
  /** What was learned. */
  readonly talk: Talk;
  /** What is sent before anything is received. */
  readonly opening: Uint8Array;
  /** Where it stands. */
  readonly state: string;
  /** Takes what the peer sent, and gives what is sent now. */
  receive(bytes: Uint8Array): Uint8Array;
}

const encoder = new TextEncoder();

function encode(sent: Sent | undefined): Uint8Array {
  return typeof sent === "string" ? encoder.encode(sent) : sent ?? new Uint8Array();
}

/** A dialogue of one protocol. */
class Running<S extends string, U> implements Dialogue {
  readonly talk: Talk;
  readonly #protocol: Protocol<S, U>;
  readonly #units: Splitter<U>;
  #state: S | "tls" | "over";
  #received = 0;
  #latest: Uint8Array = new Uint8Array();

  constructor(protocol: Protocol<S, U>, talk: Talk) {
    this.talk = talk;
    this.#protocol = protocol;
    this.#units = protocol.split(talk);
    this.#state = protocol.first;
  }

  get opening(): Uint8Array {
    return encode(this.#protocol.opening);
  }

  get state(): string {
    return this.#state;
  }

  receive(bytes: Uint8Array): Uint8Array {
    this.#received += bytes.length;
    if (this.#received > this.talk.settings.maxPlainBytes) throw this.talk.tooMuch();
    this.#latest = concat([this.#waiting, bytes]);
    this.#units.push(bytes);
    const sent: Uint8Array[] = [];
    while (this.#state !== "tls" && this.#state !== "over") {
      const unit = this.#units.next();
      if (unit === undefined) break;
      const turn = this.#protocol.states[this.#state](unit, this.talk);
      this.#state = turn.next;
      if (turn.send === undefined) continue;
      this.#mustBeAsked();
      sent.push(encode(turn.send));
    }
    const { held } = this.#units;
    if (this.#state === "tls" && held > 0) {
      throw this.talk.injected(held, "came before TLS, after the last word in plain text");
    }
    return concat(sent);
  }

  /** What came and is not part of a unit that was given. */
  get #waiting(): Uint8Array {
    return this.#latest.subarray(this.#latest.length - this.#units.held);
  }

  /** A server that answers what it was not asked yet is not the one that answers. */
  #mustBeAsked(): void {
    const { role, unasked } = this.#protocol;
    const early = this.#waiting;
    if (role === "server" || early.length === 0) return;
    if (unasked?.test(new TextDecoder("latin1").decode(early))) return;
    throw this.talk.injected(early.length, "came before the server was asked for them");
  }
}

/** Begins a dialogue. */
export function begin<S extends string, U>(
  protocol: Protocol<S, U>,
  settings: Pick<TalkSettings, "peer" | "maxPlainBytes">,
): Dialogue {
  const { name, role } = protocol;
  return new Running(protocol, new Talk({ ...settings, protocol: name, role }));
}
