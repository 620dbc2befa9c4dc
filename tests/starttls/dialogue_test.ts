/**
 * The dialogues before TLS without a connection: every state of every protocol with each kind of
 * answer, in whatever pieces the bytes come.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SslError, SslPeerError } from "../../errors.ts";
import { concat } from "../../internal/bytes.ts";
import type { Dialogue } from "../../starttls/dialogue.ts";
import type { AcceptStartTlsProtocol, StartTlsProtocol } from "../../starttls/options.ts";
import {
  AS_SERVER,
  client,
  encode,
  fromLatin1,
  latin1,
  ldapResponse,
  mysqlGreeting,
  SCRIPTS,
  server,
  TO_TLS,
  xmpp,
} from "./scripts.ts";

/** Takes a dialogue through its turns, up to one of them. */
function play(dialogue: Dialogue, turns: readonly (readonly [string, string])[]): Dialogue {
  for (const [received, sent] of turns) {
    assertEquals(latin1(dialogue.receive(fromLatin1(received))), sent, received);
  }
  return dialogue;
}

for (const { name, make, script } of SCRIPTS) {
  const { opening = "", turns, greeting = "", capabilities = [] } = script;
  const all = concat(turns.map(([received]) => fromLatin1(received)));

  Deno.test(`${name}: the dialogue leads to TLS`, () => {
    const dialogue = make();
    assertEquals(latin1(dialogue.opening), opening);
    for (const turn of turns) {
      assert(dialogue.state !== "tls");
      play(dialogue, [turn]);
    }
    assertEquals(dialogue.state, "tls");
    assertEquals(dialogue.talk.greeting, greeting);
    assertEquals(dialogue.talk.capabilities, capabilities);
  });

  Deno.test(`${name}: it does not matter in which pieces the bytes come`, () => {
    const sent = turns.map(([, sent]) => sent).join("");
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
        const dialogue = make();
        // No piece has bytes of two turns: a server answers when it was asked.
        const answers = turns.flatMap(([received]) => {
          const bytes = fromLatin1(received);
          const pieces: Uint8Array[] = [];
          for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length]!) {
            pieces.push(bytes.subarray(at, at + sizes[i % sizes.length]!));
          }
          return pieces.map((piece) => latin1(dialogue.receive(piece)));
        });
        assertEquals(answers.join(""), sent);
        assertEquals(dialogue.state, "tls");
        assertEquals(dialogue.talk.capabilities, capabilities);
      }),
      { numRuns: 30, examples: [[[1]]] },
    );
  });

  Deno.test(`${name}: bytes behind the last word in plain text are refused`, () => {
    for (const more of ["\0", "\n", " ", "RCPT TO:<evil>\r\n", "\x16\x03\x01\x02\0\x01"]) {
      const dialogue = play(make(), turns.slice(0, -1));
      const last = fromLatin1(turns.at(-1)![0] + more);
      const error = assertThrows(() => dialogue.receive(last), SslPeerError);
      assertEquals(error.code, "ERR_INJECTION");
      assertStringIncludes(error.message, `${more.length} bytes`);
    }
  });

  Deno.test(`${name}: a peer that sends more than maxPlainBytes is refused`, () => {
    const error = assertThrows(
      () => make({ maxPlainBytes: all.length - 1 }).receive(all),
      SslError,
    );
    assertEquals([error.name, error.code], ["SslError", "EMSGSIZE"]);
    assertEquals(error.facts.limit?.option, "maxPlainBytes");
  });

  Deno.test(`${name}: what is not the protocol never leads to TLS`, () => {
    fc.assert(
      fc.property(
        fc.nat({ max: turns.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        (at, noise) => {
          const dialogue = play(make(), turns.slice(0, at));
          try {
            dialogue.receive(noise);
            assert(dialogue.state !== "tls" || name.startsWith("postgres"), String(noise));
          } catch (error) {
            assert(error instanceof SslError, String(error));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
}

Deno.test("imap: what comes unasked, whole or in part, may come before the question", () => {
  const dialogue = client("imap");
  const turns: [received: string, sent: string][] = [
    ["* OK hello\r\n* 3 EXISTS\r\n*", "A1 CAPABILITY\r\n"],
    [" CAPABILITY STARTTLS\r\nA1 OK done\r\n* NO low on di", "A2 STARTTLS\r\n"],
    ["sk\r\nA2 OK begin\r\n", ""],
  ];
  for (const [received, sent] of turns) {
    assertEquals(latin1(dialogue.receive(fromLatin1(received))), sent);
  }
  assertEquals(dialogue.state, "tls");
});

/** In one turn of the first script of a protocol: an answer in place of the right one. */
type Refusal = readonly [turn: number, answer: string, code: string, words?: string];

const NOT_OFFERED = "ERR_STARTTLS_NOT_OFFERED";
const REFUSED = "ERR_STARTTLS_REFUSED";
const ANSWER = "ERR_STARTTLS_ANSWER";
const LONG = "x".repeat(9000);

const REFUSALS: Readonly<Record<StartTlsProtocol, readonly Refusal[]>> = {
  smtp: [
    [0, "554 go away, please, and do not come back\r\n", REFUSED, "go away, please"],
    [0, "421-busy\r\n421 later\r\n", REFUSED, "421 later"],
    [0, "250 hello\r\n", ANSWER],
    [0, "hello\r\n", ANSWER, '"hello"'],
    [0, "220-a\r\n221 b\r\n", ANSWER],
    [0, "220 a\n", ANSWER],
    [0, "220 a\rb\r\n", ANSWER],
    [0, "220 a\0b\r\n", ANSWER],
    [0, "2200 a\r\n", ANSWER],
    [0, `220 ${LONG}`, ANSWER, "8192"],
    [0, "220 a\r\n220 go\r\n", "ERR_INJECTION"],
    [1, "250-a\r\n250-SIZE 1\r\n250 XSTARTTLS\r\n", NOT_OFFERED, '"SIZE 1", "XSTARTTLS"'],
    [1, "250 STARTTLS\r\n", NOT_OFFERED],
    [1, "502 what?\r\n", NOT_OFFERED, "nothing that it names"],
    [1, "421 bye\r\n", REFUSED],
    [1, "220 hello\r\n", ANSWER],
    [1, "250-a\r\n250 STARTTLS\r\n220 go\r\n", "ERR_INJECTION"],
    [2, "454 not now\r\n", REFUSED, "454 not now"],
    [2, "502 no\r\n", REFUSED],
    [2, "250 OK\r\n", ANSWER],
    [2, "\x16\x03\x01\x02\0\r\n", ANSWER],
  ],
  imap: [
    [0, "* OK hello\r\nA1 OK done\r\n", "ERR_INJECTION", "before the server was asked"],
    [0, "* OK hello\r\n* CAPABILITY STARTTLS\r\nA1 OK do", "ERR_INJECTION"],
    [2, "A1 OK done\r\nA2 OK begin\r\n", "ERR_INJECTION"],
    [2, "A1 OK done\r\n* NO low\r\nA", "ERR_INJECTION"],
    [0, "* BYE busy\r\n", REFUSED, "busy"],
    [0, "* PREAUTH welcome\r\n", REFUSED, "logged us in"],
    [0, "* NO\r\n", ANSWER],
    [0, "A1 OK\r\n", ANSWER],
    [0, "+OK POP3\r\n", ANSWER],
    [0, "OK\r\n", ANSWER],
    [0, "* OK {3}\r\n", ANSWER, "literal"],
    [0, "* OK {3+}\r\n", ANSWER, "literal"],
    [1, "A1 OK none\r\n", NOT_OFFERED, "nothing that it names"],
    [1, "* CAPABILITY IMAP4rev1 LOGIN-REFERRALS\r\nA1 OK\r\n", NOT_OFFERED, "LOGIN-REFERRALS"],
    [1, "* BYE\r\n", REFUSED],
    [1, "A1 BAD what\r\n", REFUSED],
    [1, "+ go on\r\n", ANSWER],
    [1, "A2 OK\r\n", ANSWER],
    [1, "* CAPABILITY {8}\r\n", ANSWER],
    [3, "A2 NO not now\r\n", REFUSED, "A2 NO not now"],
    [3, "A2 BAD what\r\n", REFUSED],
    [3, "A2 MAYBE\r\n", ANSWER],
    [3, "A1 OK\r\n", ANSWER],
    [3, "+ go on\r\n", ANSWER],
    [3, "* BYE\r\n", REFUSED],
  ],
  pop3: [
    [0, "-ERR busy\r\n", REFUSED, "-ERR busy"],
    [0, "+OKAY\r\n", ANSWER],
    [0, "220 mail\r\n", ANSWER],
    [0, "+OK\r\n+OK\r\n", "ERR_INJECTION"],
    [1, "-ERR what\r\n", NOT_OFFERED],
    [1, "+OK\r\nTOP\r\nUIDL\r\n.\r\n", NOT_OFFERED, '"TOP", "UIDL"'],
    [1, "TOP\r\n", ANSWER],
    [2, "-ERR no\r\n", REFUSED, "-ERR no"],
    [2, "OK\r\n", ANSWER],
  ],
  ftp: [
    [0, "421 too many\r\n", REFUSED, "421 too many"],
    [0, "230 logged in\r\n", ANSWER],
    [0, "hello\r\n", ANSWER],
    [2, "211-Features:\r\n UTF8\r\n211 End\r\n", NOT_OFFERED, '"UTF8"'],
    [2, "211-Features:\r\n AUTH GSSAPI\r\n211 End\r\n", NOT_OFFERED, '"AUTH GSSAPI"'],
    [2, "211 none\r\n", NOT_OFFERED],
    [2, "421 bye\r\n", REFUSED],
    [2, "200 OK\r\n", ANSWER],
    [3, "530 log in first\r\n", REFUSED, "530 log in first"],
    [3, "504 unknown\r\n", REFUSED],
    [3, "200 OK\r\n", ANSWER],
    [3, "334 continue\r\n", ANSWER],
  ],
  ldap: [
    [
      0,
      latin1(ldapResponse({ result: 2, diagnostic: "unsupported extended operation" })),
      REFUSED,
      "2 (protocolError): unsupported extended operation",
    ],
    [0, latin1(ldapResponse({ result: 99 })), REFUSED, '"99"'],
    [
      0,
      latin1(ldapResponse({ id: 0, result: 52, name: "1.3.6.1.4.1.1466.20036" })),
      REFUSED,
      "unavailable",
    ],
    [0, latin1(ldapResponse({ id: 0 })), ANSWER],
    [0, latin1(ldapResponse({ id: 2 })), ANSWER],
    [0, latin1(ldapResponse({ name: "1.2.3" })), ANSWER, "1.2.3"],
    [0, "\x30\x80", ANSWER],
    [0, "\x30\x85\0\0\0\0\0", ANSWER],
    [0, "\x30\x83\x01\0\0", ANSWER, "8192"],
    [0, "220 mail\r\n", ANSWER],
    [0, "\x30\x03\x02\x01\x01", ANSWER],
    [0, "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0", ANSWER],
    [0, "\x30\x0e\x02\x01\x01\x78\x09\x0a\x01\0\x04\0\x04\0\x99\0", ANSWER],
    [0, "\x30\x10\x02\x01\x01\x78\x0b\x0a\x01\0\x04\0\x04\0\x8a\0\x8a\0", ANSWER],
    [0, "\x30\x0d\x02\x01\x01\x78\x08\x0a\x02\0\0\x04\0\x04\0", ANSWER],
  ],
  xmpp: [
    [1, `${xmpp.features}${xmpp.proceed}`, "ERR_INJECTION", "before the server was asked"],
    [1, `${xmpp.features} <`, "ERR_INJECTION"],
    [0, "SSH-2.0-OpenSSH\r\n", ANSWER, "SSH"],
    [0, "<stream>", ANSWER],
    [0, "<stream:stream version='1.0'>", ANSWER],
    [0, "<stream:stream xmlns:stream='urn:x' version='1.0'>", ANSWER],
    [0, "<!DOCTYPE x [", ANSWER],
    [0, "<?xml version='1.0'?><!-- -->", ANSWER],
    [0, "<?xml version='1.0'?><?xml version='1.0'?>", ANSWER],
    [0, "<stream:stream a='1' a='2'>", ANSWER],
    [0, "<stream:stream a=1>", ANSWER],
    [0, "<>", ANSWER],
    [0, "</stream:stream>", ANSWER],
    [0, `<stream:stream a='${LONG}`, ANSWER, "8192"],
    [0, `<?xml ${LONG}`, ANSWER, "8192"],
    [0, xmpp.header.replace(" version='1.0'>", ">"), NOT_OFFERED],
    [0, xmpp.header.replace(" version='1.0'>", " version='0.9'>"), NOT_OFFERED],
    [1, "<stream:features/>", NOT_OFFERED, "nothing that it names"],
    [1, "<stream:features></stream:features>", NOT_OFFERED],
    [
      1,
      "<stream:features><bind xmlns='b'><starttls/></bind></stream:features>",
      NOT_OFFERED,
      '"bind"',
    ],
    [1, "<stream:features><starttls xmlns='x'/></stream:features>", NOT_OFFERED, "another"],
    [1, "<stream:features><starttls/></stream:features>", NOT_OFFERED],
    [1, "<stream:features></other>", ANSWER],
    [1, "<stream:error><host-unknown/></stream:error>", REFUSED],
    [1, "</stream:stream>", REFUSED],
    [1, "<message>", ANSWER],
    [1, "text<stream:features>", ANSWER, "text"],
    [2, xmpp.failure, REFUSED, "<failure>"],
    [2, "<stream:error>", REFUSED],
    [2, "</stream:stream>", REFUSED],
    [2, "<proceed/>", ANSWER],
    [2, "<proceed xmlns='x'/>", ANSWER],
    [2, xmpp.proceed.replace("/>", "><x/>"), ANSWER],
    [2, xmpp.proceed.replace("/>", "> </proceed>"), ANSWER],
    [2, `x${xmpp.proceed}`, ANSWER],
    [2, "<message/>", ANSWER],
  ],
  nntp: [
    [0, "502 no\r\n", REFUSED, "502 no"],
    [0, "220 mail\r\n", ANSWER],
    [0, "200-a\r\n", ANSWER],
    [1, "500 what\r\n", NOT_OFFERED],
    [1, "400 bye\r\n", REFUSED],
    [1, "200 OK\r\n", ANSWER],
    [1, "101\r\nREADER\r\n.\r\n", NOT_OFFERED, '"READER"'],
    [2, "580 cannot\r\n", REFUSED, "580 cannot"],
    [2, "502 no\r\n", REFUSED],
    [2, "200 OK\r\n", ANSWER],
    [2, "go\r\n", ANSWER],
  ],
  sieve: [
    [0, 'BYE "busy"\r\n', REFUSED, "busy"],
    [0, "NO\r\n", REFUSED],
    [0, 'OK "ready"\r\n', NOT_OFFERED, "nothing that it names"],
    [0, '"SIEVE" "fileinto"\r\nOK\r\n', NOT_OFFERED, '"SIEVE fileinto"'],
    [0, '"X" "STARTTLS"\r\nOK\r\n', NOT_OFFERED],
    [0, '"SIEVE" {8}\r\n', ANSWER, "literal"],
    [0, '"SIEVE\r\n', ANSWER],
    [0, "220 mail\r\n", ANSWER],
    [0, '"STARTTLS"\r\nOK\r\nOK\r\n', "ERR_INJECTION"],
    [1, 'NO "not now"\r\n', REFUSED, "not now"],
    [1, "BYE\r\n", REFUSED],
    [1, '"STARTTLS"\r\n', ANSWER],
    [1, "OKAY\r\n", ANSWER],
  ],
  postgres: [
    [0, "N", NOT_OFFERED],
    [0, "E\0\0\0\x20SFATAL\0", REFUSED],
    [0, "R", ANSWER, '"R"'],
    [0, "\0", ANSWER],
  ],
  mysql: [
    [0, "\x17\0\0\0\xff\x10\x04Too many connections", REFUSED, "Too many connections"],
    [0, latin1(mysqlGreeting(0x0008a028)), NOT_OFFERED, '"CONNECT_WITH_DB", "COMPRESS"'],
    [0, latin1(mysqlGreeting()).replace("\0\0\0\x0a", "\0\0\x01\x0a"), ANSWER, "sequence"],
    [0, latin1(mysqlGreeting()).replace("\0\0\0\x0a", "\0\0\0\x09"), ANSWER, "version 10"],
    [0, "\x05\0\0\0\x0a8.0\0", ANSWER],
    [0, "\x05\0\0\0\x0a8.0.", ANSWER],
    [0, "\0\0\0\0", ANSWER],
    [0, "220 mail\r\n", ANSWER, "8192"],
  ],
};

for (const [protocol, refusals] of Object.entries(REFUSALS)) {
  Deno.test(`${protocol} client: each other answer in each state is refused by its own code`, () => {
    const { turns } = TO_TLS[protocol as StartTlsProtocol][0]!;
    for (const [turn, answer, code, words = ""] of refusals) {
      const dialogue = play(client(protocol as StartTlsProtocol), turns.slice(0, turn));
      const what = `turn ${turn}: ${answer.slice(0, 60)}`;
      const error = assertThrows(
        () => dialogue.receive(fromLatin1(answer)),
        SslPeerError,
        "",
        what,
      );
      assertEquals(error.code, code, `${what}: ${error.message}`);
      assertStringIncludes(error.message, words, what);
      assertStringIncludes(error.message, "mail.example:25");
      assert(dialogue.state !== "tls");
    }
  });
}

Deno.test("an error that says what a server offers has it as a fact, too", () => {
  const dialogue = play(client("smtp"), TO_TLS.smtp[0]!.turns.slice(0, 1));
  const reply = encode("250-mail.example\r\n250-SIZE 1000\r\n250 HELP\r\n");
  const error = assertThrows(() => dialogue.receive(reply), SslPeerError);
  assertEquals(error.facts.offered, ["SIZE 1000", "HELP"]);
});

Deno.test("a long list of capabilities and a long answer are shown in part", () => {
  const dialogue = play(client("pop3"), TO_TLS.pop3[0]!.turns.slice(0, 1));
  const list = Array.from({ length: 40 }, (_, i) => `X${i}${"y".repeat(300)}\r\n`).join("");
  const error = assertThrows(() => dialogue.receive(encode(`+OK\r\n${list}.\r\n`)), SslPeerError);
  assert(error.message.length < 5000, `${error.message.length}`);
  assertStringIncludes(error.message, "and 20 more");
});

Deno.test("the error text that PostgreSQL sends before TLS is not shown", () => {
  const error = assertThrows(() => client("postgres").receive(encode("Eevil words")), SslPeerError);
  assert(!error.message.includes("evil"), error.message);
});

Deno.test("MySQL: the first packet is kept, for the login in TLS", () => {
  const dialogue = client("mysql");
  dialogue.receive(mysqlGreeting());
  assertEquals(dialogue.talk.packet, mysqlGreeting().slice(4));
});

Deno.test("EHLO has the name, and the stream of XMPP the domain, that were given", () => {
  const smtp = client("smtp", { name: "[192.0.2.1]" });
  assertEquals(latin1(smtp.receive(encode("220 hello\r\n"))), "EHLO [192.0.2.1]\r\n");
  assertStringIncludes(latin1(client("xmpp", { domain: "im.example" }).opening), "'im.example'");
});

Deno.test("XMPP needs a domain or a host name", () => {
  assertThrows(() => client("xmpp", { host: undefined }), TypeError, "domain");
});

/** What ends a dialogue of a server, or is not the protocol. */
const ENDS: readonly (readonly [AcceptStartTlsProtocol, line: string, answer: string])[] = [
  ["smtp", "QUIT\r\n", "221 localhost closes the connection\r\n"],
  ["imap", "a LOGOUT\r\n", "* BYE localhost closes\r\na OK done\r\n"],
  ["imap", "a LOGIN {2}\r\n", "* BYE Literals are not accepted before STARTTLS\r\n"],
  ["imap", "a LOGIN {9+}\r\nb STARTTLS\r\n", "* BYE Literals are not accepted before STARTTLS\r\n"],
  ["pop3", "QUIT\r\n", "+OK\r\n"],
];

for (const [protocol, line, answer] of ENDS) {
  Deno.test(`${protocol} server: ${JSON.stringify(line)} ends the dialogue without TLS`, () => {
    const dialogue = server(protocol);
    assertEquals(latin1(dialogue.receive(encode(line))), answer);
    assertEquals(dialogue.state, "over");
    assertEquals(latin1(dialogue.receive(encode("STLS\r\nSTARTTLS\r\n"))), "");
    assertEquals(dialogue.state, "over");
  });
}

for (const protocol of Object.keys(AS_SERVER) as AcceptStartTlsProtocol[]) {
  Deno.test(`${protocol} server: a line that is malformed or too long is refused, and not shown`, () => {
    for (const line of ["LOGIN me secret\n", "LOGIN secret\0\r\n", `secret${LONG}`]) {
      const error = assertThrows(() => server(protocol).receive(encode(line)), SslPeerError);
      assertEquals(error.code, ANSWER);
      assert(!error.message.includes("secret"), error.message);
    }
  });

  Deno.test(`${protocol} server: the greeting has the name that was given`, () => {
    assertStringIncludes(latin1(server(protocol, { name: "mx.example" }).opening), " mx.example ");
  });
}
