/**
 * STARTTLS of NNTP (RFC 4642), as client. Pure.
 *
 * @module
 */

import type { Protocol } from "./dialogue.ts";
import { notThis } from "./smtp.ts";
import type { Talk } from "./talk.ts";
import { lines, type Reply } from "./units.ts";

/** Reads a line as a reply, which has one line in NNTP. */
function replyOf(line: string, talk: Talk): Reply {
  const [, code, text = ""] = /^([1-5]\d\d)(?: (.*))?$/s.exec(line) ?? [];
  if (code === undefined) throw talk.unexpected("a reply of three digits", line);
  return { code: Number(code), lines: [text], text: line };
}

/** The client: greeting, CAPABILITIES, STARTTLS. */
export function nntpClient(): Protocol<
  "greeting" | "answer" | "capabilities" | "starttls",
  string
> {
  return {
    name: "NNTP",
    role: "client",
    first: "greeting",
    split: lines,
    states: {
      greeting: (line, talk) => {
        const reply = replyOf(line, talk);
        if (reply.code !== 200 && reply.code !== 201) {
          throw notThis(talk, 200, "the connection", reply);
        }
        talk.greeting = reply.lines.join("\n");
        return { next: "answer", send: "CAPABILITIES\r\n" };
      },
      answer: (line, talk) => {
        const reply = replyOf(line, talk);
        if (reply.code >= 500) throw talk.notOffered("STARTTLS");
        if (reply.code !== 101) throw notThis(talk, 101, "CAPABILITIES", reply);
        return { next: "capabilities" };
      },
      capabilities: (line, talk) => {
        if (line !== ".") {
          talk.capabilities.push(line);
          return { next: "capabilities" };
        }
        if (!talk.capabilities.some((name) => /^STARTTLS$/i.test(name))) {
          throw talk.notOffered("STARTTLS");
        }
        return { next: "starttls", send: "STARTTLS\r\n" };
      },
      starttls: (line, talk) => {
        const reply = replyOf(line, talk);
        if (reply.code !== 382) throw notThis(talk, 382, "STARTTLS", reply);
        return { next: "tls" };
      },
    },
  };
}
