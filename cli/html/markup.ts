/**
 * HTML and SVG in which nothing that came from outside can be more than text: a template escapes all
 * that is put into it, unless a template made it. Pure.
 *
 * @module
 */

/** A piece of a page, escaped. */
export class Markup {
  /** The source. */
  readonly source: string;

  /** Takes over what is escaped already; templates alone make it. */
  private constructor(source: string) {
    this.source = source;
  }

  /** A piece from the constant parts of a template, and what is put between them. */
  static from(parts: readonly string[], values: readonly Insertion[]): Markup {
    return new Markup(parts.map((part, i) => part + insertionSource(values[i])).join(""));
  }
}

/** What can be put into a template. Only pieces of the page stay as they are. */
export type Insertion = Markup | string | number | undefined | false | readonly Insertion[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A text as it stands in elements and in quoted attributes. Control characters, those that change the
 * direction of writing included, are shown by their number.
 */
function escapeText(text: string): string {
  return text.replace(
    // deno-lint-ignore no-control-regex -- these are what it replaces
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  ).replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}

function insertionSource(value: Insertion): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Markup) return value.source;
  return Array.isArray(value) ? value.map(insertionSource).join("") : escapeText(String(value));
}

/** A piece of a page: `` markup`<b>${name}</b>` ``. Values stand in elements or in quoted attributes. */
export const markup = (parts: TemplateStringsArray, ...values: Insertion[]): Markup =>
  Markup.from(parts, values);
