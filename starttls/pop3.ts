/**
 * STLS of POP3 (RFC 2595), as client and as server. Pure.
 *
 * @module
 */

import type { Protocol, Turn } from "./dialogue.ts";
import type { Talk } from "./talk.ts";
import { lines } from "./units.ts";

/** The text behind `+OK`; `undefined` for `-ERR`. */
function okay(line: string, talk: Talk): string | undefined {
  const [, sign, text = ""] = /^(\+OK|-ERR)(?: (.*))?$/s.exec(line) ?? [];
  if (sign === undefined) throw talk.unexpected("+OK or -ERR", line);
  return sign === "+OK" ? text : undefined;
}

/** The client: greeting, CAPA, STLS. */
export function pop3Client(): Protocol<
  "greeting" | "answer" | "capabilities" | "starttls",
  string
> {
  return {
    name: "POP3",
    role: "client",
    first: "greeting",
    split: lines,
    states: {
      greeting: (line, talk) => {
        const text = okay(line, talk);
        if (text === undefined) throw talk.refused("the connection", line);
        talk.greeting = text;
        return { next: "answer", send: "CAPA\r\n" };
      },
      answer: (line, talk) => {
        if (okay(line, talk) === undefined) throw talk.notOffered("STLS");
        return { next: "capabilities" };
      },
      capabilities: (line, talk) => {
        if (line !== ".") {
          talk.capabilities.push(line);
          return { next: "capabilities" };
        }
        if (!talk.capabilities.some((name) => /^STLS$/i.test(name))) throw talk.notOffered("STLS");
        return { next: "starttls", send: "STLS\r\n" };
      },
      starttls: (line, talk) => {
        if (okay(line, talk) === undefined) throw talk.refused("STLS", line);
        return { next: "tls" };
      },
    },
  };
}

/** The server: every command but CAPA, STLS, NOOP and QUIT waits for TLS. */
export function pop3Server(name: string): Protocol<"command", string> {
  const stay = (send: string): Turn<"command"> => ({ next: "command", send: `${send}\r\n` });
  return {
    name: "POP3",
    role: "server",
    opening: `+OK ${name} POP3 is ready\r\n`,
    first: "command",
    split: lines,
    states: {
      command: (line) => {
        switch (line.toUpperCase()) {
          case "CAPA":
            return stay("+OK\r\nSTLS\r\n.");
          case "NOOP":
            return stay("+OK");
          case "QUIT":
            return { next: "over", send: "+OK\r\n" };
          case "STLS":
            return { next: "tls", send: "+OK Begin TLS negotiation\r\n" };
        }
        return stay("-ERR Command not permitted before STLS");
      },
    },
  };
}
