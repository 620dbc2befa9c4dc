/**
 * Stand-in for `@std/cli/parse-args` of JSR where JSR is out of reach: the part that the command
 * line, the examples and the bench use, which is long options (`--name value`, `--name=value`,
 * `--flag`), letters for flags (`-q`, `-iq`), options that are given several times, `--`, and what
 * stands beside them.
 *
 * @module
 */

/** The value of an option: a default makes it certain. */
type Value<K extends string, D, T> = K extends keyof D ? T : T | undefined;

/** The options of {@linkcode parseArgs}. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  D extends Record<string, unknown> = Record<string, unknown>,
  C extends string = string,
> {
  /** Other names of an option: `{ quiet: "q" }`. The value is there under each of them. */
  alias?: Readonly<Record<string, string>>;
  /** Names whose values are lists, because they may be given several times. */
  collect?: C | readonly C[];
  /** Names that are `true` or `false`; `false` when they are not given. */
  boolean?: B | readonly B[];
  /** Names whose value stays text; with `"_"` what stands beside the options stays text as well. */
  string?: S | readonly S[];
  /** The values of what is not given. */
  default?: D;
  /** Called with an argument whose name is not declared; `false` leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} gives: the values by name, and in `_` what stands beside them. */
export type Args<B extends string, S extends string, D, C extends string = never> =
  & { _: (string | number)[] }
  & { [K in B]: boolean }
  & { [K in Exclude<S, "_" | C>]: Value<K, D, string> }
  & { [K in S & C]: string[] };

const listOf = (names: string | readonly string[] = []): readonly string[] =>
  typeof names === "string" ? [names] : names;

/** A text that is a number becomes one. */
function numbered(text: string): string | number {
  const isNumber = /^0x[0-9a-f]+$/i.test(text) ||
    /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i.test(text);
  return isNumber ? Number(text) : text;
}

/** Takes the arguments of a program apart. */
export function parseArgs<
  B extends string = never,
  S extends string = never,
  D extends Record<string, unknown> = Record<never, never>,
  C extends string = never,
>(args: string[], options: ParseOptions<B, S, D, C> = {}): Args<B, S, D, C> {
  const booleans = listOf(options.boolean), strings = listOf(options.string);
  const lists = listOf(options.collect);
  const beside: (string | number)[] = [];
  const values: Record<string, unknown> = { _: beside };
  const letters = Object.entries(options.alias ?? {});
  const whole = (name: string): string =>
    letters.find(([, letter]) => letter === name)?.[0] ?? name;
  const put = (arg: string, name: string, value: string | boolean): void => {
    const declared = booleans.includes(name) || strings.includes(name);
    if (!declared && options.unknown?.(arg, name, value) === false) return;
    const typed = typeof value === "string" && !strings.includes(name) ? numbered(value) : value;
    if (lists.includes(name)) values[name] = [...(values[name] as unknown[] ?? []), typed];
    else values[name] = typed;
  };
  const add = (arg: string): void => {
    if (options.unknown?.(arg) === false) return;
    beside.push(strings.includes("_") ? arg : numbered(arg));
  };
  const short = (arg: string): void => {
    for (const letter of arg.slice(1)) {
      const name = whole(letter);
      if (strings.includes(name)) throw new TypeError(`The stand-in has letters for flags: ${arg}`);
      put(arg, name, true);
    }
  };
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  for (let i = 0; i < own.length; i++) {
    const arg = own[i]!;
    const [, name, given] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const next = own[i + 1];
    if (name === undefined) {
      if (/^-[^-\d]/.test(arg)) short(arg);
      else add(arg);
    } else if (booleans.includes(name)) {
      const word = given ?? (next === "true" || next === "false" ? own[++i] : "true");
      put(arg, name, word !== "false");
    } else if (given !== undefined) put(arg, name, given);
    else if (next !== undefined && !next.startsWith("-")) put(arg, name, own[++i]!);
    else put(arg, name, strings.includes(name) ? "" : true);
  }
  if (end >= 0) { for (const arg of args.slice(end + 1)) beside.push(arg); }
  for (const [name, value] of Object.entries(options.default ?? {})) values[name] ??= value;
  for (const name of booleans) values[name] ??= false;
  for (const name of lists) values[name] ??= [];
  for (const [name, letter] of letters) values[letter] = values[name];
  return values as Args<B, S, D, C>;
}
