/**
 * The protocols of STARTTLS and their ports.
 *
 * @module
 */

import type { StartTlsProtocol } from "../../starttls/options.ts";

/** The usual ports of the protocols that start in plain text. */
export const STARTTLS_PORTS: Readonly<Record<StartTlsProtocol, number>> = {
  smtp: 25,
  imap: 143,
  pop3: 110,
  ftp: 21,
  ldap: 389,
  xmpp: 5222,
  nntp: 119,
  sieve: 4190,
  postgres: 5432,
  mysql: 3306,
};
