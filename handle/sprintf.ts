/**
 * Perl's `sprintf`, as far as it makes sense for values of JavaScript.
 *
 * `%[index$][flags][vector][width][.precision][size]conversion` with
 *
 * - conversions `% c s d i u o x X b B e E f F g G` and the old `D U O`
 * - flags: space, `+`, `-`, `0`, `#`
 * - `v`: the code point of each character, joined by `.` (`*v`: joined by an argument)
 * - width and precision as numbers, or from the arguments: `*`, `*2$`
 * - sizes: `hh` and `h` cut to 8 and 16 bits; `l ll q L V z t j` change nothing
 *
 * Where it departs from Perl: what Perl warns about and prints as it stands
 * (an unknown conversion, a missing argument) is a TypeError, since it is a
 * mistake in the program; and integers have all their digits, where Perl ends
 * at 64 bits. `%a`, `%n` and `%p` are not there.
 *
 * @module
 */

/**
 * What can be formatted. Text counts as a number as far as it begins with one, as in Perl.
 *
 * @category Text
 */
export type PrintfArgument = string | number | bigint;

// A number, or a star and perhaps the number of an argument.
const COUNT = String.raw`\d+|\*(?:[1-9]\d*\$)?`;
/** As much of a conversion as a message shows: its letters and digits, which is what a typing error leaves. */
const UNKNOWN = /^%[-+ #\d.*$]*[A-Za-z]?/;
const DIRECTIVE = new RegExp(
  String.raw`%(?:([1-9]\d*)\$)?([ +\-0#]*)(\*(?:[1-9]\d*\$)?v|v)?(${COUNT})?(?:(\.)(${COUNT})?)?` +
    "(hh|h|ll|l|q|L|V|z|t|j)?([csdiuoxXbBeEfFgGDUO%])",
  "y",
);
/** Wider or more precise than this is a mistake, or an attempt to use up the memory. */
const LIMIT = 65536;
const NUMERIC = /^\s*([+-]?)(?:(\d+)(?:(\.\d*)?(?:[eE]([+-]?\d+))?)?|(\.\d+)(?:[eE][+-]?\d+)?)/;

interface Directive {
  readonly text: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly size: string | undefined;
  readonly conversion: string;
}

/** The arguments, taken in turn or by number. */
class Arguments {
  readonly #values: readonly PrintfArgument[];
  #next = 0;

  constructor(values: readonly PrintfArgument[]) {
    this.#values = values;
  }

  take(index: string | undefined, directive: string): PrintfArgument {
    const at = index === undefined ? this.#next++ : Number(index) - 1;
    const value = this.#values[at];
    if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
      return value;
    }
    const what = at >= this.#values.length
      ? `argument ${at + 1} is missing: received ${this.#values.length} in all`
      : `argument ${at + 1} must be a string, a number or a bigint: received ${
        value === null ? "null" : typeof value
      }`;
    throw new TypeError(`Cannot format "${directive}": ${what}`);
  }
}

/**
 * Formats as Perl's `sprintf` does.
 *
 * Perl: `sprintf`
 *
 * @param format Text with directives.
 * @param args The values, in turn.
 * @returns The text.
 * @throws {TypeError} If a conversion is unknown or an argument is missing.
 * @throws {RangeError} If a width or precision is beyond 65,536, or a value has no such form.
 *
 * @example
 * ```ts
 * import { sprintf } from "@socket/ssl/handle";
 *
 * sprintf("$%.2f|%-5s|%03d", 1.0444, "ab", 7); // "$1.04|ab   |007"
 * ```
 *
 * @category Text
 */
export function sprintf(format: string, ...args: PrintfArgument[]): string {
  const values = new Arguments(args);
  let out = "";
  let at = 0;
  while (true) {
    const percent = format.indexOf("%", at);
    if (percent < 0) return out + format.slice(at);
    out += format.slice(at, percent);
    DIRECTIVE.lastIndex = percent;
    const match = DIRECTIVE.exec(format);
    if (match === null) {
      const shown = UNKNOWN.exec(format.slice(percent, percent + 7))?.[0] ?? "%";
      throw new TypeError(
        `Cannot format: unknown conversion: received "${shown}": write "%%" for a percent sign`,
      );
    }
    at = percent + match[0].length;
    out += one(match, values);
  }
}

function one(match: RegExpExecArray, values: Arguments): string {
  const [text, index, flags = "", vector, width, point, precision, size, conversion = ""] = match;
  const joiner = vector?.startsWith("*") ? String(values.take(starred(vector), text)) : ".";
  const wide = width === undefined ? 0 : count(width, values, text);
  // A point alone is a precision of 0; a negative one counts as none.
  const precise = precision !== undefined ? count(precision, values, text) : point ? 0 : -1;
  const directive: Directive = {
    text,
    flags: wide < 0 ? flags + "-" : flags,
    width: Math.abs(wide),
    precision: precise < 0 ? undefined : precise,
    size,
    conversion,
  };
  if (conversion === "%") return pad("", "%", directive, true);
  const value = values.take(index, text);
  return vector === undefined ? convert(directive, value) : versions(directive, value, joiner);
}

/** The number of the argument in `*2$`. */
function starred(star: string): string | undefined {
  return /\d+/.exec(star)?.[0];
}

function count(given: string, values: Arguments, directive: string): number {
  const n = Number(
    given.startsWith("*") ? integer(values.take(starred(given), directive)) : given,
  );
  if (!(Math.abs(n) <= LIMIT)) {
    throw new RangeError(
      `Cannot format "${directive}": width and precision end at ${LIMIT}: received ${n}`,
    );
  }
  return n;
}

function versions(d: Directive, value: PrintfArgument, joiner: string): string {
  if (!/[diuoxXbB]/.test(d.conversion)) {
    throw new TypeError(`Cannot format "${d.text}": "v" goes with d, i, u, o, x, X, b and B only`);
  }
  // As in Perl, the sign flags show before the first number only.
  const rest = { ...d, flags: d.flags.replace(/[ +]/g, "") };
  return Array.from(String(value), (c, i) => convert(i === 0 ? d : rest, c.codePointAt(0)!))
    .join(joiner);
}

function convert(d: Directive, value: PrintfArgument): string {
  switch (d.conversion) {
    case "s":
      return text(d, String(value));
    case "c":
      return text(d, character(d, value));
    case "d":
    case "i":
    case "D":
      return signed(d, value);
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return floating(d, value);
    default:
      return unsigned(d, value);
  }
}

/** Width and precision of text count characters, not UTF-16 units. */
function text(d: Directive, value: string): string {
  if (d.precision === undefined) return pad("", value, d, true);
  const cut = value.length <= d.precision
    ? value
    : Array.from(value).slice(0, d.precision).join("");
  return pad("", cut, d, true);
}

function character(d: Directive, value: PrintfArgument): string {
  const n = integer(value);
  if (typeof n !== "bigint" || n < 0n || n > 0x10ffffn || (n >= 0xd800n && n <= 0xdfffn)) {
    throw new RangeError(`Cannot format "${d.text}": no character has this number: received ${n}`);
  }
  return String.fromCodePoint(Number(n));
}

function signed(d: Directive, value: PrintfArgument): string {
  let n = integer(value);
  if (typeof n === "number") return special(d, n);
  if (d.size === "h" || d.size === "hh") n = BigInt.asIntN(d.size === "h" ? 16 : 8, n);
  return digits(d, signOf(d, n < 0n), (n < 0n ? -n : n).toString());
}

const RADIX: Readonly<Record<string, readonly [radix: number, prefix: string]>> = {
  u: [10, ""],
  U: [10, ""],
  o: [8, "0"],
  O: [8, "0"],
  x: [16, "0x"],
  X: [16, "0X"],
  b: [2, "0b"],
  B: [2, "0B"],
};

function unsigned(d: Directive, value: PrintfArgument): string {
  let n = integer(value);
  if (typeof n === "number") {
    throw new RangeError(`Cannot format "${d.text}": it needs a finite number: received ${n}`);
  }
  if (n < 0n) {
    if (n < -(1n << 63n)) {
      throw new RangeError(`Cannot format "${d.text}": below the range of 64 bits: received ${n}`);
    }
    n = BigInt.asUintN(64, n);
  }
  if (d.size === "h" || d.size === "hh") n = BigInt.asUintN(d.size === "h" ? 16 : 8, n);
  const [radix, prefix] = RADIX[d.conversion]!;
  let body = n.toString(radix);
  if (d.conversion === "X") body = body.toUpperCase();
  const marked = d.flags.includes("#");
  if (marked && radix === 8) {
    // The prefix of octal is a digit: the value, or a precision, may have brought it already.
    if (n === 0n && d.precision === 0) return pad("", body, d, false);
    if (n !== 0n && (d.precision ?? 0) <= body.length) body = prefix + body;
    return digits(d, "", body);
  }
  return digits(d, marked && n !== 0n ? prefix : "", body);
}

/** An integer's digits: the precision is their least number, and turns the flag 0 off. */
function digits(d: Directive, prefix: string, body: string): string {
  if (d.precision === undefined) return pad(prefix, body, d, true);
  const shown = d.precision === 0 && body === "0" ? "" : body.padStart(d.precision, "0");
  return pad(prefix, shown, d, false);
}

function floating(d: Directive, value: PrintfArgument): string {
  if (d.size === "h" || d.size === "hh") {
    throw new TypeError(`Cannot format "${d.text}": the size "${d.size}" goes with integers only`);
  }
  const n = typeof value === "string" ? number(value) : Number(value);
  if (!Number.isFinite(n)) return special(d, n);
  const negative = n < 0 || Object.is(n, -0);
  const kind = d.conversion.toLowerCase();
  const alternative = d.flags.includes("#");
  const precision = d.precision ?? 6;
  const body = kind === "f"
    ? decimals(Math.abs(n), precision, alternative)
    : kind === "e"
    ? exponential(Math.abs(n), precision, alternative)
    : general(Math.abs(n), precision || 1, alternative);
  const upper = d.conversion === d.conversion.toUpperCase();
  return pad(signOf(d, negative), upper ? body.toUpperCase() : body, d, true);
}

function exponential(n: number, precision: number, alternative: boolean): string {
  const [figures, exponent] = significant(n, precision + 1);
  const point = precision > 0 || alternative ? "." : "";
  return figures[0]! + point + figures.slice(1) + power(exponent);
}

function power(exponent: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** C's `%g`: the shorter of the two forms, without trailing zeros unless `#` is given. */
function general(n: number, precision: number, alternative: boolean): string {
  const [figures, exponent] = significant(n, precision);
  if (exponent < -4 || exponent >= precision) {
    const fraction = alternative ? figures.slice(1) : figures.slice(1).replace(/0+$/, "");
    return figures[0]! + (fraction !== "" || alternative ? "." : "") + fraction + power(exponent);
  }
  const fixed = decimals(n, precision - 1 - exponent, alternative);
  return alternative || !fixed.includes(".") ? fixed : fixed.replace(/\.?0+$/, "");
}

function special(d: Directive, n: number): string {
  const body = Number.isNaN(n) ? "NaN" : "Inf";
  return pad(Number.isNaN(n) ? "" : signOf(d, n < 0), body, d, true);
}

function signOf(d: Directive, negative: boolean): string {
  return negative ? "-" : d.flags.includes("+") ? "+" : d.flags.includes(" ") ? " " : "";
}

function pad(prefix: string, body: string, d: Directive, zeros: boolean): string {
  let length = prefix.length;
  for (const _ of body) length++;
  const missing = d.width - length;
  if (missing <= 0) return prefix + body;
  if (d.flags.includes("-")) return prefix + body + " ".repeat(missing);
  if (zeros && d.flags.includes("0")) return prefix + "0".repeat(missing) + body;
  return " ".repeat(missing) + prefix + body;
}

/** The integer in a value, cut towards zero; the number itself when it is infinite or NaN. */
function integer(value: PrintfArgument): bigint | number {
  if (typeof value === "bigint") return value;
  if (typeof value === "string") {
    const match = NUMERIC.exec(value);
    if (match?.[2] !== undefined && match[3] === undefined && match[4] === undefined) {
      return BigInt(match[2]) * (match[1] === "-" ? -1n : 1n);
    }
  }
  const n = typeof value === "string" ? number(value) : value;
  return Number.isFinite(n) ? BigInt(Math.trunc(n)) : n;
}

/** Perl's number of a text: the number it begins with, else 0. */
function number(value: string): number {
  const match = NUMERIC.exec(value);
  if (match) return Number(match[0]);
  const special = /^\s*([+-]?)(inf(?:inity)?|nan)/i.exec(value);
  if (!special) return 0;
  if (special[2]!.toLowerCase() === "nan") return NaN;
  return special[1] === "-" ? -Infinity : Infinity;
}

// ---- the digits of a double, exactly, and rounded half to even as C does: `toFixed` and
// `toExponential` round exact ties up and end at 100 digits, so they print `2.5` with no decimals as
// `3` where C and Perl print `2`.

/** `n` as `mantissa * 2 ** exponent`, exactly. `n` is finite and not negative. */
function parts(n: number): [mantissa: bigint, exponent: number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return biased === 0 ? [fraction, -1074] : [fraction | (1n << 52n), biased - 1075];
}

/** `n * 10 ** power`, rounded to an integer, half to even. */
function scaled(n: number, power: number): bigint {
  const [mantissa, exponent] = parts(n);
  let top = mantissa;
  let bottom = 1n;
  if (power >= 0) top *= 10n ** BigInt(power);
  else bottom *= 10n ** BigInt(-power);
  if (exponent >= 0) top <<= BigInt(exponent);
  else bottom <<= BigInt(-exponent);
  const quotient = top / bottom;
  const twice = (top % bottom) * 2n;
  if (twice > bottom || (twice === bottom && (quotient & 1n) === 1n)) return quotient + 1n;
  return quotient;
}

/** `n` with `count` decimals; with `point`, a point even after a whole number. */
function decimals(n: number, count: number, point: boolean): string {
  const all = scaled(n, count).toString().padStart(count + 1, "0");
  const whole = all.slice(0, all.length - count);
  return count === 0 ? whole + (point ? "." : "") : `${whole}.${all.slice(-count)}`;
}

/** `count` significant digits of `n`, and the power of ten of the first one. */
function significant(n: number, count: number): [digits: string, exponent: number] {
  if (n === 0) return ["0".repeat(count), 0];
  // The shortest form tells the power, except next to a power of ten: then try again.
  let exponent = Number(n.toExponential().split("e")[1]);
  while (true) {
    const digits = scaled(n, count - 1 - exponent).toString();
    if (digits.length === count) return [digits, exponent];
    exponent += digits.length > count ? 1 : -1;
  }
}
