/**
 * The XML that XMPP allows (RFC 6120 11): tags and text, without comments, processing instructions
 * or a DOCTYPE. It gives tag by tag and builds nothing. Pure.
 *
 * @module
 */

import { LONGEST_UNIT, type Talk } from "./talk.ts";
import { type Pending, type Splitter, splitter } from "./units.ts";

/** A tag. */
export interface Tag {
  /** Whether it opens an element, closes one, or is a whole one without content. */
  readonly kind: "open" | "close" | "empty";
  /** Its name, with the prefix. */
  readonly name: string;
  /** Its attributes. */
  readonly attributes: ReadonlyMap<string, string>;
  /** The text in front of it. */
  readonly before: string;
}

const NAME = String.raw`[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?`;
const ATTRIBUTE = new RegExp(String.raw`\s+(${NAME})\s*=\s*("[^"<]*"|'[^'<]*')`, "y");
const BEGIN = new RegExp(`^<(/?)(${NAME})`);
const DECLARATION = /^\s*<\?xml\s[^<>]*\?>/;
/** What may yet become a declaration. */
const DECLARING = /^\s*(?:<(?:\?(?:x(?:m(?:l(?:\s[^<>]*)?)?)?)?)?)?$/;
/** Up to the ">" that is not inside quotes. */
const WHOLE = /^([^<>]*)(<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>)/;
/** What can never become that. */
const IMPOSSIBLE = /^[^<]*(?:>|<[!?])/;

/** What is there, as Latin-1: what is compared is ASCII. */
const textOf = ({ bytes }: Pending): string =>
  String.fromCharCode(...bytes.subarray(0, LONGEST_UNIT));

const notATag = (talk: Talk, text: string): Error => talk.unexpected("a tag of XML", text);

/** Tags of a stream. */
export function tags(talk: Talk): Splitter<Tag> {
  let begun = false;
  return splitter(talk, (pending) => {
    begun ||= passDeclaration(talk, pending);
    const text = textOf(pending);
    if (begun && IMPOSSIBLE.test(text)) throw notATag(talk, text);
    const [whole, before = "", tag = ""] = begun ? WHOLE.exec(text) ?? [] : [];
    if (whole === undefined) {
      pending.mustFit();
      return undefined;
    }
    pending.take(whole.length);
    return readTag(talk, tag, before);
  });
}

/** Takes the declaration, if there is one; `false` while that cannot be said. */
function passDeclaration(talk: Talk, pending: Pending): boolean {
  const text = textOf(pending);
  const declared = DECLARATION.exec(text)?.[0];
  if (declared === undefined && DECLARING.test(text)) return false;
  if (declared !== undefined) pending.take(declared.length);
  else if (!/^\s*</.test(text)) throw notATag(talk, text);
  return true;
}

function readTag(talk: Talk, tag: string, before: string): Tag {
  const [head, slash, name] = BEGIN.exec(tag) ?? [];
  if (head === undefined || name === undefined) throw notATag(talk, tag);
  const attributes = new Map<string, string>();
  let at = head.length;
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const [whole, key, value] = ATTRIBUTE.exec(tag) ?? [];
    if (whole === undefined || key === undefined || value === undefined) break;
    if (attributes.has(key)) throw notATag(talk, tag);
    attributes.set(key, value.slice(1, -1));
    at += whole.length;
  }
  const end = tag.slice(at).trim();
  const kind = slash === "/" ? "close" : end === "/>" ? "empty" : "open";
  if (end !== (kind === "empty" ? "/>" : ">") || kind === "close" && attributes.size > 0) {
    throw notATag(talk, tag);
  }
  return { kind, name, attributes, before };
}
