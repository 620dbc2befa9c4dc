/**
 * STARTTLS of SMTP (RFC 3207), as client and as server. Pure.
 *
 * @module
 */

import type { Protocol, Turn } from "./dialogue.ts";
import type { Talk } from "./talk.ts";
import { lines, Replies, type Reply } from "./units.ts";

/** The error for a reply that is not the one that leads on. */
export function notThis(talk: Talk, expected: number, what: string, reply: Reply): Error {
  return reply.code >= 400
    ? talk.refused(what, reply.text)
    : talk.unexpected(`a reply ${expected}`, reply.text);
}

/** The client: greeting, EHLO, STARTTLS. */
export function smtpClient(
  name: string,
): Protocol<"greeting" | "capabilities" | "starttls", Reply> {
  return {
    name: "SMTP",
    role: "client",
    first: "greeting",
    split: (talk) => new Replies(talk),
    states: {
      greeting: (reply, talk) => {
        if (reply.code !== 220) throw notThis(talk, 220, "the connection", reply);
        talk.greeting = reply.lines.join("\n");
        return { next: "capabilities", send: `EHLO ${name}\r\n` };
      },
      capabilities: (reply, talk) => {
        // A server that does not know EHLO has no extensions (RFC 5321 4.1.4).
        if (reply.code >= 500) throw talk.notOffered("STARTTLS");
        if (reply.code !== 250) throw notThis(talk, 250, "EHLO", reply);
        talk.capabilities = reply.lines.slice(1);
        if (!talk.capabilities.some((line) => /^STARTTLS$/i.test(line))) {
          throw talk.notOffered("STARTTLS");
        }
        return { next: "starttls", send: "STARTTLS\r\n" };
      },
      starttls: (reply, talk) => {
        if (reply.code !== 220) throw notThis(talk, 220, "STARTTLS", reply);
        return { next: "tls" };
      },
    },
  };
}

/** The server: every command but EHLO, HELO, NOOP, STARTTLS and QUIT waits for TLS. */
export function smtpServer(name: string): Protocol<"command", string> {
  const stay = (send: string): Turn<"command"> => ({ next: "command", send: `${send}\r\n` });
  return {
    name: "SMTP",
    role: "server",
    opening: `220 ${name} ESMTP\r\n`,
    first: "command",
    split: lines,
    states: {
      command: (line) => {
        const [, verb = "", rest = ""] = /^(\S*) *(.*)$/s.exec(line) ?? [];
        switch (verb.toUpperCase()) {
          case "EHLO":
            return stay(rest === "" ? "501 EHLO needs a name" : `250-${name}\r\n250 STARTTLS`);
          case "HELO":
            return stay(rest === "" ? "501 HELO needs a name" : `250 ${name}`);
          case "NOOP":
            return stay("250 OK");
          case "QUIT":
            return { next: "over", send: `221 ${name} closes the connection\r\n` };
          case "STARTTLS":
            if (rest !== "") return stay("501 STARTTLS has no parameters");
            return { next: "tls", send: "220 Ready to start TLS\r\n" };
        }
        return stay("530 Must issue a STARTTLS command first");
      },
    },
  };
}
