/**
 * The options of STARTTLS, and what it gives.
 *
 * @module
 */

import { OPTIONS } from "../context/option_table.ts";
import { hasControlBytes } from "../internal/host.ts";
import { type NamesOf, ownMembers, ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import type { StartOptions } from "../socket/options.ts";
import type { SslSocket } from "../socket/socket.ts";

/**
 * The protocols in which a client can start TLS.
 *
 * @category STARTTLS
 */
export type StartTlsProtocol =
  | "smtp"
  | "imap"
  | "pop3"
  | "ftp"
  | "ldap"
  | "xmpp"
  | "nntp"
  | "sieve"
  | "postgres"
  | "mysql";

/**
 * The protocols in which a server can start TLS.
 *
 * @category STARTTLS
 */
export type AcceptStartTlsProtocol = "smtp" | "imap" | "pop3";

/**
 * The options of the dialogue that both sides have.
 *
 * @category STARTTLS
 */
export interface DialogueOptions {
  /**
   * How much the peer may send in plain text before TLS, in bytes.
   *
   * @default {65536}
   */
  maxPlainBytes?: number | undefined;
}

/**
 * Options of {@linkcode startTls}: those of `SslSocket.start`, and those of the dialogue. `timeout` and
 * `signal` bound the dialogue and the handshake together.
 *
 * @category STARTTLS
 */
export interface StartTlsOptions
  extends Omit<StartOptions<SslSocket>, "server" | "startHandshake">, DialogueOptions {
  /**
   * SMTP: what EHLO calls us, a host name or an address in brackets. It is sent in plain text.
   *
   * @default {"localhost"}
   */
  name?: string | undefined;
  /**
   * XMPP: the domain that the stream is for. It is sent in plain text.
   *
   * @default {the hostname, or serverName}
   */
  domain?: string | undefined;
}

/**
 * Options of {@linkcode acceptStartTls}: those of `SslSocket.start`, and those of the dialogue.
 *
 * @category STARTTLS
 */
export interface AcceptStartTlsOptions
  extends Omit<StartOptions<SslSocket>, "server" | "startHandshake" | "hostname">, DialogueOptions {
  /**
   * What the greeting calls us. It is sent in plain text.
   *
   * @default {"localhost"}
   */
  name?: string | undefined;
}

/**
 * What {@linkcode startTls} gives.
 *
 * @category STARTTLS
 */
export interface StartedTls {
  /** The connection, now with TLS. */
  readonly socket: SslSocket;
  /** What the server said first, before TLS: unprotected, for logs. `""` where it says nothing. */
  readonly greeting: string;
  /**
   * What the server offered before TLS: unprotected, for logs. Ask again over `socket` before you use
   * any of it. Empty where the protocol has no such list.
   */
  readonly capabilities: readonly string[];
  /** MySQL: the server's first packet, whose challenge the login in TLS needs. */
  readonly packet?: Uint8Array<ArrayBuffer>;
}

/**
 * What {@linkcode acceptStartTls} gives. What the client said before TLS is forgotten.
 *
 * @category STARTTLS
 */
export interface AcceptedTls {
  /** The connection, now with TLS. The client begins anew, without a greeting. */
  readonly socket: SslSocket;
}

/** The options of the dialogue. */
export interface DialogueSettings {
  readonly name?: string | undefined;
  readonly domain?: string | undefined;
  readonly maxPlainBytes?: number | undefined;
}

const NAMES: NamesOf<DialogueSettings> = { name: true, domain: true, maxPlainBytes: true };

/** A host name or an address in brackets: nothing that could end the line. */
const HOST = /^(?:[\w-]{1,63}(?:\.[\w-]{1,63})*\.?|\[[\w.:]{1,64}\])$/;

function mustBe(ok: boolean, option: string, what: string, value: unknown): void {
  if (ok) return;
  throw new TypeError(`Cannot start TLS: ${option} must be ${what}: received ${quote(value)}`);
}

function check({ name, domain, maxPlainBytes = 1 }: DialogueSettings): void {
  const isHost = name === undefined || typeof name === "string" && HOST.test(name) &&
      name.length < 256;
  mustBe(isHost, "name", 'a host name, or an address in brackets such as "[192.0.2.1]"', name);
  const isDomain = domain === undefined || typeof domain === "string" && domain !== "" &&
      domain.length < 256 && !hasControlBytes(domain) && !/[\s<>&'"\/@]/.test(domain);
  mustBe(isDomain, "domain", "a domain", domain);
  const isCount = Number.isSafeInteger(maxPlainBytes) && maxPlainBytes > 0;
  mustBe(isCount, "maxPlainBytes", "a number of bytes above 0", maxPlainBytes);
}

/**
 * Takes the options apart: those of the dialogue, and those of `SslSocket.start`, which it checks.
 *
 * @param takes The options of the dialogue that this protocol has.
 */
export function takeApart(
  given: StartTlsOptions | AcceptStartTlsOptions,
  protocol: string,
  takes: readonly (keyof DialogueSettings)[],
): { readonly settings: DialogueSettings; readonly start: StartOptions } {
  if (given === null || typeof given !== "object") {
    throw new TypeError(`Cannot start TLS: options must be an object: received ${quote(given)}`);
  }
  const own = ownMembers<object>(
    given,
    { operation: "start TLS", names: ownRecord({ ...OPTIONS, ...NAMES }) },
  ) as Record<string, unknown>;
  const settings: Record<string, unknown> = ownRecord({});
  for (const name of Object.keys(NAMES) as (keyof DialogueSettings)[]) {
    if (own[name] !== undefined && !takes.includes(name)) {
      throw new TypeError(`Cannot start TLS: ${protocol} has no use for the option "${name}"`);
    }
    settings[name] = own[name];
    delete own[name];
  }
  for (const name of ["server", "startHandshake"]) {
    if (own[name] === undefined) continue;
    throw new TypeError(`Cannot start TLS: the option "${name}" cannot be given here`);
  }
  check(settings);
  return { settings, start: own };
}
