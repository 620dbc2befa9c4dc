/**
 * STARTTLS of XMPP (RFC 6120 5), as client. Pure.
 *
 * @module
 */

import type { Protocol, Turn } from "./dialogue.ts";
import type { Talk } from "./talk.ts";
import { type Tag, tags } from "./xml.ts";

const STREAMS = "http://etherx.jabber.org/streams";
const TLS = "urn:ietf:params:xml:ns:xmpp-tls";

const escaped = (text: string): string => text.replace(/[<>&'"]/g, (c) => `&#${c.charCodeAt(0)};`);

const header = (domain: string): string =>
  `<?xml version='1.0'?><stream:stream to='${escaped(domain)}' version='1.0' ` +
  `xmlns='jabber:client' xmlns:stream='${STREAMS}'>`;

/** A tag as text, for messages. */
const shown = ({ kind, name }: Tag): string => kind === "close" ? `</${name}>` : `<${name}>`;

function unexpected(expected: string, tag: Tag, talk: Talk): Error {
  const said = tag.before.trim();
  return talk.unexpected(expected, said === "" ? shown(tag) : said);
}

/** Whether a tag opens the element of that name, and nothing stands before it. */
const begins = ({ kind, name, before }: Tag, expected: string): boolean =>
  kind === "open" && name === expected && before.trim() === "";

type State = "greeting" | "features" | "capabilities" | "starttls" | "proceed";

/** What the states remember of the stream. */
interface Stream {
  /** The prefix of its own elements. */
  prefix: string;
  /** How many elements are open within the features. */
  depth: number;
}

/** Refuses the end of the stream. */
function mustGoOn(tag: Tag, { prefix }: Stream, talk: Talk): void {
  const over = tag.kind === "close" && tag.name === `${prefix}:stream`;
  if (over || begins(tag, `${prefix}:error`)) throw talk.refused("the stream", shown(tag));
}

/** The header of the stream. */
function greeting(tag: Tag, stream: Stream, talk: Talk): Turn<State> {
  const prefix = stream.prefix = /^([^:]+):stream$/.exec(tag.name)?.[1] ?? "stream";
  const known = tag.attributes.get(`xmlns:${prefix}`) === STREAMS;
  if (!begins(tag, `${prefix}:stream`) || !known) throw unexpected("<stream>", tag, talk);
  talk.greeting = tag.attributes.get("from") ?? "";
  // Before version 1.0 there are no features, and no STARTTLS.
  if (!/^[1-9]\d*\.\d+$/.test(tag.attributes.get("version") ?? "")) {
    throw talk.notOffered("starttls");
  }
  return { next: "features" };
}

/** One tag within the features, up to their end. */
function capabilities(tag: Tag, stream: Stream, talk: Talk): Turn<State> {
  if (tag.kind === "close") stream.depth--;
  else if (stream.depth === 0) {
    const foreign = tag.name === "starttls" && tag.attributes.get("xmlns") !== TLS;
    talk.capabilities.push(foreign ? "starttls of another namespace" : tag.name);
  }
  if (tag.kind === "open") stream.depth++;
  if (stream.depth >= 0) return { next: "capabilities" };
  if (tag.name !== `${stream.prefix}:features`) throw unexpected("</features>", tag, talk);
  if (!talk.capabilities.includes("starttls")) throw talk.notOffered("starttls");
  return { next: "starttls", send: `<starttls xmlns='${TLS}'/>` };
}

/** The answer to `<starttls/>`. */
function answer(tag: Tag, talk: Talk): Turn<State> {
  const ours = tag.attributes.get("xmlns") === TLS && tag.before.trim() === "";
  if (ours && tag.name === "failure") throw talk.refused("starttls", shown(tag));
  if (ours && tag.name === "proceed") return { next: tag.kind === "empty" ? "tls" : "proceed" };
  throw unexpected("<proceed>", tag, talk);
}

/** The client: the header of the stream, the features, `<starttls/>`. */
export function xmppClient(domain: string): Protocol<State, Tag> {
  const stream: Stream = { prefix: "stream", depth: 0 };
  return {
    name: "XMPP",
    role: "client",
    opening: header(domain),
    first: "greeting",
    unasked: /^\s*$/, // spaces may come between elements at any time
    split: tags,
    states: {
      greeting: (tag, talk) => greeting(tag, stream, talk),
      features: (tag, talk) => {
        mustGoOn(tag, stream, talk);
        const name = `${stream.prefix}:features`;
        if (tag.kind === "empty" && tag.name === name) throw talk.notOffered("starttls");
        if (!begins(tag, name)) throw unexpected("<features>", tag, talk);
        return { next: "capabilities" };
      },
      capabilities: (tag, talk) => capabilities(tag, stream, talk),
      starttls: (tag, talk) => {
        mustGoOn(tag, stream, talk);
        return answer(tag, talk);
      },
      proceed: (tag, talk) => {
        const closed = tag.kind === "close" && tag.name === "proceed" && tag.before === "";
        if (closed) return { next: "tls" };
        throw unexpected("</proceed>", tag, talk);
      },
    },
  };
}
