/**
 * The twin of oracle.pl: runs a script of calls with `./ssleay/low`, and says what became of each
 * line. scripts/README.md says what a line can be.
 */

import "../../ssleay/low/backend.ts";
import { Opaque } from "../../../ssleay/low/handle.ts";
import { SSLeay } from "../../../ssleay/low/mod.ts";
import * as ssleay from "../../../ssleay/mod.ts";

/** A value of a script, or of what came of it. */
export type Json = null | number | string | boolean | Json[] | { [key: string]: Json };

/** A line of a script. */
export type Line = { readonly [key: string]: Json };

/** What became of a line. */
export interface Result {
  r?: Json[];
  die?: string;
  errors?: number[];
}

type Value = unknown;
// deno-lint-ignore no-explicit-any
type Function = (...args: any[]) => Value;

const functions = SSLeay as unknown as Record<string, Value>;
const convenience = ssleay as unknown as Record<string, Value>;

/** The handle that stands for no object, where Perl has 0. */
export const NULL = "H:NULL";

const latin1 = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const utf8 = (text: string) => latin1(new TextEncoder().encode(text));

/** What of a value both must have in common. */
function shown(value: Json, show: Json | undefined): Json {
  if (show === "hide") return "-";
  if (show === undefined || value === null || show === "value") return value;
  if (Array.isArray(value)) {
    return value.map((each, i) => shown(each, Array.isArray(show) ? show[i] : show));
  }
  const text = String(value);
  switch (show) {
    case "length":
      return text.length;
    case "first":
      return text.charCodeAt(0) || 0;
    case "shape":
      return text.replaceAll(/[0-9a-fA-F]{16,}/g, (hex) => `<${hex.length} hex>`);
    case "positive":
      return Number(value) > 0 ? 1 : 0;
    default:
      throw new Error(`no way to show: ${show}`);
  }
}

function errors(): number[] {
  const all: number[] = [];
  for (let code; (code = SSLeay.ERR_get_error()) !== 0;) all.push(code);
  return all;
}

/** What a function fills: a buffer of `size` bytes, or the `value` of an object. */
type Filled = Uint8Array | { value?: Value };

/** Functions whose result says how much of the buffer they have filled. */
const LENGTHS: ReadonlySet<string> = new Set(["get_finished", "get_peer_finished"]);
/** Functions that give both values of Perl's list context when asked. */
const LISTS: ReadonlySet<string> = new Set(["read", "peek"]);
/** Functions with a connection of their own, which must know whom to trust: Perl verifies nobody. */
const CONNECTING: ReadonlySet<string> = new Set(["sslcat", "https_cat", "get_https"]);

/** Functions of which get_error() says what a result means. */
const ADVANCES: ReadonlySet<string> = new Set([
  ...["accept", "connect", "do_handshake", "renegotiate", "shutdown"],
  ...["read", "peek", "write", "write_partial", "read_ex", "peek_ex", "write_ex"],
]);

/** What get_error() says before anybody reads the queue; nothing if the call was successful. */
function errorOf(name: string, results: readonly Value[], scalar: boolean, ssl: Value): Json[] {
  if (!ADVANCES.has(name)) return [];
  const last = name.endsWith("_ex")
    ? Number(results[1])
    : LISTS.has(name) && scalar
    ? (results[0] === undefined ? -1 : 1)
    : Number(results.at(-1));
  return last <= 0 ? [{ error: SSLeay.get_error(ssl as Opaque<"SSL">, last) }] : [];
}

function content(fn: string, result: Value, filled: Filled): Value {
  if (!(filled instanceof Uint8Array)) return filled.value;
  return LENGTHS.has(fn) ? filled.subarray(0, Math.min(Number(result), filled.length)) : filled;
}

/** A script as it runs: the values that it has named, and what its callbacks were called with. */
class Script {
  readonly #folder: string;
  readonly #values: Map<string, Value>;
  readonly #names: Map<Value, string>;
  readonly #calls = new Map<string, Json[]>();
  readonly #tasks = new Map<string, Promise<Json[]>>();

  /** The queue of errors is one for all tasks here: the first has it. */
  readonly #hasQueue: boolean;

  constructor(
    folder: string,
    values = new Map<string, Value>(),
    names = new Map(),
    hasQueue = true,
  ) {
    this.#folder = folder;
    this.#hasQueue = hasQueue;
    this.#values = values;
    this.#names = names;
  }

  #named(name: string): Value {
    if (!this.#values.has(name)) throw new Error(`the script has no $${name}`);
    return this.#values.get(name);
  }

  #ssl(name: Json): Opaque<"SSL"> {
    return this.#named(String(name)) as Opaque<"SSL">;
  }

  #keep(name: string, value: Value): void {
    this.#values.set(name, value);
    if (value instanceof Opaque) this.#names.set(value, name);
  }

  readonly #forms: Record<string, (given: Json, args?: Value[]) => Value> = {
    text: (given) => given,
    hex: (given) => Uint8Array.from(String(given).match(/../g) ?? [], (two) => parseInt(two, 16)),
    repeat: (given) => String((given as Json[])[0]).repeat(Number((given as Json[])[1])),
    or: (given, args) =>
      (this.#value(given, args) as number[]).reduce((all, each) => all | each, 0) >>> 0,
    sum: (given, args) =>
      (this.#value(given, args) as number[]).reduce((all, each) => all + each, 0),
    file: (given) => `${this.#folder}/${given}`,
    content: (given) => Deno.readFileSync(`${this.#folder}/${given}`),
    length: (given, args) => (this.#value(given, args) as string | Uint8Array).length,
    fd: (given, args) => this.#value(given, args),
    port: (given, args) => ((this.#value(given, args) as Deno.Listener).addr as Deno.NetAddr).port,
  };

  /** A value of the script; `args`: what the callback that it stands in was called with. */
  #value(given: Json, args?: Value[]): Value {
    if (given === null) return undefined;
    if (typeof given === "string") {
      const [, sign, name] = /^([$#])(\w+)$/.exec(given) ?? [];
      if (sign === undefined) return given;
      if (sign === "#") return functions[name!];
      return /^\d+$/.test(name!) ? args?.[Number(name) - 1] : this.#named(name!);
    }
    if (typeof given !== "object") return Number(given);
    if (Array.isArray(given)) return given.map((each) => this.#value(each, args));
    if ("cb" in given) return this.#callback(given);
    const form = Object.keys(given).find((key) => key in this.#forms);
    if (form === undefined) throw new Error("a value that is not one");
    return this.#forms[form]!(given[form]!, args);
  }

  /** Records what it is called with and what its lines give, and answers in turn. */
  #callback(line: Line): Function {
    const name = String(line.cb), answers = (line.ret ?? [null]) as Json[];
    let turn = 0;
    const own = this.#calls.get(name) ?? [];
    this.#calls.set(name, own);
    const callback = (...args: Value[]): Value => {
      const call: Record<string, Json> = {
        args: shown(args.map((each) => this.#out(each)), line.show),
      };
      if (line.do !== undefined) {
        call.do = (line.do as Line[]).map((each) => this.#inside(each, args) as unknown as Json);
      }
      own.push(call);
      const answer = answers[turn < answers.length - 1 ? turn++ : turn]!;
      const list = (answer as { list?: Json[] } | null)?.list;
      return this.#value(list ?? answer, args);
    };
    this.#values.set(`cb_${name}`, callback);
    return callback;
  }

  #out(value: Value): Json {
    if (value === undefined) return null;
    if (value === null) return NULL;
    if (value instanceof Uint8Array) return latin1(value);
    if (typeof value === "string") return utf8(value);
    if (typeof value === "boolean") return Number(value);
    if (value instanceof Opaque) {
      return this.#names.has(value) ? `H:${this.#names.get(value)}` : "H";
    }
    if (typeof value === "function") return "a function";
    if (Array.isArray(value)) return value.map((each) => this.#out(each));
    return typeof value === "object" && !("error" in value) ? "a reference" : value as Json;
  }

  /** Calls a function; its results, then what it filled. */
  #called(line: Line, args?: Value[]): Value[] | Promise<Value[]> {
    const name = String(line.fn), given = (line.args ?? []) as Json[];
    const fills: [name: string, filled: Filled][] = [];
    const values = given.map((each) => {
      const out = each as { out?: string; size?: number } | null;
      if (out?.out === undefined) return this.#value(each, args);
      const filled: Filled = out.size === undefined ? {} : new Uint8Array(out.size);
      fills.push([out.out, filled]);
      return filled;
    });
    if (LISTS.has(name) && line.want !== "scalar") {
      values.push(...[undefined, { list: true }].slice(values.length - 1));
    }
    if (CONNECTING.has(name)) values.push({ caFile: `${this.#folder}/ca.pem` });
    const target = (functions[name] ?? convenience[name]) as Function | undefined;
    if (target === undefined) throw new Error("no such function");
    const finish = (result: Value): Value[] => {
      const results = Array.isArray(result) ? [...result] : [result];
      if (line.want === "scalar") results.splice(1);
      for (const [out, filled] of fills) {
        const value = content(name, result, filled);
        this.#keep(out, value);
        results.push(value);
      }
      results.push(...errorOf(name, results, line.want === "scalar", values[0]));
      if (line.as !== undefined) this.#keep(String(line.as), results[0]);
      return results;
    };
    const result = target(...values);
    return result instanceof Promise ? result.then(finish) : finish(result);
  }

  #same([a, b]: Value[]): number {
    const plain = (value: Value) =>
      value instanceof Uint8Array
        ? latin1(value)
        : typeof value === "number"
        ? String(value)
        : value;
    return Number(plain(a) === plain(b));
  }

  #pair(given: Record<string, [string, string]>): Value[] {
    for (const side of ["client", "server"] as const) {
      const [name, ctx] = given[side]!;
      const ssl = SSLeay.new(this.#named(ctx) as Opaque<"SSL_CTX">)!;
      const [rbio, wbio] = [0, 1].map(() => SSLeay.BIO_new(SSLeay.BIO_s_mem()!)!);
      SSLeay.set_bio(ssl, rbio!, wbio!);
      if (side === "client") SSLeay.set_connect_state(ssl);
      else SSLeay.set_accept_state(ssl);
      this.#keep(name, ssl);
    }
    return [];
  }

  #move(from: Opaque<"SSL">, to: Opaque<"SSL">): number {
    const wbio = SSLeay.get_wbio(from)!, rbio = SSLeay.get_rbio(to)!;
    let count = 0;
    while (SSLeay.BIO_pending(wbio) > 0) count += SSLeay.BIO_write(rbio, SSLeay.BIO_read(wbio)!);
    return count;
  }

  /** A handshake: what each end said last, and the flights: C for one with certificates. */
  #pump(names: Json[]): Value[] {
    const ends = names.map((name) => this.#ssl(name)) as [Opaque<"SSL">, Opaque<"SSL">];
    const is = ends.map(() => ({ r: -1, error: 2, errors: [] as number[] }));
    let flights = "";
    for (let round = 0; round < 20; round++) {
      const before = flights;
      for (const [i, me] of ends.entries()) {
        const mine = is[i]!;
        if (mine.error === 2 || mine.error === 3) {
          mine.r = SSLeay.do_handshake(me) as number;
          mine.error = SSLeay.get_error(me, mine.r);
          mine.errors.push(...errors());
        }
        const count = this.#move(me, ends[1 - i]!);
        if (count > 0) flights += (i === 0 ? ">" : "<") + (count > 600 ? "C" : "");
      }
      if (flights === before) break;
    }
    const told = is.map((
      { r, error, errors },
      i,
    ) => [r, error, SSLeay.state_string_long(ends[i]!), errors]);
    return [...told, flights];
  }

  /** Lines that run beside those which follow, as another process does in Perl. */
  #task({ task, do: lines }: Line): Value[] {
    const other = new Script(this.#folder, new Map(this.#values), new Map(this.#names), false);
    const run = async () => {
      const all: Json[] = [];
      for (const line of lines as Line[]) all.push(await other.run(line) as unknown as Json);
      return all;
    };
    this.#tasks.set(String(task), run());
    return [];
  }

  async #accept(line: Line): Promise<Value[]> {
    this.#keep(String(line.as), await (this.#value(line.accept!) as Deno.Listener).accept());
    return [];
  }

  async #dial(line: Line): Promise<Value[]> {
    const { port } = (this.#value(line.dial!) as Deno.Listener).addr as Deno.NetAddr;
    this.#keep(String(line.as), await Deno.connect({ hostname: "127.0.0.1", port }));
    return [];
  }

  #pipe([from, to]: Json[]): Value[] {
    const { readable, writable } = new TransformStream({}, undefined, { highWaterMark: 16 });
    this.#keep(String(from), { readable });
    this.#keep(String(to), { writable });
    return [];
  }

  readonly #lines: Record<string, (line: Line, args?: Value[]) => Value[] | Promise<Value[]>> = {
    fn: (line, args) => this.#called(line, args),
    value: (line, args) => [this.#value(line.value!, args)],
    same: (line, args) => [this.#same(this.#value(line.same!, args) as Value[])],
    pair: (line) => this.#pair(line.pair as Record<string, [string, string]>),
    pump: (line) => this.#pump(line.pump as Json[]),
    carry: (line) => {
      const [a, b] = (line.carry as Json[]).map((name) => this.#ssl(name));
      return [Number(this.#move(a!, b!) > 0), Number(this.#move(b!, a!) > 0)];
    },
    calls: (line) => this.#calls.get(String(line.calls))?.splice(0) ?? [],
    task: (line) => this.#task(line),
    join: async (line) => await this.#tasks.get(String(line.join))!,
    listen: (line) => {
      this.#keep(String(line.listen), Deno.listen({ hostname: "127.0.0.1", port: 0 }));
      return [];
    },
    accept: (line) => this.#accept(line),
    dial: (line) => this.#dial(line),
    pipe: (line) => this.#pipe(line.pipe as Json[]),
    half: async (line) => {
      await (this.#value(line.half!) as Deno.Conn).closeWrite();
      return [];
    },
    close: (line) => {
      (this.#value(line.close!) as Partial<Deno.Conn>).close?.();
      return [];
    },
  };

  #kind(line: Line): string {
    const kind = Object.keys(line).find((key) => key in this.#lines);
    if (kind === undefined) throw new Error("a line that is not one");
    return kind;
  }

  /** Values for JSON. What callbacks and other tasks said is that already. */
  #result(kind: string, values: Value[], show: Json | undefined): Result {
    const told = kind === "calls" || kind === "join";
    return {
      r: shown(told ? values as Json[] : values.map((each) => this.#out(each)), show) as Json[],
    };
  }

  /** A line inside a callback: it has no time to wait. */
  #inside(line: Line, args: Value[]): Result {
    try {
      const kind = this.#kind(line);
      return this.#result(kind, this.#lines[kind]!(line, args) as Value[], line.show);
    } catch (error) {
      return { die: String(error) };
    }
  }

  /** What became of a line. */
  async run(line: Line): Promise<Result> {
    let result: Result;
    const kind = this.#kind(line);
    try {
      result = this.#result(kind, await this.#lines[kind]!(line), line.show);
    } catch (error) {
      result = { die: String(error) };
    }
    const left = this.#hasQueue && kind !== "task" ? errors() : [];
    return left.length > 0 ? { ...result, errors: left } : result;
  }
}

/** Runs the lines of a script, with the certificates of a folder. */
export async function runScript(lines: readonly Line[], folder: string): Promise<Result[]> {
  SSLeay.ERR_clear_error(); // what another script has left
  const script = new Script(folder), results: Result[] = [];
  for (const line of lines) results.push(await script.run(line));
  return results;
}
