/** Dialogues that lead to TLS, word by word, and what plays them. */

import { concat } from "../../internal/bytes.ts";
import { berToDer, int, octets, seq, tlv } from "../../certificate/asn1/writer.ts";
import type { Dialogue } from "../../starttls/dialogue.ts";
import type { AcceptStartTlsProtocol, StartTlsProtocol } from "../../starttls/options.ts";
import { CLIENTS, SERVERS } from "../../starttls/protocols.ts";

export const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
/** Bytes as text, one character each. */
export const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
export const fromLatin1 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (c) => c.charCodeAt(0));

export const PEER = "mail.example:25";
const KNOWN = { peer: PEER, host: "mail.example" };

export const client = (protocol: StartTlsProtocol, more = {}): Dialogue =>
  CLIENTS[protocol]({ ...KNOWN, ...more });
export const server = (protocol: AcceptStartTlsProtocol, more = {}): Dialogue =>
  SERVERS[protocol]({ ...KNOWN, ...more });

/** An LDAP message with an extended response. */
export function ldapResponse(
  { id = 1, result = 0, diagnostic = "", name = "1.3.6.1.4.1.1466.20037" as string | undefined },
): Uint8Array {
  return seq(
    int(id),
    tlv(
      0x78,
      tlv(0x0a, Uint8Array.of(result)),
      octets(),
      octets(encode(diagnostic)),
      ...(name === undefined ? [] : [tlv(0x8a, encode(name))]),
    ),
  );
}

/** The same with the long lengths of BER that some servers write. */
export function longLengths(message: Uint8Array): Uint8Array {
  const long = concat([Uint8Array.of(0x30, 0x84, 0, 0, 0, message[1]!), message.subarray(2)]);
  if (latin1(berToDer(long, "it")) !== latin1(message)) throw new Error("not the same");
  return long;
}

/** The first packet of a MySQL server. */
export function mysqlGreeting(flags = 0x0008a828, version = "8.0.36"): Uint8Array<ArrayBuffer> {
  const payload = concat([
    Uint8Array.of(10),
    encode(`${version}\0`),
    Uint8Array.of(1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, flags & 255, flags >> 8 & 255, 45, 2, 0),
    Uint8Array.of(flags >> 16 & 255, flags >> 24 & 255, 21, ...new Uint8Array(10)),
    encode("123456789012\0mysql_native_password\0"),
  ]);
  return concat([Uint8Array.of(payload.length, 0, 0, 0), payload]);
}

const XMPP = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' " +
  "xmlns:stream='http://etherx.jabber.org/streams' from='mail.example' version='1.0'>";
const XMPP_TLS = "urn:ietf:params:xml:ns:xmpp-tls";
/** Parts of XMPP. */
export const xmpp = {
  header: XMPP,
  features: `<stream:features><starttls xmlns='${XMPP_TLS}'><required/></starttls>` +
    "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>" +
    "</stream:features>",
  proceed: `<proceed xmlns='${XMPP_TLS}'/>`,
  failure: `<failure xmlns='${XMPP_TLS}'/>`,
} as const;

/** What the other side says, and what we say at once in answer to each. */
export interface Script {
  /** What we say first. */
  readonly opening?: string;
  readonly turns: readonly (readonly [received: string, sent: string])[];
  readonly greeting?: string;
  readonly capabilities?: readonly string[];
}

const MYSQL_REQUEST = "\x20\0\0\x01\x01\x8a\x08\0\0\0\0\x01\x2d" + "\0".repeat(23);

/** A dialogue of each protocol that leads to TLS, as client; some in several ways. */
export const TO_TLS: Readonly<Record<StartTlsProtocol, readonly Script[]>> = {
  smtp: [{
    turns: [
      ["220-mail.example ESMTP\r\n220 at your service\r\n", "EHLO localhost\r\n"],
      ["250-mail.example\r\n250-SIZE 1000\r\n250-starttls\r\n250 HELP\r\n", "STARTTLS\r\n"],
      ["220 go ahead\r\n", ""],
    ],
    greeting: "mail.example ESMTP\nat your service",
    capabilities: ["SIZE 1000", "starttls", "HELP"],
  }, {
    turns: [
      ["220\r\n", "EHLO localhost\r\n"],
      ["250-\r\n250 STARTTLS\r\n", "STARTTLS\r\n"],
      ["220-go\r\n220 ahead\r\n", ""],
    ],
    capabilities: ["STARTTLS"],
  }],
  imap: [{
    turns: [
      ["* OK [CAPABILITY IMAP4rev1] hello\r\n", "A1 CAPABILITY\r\n"],
      ["* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n* 3 EXISTS\r\n", ""],
      ["A1 OK done\r\n", "A2 STARTTLS\r\n"],
      ["* NO low on disk\r\n", ""],
      ["A2 OK begin\r\n", ""],
    ],
    greeting: "[CAPABILITY IMAP4rev1] hello",
    capabilities: ["IMAP4rev1", "STARTTLS", "LOGINDISABLED"],
  }],
  pop3: [{
    turns: [
      ["+OK ready <1@mail.example>\r\n", "CAPA\r\n"],
      ["+OK\r\nTOP\r\nSTLS\r\n.\r\n", "STLS\r\n"],
      ["+OK begin\r\n", ""],
    ],
    greeting: "ready <1@mail.example>",
    capabilities: ["TOP", "STLS"],
  }],
  ftp: [{
    turns: [
      ["120 in a minute\r\n", ""],
      ["220 ready\r\n", "FEAT\r\n"],
      ["211-Features:\r\n AUTH TLS\r\n PBSZ\r\n211 End\r\n", "AUTH TLS\r\n"],
      ["234-yes\r\nindeed\r\n234 go\r\n", ""],
    ],
    greeting: "ready",
    capabilities: ["AUTH TLS", "PBSZ"],
  }, {
    turns: [
      ["220 ready\r\n", "FEAT\r\n"],
      ["500 what?\r\n", "AUTH TLS\r\n"],
      ["234 go\r\n", ""],
    ],
    greeting: "ready",
  }, {
    turns: [
      ["220 ready\r\n", "FEAT\r\n"],
      ["211-Features:\r\n AUTH SSL;TLS;\r\n211 End\r\n", "AUTH TLS\r\n"],
      ["234 go\r\n", ""],
    ],
    greeting: "ready",
    capabilities: ["AUTH SSL;TLS;"],
  }],
  ldap: [ldapResponse({}), ldapResponse({ name: undefined }), longLengths(ldapResponse({}))].map(
    (response) => ({
      opening: "\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037",
      turns: [[latin1(response), ""]],
    }),
  ),
  xmpp: [{
    opening: "<?xml version='1.0'?><stream:stream to='mail.example' version='1.0' " +
      "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
    turns: [
      [XMPP, ""],
      [`\n${xmpp.features}\n`, `<starttls xmlns='${XMPP_TLS}'/>`],
      [xmpp.proceed, ""],
    ],
    greeting: "mail.example",
    capabilities: ["starttls", "mechanisms"],
  }, {
    opening: "<?xml version='1.0'?><stream:stream to='mail.example' version='1.0' " +
      "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
    turns: [
      [
        "<s:stream xmlns:s = \"http://etherx.jabber.org/streams\" note='a>b' version='1.0' >" +
        `<s:features><starttls xmlns="${XMPP_TLS}"/></s:features>`,
        `<starttls xmlns='${XMPP_TLS}'/>`,
      ],
      [` <proceed xmlns='${XMPP_TLS}'></proceed >`, ""],
    ],
    capabilities: ["starttls"],
  }],
  nntp: [{
    turns: [
      ["201 no posting\r\n", "CAPABILITIES\r\n"],
      ["101 list:\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n", "STARTTLS\r\n"],
      ["382 go\r\n", ""],
    ],
    greeting: "no posting",
    capabilities: ["VERSION 2", "STARTTLS"],
  }],
  sieve: [{
    turns: [
      ['"IMPLEMENTATION" "Say \\"hi\\""\r\n"StartTLS"\r\nOK "ready"\r\n', "STARTTLS\r\n"],
      ['OK "begin"\r\n', ""],
    ],
    greeting: 'OK "ready"',
    capabilities: ['IMPLEMENTATION Say \\"hi\\"', "StartTLS"],
  }],
  postgres: [{ opening: "\0\0\0\x08\x04\xd2\x16\x2f", turns: [["S", ""]] }],
  mysql: [{
    turns: [[latin1(mysqlGreeting()), MYSQL_REQUEST]],
    greeting: "8.0.36",
    capabilities: ["CONNECT_WITH_DB", "COMPRESS", "SSL", "SECURE_CONNECTION", "PLUGIN_AUTH"],
  }],
};

/** A dialogue of each protocol that leads to TLS, as server, with each command before it. */
export const AS_SERVER: Readonly<Record<AcceptStartTlsProtocol, Script>> = {
  smtp: {
    opening: "220 localhost ESMTP\r\n",
    turns: [
      ["EHLO me\r\n", "250-localhost\r\n250 STARTTLS\r\n"],
      ["ehlo\r\n", "501 EHLO needs a name\r\n"],
      ["HELO me\r\n", "250 localhost\r\n"],
      ["HELO\r\n", "501 HELO needs a name\r\n"],
      ["NOOP\r\n", "250 OK\r\n"],
      ["MAIL FROM:<a@b>\r\n", "530 Must issue a STARTTLS command first\r\n"],
      ["AUTH PLAIN AGEAYg==\r\n", "530 Must issue a STARTTLS command first\r\n"],
      ["\r\n", "530 Must issue a STARTTLS command first\r\n"],
      ["STARTTLS now\r\n", "501 STARTTLS has no parameters\r\n"],
      ["StartTLS\r\n", "220 Ready to start TLS\r\n"],
    ],
  },
  imap: {
    opening: "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] localhost is ready\r\n",
    turns: [
      [
        "a CAPABILITY\r\n",
        "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na OK done\r\n",
      ],
      ["b noop\r\n", "b OK done\r\n"],
      ["c LOGIN me secret\r\n", "c NO [PRIVACYREQUIRED] Not before STARTTLS\r\n"],
      ["d STARTTLS now\r\n", "d NO [PRIVACYREQUIRED] Not before STARTTLS\r\n"],
      ["LOGIN\r\n", "* BAD A tag and a command\r\n"],
      ["* OK\r\n", "* BAD A tag and a command\r\n"],
      ["e starttls\r\n", "e OK Begin TLS negotiation now\r\n"],
    ],
  },
  pop3: {
    opening: "+OK localhost POP3 is ready\r\n",
    turns: [
      ["CAPA\r\n", "+OK\r\nSTLS\r\n.\r\n"],
      ["NOOP\r\n", "+OK\r\n"],
      ["USER me\r\n", "-ERR Command not permitted before STLS\r\n"],
      ["PASS secret\r\n", "-ERR Command not permitted before STLS\r\n"],
      ["stls\r\n", "+OK Begin TLS negotiation\r\n"],
    ],
  },
};

/** Every script with what makes its dialogue. */
export const SCRIPTS: readonly {
  readonly name: string;
  readonly make: (more?: object) => Dialogue;
  readonly script: Script;
}[] = [
  ...Object.entries(TO_TLS).flatMap(([protocol, scripts]) =>
    scripts.map((script, i) => ({
      name: `${protocol} client ${i + 1}`,
      make: (more?: object) => client(protocol as StartTlsProtocol, more),
      script,
    }))
  ),
  ...Object.entries(AS_SERVER).map(([protocol, script]) => ({
    name: `${protocol} server`,
    make: (more?: object) => server(protocol as AcceptStartTlsProtocol, more),
    script,
  })),
];
