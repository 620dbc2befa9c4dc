/**
 * The process that runs tests with one fault on: it reads commands, one a line, from standard input
 * and answers each with a line on standard output. It runs in the copy of the tree whose texts have
 * all their faults behind switches.
 *
 * @module
 */

import { SWITCH } from "./switches.ts";

/** What to do: load a file of tests, or run one of its tests. `fault` is on meanwhile. */
export interface Command {
  readonly file: string;
  readonly test?: number;
  readonly fault?: number;
  /** In milliseconds. */
  readonly limit: number;
}

/** What came of it. */
export interface Answer {
  readonly ok: boolean;
  /** In milliseconds. */
  readonly took: number;
  /** The faults whose switch was asked. */
  readonly reached: readonly number[];
  /** The names of the file's tests, when it was loaded. */
  readonly tests?: readonly string[];
  readonly error?: string;
}

/** What an answer's line starts with: tests print, too. */
export const MARK = "\u0001answer ";

type Definition = Deno.TestDefinition;

let on = -1;
let reached = new Set<number>();
let stray: unknown;
const loaded = new Map<string, Definition[]>();
let registered: Definition[] = [];

const context = (name: string, parent?: Deno.TestContext): Deno.TestContext => {
  const self = {
    name,
    origin: import.meta.url,
    ...(parent && { parent }),
    async step(first: unknown, second?: unknown): Promise<boolean> {
      const { name, fn, ignore } = stepOf(first, second);
      if (!ignore) await fn(context(name, self as Deno.TestContext));
      return !ignore;
    },
  };
  return self as Deno.TestContext;
};

function stepOf(first: unknown, second: unknown): Deno.TestStepDefinition {
  if (typeof first === "function") {
    return { name: first.name, fn: first as Deno.TestStepDefinition["fn"] };
  }
  if (typeof first === "object") return first as Deno.TestStepDefinition;
  return { name: String(first), fn: second as Deno.TestStepDefinition["fn"] };
}

async function load(file: string): Promise<Definition[]> {
  const known = loaded.get(file);
  if (known) return known;
  registered = [];
  await import(new URL(`../../${file}`, import.meta.url).href);
  const tests = registered.filter(({ ignore }) => !ignore);
  loaded.set(file, tests);
  return tests;
}

async function within(limit: number, work: () => void | Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("takes too long")), limit);
  });
  try {
    await Promise.race([(async () => await work())(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function answer({ file, test, fault = -1, limit }: Command): Promise<Answer> {
  reached = new Set();
  stray = undefined;
  on = fault;
  const before = performance.now();
  const done = (ok: boolean, rest: Partial<Answer> = {}): Answer => {
    on = -1;
    return { ok, took: performance.now() - before, reached: [...reached], ...rest };
  };
  try {
    const tests = await load(file);
    if (test === undefined) return done(true, { tests: tests.map(({ name }) => name) });
    await within(limit, () => tests[test]!.fn(context(tests[test]!.name)));
    if (stray !== undefined) throw stray;
    return done(true);
  } catch (error) {
    return done(false, { error: String(error).slice(0, 300) });
  }
}

async function serve(): Promise<void> {
  Object.assign(globalThis, {
    [SWITCH]: (number: number): boolean => {
      reached.add(number);
      return number === on;
    },
  });
  const collect = (definition: Definition): void => void registered.push(definition);
  Object.assign(Deno, { test: Object.assign(collect, { sanitizer: true }) });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    stray = event.reason ?? new Error("rejected");
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    stray = event.error ?? new Error("thrown");
  });
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  let rest = "";
  for await (const part of lines) {
    rest += part;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const command = JSON.parse(rest.slice(0, end)) as Command;
      rest = rest.slice(end + 1);
      const line = `\n${MARK}${JSON.stringify(await answer(command))}\n`;
      await Deno.stdout.write(new TextEncoder().encode(line));
    }
  }
  Deno.exit(0);
}

if (import.meta.main) await serve();
