/**
 * STARTTLS of IMAP (RFC 9051 6.2.1), as client and as server. Pure.
 *
 * @module
 */

import type { Protocol, Turn } from "./dialogue.ts";
import type { Talk } from "./talk.ts";
import { lines } from "./units.ts";

const ASK = "A1";
const START = "A2";

/** A line that ends with the length of a literal: what comes next is data, and not a line. */
const LITERAL = /\{\d+\+?\}$/;

/** A line of a server. */
interface Answer {
  readonly tag: string;
  readonly word: string;
  readonly rest: string;
}

function answerOf(line: string, talk: Talk): Answer {
  if (LITERAL.test(line)) throw talk.unexpected("a line without a literal", line);
  const [, tag, word, rest = ""] = /^(\S+) (\S+)(?: (.*))?$/s.exec(line) ?? [];
  if (tag === undefined || word === undefined) {
    throw talk.unexpected("a tag and a word after it", line);
  }
  return { tag, word: word.toUpperCase(), rest };
}

/** What the server says unasked; `true` for an answer with our tag. */
function isTagged({ tag, word }: Answer, ours: string, line: string, talk: Talk): boolean {
  if (tag === "*" && word === "BYE") throw talk.refused("to go on", line);
  if (tag === "*") return false;
  if (tag === ours) return true;
  throw talk.unexpected(`* or ${ours}`, line);
}

/** The client: greeting, CAPABILITY, STARTTLS. */
export function imapClient(): Protocol<"greeting" | "capabilities" | "starttls", string> {
  return {
    name: "IMAP",
    role: "client",
    first: "greeting",
    unasked: /^(?:\*[^\n]*(?:\n|$))*$/, // lines with * may come at any time
    split: lines,
    states: {
      greeting: (line, talk) => {
        const { tag, word, rest } = answerOf(line, talk);
        if (tag !== "*") throw talk.unexpected("* OK", line);
        if (word === "BYE") throw talk.refused("the connection", line);
        // Logged in before TLS: there STARTTLS is not allowed, and an attacker could have sent it.
        if (word === "PREAUTH") {
          throw talk.refused("STARTTLS, as it has logged us in already", line);
        }
        if (word !== "OK") throw talk.unexpected("* OK", line);
        talk.greeting = rest;
        return { next: "capabilities", send: `${ASK} CAPABILITY\r\n` };
      },
      capabilities: (line, talk) => {
        const answer = answerOf(line, talk);
        if (!isTagged(answer, ASK, line, talk)) {
          if (answer.word === "CAPABILITY") talk.capabilities = answer.rest.split(" ");
          return { next: "capabilities" };
        }
        if (answer.word !== "OK") throw talk.refused("CAPABILITY", line);
        if (!talk.capabilities.some((name) => /^STARTTLS$/i.test(name))) {
          throw talk.notOffered("STARTTLS");
        }
        return { next: "starttls", send: `${START} STARTTLS\r\n` };
      },
      starttls: (line, talk) => {
        const answer = answerOf(line, talk);
        if (!isTagged(answer, START, line, talk)) return { next: "starttls" };
        if (answer.word === "NO" || answer.word === "BAD") throw talk.refused("STARTTLS", line);
        if (answer.word !== "OK") throw talk.unexpected(`${START} OK`, line);
        return { next: "tls" };
      },
    },
  };
}

const CAPABILITIES = "IMAP4rev1 STARTTLS LOGINDISABLED";

/** The server: every command but CAPABILITY, STARTTLS, NOOP and LOGOUT waits for TLS. */
export function imapServer(name: string): Protocol<"command", string> {
  const stay = (send: string): Turn<"command"> => ({ next: "command", send: `${send}\r\n` });
  return {
    name: "IMAP",
    role: "server",
    opening: `* OK [CAPABILITY ${CAPABILITIES}] ${name} is ready\r\n`,
    first: "command",
    split: lines,
    states: {
      command: (line) => {
        // Its data may be on the way, and must not be taken for commands.
        if (LITERAL.test(line)) {
          return { next: "over", send: "* BYE Literals are not accepted before STARTTLS\r\n" };
        }
        const [, tag, command] = /^([A-Za-z0-9._-]{1,64}) (.+)$/s.exec(line) ?? [];
        if (tag === undefined || command === undefined) return stay("* BAD A tag and a command");
        switch (command.toUpperCase()) {
          case "CAPABILITY":
            return stay(`* CAPABILITY ${CAPABILITIES}\r\n${tag} OK done`);
          case "NOOP":
            return stay(`${tag} OK done`);
          case "LOGOUT":
            return { next: "over", send: `* BYE ${name} closes\r\n${tag} OK done\r\n` };
          case "STARTTLS":
            return { next: "tls", send: `${tag} OK Begin TLS negotiation now\r\n` };
        }
        return stay(`${tag} NO [PRIVACYREQUIRED] Not before STARTTLS`);
      },
    },
  };
}
