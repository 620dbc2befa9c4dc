/**
 * STARTTLS of ManageSieve (RFC 5804), as client. Pure.
 *
 * @module
 */

import type { Protocol } from "./dialogue.ts";
import type { Talk } from "./talk.ts";
import { lines } from "./units.ts";

/** A line of a response: its last one, or a capability. */
function readLine(
  line: string,
  talk: Talk,
): { word: "OK" | "NO" | "BYE" } | { capability: string } {
  if (/\{\d+\+?\}$/.test(line)) throw talk.unexpected("a line without a literal", line);
  const word = /^(OK|NO|BYE)(?: |$)/i.exec(line)?.[1]?.toUpperCase();
  if (word !== undefined) return { word: word as "OK" | "NO" | "BYE" };
  const string = String.raw`"((?:[^"\\]|\\.)*)"`;
  const [, name, value] = new RegExp(`^${string}(?: ${string})?$`, "s").exec(line) ?? [];
  if (name === undefined) throw talk.unexpected("a capability, OK, NO or BYE", line);
  return { capability: value === undefined ? name : `${name} ${value}` };
}

/** The client: the capabilities, which come unasked, then STARTTLS. */
export function sieveClient(): Protocol<"capabilities" | "starttls", string> {
  return {
    name: "ManageSieve",
    role: "client",
    first: "capabilities",
    split: lines,
    states: {
      capabilities: (line, talk) => {
        const read = readLine(line, talk);
        if ("capability" in read) {
          talk.capabilities.push(read.capability);
          return { next: "capabilities" };
        }
        if (read.word !== "OK") throw talk.refused("the connection", line);
        talk.greeting = line;
        if (!talk.capabilities.some((name) => /^STARTTLS$/i.test(name))) {
          throw talk.notOffered("STARTTLS");
        }
        return { next: "starttls", send: "STARTTLS\r\n" };
      },
      starttls: (line, talk) => {
        const read = readLine(line, talk);
        if (!("word" in read)) throw talk.unexpected("OK, NO or BYE", line);
        if (read.word !== "OK") throw talk.refused("STARTTLS", line);
        return { next: "tls" };
      },
    },
  };
}
