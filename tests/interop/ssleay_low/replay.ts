/**
 * Replays what was recorded of Perl's Net::SSLeay, call by call, with the low-level functions: the
 * results, what callbacks were called with, and what arguments were changed to must be the same.
 */

import "../../ssleay/low/backend.ts";
import { SSLeay } from "../../../ssleay/low/mod.ts";
import { Opaque } from "../../../ssleay/low/handle.ts";

/** A value as the recorder writes it. */
type Recorded = null | number | string | boolean | Recorded[] | { [key: string]: Recorded };

interface RecordedCall {
  readonly fn: string;
  readonly args: Recorded[];
  readonly want: "list" | "scalar";
  readonly r?: Recorded[];
  readonly die?: string;
  readonly out?: Record<string, Recorded>;
}

interface RecordedAnswer {
  readonly called: string;
  readonly args: Recorded[];
  readonly r: Recorded[];
}

/** What became of a recording. */
export interface Outcome {
  same: number;
  /** Calls that need an object which an earlier difference did not make. */
  blocked: number;
  readonly different: { fn: string; perl: string; ours: string }[];
}

class Blocked extends Error {}

const latin1 = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const utf8 = (text: string) => latin1(new TextEncoder().encode(text));

/** A value of ours as the recorder would write Perl's. */
function normal(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return latin1(value);
  if (typeof value === "string") return utf8(value);
  if (typeof value === "boolean") return Number(value);
  if (value instanceof Opaque) return "a handle";
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, normal(each)]));
  }
  return value;
}

/** A recorded value in the same form. */
function expected(value: Recorded): unknown {
  if (value === null || typeof value !== "object") {
    return typeof value === "string" ? utf8(value) : value;
  }
  if (Array.isArray(value)) return value.map(expected);
  if ("h" in value) return "a handle";
  if ("cb" in value) return "a function";
  if ("ref" in value) return {};
  if ("b64" in value) return atob(value.b64 as string);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, expected(each)]));
}

/** Numbers and their texts are one in Perl; so are undef, "" and an empty list; a null handle is 0. */
function flat(values: unknown): string {
  const list = (Array.isArray(values) ? values : [values]).map((each) =>
    each === null || each === "" || each === 0
      ? null
      : typeof each === "number"
      ? String(each)
      : each
  );
  while (list.length > 0 && list.at(-1) === null) list.pop();
  return JSON.stringify(list);
}

/** Functions whose Perl form fills the argument at this place. */
const FILLS: Readonly<Record<string, number>> = {
  RAND_bytes: 0,
  RAND_priv_bytes: 0,
  RAND_pseudo_bytes: 0,
  get_finished: 1,
  get_peer_finished: 1,
};

/** Functions with a second value in list context. */
const LISTS: ReadonlySet<string> = new Set(["read", "peek"]);

/** One recording being replayed. */
class Replay {
  readonly outcome: Outcome = { same: 0, blocked: 0, different: [] };
  readonly #handles = new Map<string, unknown>();
  readonly #answers = new Map<string, RecordedAnswer[]>();
  readonly #functions = SSLeay as unknown as Record<string, (...args: unknown[]) => unknown>;

  run(lines: readonly string[]): Outcome {
    let answers: RecordedAnswer[] = [];
    for (const line of lines) {
      if (line.trim() === "") continue;
      const entry = JSON.parse(line) as RecordedCall | RecordedAnswer;
      if ("called" in entry) answers.push(entry);
      else {
        this.#call(entry, answers);
        answers = [];
      }
    }
    return this.outcome;
  }

  #argument(value: Recorded): unknown {
    if (value === null) return undefined;
    if (typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((each) => this.#argument(each));
    if ("h" in value) {
      if (!this.#handles.has(value.h as string)) throw new Blocked();
      return this.#handles.get(value.h as string);
    }
    if ("b64" in value) {
      return Uint8Array.from(atob(value.b64 as string), (char) => char.charCodeAt(0));
    }
    if ("cb" in value) return this.#callback(value.cb as string);
    if ("ref" in value) return {}; // data for a callback, which only has to come back
    throw new Blocked();
  }

  /** Answers as Perl's function did, in the same order. */
  #callback(name: string): (...args: unknown[]) => unknown {
    const own = this.#answers.get(name) ?? [];
    this.#answers.set(name, own);
    return (...args: unknown[]) => {
      const recorded = own.shift();
      if (recorded === undefined) return undefined;
      recorded.args.forEach((each, i) => this.#learn(each, args[i]));
      const [perl, ours] = [flat(recorded.args.map(expected)), flat(args.map(normal))];
      if (perl !== ours) this.outcome.different.push({ fn: `callback ${name}`, perl, ours });
      const given = recorded.r.map((each) => this.#argument(each));
      return given.length > 1 ? given : given[0];
    };
  }

  #learn(recorded: Recorded, value: unknown): void {
    if (
      value instanceof Opaque && recorded !== null && typeof recorded === "object" &&
      "h" in recorded
    ) {
      this.#handles.set(recorded.h as string, value);
    }
    if (Array.isArray(recorded) && Array.isArray(value)) {
      recorded.forEach((each, i) => this.#learn(each, value[i]));
    }
  }

  #different(fn: string, perl: unknown, ours: unknown): void {
    this.outcome.different.push({
      fn,
      perl: String(perl).slice(0, 160),
      ours: String(ours).slice(0, 160),
    });
  }

  #call(call: RecordedCall, answers: RecordedAnswer[]): void {
    for (const each of answers) {
      const own = this.#answers.get(each.called) ?? [];
      this.#answers.set(each.called, own);
      own.push(each);
    }
    const target = this.#functions[call.fn];
    if (typeof target !== "function") return this.#different(call.fn, "a function", typeof target);
    try {
      const args = call.args.map((each) => this.#argument(each));
      const at = FILLS[call.fn];
      if (at !== undefined) args[at] = new Uint8Array(Number(args[at + 1] ?? 128));
      if (LISTS.has(call.fn) && call.want === "list") {
        args.push(...[args[1], { list: true }].slice(args.length - 1));
      }
      const value = target(...args);
      const ours = Array.isArray(value) ? value : [value];
      call.r?.forEach((each, i) => this.#learn(each, Array.isArray(each) ? value : ours[i]));
      if (call.die !== undefined) {
        return this.#different(call.fn, `dies: ${call.die}`, flat(ours.map(normal)));
      }
      const one = call.r?.length === 1 && Array.isArray(call.r[0]);
      const [perl, got] = [
        flat((one ? call.r![0] as Recorded[] : call.r ?? []).map(expected)),
        flat(ours.map(normal)),
      ];
      if (perl === got || (call.want === "scalar" && flat(normal(ours[0])) === perl)) {
        this.outcome.same++;
      } else this.#different(call.fn, perl, got);
    } catch (error) {
      if (error instanceof Blocked) this.outcome.blocked++;
      else if (call.die !== undefined) this.outcome.same++;
      else this.#different(call.fn, flat((call.r ?? []).map(expected)), error);
    }
  }
}

/** Replays a recording. */
export function replay(recording: string): Outcome {
  SSLeay.ERR_clear_error(); // what another recording has left
  return new Replay().run(recording.split("\n"));
}

/** A process of its own for each recording: what one loads into OpenSSL must not be there for another. */
if (import.meta.main) console.log(JSON.stringify(replay(await Deno.readTextFile(Deno.args[0]!))));
