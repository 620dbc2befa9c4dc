/**
 * Every protocol by its name, on either side. Pure.
 *
 * @module
 */

import { begin, type Dialogue } from "./dialogue.ts";
import { ftpClient } from "./ftp.ts";
import { imapClient, imapServer } from "./imap.ts";
import { ldapClient } from "./ldap.ts";
import { mysqlClient } from "./mysql.ts";
import { nntpClient } from "./nntp.ts";
import type { AcceptStartTlsProtocol, DialogueSettings, StartTlsProtocol } from "./options.ts";
import { pop3Client, pop3Server } from "./pop3.ts";
import { postgresClient } from "./postgres.ts";
import { sieveClient } from "./sieve.ts";
import { smtpClient, smtpServer } from "./smtp.ts";
import { DEFAULT_MAX_PLAIN, type TalkSettings } from "./talk.ts";
import { xmppClient } from "./xmpp.ts";

/** What a dialogue is made from: the options, and what is known of the connection. */
export interface Beginning extends DialogueSettings {
  /** The peer, for messages. */
  readonly peer: string;
  /** The host that was asked for. */
  readonly host?: string | undefined;
}

const settings = (
  { peer, maxPlainBytes }: Beginning,
): Pick<TalkSettings, "peer" | "maxPlainBytes"> => ({
  peer,
  maxPlainBytes: maxPlainBytes ?? DEFAULT_MAX_PLAIN,
});

function domainOf({ domain, host }: Beginning): string {
  if (domain !== undefined) return domain;
  if (host !== undefined) return host;
  throw new TypeError("Cannot start TLS: XMPP needs the option domain, or hostname");
}

/** The dialogues of clients. */
export const CLIENTS: Readonly<Record<StartTlsProtocol, (from: Beginning) => Dialogue>> = {
  smtp: (from) => begin(smtpClient(from.name ?? "localhost"), settings(from)),
  imap: (from) => begin(imapClient(), settings(from)),
  pop3: (from) => begin(pop3Client(), settings(from)),
  ftp: (from) => begin(ftpClient(), settings(from)),
  ldap: (from) => begin(ldapClient(), settings(from)),
  xmpp: (from) => begin(xmppClient(domainOf(from)), settings(from)),
  nntp: (from) => begin(nntpClient(), settings(from)),
  sieve: (from) => begin(sieveClient(), settings(from)),
  postgres: (from) => begin(postgresClient(), settings(from)),
  mysql: (from) => begin(mysqlClient(), settings(from)),
};

/** The dialogues of servers. */
export const SERVERS: Readonly<Record<AcceptStartTlsProtocol, (from: Beginning) => Dialogue>> = {
  smtp: (from) => begin(smtpServer(from.name ?? "localhost"), settings(from)),
  imap: (from) => begin(imapServer(from.name ?? "localhost"), settings(from)),
  pop3: (from) => begin(pop3Server(from.name ?? "localhost"), settings(from)),
};
