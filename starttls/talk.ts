/**
 * What one side learns of the other before TLS, and the errors of a dialogue that does not lead
 * there. Pure.
 *
 * @module
 */

import { type ErrorFacts, SslError, SslPeerError } from "../errors.ts";
import { quoteName } from "../internal/quote.ts";
import { injected } from "../socket/injection.ts";

/** The longest line, element or packet, in bytes. */
export const LONGEST_UNIT = 8192;

/** How much a peer may send before TLS, in bytes, unless an option says. */
export const DEFAULT_MAX_PLAIN = 65_536;

/** What is known before a dialogue begins. */
export interface TalkSettings {
  /** The protocol as messages name it: "SMTP". */
  readonly protocol: string;
  /** Our side. */
  readonly role: "client" | "server";
  /** The peer, for messages. */
  readonly peer: string;
  /** How much the peer may send, in bytes. */
  readonly maxPlainBytes: number;
}

/** A dialogue's memory. Nothing of it is valid once there is TLS. */
export class Talk {
  /** What is known from the start. */
  readonly settings: TalkSettings;
  /** What the peer said first. */
  greeting = "";
  /** What the peer offered before TLS. */
  capabilities: string[] = [];
  /** MySQL: the packet that the server began with. */
  packet: Uint8Array<ArrayBuffer> | undefined;

  /** Begins with nothing learned. */
  constructor(settings: TalkSettings) {
    this.settings = settings;
  }

  /** The server has no STARTTLS among what it offers. */
  notOffered(keyword: string, offered: readonly string[] = this.capabilities): SslPeerError {
    const list = offered.length === 0 ? "nothing that it names" : shownAll(offered);
    return this.#error(
      `the ${this.settings.protocol} server does not offer ${keyword}: it offers ${list}`,
      "ERR_STARTTLS_NOT_OFFERED",
      `the server does not offer ${keyword}`,
      { offered },
    );
  }

  /** The server says no. */
  refused(what: string, answer?: string): SslPeerError {
    const said = answer === undefined ? "" : `: it answered ${shown(answer)}`;
    return this.#error(
      `the ${this.settings.protocol} server refuses ${what}${said}`,
      "ERR_STARTTLS_REFUSED",
      `the server refuses ${what}`,
    );
  }

  /** The peer does not speak the protocol. What a client sent is not shown: it may be a password. */
  unexpected(expected: string, received?: string | Uint8Array): SslPeerError {
    const { protocol, role } = this.settings;
    const text = typeof received === "object" ? printable(received) : received;
    const seen = text === undefined || role === "server" ? "" : `: received ${shown(text)}`;
    return this.#error(
      `what the peer sent is not ${protocol}: expected ${expected}${seen}`,
      "ERR_STARTTLS_ANSWER",
      `expected ${expected}`,
    );
  }

  /** The peer closed the connection before TLS. */
  ended(during: string): SslPeerError {
    const { protocol, role } = this.settings;
    const who = role === "client" ? "server" : "client";
    return this.#error(
      `the ${protocol} ${who} ended the connection before TLS, ${during}`,
      "EOF",
      `the ${who} ended the connection before TLS`,
    );
  }

  /** The peer sends without an end. */
  tooMuch(): SslError {
    const { protocol, maxPlainBytes, peer } = this.settings;
    const what = `plain ${protocol} before TLS`;
    return new SslError(
      `Cannot start TLS with ${peer}: more than ${maxPlainBytes} bytes of ${what}`,
      {
        code: "EMSGSIZE",
        reason: `too much ${what}`,
        facts: { limit: { by: "own", what, value: maxPlainBytes, option: "maxPlainBytes" } },
      },
    );
  }

  /** The peer sent bytes that could be taken for protected ones. */
  injected(count: number, where: string): SslPeerError {
    return injected(this.settings.peer, `${count} bytes ${where}`);
  }

  #error(what: string, code: string, reason: string, facts: ErrorFacts = {}): SslPeerError {
    const message = `Cannot start TLS with ${this.settings.peer}: ${what}`;
    return new SslPeerError(message, { code, reason, facts });
  }
}

/** The first bytes as text. */
function printable(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 32)) + (bytes.length > 32 ? "..." : "");
}

/** How much of an answer a message shows, in characters, and how many names of a list. */
const SHOWN = 200;
const SHOWN_NAMES = 20;

/** What a server said. It is not a secret of ours: nothing was sent to it yet that is one. */
function shown(text: string): string {
  return quoteName(text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);
}

function shownAll(names: readonly string[]): string {
  const all = names.slice(0, SHOWN_NAMES).map(shown).join(", ");
  const rest = names.length - SHOWN_NAMES;
  return rest > 0 ? `${all} and ${rest} more` : all;
}
