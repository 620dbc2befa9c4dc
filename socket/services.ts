/**
 * The service names that a target may have in place of a port number. A table
 * of our own: Deno has no `getservbyname`, and reading `/etc/services` would
 * need a permission.
 *
 * @module
 */

/** Service name to TCP port, as registered with IANA. */
export const SERVICES: ReadonlyMap<string, number> = new Map([
  ["ftp", 21],
  ["telnet", 23],
  ["smtp", 25],
  ["domain", 53],
  ["http", 80],
  ["pop3", 110],
  ["nntp", 119],
  ["imap", 143],
  ["imap2", 143],
  ["ldap", 389],
  ["https", 443],
  ["smtps", 465],
  ["submissions", 465],
  ["nntps", 563],
  ["submission", 587],
  ["ldaps", 636],
  ["domain-s", 853],
  ["rsync", 873],
  ["ftps", 990],
  ["telnets", 992],
  ["imaps", 993],
  ["pop3s", 995],
  ["mqtt", 1883],
  ["radsec", 2083],
  ["mysql", 3306],
  ["sieve", 4190],
  ["sip", 5060],
  ["sips", 5061],
  ["xmpp-client", 5222],
  ["xmpp-server", 5269],
  ["postgresql", 5432],
  ["amqps", 5671],
  ["amqp", 5672],
  ["redis", 6379],
  ["syslog-tls", 6514],
  ["ircs-u", 6697],
  ["secure-mqtt", 8883],
]);
