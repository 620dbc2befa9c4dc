/**
 * The one way to show a value in a message. A value that somebody put into the wrong place may be
 * a key, a password or a session, so a text is shown only if it looks like none of these.
 * Pure, and not a guard: a value that is known to be a secret is never passed to it.
 *
 * @module
 */

/** The longest text that is shown, in characters. */
const LONGEST = 256;
/** The longest path that is shown, in characters. */
const LONGEST_PATH = 1024;
/** A shorter text is always shown: a message about `"TLS1"` must name it. */
const SHORT = 8;

/** The marks of PEM, which may have lost its dashes or line breaks. */
const PEM = /-----|\bBEGIN\b|PRIVATE KEY|Proc-Type|DEK-Info/;
/** An object or a list in JSON: a JWK, or the result of Intercept.serialize(). */
const JSON_TEXT = /^\s*(?:\{\s*"|\[\s*["{])/;
/** Bytes that were read as text: control characters other than tab, LF and CR; Latin-1's symbols. */
// deno-lint-ignore no-control-regex -- this tests for them
const BINARY = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u00bf\u00d7\u00f7\ufeff\ufffd]/;
/** Bytes in hexadecimal pairs, or as a list of numbers. */
const BYTE_LIST = /(?:\b[0-9a-f]{2}[:, -]){7}|(?:\b\d{1,3}[, ]+){7}/i;
/** A pass phrase: at least four words. */
const PHRASE = /\S\s+\S+\s+\S+\s+\S/;
/** Characters that passwords have, and that no value of an option has. */
const ODD = /[#$%^&~`|;"'<>?\\]/;

/** Names of groups that look random. */
const GROUPS = /\b(?:X25519|X448|secp\d{3}[rk]1|prime\d{3}v\d)?(?:MLKEM\d{3,4})?\b/gi;

const classOf = (c: string): number =>
  c >= "0" && c <= "9" ? 1 : c >= "a" && c <= "z" ? 2 : c >= "A" && c <= "Z" ? 3 : 0;

/**
 * Whether a text has a part in which digits and letters of both cases follow each other as in
 * base64 and hexadecimal, and not as in words: five changes within fourteen characters, or four in
 * a part that is shorter.
 */
function looksRandom(text: string): boolean {
  for (const [run] of text.replace(GROUPS, " ").matchAll(/[A-Za-z0-9+/=_-]{8,}/g)) {
    const changes: number[] = [];
    for (let i = 1; i < run.length; i++) {
      const [a, b] = [classOf(run[i - 1]!), classOf(run[i]!)];
      // In "maxBytes" a word begins with a capital letter: that is one change, not two.
      const hump = a === 3 && b === 2 && classOf(run[i - 2] ?? "") !== 3 &&
        classOf(run[i + 1] ?? "") === 2;
      if (a !== 0 && b !== 0 && a !== b && !hump) changes.push(i);
    }
    if (run.length < 12 && changes.length >= 4) return true;
    if (changes.some((at, i) => i >= 4 && at - changes[i - 4]! <= 13)) return true;
    if (/\d{16}/.test(run)) return true;
  }
  return false;
}

const looksLikePassword = (text: string): boolean =>
  ODD.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);

/** Whether a text may be a key, a password, a session or another secret. */
export function mayBeSecret(text: string): boolean {
  if (text.length < SHORT) return false;
  return PEM.test(text) || JSON_TEXT.test(text) || BINARY.test(text) || BYTE_LIST.test(text) ||
    PHRASE.test(text) || looksLikePassword(text) || looksRandom(text);
}

const hidden = (length: number): string =>
  `<${length} characters, not shown: they may be a secret>`;

/** The kind of a value, without its content: `string`, `Uint8Array`, `null`. For values that are secret. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return typeof value;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "" && name.length <= LONGEST ? name : "object";
}

/** A value for a message: short, on one line, never the inside of an object, and no secret. */
export function quote(value: unknown): string {
  switch (typeof value) {
    case "string":
      if (value.length > LONGEST) return `<${value.length} characters>`;
      return mayBeSecret(value) ? hidden(value.length) : JSON.stringify(value);
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "bigint":
      return value > -(2n ** 64n) && value < 2n ** 64n ? String(value) : "a large bigint";
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Date) return String(value);
  if (value instanceof Uint8Array) return `a Uint8Array of ${value.length} bytes`;
  if (typeof value === "object" && value !== null) return `an object (${describe(value)})`;
  return String(value);
}

/**
 * The name that the program has for an input, for a message. It is shown as it is, unless it is by
 * mistake the input itself.
 */
export function quoteSource(source: string): string {
  const wrong = source.length > LONGEST_PATH || PEM.test(source) || JSON_TEXT.test(source) ||
    BINARY.test(source) || BYTE_LIST.test(source) ||
    source.split(/[\s/\\]/).some((part) => part.length >= 24 && looksRandom(part));
  return wrong ? hidden(source.length) : source;
}

/** Values for a message, with commas between them; only the first ten. */
export function quoteAll(values: readonly unknown[]): string {
  const shown = values.slice(0, 10).map(quote).join(", ");
  return values.length > 10 ? `${shown} and ${values.length - 10} more` : shown;
}

/**
 * A text where no text is right, such as the string `"no"` in place of `false`. It is shown only if
 * it is short, or if it is a path that was given to the wrong option.
 */
export function quoteMisplaced(value: unknown): string {
  if (typeof value !== "string" || value.length < SHORT) return quote(value);
  const isPath = PLACED.test(value) && isShownPath(value);
  return isPath ? JSON.stringify(value) : `a string of ${value.length} characters`;
}

/** What only a path begins with, or only the path of a folder ends with. */
const PLACED = /^(?:\.{0,2}[/\\]|~|[A-Za-z]:[/\\]|file:)|[/\\].*\.[A-Za-z]\w{0,9}$/;

/**
 * Whether a path can be shown. A key or a password that was given as the name of a file has
 * neither a folder nor an extension, and base64 with its slashes has parts that look random.
 */
function isShownPath(path: string): boolean {
  if (path.length < SHORT) return true;
  if (path.length > LONGEST_PATH || PEM.test(path) || JSON_TEXT.test(path) || BINARY.test(path)) {
    return false;
  }
  if (/[\r\n]|%0[ad]/i.test(path)) return false;
  if (!PLACED.test(path)) {
    const stem = /^(.*)\.[A-Za-z]\w{0,9}$/s.exec(path)?.[1];
    if (stem !== undefined) return !mayBeSecret(stem);
    return /^[A-Za-z]+(?:[-_ ][A-Za-z]+)*$/.test(path) && !mayBeSecret(path) && /[-_]/.test(path);
  }
  if (/[+=]/.test(path) && looksRandom(path)) return false;
  return !path.split(/[/\\.-]/).some((part) => part.length >= 40 && looksRandom(part));
}

/** A name for a message, which may come from a certificate and hold anything: with its control bytes escaped. */
export function quoteName(name: string): string {
  return JSON.stringify(name);
}

/** A name for a message without quotes around it: control bytes as `\x00`. */
export function visible(name: string): string {
  return name.replace(
    // deno-lint-ignore no-control-regex -- these are what it replaces
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (c) => "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0"),
  );
}

/** A path for a message; a text that may be a secret in place of a path is not shown. */
export function quotePath(path: string | URL): string {
  const text = path instanceof URL ? path.href : path;
  return isShownPath(text) ? JSON.stringify(text) : hidden(text.length);
}

/** A path in a message without quotes around it, as an address is shown. */
export function shownPath(path: string): string {
  return isShownPath(path) ? path : hidden(path.length);
}

/** Whether {@linkcode quotePath} hides a path: then an error of the system, which quotes it, is hidden as well. */
export function hidesPath(path: string | URL): boolean {
  return !isShownPath(path instanceof URL ? path.href : path);
}
