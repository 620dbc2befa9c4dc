/**
 * STARTTLS: from a plain connection of SMTP, IMAP, POP3, FTP, LDAP, XMPP, NNTP, ManageSieve, PostgreSQL
 * or MySQL to TLS, with {@linkcode startTls} as client and {@linkcode acceptStartTls} as server.
 *
 * @module
 */

export { acceptStartTls, startTls } from "./start.ts";
export type {
  AcceptedTls,
  AcceptStartTlsOptions,
  AcceptStartTlsProtocol,
  DialogueOptions,
  StartedTls,
  StartTlsOptions,
  StartTlsProtocol,
} from "./options.ts";
